use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base::{JourneyId, LegId, Timestamp};
use jiff::SignedDuration;

use super::{Stage, State};
use crate::{Event, Reason};

/// An hour, for the bound on calls in any hour.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The most calls of an hour that are remembered; no bound is larger.
const CALLS: usize = 10_000;
/// Days are China's, which has one zone and no summer time.
const DAY_STARTS_EARLIER_S: i64 = 8 * 3600;

/// What a trunk is at, and has carried: folded, to be held against its bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrunkUse {
    /// Whether it answers, since when, and by what; none: not told in this run.
    health: Option<(bool, Timestamp, Reason)>,
    /// Calls that came in by it, under way: one to a journey.
    inbound: BTreeSet<JourneyId>,
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
    journey: JourneyId,
    /// What the number begins with, as far as it may be seen.
    head: String,
    answered: Option<Timestamp>,
}

impl TrunkUse {
    /// Whether it is known not to answer.
    pub fn is_down(&self) -> bool {
        matches!(self.health, Some((false, ..)))
    }

    /// Whether it answers, since when, and by what; none: nothing is known in this run.
    pub fn health(&self) -> Option<(bool, Timestamp, &Reason)> {
        self.health.as_ref().map(|(up, since, reason)| (*up, *since, reason))
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

    pub(crate) fn tell(&mut self, up: bool, reason: &Reason, at: Timestamp) {
        self.health = Some((up, at, reason.clone()));
    }

    pub(crate) fn came(&mut self, journey: JourneyId) {
        self.inbound.insert(journey);
    }

    pub(crate) fn began(&mut self, journey: JourneyId, leg: LegId, head: &str, at: Timestamp) {
        self.outbound.insert(leg, Placed { journey, head: head.to_owned(), answered: None });
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
        let Some(placed) = self.outbound.remove(&leg) else { return };
        if self.day != day(at) {
            (self.day, self.spent) = (day(at), BTreeMap::new());
        }
        if let Some(answered) = placed.answered {
            *self.spent.entry(placed.head).or_default() += minutes(answered, at);
        }
    }
}

impl TrunkUse {
    /// A journey is over, and with it all that it held of this trunk.
    fn left(&mut self, journey: JourneyId, at: Timestamp) {
        self.inbound.remove(&journey);
        let legs: Vec<LegId> =
            self.outbound.iter().filter(|(_, placed)| placed.journey == journey).map(|(leg, _)| *leg).collect();
        legs.into_iter().for_each(|leg| self.ended(leg, at));
    }
}

impl State {
    /// Folds what concerns trunks, beside what else the event says.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the fold of all events has an arm for each; this one adds to it"
    )]
    pub(super) fn fold_trunk(&mut self, event: &Event, utc: Timestamp) {
        match event {
            // What was known of health belongs to the run before.
            Event::Started { .. } => self.each_trunk(|used| used.health = None),
            Event::TrunkChanged { trunk, up, reason } => self.trunk(trunk).tell(*up, reason, utc),
            Event::JourneyOpened { journey, trunk, .. } => self.trunk(trunk).came(*journey),
            Event::AttemptDialled { attempt, leg, trunk, .. } => {
                let head = self.journeys.get(attempt).map(|journey| head(&journey.caller.masked)).unwrap_or_default();
                self.trunk(trunk).began(*attempt, *leg, &head, utc);
            }
            Event::ConsultOpened { journey, leg: Some(leg), trunk: Some(trunk), .. } => {
                if let Some(before) = self.called_outside(*journey) {
                    self.each_trunk(|used| used.ended(before, utc));
                }
                self.trunk(trunk).began(*journey, *leg, "", utc);
            }
            Event::Answered { leg, .. } => self.each_trunk(|used| used.answered(*leg, utc)),
            Event::ConsultAnswered { journey, .. } => {
                if let Some(leg) = self.called_outside(*journey) {
                    self.each_trunk(|used| used.answered(leg, utc));
                }
            }
            Event::ConsultClosed { journey, .. } => {
                if let Some(leg) = self.called_outside(*journey) {
                    self.each_trunk(|used| used.ended(leg, utc));
                }
            }
            Event::AttemptFailed { leg, .. } => self.each_trunk(|used| used.ended(*leg, utc)),
            Event::Ended { journey, .. } => self.each_trunk(|used| used.left(*journey, utc)),
            _ => {}
        }
    }

    fn each_trunk(&mut self, change: impl FnMut(&mut TrunkUse)) {
        self.trunks.values_mut().for_each(change);
    }

    /// The leg of a service outside that an operator asks, or handed the caller to.
    fn called_outside(&self, journey: JourneyId) -> Option<LegId> {
        let journey = self.journeys.get(&journey)?;
        if let Stage::Dialled { leg } = journey.stage { Some(leg) } else { journey.talk()?.consult.as_ref()?.leg }
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
    let spent_ms = to.duration_since(from).as_millis().max(1).unsigned_abs();
    u32::try_from(spent_ms.div_ceil(60_000)).unwrap_or(u32::MAX)
}
