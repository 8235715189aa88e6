//! Write first, then act: what was decided waits until its records are durable.

use std::collections::VecDeque;
use std::time::Duration;

use base::Mono;

/// A commit later than this is an input to the decisions (rule 17).
pub(crate) const LATE: Duration = Duration::from_millis(500);

/// Holds items in order until the records written before them are durable.
#[derive(Debug)]
pub(crate) struct Barrier<T> {
    held: VecDeque<(u64, T)>,
    /// Records not durable yet, with the moment they were written.
    pending: VecDeque<(u64, Mono)>,
    written: u64,
    durable: u64,
    /// Records up to this one are in the system's hands: a process that is killed does not lose them.
    handed: u64,
    well: bool,
}

impl<T> Barrier<T> {
    /// Everything up to `durable` is on disk already.
    pub(crate) fn new(durable: u64) -> Self {
        Barrier {
            held: VecDeque::new(),
            pending: VecDeque::new(),
            written: durable,
            durable,
            handed: durable,
            well: true,
        }
    }

    /// A record was handed to the journal.
    pub(crate) fn wrote(&mut self, seq: u64, now: Mono) {
        self.written = seq;
        self.pending.push_back((seq, now));
    }

    /// Holds `item` behind all records written so far.
    pub(crate) fn hold(&mut self, item: T) {
        self.held.push_back((self.written, item));
    }

    /// Records up to `seq` are durable. Returns true when the journal is well again after it was not.
    pub(crate) fn durable(&mut self, seq: u64) -> bool {
        self.durable = self.durable.max(seq);
        while self.pending.front().is_some_and(|(pending, _)| *pending <= self.durable) {
            self.pending.pop_front();
        }
        let recovered = !self.well && self.pending.is_empty();
        self.well |= recovered;
        recovered
    }

    /// Records up to `seq` are written, if not synced.
    pub(crate) fn handed(&mut self, seq: u64) {
        self.handed = self.handed.max(seq);
    }

    /// The journal failed: what was written and not synced is gone.
    pub(crate) fn lost(&mut self) {
        self.handed = self.durable;
    }

    /// Whether a record outlives this process.
    pub(crate) fn outlives(&self, seq: u64) -> bool {
        seq <= self.handed.max(self.durable)
    }

    /// The last record that was handed to the journal by this moment and is not durable; 0: none is.
    pub(crate) fn wrote_by(&self, moment: Mono) -> u64 {
        self.pending.iter().rev().find(|(_, since)| *since <= moment).map_or(0, |(seq, _)| *seq)
    }

    /// The journal is late or failed: from now on nothing waits. Returns true the first time.
    pub(crate) fn unwell(&mut self) -> bool {
        std::mem::replace(&mut self.well, false)
    }

    /// When the oldest pending record becomes late; None while nothing is pending or lateness is known.
    pub(crate) fn late_at(&self) -> Option<Mono> {
        let (_, since) = self.pending.front().filter(|_| self.well)?;
        Some(*since + LATE)
    }

    /// The next item that may act, and whether it had to wait for nothing because the journal is unwell.
    pub(crate) fn pop(&mut self) -> Option<(T, bool)> {
        let (need, _) = self.held.front()?;
        let unheld = *need > self.durable;
        if unheld && self.well {
            return None;
        }
        self.held.pop_front().map(|(_, item)| (item, unheld))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(Duration::from_millis(ms))
    }

    #[test]
    fn nothing_acts_before_its_records_are_durable() {
        let mut barrier = Barrier::new(7);
        barrier.wrote(8, at(0));
        barrier.hold("answer");
        barrier.wrote(9, at(0));
        barrier.hold("play");
        assert_eq!(barrier.pop(), None);
        barrier.durable(8);
        assert_eq!(barrier.pop(), Some(("answer", false)));
        assert_eq!(barrier.pop(), None);
        barrier.durable(9);
        assert_eq!(barrier.pop(), Some(("play", false)));
    }

    #[test]
    fn what_is_in_the_systems_hands_outlives_the_process() {
        let mut barrier: Barrier<()> = Barrier::new(7);
        barrier.wrote(8, at(10));
        barrier.wrote(9, at(20));
        assert_eq!((barrier.wrote_by(at(9)), barrier.wrote_by(at(15)), barrier.wrote_by(at(20))), (0, 8, 9));
        assert!(!barrier.outlives(8));
        barrier.handed(8);
        assert!(barrier.outlives(8) && !barrier.outlives(9));
        barrier.lost();
        assert!(!barrier.outlives(8), "nor does what a failing journal took back");
        barrier.durable(9);
        assert!(barrier.outlives(9));
    }

    #[test]
    fn order_is_kept_and_nothing_written_means_no_wait() {
        let mut barrier = Barrier::new(0);
        barrier.hold(1);
        barrier.hold(2);
        assert_eq!(barrier.pop(), Some((1, false)));
        assert_eq!(barrier.pop(), Some((2, false)));
    }

    #[test]
    fn a_late_journal_is_told_once_and_well_only_when_all_is_durable() {
        let mut barrier = Barrier::new(0);
        barrier.wrote(1, at(10));
        barrier.wrote(2, at(20));
        barrier.hold("ring");
        assert_eq!(barrier.late_at(), Some(at(510)));
        assert!(barrier.unwell());
        assert!(!barrier.unwell());
        assert_eq!(barrier.late_at(), None);
        assert_eq!(barrier.pop(), Some(("ring", true)));
        assert!(!barrier.durable(1));
        assert!(barrier.durable(2));
        barrier.wrote(3, at(30));
        barrier.hold("held again");
        assert_eq!(barrier.pop(), None);
    }
}
