//! Who works: shifts by a rota, breaks, and what operators do when something rings.

use std::collections::BTreeMap;
use std::time::Duration;

use base::{OfferId, OperatorId};
use jiff::civil::Date;
use routing::{OperatorState, Outcome, Reason, RequestKind};

use super::Year;
use super::agenda::Act;
use crate::{Load, Move, Random};

const MINUTE: Duration = Duration::from_secs(60);
/// Talk, hold and wrap-up of a call, on average.
pub(super) const HANDLING: Duration = Duration::from_secs(10 * 60);
/// Since midnight: two shifts, each with a quarter of an hour to settle, and to be late.
const SHIFTS: [(Duration, Duration); 2] = [(at(8, 45), at(6, 15)), (at(14, 45), at(6, 30))];

const fn at(hours: u64, minutes: u64) -> Duration {
    Duration::from_secs((hours * 60 + minutes) * 60)
}

/// Everyone who works here.
#[derive(Debug, Default)]
pub(super) struct Staff {
    people: BTreeMap<String, Person>,
}

#[derive(Debug)]
struct Person {
    languages: Vec<String>,
    shift: usize,
    /// Two days of the week.
    off: [i8; 2],
    at_work: bool,
}

impl Staff {
    /// As many as one shift's busiest hour asks for, twice, and more for the days off.
    pub(super) fn new(busiest_per_hour: f64, on_each_shift: Option<u32>) -> Self {
        let load = Load { calls_per_hour: busiest_per_hour, handling: HANDLING };
        let needed = on_each_shift.or(load.operators_for(0.8, Duration::from_secs(20))).unwrap_or(1).max(1);
        let all = (needed * 2 * 7).div_ceil(5).max(4);
        let people = (0..all).map(|n| (format!("op{n:03}"), Person::new(n)));
        Staff { people: people.collect() }
    }

    /// So many, who speak everything and never rest.
    pub(super) fn tireless(count: u32) -> Self {
        let everything = |n| Person {
            languages: ["zh-CN", "yue", "en"].map(str::to_owned).to_vec(),
            at_work: true,
            ..Person::new(n)
        };
        Staff { people: (0..count).map(|n| (format!("op{n:03}"), everything(n))).collect() }
    }

    pub(super) fn hires(&self) -> Vec<Move> {
        let hire = |(name, person): (&String, &Person)| Move::Hires {
            name: name.clone(),
            languages: person.languages.clone(),
        };
        self.people.iter().map(hire).collect()
    }

    pub(super) fn at_work(&self) -> impl Iterator<Item = &str> {
        self.people.iter().filter(|(_, person)| person.at_work).map(|(name, _)| name.as_str())
    }

    pub(super) fn is_at_work(&self, name: &str) -> bool {
        self.people.get(name).is_some_and(|person| person.at_work)
    }

    pub(super) fn comes(&mut self, name: &str, at_work: bool) {
        if let Some(person) = self.people.get_mut(name) {
            person.at_work = at_work;
        }
    }

    /// Who works on a day, from when, and for how long.
    fn rota(&self, day: Date) -> Vec<(String, Duration, Duration)> {
        let weekday = day.weekday().to_monday_zero_offset();
        let works = |person: &Person| !person.off.contains(&weekday);
        let shift = |person: &Person| SHIFTS.get(person.shift).copied().unwrap_or(SHIFTS[0]);
        let on = self.people.iter().filter(|(_, person)| works(person));
        on.map(|(name, person)| (name.clone(), shift(person).0, shift(person).1)).collect()
    }
}

impl Person {
    fn new(n: u32) -> Self {
        let mut languages = vec!["zh-CN".to_owned()];
        if n % 5 < 2 {
            languages.push("yue".to_owned());
        }
        if n.is_multiple_of(5) {
            languages.push("en".to_owned());
        }
        let first = i8::try_from((n / 2) % 7).unwrap_or(0);
        let off = [first, (first + 1) % 7];
        Person { languages, shift: usize::try_from(n % 2).unwrap_or(0), off, at_work: false }
    }
}

impl Year {
    /// Puts a day's shifts and breaks on the agenda. Closed days have nobody.
    pub(super) fn plan_shifts(&mut self, day: Date, closed: bool) {
        if closed || self.plan.perfect {
            return;
        }
        for (name, from, length) in self.staff.rota(day) {
            let late = self.chance.exponential(MINUTE * 4);
            self.put(from + late, Act::ShiftBegins { name: name.clone() });
            self.put(from + length, Act::ShiftEnds { name: name.clone() });
            for _ in 0..3 {
                let at = from + MINUTE * 45 + self.chance.between(Duration::ZERO, length.saturating_sub(MINUTE * 90));
                let rest = self.chance.between(MINUTE * 4, MINUTE * 25);
                let kind = RequestKind::NotReady { reason: Reason::new("rest") };
                self.put(at, Act::Ask { name: name.clone(), kind });
                self.put(at + rest, Act::Ready { name: name.clone() });
            }
        }
    }

