//! A wait, taken apart: how much of it went to what.

use base::{OperatorId, Timestamp};

use super::since;
use crate::{Crew, Event, OfferOutcome, Shortage, Skill};

/// The time in line, all stays together.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Milliseconds.
    pub waited_ms: i64,
    /// Who spoke with them in the end.
    pub answered_by: Option<OperatorId>,
    /// They stand in line still; what passes since the last record is not counted.
    pub under_way: bool,
    /// Longest first.
    pub shares: Vec<(Share, i64)>,
}

/// What a part of a wait went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    /// Nobody could take it.
    Short {
        /// In which way,
        shortage: Shortage,
        /// and what those lacked who were free.
        lacking: Vec<Skill>,
    },
    /// It rang at someone.
    Ringing {
        /// Whom.
        operator: OperatorId,
    },
    /// Between the accept and the first packets both ways.
    Connecting,
    /// No reason stands in the record: it was written by an earlier release.
    Unsaid,
}

/// Runs while they stand in line.
#[derive(Debug, Default)]
pub(super) struct Clock {
    shares: Vec<(Share, i64)>,
    now: Option<(Share, Timestamp)>,
    answered_by: Option<OperatorId>,
    stood: bool,
}

impl Clock {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what begins or ends a part of a wait counts here")]
    pub(super) fn learn(&mut self, event: &Event, utc: Timestamp) {
        match event {
            Event::Queued { .. } | Event::Requeued { .. } if self.now.is_none() => self.turn(Some(Share::Unsaid), utc),
            Event::NobodyFree { crew, .. } => self.turn(Some(short(crew)), utc),
            Event::Offered { operator, .. } => self.turn(Some(Share::Ringing { operator: operator.clone() }), utc),
            Event::OfferEnded { outcome: OfferOutcome::Accepted, .. } => self.turn(Some(Share::Connecting), utc),
            Event::OfferEnded { .. } => self.turn(Some(Share::Unsaid), utc),
            Event::Conversing { operator, .. } => {
                self.answered_by = Some(operator.clone());
                self.turn(None, utc);
            }
            Event::LineLeft { .. } | Event::Ended { .. } => self.turn(None, utc),
            _ => {}
        }
    }

    pub(super) fn waited_ms(&self) -> i64 {
        self.shares.iter().map(|(_, ms)| ms).sum()
    }

    fn turn(&mut self, next: Option<Share>, utc: Timestamp) {
        if let Some((share, from)) = self.now.take() {
            let ms = since(Some(from), utc);
            match self.shares.iter_mut().find(|(known, _)| *known == share) {
                Some((_, sum)) => *sum += ms,
                None => self.shares.push((share, ms)),
            }
        }
        self.stood |= next.is_some();
        self.now = next.map(|share| (share, utc));
    }

    pub(super) fn finish(mut self) -> Option<Wait> {
        self.shares.retain(|(_, ms)| *ms > 0);
        self.shares.sort_by_key(|(_, ms)| std::cmp::Reverse(*ms));
        let (waited_ms, under_way) = (self.waited_ms(), self.now.is_some());
        self.stood.then_some(Wait { waited_ms, answered_by: self.answered_by, under_way, shares: self.shares })
    }
}

fn short(crew: &Crew) -> Share {
    Share::Short { shortage: crew.shortage(), lacking: crew.lacking.clone() }
}
