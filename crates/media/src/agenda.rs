//! When which leg wants to be woken.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use base::Mono;

/// At most one moment per slot, popped in order of time and then of slot. Allocates only while it grows.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    due: Vec<Option<Mono>>,
    queue: BinaryHeap<Reverse<(Mono, usize)>>,
}

impl Agenda {
    /// Arms `slot` for `at`, or disarms it.
    pub(crate) fn set(&mut self, slot: usize, at: Option<Mono>) {
        if self.due.len() <= slot {
            self.due.resize(slot + 1, None);
        }
        if self.due[slot] != at {
            self.due[slot] = at;
            self.queue.extend(at.map(|at| Reverse((at, slot))));
            self.drop_stale();
        }
    }

    /// Arms `slot` for `at` unless it is armed for an earlier moment.
    pub(crate) fn set_earlier(&mut self, slot: usize, at: Mono) {
        if self.due.get(slot).copied().flatten().is_none_or(|due| at < due) {
            self.set(slot, Some(at));
        }
    }

    /// The earliest moment that any slot is armed for.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes the earliest slot that is due at `now`.
    pub(crate) fn pop_due(&mut self, now: Mono) -> Option<usize> {
        let Reverse((at, slot)) = *self.queue.peek()?;
        if at > now {
            return None;
        }
        self.due[slot] = None;
        self.drop_stale();
        Some(slot)
    }

    /// Removes what was armed anew from the front, so that the front is always true.
    fn drop_stale(&mut self) {
        while let Some(Reverse((at, slot))) = self.queue.peek()
            && self.due[*slot] != Some(*at)
        {
            self.queue.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(s: u64) -> Mono {
        Mono(Duration::from_secs(s))
    }

    #[test]
    fn pops_in_order_and_forgets_what_was_moved() {
        let mut agenda = Agenda::default();
        agenda.set(3, Some(at(2)));
        agenda.set(1, Some(at(2)));
        agenda.set(2, Some(at(1)));
        agenda.set(2, Some(at(5)));
        agenda.set_earlier(2, at(9));
        assert_eq!((agenda.next(), agenda.pop_due(at(1))), (Some(at(2)), None));
        assert_eq!((agenda.pop_due(at(2)), agenda.pop_due(at(2))), (Some(1), Some(3)));
        agenda.set(2, None);
        assert_eq!((agenda.next(), agenda.pop_due(at(9))), (None, None));
    }

    #[test]
    fn arming_again_and_again_does_not_grow() {
        let mut agenda = Agenda::default();
        for s in 0..10_000 {
            agenda.set(0, Some(at(s)));
            assert_eq!(agenda.pop_due(at(s)), Some(0));
        }
        assert!(agenda.queue.len() <= 1);
    }
}