    pub(super) fn shift_begins(&mut self, name: String) {
        self.staff.comes(&name, true);
        self.page_opens(name);
    }

    pub(super) fn shift_ends(&mut self, name: String) {
        let talks = self.world.board().call(&OperatorId(name.clone())).is_some();
        if talks {
            // Nobody leaves in the middle of a call.
            let kind = RequestKind::NotReady { reason: Reason::new("shift_over") };
            self.does(Move::Asks { name: name.clone(), kind });
            return self.put(MINUTE, Act::ShiftEnds { name });
        }
        self.staff.comes(&name, false);
        self.does(Move::Asks { name: name.clone(), kind: RequestKind::EndShift {} });
        self.does(Move::Socket { name, up: false });
    }

    /// The page comes up; whoever sits there says that they are ready.
    pub(super) fn page_opens(&mut self, name: String) {
        if !self.staff.is_at_work(&name) {
            return;
        }
        self.does(Move::Socket { name: name.clone(), up: true });
        self.does(Move::Audio { name: name.clone() });
        let after = self.chance.between(Duration::from_millis(200), Duration::from_secs(8));
        self.put(after, Act::Ready { name });
    }

    /// They are ready again; where their audio is the reason that they are not, they open their page anew.
    pub(super) fn ready(&mut self, name: String) {
        if !self.staff.is_at_work(&name) {
            return;
        }
        self.does(Move::Asks { name: name.clone(), kind: RequestKind::Ready {} });
        let unheard = self.world.last_reply().is_some_and(|reply| reply.is_err());
        if unheard {
            let after = self.chance.between(Duration::from_secs(2), MINUTE);
            self.put(after, Act::Page { name });
        }
    }

    /// After the process came back, pages find their way to it.
    pub(super) fn pages_come_back(&mut self) {
        let at_work: Vec<String> = self.staff.at_work().map(str::to_owned).collect();
        for name in at_work {
            let after = self.chance.between(Duration::from_millis(500), Duration::from_secs(20));
            self.put(after, Act::Page { name });
        }
    }

    /// Something rings: most take it, some are away from their desk, some cannot just now.
    pub(super) fn rings(&mut self, name: String, offer: OfferId) {
        if self.plan.perfect {
            return self.put(Duration::ZERO, Act::Accept { name, offer });
        }
        let chance = &mut self.chance;
        let share = chance.unit();
        let act = if share < 0.03 {
            return;
        } else if share < 0.05 {
            Act::Decline { name, offer }
        } else {
            Act::Accept { name, offer }
        };
        let after = chance.between(Duration::from_millis(800), Duration::from_secs(8));
        self.put(after, act);
    }

    pub(super) fn operator_is(&mut self, name: &str, state: &OperatorState) {
        let name = name.to_owned();
        match state {
            // What is said of a call of ours is said where it ended.
            OperatorState::WrapUp { journey, .. } if self.attempts.contains_key(journey) => {}
            OperatorState::WrapUp { .. } => self.wraps_up(name),
            OperatorState::NotReady { reason } if reason.0 != "rest" && reason.0 != "shift_over" => {
                let after = self.chance.between(Duration::from_secs(2), MINUTE * 2);
                self.put(after, Act::Ready { name });
            }
            OperatorState::Offline if self.staff.is_at_work(&name) => {
                let after = self.chance.exponential(MINUTE * 2);
                self.put(after, Act::Page { name });
            }
            OperatorState::Offline
            | OperatorState::NotReady { .. }
            | OperatorState::Ready { .. }
            | OperatorState::Offered { .. }
            | OperatorState::OnCall { .. } => {}
        }
    }

    fn wraps_up(&mut self, name: String) {
        if self.plan.perfect {
            let kind = RequestKind::FinishWrapUp {};
            return self.put(Duration::ZERO, Act::Ask { name, kind });
        }
        let chance = &mut self.chance;
        let said = chance.between(Duration::from_secs(3), Duration::from_secs(50));
        let outcome = outcome(chance);
        let corrects = chance.chance(0.02);
        let ends = said + chance.between(Duration::from_secs(2), MINUTE * 2);
        let ask = |name: &String, kind| Act::Ask { name: name.clone(), kind };
        if let Some(outcome) = outcome {
            self.put(said, ask(&name, RequestKind::Outcome { outcome }));
        }
        if corrects {
            self.put(said + Duration::from_secs(1), ask(&name, RequestKind::Outcome { outcome: Outcome::NotSpoken }));
        }
        if self.chance.chance(0.05) {
            self.put(said, ask(&name, RequestKind::ExtendWrapUp {}));
        }
        if self.chance.chance(0.7) {
            self.put(ends, ask(&name, RequestKind::FinishWrapUp {}));
        }
    }
}

/// What an operator says of a conversation, if anything.
fn outcome(chance: &mut Random) -> Option<Outcome> {
    match chance.below(100) {
        0..88 => Some(Outcome::Spoken),
        88..93 => Some(Outcome::NotSpoken),
        _ => None,
    }
}
