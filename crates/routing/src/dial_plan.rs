//! Who may be dialled at all (obligations, rule 8): one table that callbacks, keyed-in numbers, transfers and referrals pass.

use std::collections::BTreeMap;

use base::{Dialling, NumberClass};

use crate::Reason;

/// Numbers that are never dialled by the engine (rule 19), whatever is configured.
pub const NEVER_DIALLED: [&str; 5] = ["110", "119", "120", "122", "12110"];

/// What may be dialled beside mobiles, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialPlan {
    /// Fixed lines may be dialled where the caller asked for it.
    pub geographic: bool,
    /// Referrals by name: services that a caller may be put through to, at numbers that are no secret.
    pub referrals: BTreeMap<String, String>,
    /// The most calls to one number in a day,
    pub per_day: u32,
    /// and in all.
    pub in_all: u32,
}

/// Whom we are about to dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee<'a> {
    /// A caller's number by its kind. `asked`: they gave it, or an extension behind it, and a time (rule 7).
    Caller { class: NumberClass, asked: bool },
    /// A referral by its name.
    Referral(&'a str),
}

/// How often a number was dialled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialCounts {
    /// Today.
    pub today: u32,
    /// Ever.
    pub in_all: u32,
}

impl Default for DialPlan {
    fn default() -> Self {
        DialPlan { geographic: false, referrals: BTreeMap::new(), per_day: 3, in_all: 8 }
    }
}

impl DialPlan {
    /// Whether this may be dialled now; else why not.
    pub fn permits(&self, callee: Callee<'_>, counts: DialCounts) -> Result<(), Reason> {
        let refused = |reason| Err(Reason::new(reason));
        match callee {
            // Referrals are no person: no caps, only what is named.
            Callee::Referral(name) => match self.referrals.get(name) {
                Some(number) if NEVER_DIALLED.contains(&number.as_str()) => refused("emergency_number"),
                Some(_) => Ok(()),
                None => refused("unknown_referral"),
            },
            Callee::Caller { class, asked } => {
                match class.dialling() {
                    Dialling::Unasked => {}
                    Dialling::Asked if !asked => return refused("not_unasked"),
                    Dialling::Asked if !self.geographic => return refused("no_fixed_lines"),
                    Dialling::Asked => {}
                    Dialling::Never => return refused("never_dialled"),
                }
                if counts.today >= self.per_day {
                    return refused("cap_today");
                }
                if counts.in_all >= self.in_all { refused("cap_in_all") } else { Ok(()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> DialPlan {
        let referrals = [("mind", "12356"), ("police", "110")];
        let referrals = referrals.map(|(name, number)| (name.to_owned(), number.to_owned())).into();
        DialPlan { referrals, ..DialPlan::default() }
    }

    fn told(plan: &DialPlan, callee: Callee<'_>, today: u32, in_all: u32) -> String {
        plan.permits(callee, DialCounts { today, in_all })
            .map_or_else(|reason| reason.0.into_owned(), |()| "yes".to_owned())
    }

    #[test]
    fn the_table() {
        let (closed, open) = (plan(), DialPlan { geographic: true, ..plan() });
        let rows = [
            (NumberClass::Mobile, "yes", "yes", "yes"),
            (NumberClass::Fixed, "not_unasked", "no_fixed_lines", "yes"),
            (NumberClass::Switchboard, "not_unasked", "no_fixed_lines", "yes"),
            (NumberClass::Service, "never_dialled", "never_dialled", "never_dialled"),
            (NumberClass::Foreign, "never_dialled", "never_dialled", "never_dialled"),
            (NumberClass::Short, "never_dialled", "never_dialled", "never_dialled"),
            (NumberClass::Withheld, "never_dialled", "never_dialled", "never_dialled"),
        ];
        for (class, unasked, asked, permitted) in rows {
            let at = |plan: &DialPlan, asked| told(plan, Callee::Caller { class, asked }, 0, 0);
            assert_eq!(
                [at(&open, false), at(&closed, true), at(&open, true)],
                [unasked, asked, permitted],
                "{class:?}"
            );
        }
    }

    #[test]
    fn three_a_day_and_eight_in_all() {
        let mobile = Callee::Caller { class: NumberClass::Mobile, asked: false };
        let rows = [(2, 7, "yes"), (3, 3, "cap_today"), (0, 8, "cap_in_all"), (3, 8, "cap_today")];
        for (today, in_all, wanted) in rows {
            assert_eq!(told(&plan(), mobile, today, in_all), wanted, "{today} {in_all}");
        }
    }

    #[test]
    fn referrals_are_named_and_never_an_emergency_number() {
        for (name, wanted) in [("mind", "yes"), ("police", "emergency_number"), ("else", "unknown_referral")] {
            assert_eq!(told(&plan(), Callee::Referral(name), 99, 99), wanted);
        }
    }
}
