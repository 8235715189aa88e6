use std::collections::BTreeMap;
use std::time::Duration;

use sim::Random;

/// Datagrams under way in one direction or the other.
#[derive(Debug, Default)]
pub(crate) struct Network {
    under_way: BTreeMap<(Duration, u64), Datagram>,
    sent: u64,
    bad: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Datagram {
    pub(crate) to_us: bool,
    pub(crate) text: String,
}

impl Network {
    pub(crate) fn new(bad: bool) -> Self {
        Network { bad, ..Network::default() }
    }

    /// Sends one: on a bad line it may be lost, doubled, late, and overtake others.
    pub(crate) fn send(&mut self, datagram: Datagram, now: Duration, random: &mut Random) {
        let ms = |ms| Duration::from_millis(ms);
        let copies = if !self.bad {
            1
        } else {
            [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2][random.below(20) as usize]
        };
        for _ in 0..copies {
            let spread = if self.bad { ms(random.below(80)) } else { Duration::ZERO };
            let late = if self.bad && random.chance(0.02) { ms(random.below(3000)) } else { Duration::ZERO };
            self.sent += 1;
            self.under_way.insert((now + ms(5) + spread + late, self.sent), datagram.clone());
        }
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        self.under_way.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn pop_due(&mut self, now: Duration) -> Option<Datagram> {
        self.next().filter(|at| *at <= now)?;
        self.under_way.pop_first().map(|(_, datagram)| datagram)
    }
}
