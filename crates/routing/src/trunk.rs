//! Which trunk a call of ours leaves by: priority, weight, health, and the bounds that keep a stolen queue from costing a fortune (rule 8).

use std::collections::BTreeMap;
use std::time::Duration;

use base::{Now, Timestamp};

use crate::state::TrunkUse;
use crate::switchboard::Switchboard;
use crate::{Alarm, Event, Reason};

/// A trunk as calls of ours may leave by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboundTrunk {
    /// The number of ours that it presents (rule 9).
    pub from: String,
    /// The lower goes first.
    pub priority: u16,
    /// Within one priority, its share of the calls.
    pub weight: u16,
    /// Calls at one time, those that come in by it counted. None: no such bound.
    pub channels: Option<u32>,
    /// Calls in any hour.
    pub per_hour: Option<u32>,
    /// From the start of one call to the start of the next.
    pub pace: Duration,
    /// Minutes begun in a day.
    pub minutes_per_day: Option<u32>,
    /// Money in a day, in hundredths.
    pub cents_per_day: Option<u32>,
    /// What a number begins with, as far as it may be seen → hundredths for each minute begun. The longest that fits; none: nothing.
    pub cents_per_minute: BTreeMap<String, u32>,
}

impl Switchboard {
    /// The trunk that the next call leaves by; `tried` have failed it already. Else why there is none: the reason of the one that would
    /// have gone first.
    pub fn pick_trunk(&self, tried: &[String], now: Now) -> Result<String, Reason> {
        let Some(settings) = &self.settings else { return Err(Reason::new("no_trunk")) };
        pick(&settings.trunks, |name| self.state.trunks.get(name), tried, now.utc)
    }
}

impl Switchboard {
    /// A trunk answers, or does not any more.
    pub(crate) fn trunk_told(&mut self, trunk: String, up: bool, reason: Reason, now: Now) {
        self.emit(Event::TrunkChanged { trunk: trunk.clone(), up, reason }, now);
        if up {
            return;
        }
        let down = |name: &str| self.state.trunks.get(name).is_some_and(TrunkUse::is_down);
        let out = self.settings.as_ref().map(|settings| &settings.trunks);
        let callbacks = out.is_some_and(|out| out.contains_key(&trunk) && out.keys().all(|name| down(name)));
        let all = self.state.trunks.values().all(TrunkUse::is_down);
        self.alarm(Alarm::TrunkDown { trunk, callbacks, all });
    }
}

/// The choice itself. Within one priority it goes by what each has carried in this hour for its weight, so that no chance is needed.
fn pick<'a>(
    trunks: &BTreeMap<String, OutboundTrunk>,
    used: impl Fn(&str) -> Option<&'a TrunkUse>,
    tried: &[String],
    at: Timestamp,
) -> Result<String, Reason> {
    let idle = TrunkUse::default();
    let mut order: Vec<_> = trunks
        .iter()
        .map(|(name, trunk)| {
            let used = used(name).unwrap_or(&idle);
            let load = u64::from(used.calls_in_hour(at)) * 1000 / u64::from(trunk.weight.max(1));
            (trunk.priority, load, name, trunk.refuses(used, at))
        })
        .collect();
    order.sort_by_key(|(priority, load, name, _)| (*priority, *load, *name));
    let mut first = None;
    for (_, _, name, refused) in order {
        let refused = if tried.contains(name) { Some(Reason::new("trunk_tried")) } else { refused };
        match refused {
            None => return Ok(name.clone()),
            Some(reason) => {
                first.get_or_insert(reason);
            }
        }
    }
    Err(first.unwrap_or(Reason::new("no_trunk")))
}

