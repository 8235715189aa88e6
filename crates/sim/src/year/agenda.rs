use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use base::OfferId;
use routing::{Party, RequestKind};

use super::faults::Fault;
use crate::Move;

/// What somebody is about to do.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Someone calls.
    Call,
    /// Someone who did not get through calls again.
    CallAgain {
        number: String,
    },
    /// A caller does something, if they are still there.
    Caller {
        caller: u32,
        does: Move,
    },
    /// An operator takes or declines what rings, if it still does.
    Accept {
        name: String,
        offer: OfferId,
    },
    Decline {
        name: String,
        offer: OfferId,
    },
    /// A talk is over, if it is still the same.
    Over {
        caller: u32,
        name: String,
        by: Party,
    },
    /// A telephone that we called for an operator does something.
    Far {
        name: String,
        does: crate::Far,
    },
    /// An operator asks for something.
    Ask {
        name: String,
        kind: RequestKind,
    },
    /// A page opens, and its operator says that they are ready.
    Page {
        name: String,
    },
    /// Someone at work says that they are ready, where they can.
    Ready {
        name: String,
    },
    /// A shift begins or ends.
    ShiftBegins {
        name: String,
    },
    ShiftEnds {
        name: String,
    },
    /// Something goes wrong, or is well again.
    Fault(Fault),
    /// What follows from it.
    Then(Move),
}

/// Acts in order of time, then as they were put down.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(Duration, u64)>>,
    acts: std::collections::BTreeMap<u64, Act>,
    counted: u64,
}

impl Agenda {
    pub(super) fn put(&mut self, at: Duration, act: Act) {
        self.counted += 1;
        self.heap.push(Reverse((at, self.counted)));
        self.acts.insert(self.counted, act);
    }

    pub(super) fn next(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    pub(super) fn pop_due(&mut self, now: Duration) -> Option<Act> {
        self.next().filter(|at| *at <= now)?;
        let Reverse((_, n)) = self.heap.pop()?;
        self.acts.remove(&n)
    }
}
