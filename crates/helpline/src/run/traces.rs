//! The ladders of the last journeys, in memory, for `helpline trace`.

use std::collections::{BTreeMap, VecDeque};

use base::{JourneyId, LegId, Timestamp};
use routing::{Event, LegRole, Record};
use serde::{Deserialize, Serialize};
use sip::LadderEntry;

/// Journeys kept.
const JOURNEYS: usize = 10_000;

/// Rungs kept of one leg: a peer that repeats itself for ever is not more interesting for it.
const RUNGS: usize = 200;

/// Legs that no journey has claimed yet, or never will (refused callers).
const UNCLAIMED: usize = 10_000;

/// One message, as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rung {
    utc: Timestamp,
    role: Option<LegRole>,
    leg: LegId,
    inbound: bool,
    peer: String,
    what: String,
    retransmission: bool,
}

/// All ladders.
#[derive(Default)]
pub(crate) struct Traces {
    legs: BTreeMap<LegId, (Option<(JourneyId, LegRole)>, Vec<Rung>)>,
    journeys: BTreeMap<JourneyId, Vec<LegId>>,
    oldest_journeys: VecDeque<JourneyId>,
    unclaimed: VecDeque<LegId>,
}

impl Traces {
    /// Learns which leg belongs to which journey.
    pub(crate) fn learn(&mut self, record: &Record) {
        match &record.event {
            Event::JourneyOpened { journey, leg, .. } => {
                self.oldest_journeys.push_back(*journey);
                self.claim(*journey, *leg, LegRole::Caller);
            }
            Event::Offered { journey, leg: Some(leg), .. } => self.claim(*journey, *leg, LegRole::Operator),
            Event::Dialled { journey, leg, .. } => self.claim(*journey, *leg, LegRole::Dialled),
            #[expect(clippy::wildcard_enum_match_arm, reason = "only these name SIP legs")]
            _ => {}
        }
        while self.oldest_journeys.len() > JOURNEYS {
            let forgotten = self.oldest_journeys.pop_front().and_then(|journey| self.journeys.remove(&journey));
            for leg in forgotten.into_iter().flatten() {
                self.legs.remove(&leg);
            }
        }
    }

    /// Keeps a rung.
    pub(crate) fn keep(&mut self, entry: LadderEntry, utc: Timestamp) {
        let LadderEntry { leg, inbound, peer, what, retransmission } = entry;
        if !self.legs.contains_key(&leg) {
            self.unclaimed.push_back(leg);
            self.legs.insert(leg, (None, Vec::new()));
            self.forget_unclaimed();
        }
        if let Some((owner, rungs)) = self.legs.get_mut(&leg)
            && rungs.len() < RUNGS
        {
            let role = owner.map(|(_, role)| role);
            rungs.push(Rung { utc, role, leg, inbound, peer: peer.to_string(), what, retransmission });
        }
    }

    /// The ladder of one journey, oldest first; None if it is not remembered.
    pub(crate) fn ladder(&self, journey: JourneyId) -> Option<Vec<Rung>> {
        let legs = self.journeys.get(&journey)?;
        let of_leg = |leg| self.legs.get(leg).into_iter().flat_map(|(_, rungs)| rungs.iter().cloned());
        let mut rungs: Vec<Rung> = legs.iter().flat_map(of_leg).collect();
        rungs.sort_by_key(|rung| rung.utc);
        Some(rungs)
    }

    fn claim(&mut self, journey: JourneyId, leg: LegId, role: LegRole) {
        self.journeys.entry(journey).or_default().push(leg);
        let (owner, rungs) = self.legs.entry(leg).or_default();
        *owner = Some((journey, role));
        rungs.iter_mut().for_each(|rung| rung.role = Some(role));
    }

    fn forget_unclaimed(&mut self) {
        while self.unclaimed.len() > UNCLAIMED {
            let Some(leg) = self.unclaimed.pop_front() else { return };
            if self.legs.get(&leg).is_some_and(|(owner, _)| owner.is_none()) {
                self.legs.remove(&leg);
            }
        }
    }
}

/// The ladder as text: time, role, direction, what.
pub(crate) fn draw(rungs: &[Rung]) -> String {
    let line = |rung: &Rung| {
        let role = match rung.role {
            Some(LegRole::Caller) => "caller  ",
            Some(LegRole::Operator) => "operator",
            Some(LegRole::Dialled) => "dialled ",
            None => "        ",
        };
        let arrow = if rung.inbound { "──▶ engine" } else { "◀── engine" };
        let again = if rung.retransmission { "  (again)" } else { "" };
        format!("{}  {role} {:>24} {arrow}  {}{again}\n", rung.utc.strftime("%H:%M:%S%.3f"), rung.peer, rung.what)
    };
    rungs.iter().map(line).collect()
}
