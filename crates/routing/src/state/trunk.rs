use std::collections::{BTreeMap, VecDeque};

use base::{JourneyId, LegId, Timestamp};
use jiff::SignedDuration;

use super::State;
use crate::Event;

/// An hour, for the bound on calls in any hour.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The most calls of an hour that are remembered; no bound is larger.
const CALLS: usize = 10_000;
/// Days are China's, which has one zone and no summer time.
const DAY_STARTS_EARLIER_S: i64 = 8 * 3600;

/// What a trunk is at, and has carried: folded, to be held against its bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrunkUse {
    /// Whether it answers, since when; none: not told in this run.
    health: Option<(bool, Timestamp)>,
    /// Calls that came in by it, under way.
    inbound: std::collections::BTreeSet<LegId>,
    /// Calls that we placed by it, under way.
    outbound: BTreeMap<LegId, Placed>,
    /// When calls of the last hour were placed, the oldest first.
    calls: VecDeque<Timestamp>,
    /// The day that `spent` counts.
    day: i64,
    /// Minutes begun by what the numbers began with.
    spent: BTreeMap<String, u32>,
}

/// A call that we placed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Placed {
    /// What the number begins with, as far as it may be seen.
    head: String,
    answered: Option<Timestamp>,
}

impl TrunkUse {
    /// Whether it is known not to answer.
    pub fn is_down(&self) -> bool {
        matches!(self.health, Some((false, _)))
    }

    /// Whether it answers, and since when; none: nothing is known in this run.
    pub fn up(&self) -> Option<(bool, Timestamp)> {
        self.health
    }

    /// Calls under way, in and out.
    pub fn channels(&self) -> u32 {
        u32::try_from(self.inbound.len() + self.outbound.len()).unwrap_or(u32::MAX)
    }

    /// How many calls were placed in the hour before a moment.
    pub fn calls_in_hour(&self, at: Timestamp) -> u32 {
        let recent = self.calls.iter().rev().take_while(|call| at.duration_since(**call) < HOUR);
        u32::try_from(recent.count()).unwrap_or(u32::MAX)
    }

    /// Minutes begun today, those of calls under way too, by what the numbers began with.
    pub fn minutes(&self, at: Timestamp) -> BTreeMap<String, u32> {
        let mut all = if self.day == day(at) { self.spent.clone() } else { BTreeMap::new() };
        for placed in self.outbound.values() {
            if let Some(answered) = placed.answered {
                *all.entry(placed.head.clone()).or_default() += minutes(answered, at);
            }
        }
        all
    }

    /// When the last call was placed.
    pub(crate) fn last_call(&self) -> Option<Timestamp> {
        self.calls.back().copied()
    }

    pub(crate) fn health(&mut self, up: bool, at: Timestamp) {
        self.health = Some((up, at));
    }

    pub(crate) fn came(&mut self, leg: LegId) {
        self.inbound.insert(leg);
    }

    pub(crate) fn began(&mut self, leg: LegId, head: &str, at: Timestamp) {
        self.outbound.insert(leg, Placed { head: head.to_owned(), answered: None });
        self.calls.retain(|call| at.duration_since(*call) < HOUR);
        self.calls.push_back(at);
        if self.calls.len() > CALLS {
            self.calls.pop_front();
        }
    }

    pub(crate) fn answered(&mut self, leg: LegId, at: Timestamp) {
        if let Some(placed) = self.outbound.get_mut(&leg) {
            placed.answered = Some(at);
        }
    }

    pub(crate) fn ended(&mut self, leg: LegId, at: Timestamp) {
        self.inbound.remove(&leg);
        let Some(placed) = self.outbound.remove(&leg) else { return };
        if self.day != day(at) {
            (self.day, self.spent) = (day(at), BTreeMap::new());
        }
        if let Some(answered) = placed.answered {
            *self.spent.entry(placed.head).or_default() += minutes(answered, at);
        }
    }
}

impl State {
    /// Folds what concerns trunks, beside what else the event says.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the fold of all events has an arm for each; this one adds to it")]
    pub(super) fn fold_trunk(&mut self, event: &Event, utc: Timestamp) {
        match event {
            // What was known of health belongs to the run before.
            Event::Started { .. } => self.trunks.values_mut().for_each(|used| used.health = None),
            Event::TrunkChanged { trunk, up, .. } => self.trunk(trunk).health(*up, utc),
            Event::JourneyOpened { leg, trunk, .. } => self.trunk(trunk).came(*leg),
            Event::AttemptDialled { attempt, leg, trunk, .. } => {
                let head = self.journeys.get(attempt).map(|journey| head(journey.dialled_mask())).unwrap_or_default();
                self.trunk(trunk).began(*leg, &head, utc);
            }
            Event::Answered { leg, .. } => self.trunks.values_mut().for_each(|used| used.answered(*leg, utc)),
            Event::AttemptFailed { leg, .. } => self.trunks.values_mut().for_each(|used| used.ended(*leg, utc)),
            _ => {}
        }
    }

    /// A journey is over, and with it what it held of trunks.
    pub(super) fn leave_trunks(&mut self, id: JourneyId, utc: Timestamp) {
        if let Some(leg) = self.journeys.get(&id).map(|journey| journey.leg) {
            self.trunks.values_mut().for_each(|used| used.ended(leg, utc));
        }
    }

    fn trunk(&mut self, name: &str) -> &mut TrunkUse {
        self.trunks.entry(name.to_owned()).or_default()
    }
}

/// What stands before the stars.
fn head(masked: &str) -> String {
    masked.split('*').next().unwrap_or_default().to_owned()
}

fn day(at: Timestamp) -> i64 {
    (at.as_second() + DAY_STARTS_EARLIER_S).div_euclid(86_400)
}

/// Minutes begun.
fn minutes(from: Timestamp, to: Timestamp) -> u32 {
    let seconds = to.duration_since(from).as_millis().max(1).div_ceil(1000);
    u32::try_from((seconds + 59) / 60).unwrap_or(u32::MAX)
}