impl OutboundTrunk {
    /// Why it takes no call now, if it does not.
    fn refuses(&self, used: &TrunkUse, at: Timestamp) -> Option<Reason> {
        let reached = |bound: Option<u32>, count: u32| bound.is_some_and(|bound| count >= bound);
        let paced = used.last_call().is_some_and(|last| at.duration_since(last).unsigned_abs() < self.pace);
        let word = if used.is_down() {
            "trunk_down"
        } else if reached(self.channels, used.channels()) {
            "trunk_full"
        } else if paced {
            "trunk_paced"
        } else if reached(self.per_hour, used.calls_in_hour(at)) {
            "trunk_hour_over"
        } else if reached(self.minutes_per_day, used.minutes(at).values().sum()) {
            "trunk_minutes_over"
        } else if reached(self.cents_per_day, self.cents(&used.minutes(at))) {
            "trunk_cost_over"
        } else {
            return None;
        };
        Some(Reason::new(word))
    }

    fn cents(&self, minutes: &BTreeMap<String, u32>) -> u32 {
        let price = |head: &str| {
            let fits = self.cents_per_minute.iter().filter(|(prefix, _)| head.starts_with(prefix.as_str()));
            fits.max_by_key(|(prefix, _)| prefix.len()).map_or(0, |(_, cents)| *cents)
        };
        minutes.iter().map(|(head, minutes)| minutes.saturating_mul(price(head))).fold(0, u32::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use base::{Boot, JourneyId, LegId, NodeId};

    use super::*;

    fn at(s: i64) -> Timestamp {
        // Midnight in China.
        Timestamp::from_second(1_796_054_400 + s).unwrap()
    }

    fn journey() -> JourneyId {
        JourneyId::new(NodeId(1), Boot(1), 1)
    }

    fn leg(n: u64) -> LegId {
        LegId::new(NodeId(1), Boot(1), n)
    }

    fn trunks(all: &[(&str, OutboundTrunk)]) -> BTreeMap<String, OutboundTrunk> {
        all.iter().map(|(name, trunk)| ((*name).to_owned(), trunk.clone())).collect()
    }

    fn picked(
        trunks: &BTreeMap<String, OutboundTrunk>,
        uses: &BTreeMap<String, TrunkUse>,
        tried: &[&str],
        s: i64,
    ) -> String {
        let tried: Vec<String> = tried.iter().map(|name| (*name).to_owned()).collect();
        pick(trunks, |name| uses.get(name), &tried, at(s)).unwrap_or_else(|reason| reason.0.into_owned())
    }

    fn with(name: &str, used: TrunkUse) -> BTreeMap<String, TrunkUse> {
        BTreeMap::from([(name.to_owned(), used)])
    }

    #[test]
    fn priority_first_then_the_share_of_each() {
        let main = OutboundTrunk { priority: 1, weight: 3, ..OutboundTrunk::default() };
        let other = OutboundTrunk { weight: 1, ..main.clone() };
        let spare = OutboundTrunk { priority: 2, ..main.clone() };
        let all = trunks(&[("main", main), ("other", other), ("spare", spare)]);
        let mut uses: BTreeMap<String, TrunkUse> = BTreeMap::new();
        for n in 0..40 {
            let name = picked(&all, &uses, &[], 60);
            let used = uses.entry(name).or_default();
            used.began(journey(), leg(n), "139", at(60));
            used.ended(leg(n), at(60));
        }
        assert_eq!(uses["main"].calls_in_hour(at(60)), 30);
        assert_eq!(uses["other"].calls_in_hour(at(60)), 10);
        assert!(!uses.contains_key("spare"));
        assert_eq!(picked(&all, &uses, &["main", "other"], 60), "spare");
        assert_eq!(picked(&all, &uses, &["main", "other", "spare"], 60), "trunk_tried");
        assert_eq!(picked(&trunks(&[]), &uses, &[], 60), "no_trunk");
    }

    #[test]
    fn what_is_down_is_passed_over_until_it_is_up() {
        let all = trunks(&[
            ("a", OutboundTrunk::default()),
            ("b", OutboundTrunk { priority: 9, ..OutboundTrunk::default() }),
        ]);
        let mut down = TrunkUse::default();
        down.tell(false, &Reason::new("silent"), at(0));
        assert_eq!(picked(&all, &with("a", down.clone()), &[], 1), "b");
        assert_eq!(picked(&all, &with("a", down.clone()), &["b"], 1), "trunk_down");
        down.tell(true, &Reason::new("answers"), at(5));
        assert_eq!(picked(&all, &with("a", down), &[], 6), "a");
    }

    #[test]
    fn channels_pace_and_calls_in_an_hour_are_bounds() {
        let bound = |trunk: OutboundTrunk| trunks(&[("sim", trunk)]);
        let channels = bound(OutboundTrunk { channels: Some(1), ..OutboundTrunk::default() });
        let mut used = TrunkUse::default();
        used.began(journey(), leg(1), "139", at(0));
        assert_eq!(picked(&channels, &with("sim", used.clone()), &[], 60), "trunk_full");
        used.ended(leg(1), at(60));
        assert_eq!(picked(&channels, &with("sim", used.clone()), &[], 60), "sim");
        // The one channel of a SIM serves those who call in by it, too.
        used.came(journey());
        assert_eq!(picked(&channels, &with("sim", used.clone()), &[], 60), "trunk_full");

        let pace = bound(OutboundTrunk { pace: Duration::from_secs(90), ..OutboundTrunk::default() });
        assert_eq!(picked(&pace, &with("sim", used.clone()), &[], 89), "trunk_paced");
        assert_eq!(picked(&pace, &with("sim", used.clone()), &[], 90), "sim");

        let hour = bound(OutboundTrunk { per_hour: Some(1), ..OutboundTrunk::default() });
        assert_eq!(picked(&hour, &with("sim", used.clone()), &[], 3_599), "trunk_hour_over");
        assert_eq!(picked(&hour, &with("sim", used), &[], 3_600), "sim");
    }

    #[test]
    fn minutes_and_money_of_a_day_are_bounds_and_begin_anew_at_midnight() {
        let mut used = TrunkUse::default();
        used.began(journey(), leg(1), "139", at(0));
        used.answered(leg(1), at(10));
        used.ended(leg(1), at(10 + 61));
        used.began(journey(), leg(2), "0769", at(100));
        used.answered(leg(2), at(100));
        used.ended(leg(2), at(101));
        // Rang, and was never answered: it costs nothing.
        used.began(journey(), leg(3), "0769", at(200));
        used.ended(leg(3), at(260));
        let uses = with("t", used);
        let minutes =
            |most| trunks(&[("t", OutboundTrunk { minutes_per_day: Some(most), ..OutboundTrunk::default() })]);
        assert_eq!(picked(&minutes(3), &uses, &[], 300), "trunk_minutes_over");
        assert_eq!(picked(&minutes(4), &uses, &[], 300), "t");
        let prices: BTreeMap<String, u32> =
            [("", 1), ("0", 5), ("0769", 7), ("1", 10)].map(|(prefix, cents)| (prefix.to_owned(), cents)).into();
        let cost = |most| {
            let cents_per_minute = prices.clone();
            trunks(&[("t", OutboundTrunk { cents_per_day: Some(most), cents_per_minute, ..OutboundTrunk::default() })])
        };
        assert_eq!(picked(&cost(27), &uses, &[], 300), "trunk_cost_over");
        assert_eq!(picked(&cost(28), &uses, &[], 300), "t");
        assert_eq!(picked(&cost(27), &uses, &[], 86_400), "t");
    }

    #[test]
    fn a_call_under_way_costs_the_minutes_that_it_has_begun() {
        let mut used = TrunkUse::default();
        used.began(journey(), leg(1), "139", at(0));
        used.answered(leg(1), at(0));
        let all = trunks(&[("t", OutboundTrunk { minutes_per_day: Some(2), ..OutboundTrunk::default() })]);
        assert_eq!(picked(&all, &with("t", used.clone()), &[], 60), "t");
        assert_eq!(picked(&all, &with("t", used), &[], 61), "trunk_minutes_over");
    }
}
