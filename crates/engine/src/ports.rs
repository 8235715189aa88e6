//! RTP ports: even ones of a range, given out longest-unused first, so that one worker's voice never lands in another's call (rule 16).

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use base::Mono;

/// A port stays unused this long after its call.
const REST: Duration = Duration::from_secs(60);

/// The pool.
#[derive(Debug)]
pub(crate) struct Ports {
    free: VecDeque<u16>,
    /// Of calls that have ended.
    resting: VecDeque<(Mono, u16)>,
    /// Of calls that a crash cut off: nobody knows what still comes to them, so media listens until a minute was quiet.
    lost: BTreeSet<u16>,
}

impl Ports {
    /// All even ports whose odd neighbour is in the range too.
    pub(crate) fn new(first: u16, last: u16) -> Self {
        let free = (first..last).filter(|port| port % 2 == 0).collect();
        Ports { free, resting: VecDeque::new(), lost: BTreeSet::new() }
    }

    /// Takes the port that has been unused the longest. With none that has rested a minute, one that has not goes before turning a caller away:
    /// media knows the voice that was there last, and lets it in no more. Ports of a crash are not given out.
    pub(crate) fn take(&mut self, now: Mono) -> Option<u16> {
        while self.resting.front().is_some_and(|(until, _)| *until <= now) {
            self.free.extend(self.resting.pop_front().map(|(_, port)| port));
        }
        self.free.pop_front().or_else(|| self.resting.pop_front().map(|(_, port)| port))
    }

    /// Gives a port back; it rests.
    pub(crate) fn give_back(&mut self, port: u16, now: Mono) {
        self.resting.push_back((now + REST, port));
    }

    /// Keeps a port out of use until it is quiet; false if it is none of ours.
    pub(crate) fn lose(&mut self, port: u16) -> bool {
        let at = self.free.iter().position(|free| *free == port);
        at.and_then(|at| self.free.remove(at)).is_some_and(|port| self.lost.insert(port))
    }

    /// Nothing came to a port for a minute.
    pub(crate) fn quiet(&mut self, port: u16) {
        if self.lost.remove(&port) {
            self.free.push_back(port);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(Duration::from_millis(ms))
    }

    #[test]
    fn the_longest_unused_comes_first_and_pairs_stay_within_the_range() {
        let mut ports = Ports::new(10_000, 10_005);
        assert_eq!(ports.take(Mono::ZERO), Some(10_000));
        ports.give_back(10_000, Mono::ZERO);
        assert_eq!(ports.take(Mono::ZERO), Some(10_002));
        assert_eq!(ports.take(Mono::ZERO), Some(10_004));
        assert_eq!(ports.take(Mono::ZERO), Some(10_000), "rather than to turn a caller away");
        assert_eq!(ports.take(Mono::ZERO), None);
    }

    #[test]
    fn a_port_rests_a_minute_after_its_call_while_there_are_others() {
        let mut ports = Ports::new(10_000, 10_005);
        ports.take(at(0));
        ports.give_back(10_000, at(0));
        assert_eq!(ports.take(at(59_999)), Some(10_002));
        ports.give_back(10_002, at(59_999));
        assert_eq!(ports.take(at(60_000)), Some(10_004), "the first has rested, and is last in line");
        assert_eq!(ports.take(at(60_000)), Some(10_000));
    }

    #[test]
    fn a_port_of_a_lost_call_is_given_to_nobody_until_it_is_quiet() {
        let mut ports = Ports::new(10_000, 10_003);
        assert!(ports.lose(10_000) && !ports.lose(10_000) && !ports.lose(9_000));
        assert_eq!(ports.take(at(0)), Some(10_002));
        assert_eq!(ports.take(at(3_600_000)), None);
        ports.quiet(10_000);
        ports.quiet(10_000);
        assert_eq!((ports.take(at(0)), ports.take(at(0))), (Some(10_000), None));
    }
}
