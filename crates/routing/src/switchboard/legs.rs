use std::collections::BTreeMap;

use base::{Boot, JourneyId, LegId, Mint, NodeId, OperatorId, kinds};

use crate::LegRole;

/// How many legs may owe their meter at a time.
const RETIRED: usize = 4096;

/// What a leg is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LegUse {
    /// Who phoned.
    Caller(JourneyId),
    /// An operator's SIP leg, dialled for this journey.
    Operator(JourneyId),
    /// Whom a step `dial` called.
    Dialled(JourneyId),
    /// A service outside that an operator asks, or hands a caller to.
    Consulted(JourneyId),
    /// An operator's browser, for the shift.
    Desk(OperatorId),
}

impl LegUse {
    pub(crate) fn role(self) -> Option<(JourneyId, LegRole)> {
        match self {
            LegUse::Caller(journey) => Some((journey, LegRole::Caller)),
            LegUse::Operator(journey) => Some((journey, LegRole::Operator)),
            LegUse::Dialled(journey) => Some((journey, LegRole::Dialled)),
            LegUse::Consulted(journey) => Some((journey, LegRole::Consulted)),
            LegUse::Desk(_) => None,
        }
    }
}

/// Legs that are over but for their meter.
#[derive(Debug, Default)]
pub(crate) struct Retired(BTreeMap<LegId, (JourneyId, LegRole)>);

impl Retired {
    pub(crate) fn push(&mut self, leg: LegId, journey: JourneyId, role: LegRole) {
        self.0.insert(leg, (journey, role));
        if self.0.len() > RETIRED {
            self.0.pop_first();
        }
    }

    pub(crate) fn take(&mut self, leg: LegId) -> Option<(JourneyId, LegRole)> {
        self.0.remove(&leg)
    }
}

/// Mints the ids of this run.
#[derive(Debug)]
pub(crate) struct Mints {
    pub(crate) journey: Mint<kinds::Journey>,
    pub(crate) obligation: Mint<kinds::Obligation>,
    pub(crate) offer: Mint<kinds::Offer>,
    pub(crate) play: Mint<kinds::Play>,
    node: NodeId,
    boot: Boot,
    legs: u64,
}

impl Mints {
    /// Legs that we dial have even counters; inbound SIP legs have odd ones and browser legs stand above 2^40, so that none collide.
    pub(crate) fn leg(&mut self) -> LegId {
        self.legs += 2;
        LegId::new(self.node, self.boot, self.legs)
    }
}

pub(crate) fn mints(node: NodeId, boot: Boot) -> Mints {
    Mints {
        journey: Mint::new(node, boot),
        obligation: Mint::new(node, boot),
        offer: Mint::new(node, boot),
        play: Mint::new(node, boot),
        node,
        boot,
        legs: 0,
    }
}
