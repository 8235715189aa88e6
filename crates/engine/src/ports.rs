//! RTP ports: even ones of a range, given out longest-unused first.

use std::collections::VecDeque;
use std::time::Duration;

use base::Mono;

/// A port of a call that a crash cut off stays unused this long, so that one worker's voice never lands in another's call (rule 16).
pub(crate) const REST_AFTER_CRASH: Duration = Duration::from_secs(60);

/// The pool.
#[derive(Debug)]
pub(crate) struct Ports {
    free: VecDeque<u16>,
    resting: VecDeque<(Mono, u16)>,
}

impl Ports {
    /// All even ports whose odd neighbour is in the range too.
    pub(crate) fn new(first: u16, last: u16) -> Self {
        let free = (first..last).filter(|port| port % 2 == 0).collect();
        Ports { free, resting: VecDeque::new() }
    }

    /// Takes the port that has been unused the longest.
    pub(crate) fn take(&mut self, now: Mono) -> Option<u16> {
        while self.resting.front().is_some_and(|(until, _)| *until <= now) {
            self.free.extend(self.resting.pop_front().map(|(_, port)| port));
        }
        self.free.pop_front()
    }

    /// Gives a port back.
    pub(crate) fn give_back(&mut self, port: u16) {
        self.free.push_back(port);
    }

    /// Keeps a port out of use for a while: packets of a call that a crash cut off may still come.
    pub(crate) fn rest(&mut self, port: u16, now: Mono) {
        if let Some(at) = self.free.iter().position(|free| *free == port) {
            self.free.remove(at);
            self.resting.push_back((now + REST_AFTER_CRASH, port));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_comes_first_and_pairs_stay_within_the_range() {
        let mut ports = Ports::new(10_000, 10_005);
        assert_eq!(ports.take(Mono::ZERO), Some(10_000));
        ports.give_back(10_000);
        assert_eq!(ports.take(Mono::ZERO), Some(10_002));
        assert_eq!(ports.take(Mono::ZERO), Some(10_004));
        assert_eq!(ports.take(Mono::ZERO), Some(10_000));
        assert_eq!(ports.take(Mono::ZERO), None);
    }

    #[test]
    fn a_port_of_a_lost_call_rests_a_minute() {
        let mut ports = Ports::new(10_000, 10_003);
        ports.rest(10_000, Mono::ZERO);
        assert_eq!(ports.take(Mono::ZERO), Some(10_002));
        assert_eq!(ports.take(Mono(Duration::from_millis(59_999))), None);
        assert_eq!(ports.take(Mono(Duration::from_secs(60))), Some(10_000));
    }
}
