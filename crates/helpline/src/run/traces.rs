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

/// One leg's messages.
#[derive(Default)]
struct Ladder {
    /// The leg's part in its journey; none until one claims it.
    role: Option<LegRole>,
    messages: Vec<(Timestamp, LadderEntry)>,
}

impl Ladder {
    fn rungs(&self) -> impl Iterator<Item = Rung> + '_ {
        self.messages.iter().map(|(utc, entry)| Rung {
            utc: *utc,
            role: self.role,
            leg: entry.leg,
            inbound: entry.inbound,
            peer: entry.peer.to_string(),
            what: entry.what(),
            retransmission: entry.retransmission,
        })
    }
}

/// All ladders.
#[derive(Default)]
pub(crate) struct Traces {
    legs: BTreeMap<LegId, Ladder>,
    journeys: BTreeMap<JourneyId, Vec<LegId>>,
    oldest_journeys: VecDeque<JourneyId>,
    unclaimed: VecDeque<LegId>,
}

impl Traces {
    /// Learns which leg belongs to which journey.
    pub(crate) fn learn(&mut self, record: &Record) {
        if let Some((journey, leg, role)) = sip_leg(&record.event) {
            if role == LegRole::Caller {
                self.oldest_journeys.push_back(journey);
            }
            self.claim(journey, leg, role);
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
        if !self.legs.contains_key(&entry.leg) {
            self.unclaimed.push_back(entry.leg);
            self.legs.insert(entry.leg, Ladder::default());
            self.forget_unclaimed();
        }
        if let Some(ladder) = self.legs.get_mut(&entry.leg)
            && ladder.messages.len() < RUNGS
        {
            ladder.messages.push((utc, entry));
        }
    }

    /// The ladder of one journey, oldest first; None if it is not remembered.
    pub(crate) fn ladder(&self, journey: JourneyId) -> Option<Vec<Rung>> {
        let legs = self.journeys.get(&journey)?;
        let of_leg = |leg| self.legs.get(leg).into_iter().flat_map(Ladder::rungs);
        let mut rungs: Vec<Rung> = legs.iter().flat_map(of_leg).collect();
        rungs.sort_by_key(|rung| rung.utc);
        Some(rungs)
    }

    fn claim(&mut self, journey: JourneyId, leg: LegId, role: LegRole) {
        self.journeys.entry(journey).or_default().push(leg);
        self.legs.entry(leg).or_default().role = Some(role);
    }

    fn forget_unclaimed(&mut self) {
        while self.unclaimed.len() > UNCLAIMED {
            let Some(leg) = self.unclaimed.pop_front() else { return };
            if self.legs.get(&leg).is_some_and(|ladder| ladder.role.is_none()) {
                self.legs.remove(&leg);
            }
        }
    }
}

/// The SIP leg that an event gives to a journey.
fn sip_leg(event: &Event) -> Option<(JourneyId, LegId, LegRole)> {
    if let Event::JourneyOpened { journey, leg, .. } = event {
        Some((*journey, *leg, LegRole::Caller))
    } else if let Event::Offered { journey, leg: Some(leg), .. } = event {
        Some((*journey, *leg, LegRole::Operator))
    } else if let Event::Dialled { journey, leg, .. } = event {
        Some((*journey, *leg, LegRole::Dialled))
    } else {
        None
    }
}

/// The ladder as text: time, role, direction, what.
pub(crate) fn draw(rungs: &[Rung]) -> String {
    let line = |rung: &Rung| {
        let role = match rung.role {
            Some(LegRole::Caller) => "caller  ",
            Some(LegRole::Operator) => "operator",
            Some(LegRole::Dialled) => "dialled ",
            Some(LegRole::Consulted) => "consulted",
            None => "        ",
        };
        let arrow = if rung.inbound { "──▶ engine" } else { "◀── engine" };
        let again = if rung.retransmission { "  (again)" } else { "" };
        format!("{}  {role} {:>24} {arrow}  {}{again}\n", rung.utc.strftime("%H:%M:%S%.3f"), rung.peer, rung.what)
    };
    rungs.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use base::{Boot, Id, NodeId};

    use super::*;

    fn record(n: u64) -> Record {
        let event = Event::Dialled {
            journey: Id::new(NodeId(1), Boot(1), n),
            leg: Id::new(NodeId(1), Boot(1), n),
            step: "out".to_owned(),
        };
        Record { seq: n, utc: Timestamp::UNIX_EPOCH, node: NodeId(1), boot: Boot(1), event }
    }

    fn entry(n: u64) -> LadderEntry {
        LadderEntry {
            leg: Id::new(NodeId(1), Boot(1), n),
            inbound: true,
            peer: "127.0.0.1:5070".parse().unwrap(),
            method: "INVITE",
            status: None,
            retransmission: false,
        }
    }

    #[test]
    fn a_message_that_came_before_its_journey_is_on_its_ladder() {
        let mut traces = Traces::default();
        traces.keep(entry(1), Timestamp::UNIX_EPOCH);
        traces.learn(&record(1));
        traces.keep(entry(1), Timestamp::UNIX_EPOCH);
        let ladder = traces.ladder(Id::new(NodeId(1), Boot(1), 1)).unwrap();
        assert_eq!(ladder.iter().map(|rung| rung.role).collect::<Vec<_>>(), [Some(LegRole::Dialled); 2]);
        assert!(draw(&ladder).contains("──▶ engine  INVITE"));
        assert!(traces.ladder(Id::new(NodeId(1), Boot(1), 2)).is_none());
    }

    #[test]
    fn legs_that_no_journey_claims_and_endless_peers_are_bounded() {
        let mut traces = Traces::default();
        (0..UNCLAIMED as u64 + 50).for_each(|n| traces.keep(entry(n), Timestamp::UNIX_EPOCH));
        assert_eq!(traces.legs.len(), UNCLAIMED);
        (0..RUNGS + 50).for_each(|_| traces.keep(entry(5_000), Timestamp::UNIX_EPOCH));
        assert_eq!(traces.legs.get(&entry(5_000).leg).map(|ladder| ladder.messages.len()), Some(RUNGS));
    }
}
