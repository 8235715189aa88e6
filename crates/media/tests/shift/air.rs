//! The air between a desk and the engine: what Wi-Fi loses and delays, from a seed.

use std::collections::BTreeMap;
use std::time::Duration;

use base::Mono;

/// What the air does to datagrams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Of a hundred datagrams so many are lost,
    pub(crate) loss: u64,
    /// and each of the others comes up to so much later.
    pub(crate) jitter: Duration,
}

impl Weather {
    pub(crate) const CALM: Weather = Weather { loss: 0, jitter: Duration::ZERO };
    pub(crate) const LOSSY: Weather = Weather { loss: 10, jitter: Duration::ZERO };
    pub(crate) const UNSTEADY: Weather = Weather { loss: 0, jitter: Duration::from_millis(200) };
    pub(crate) const STORM: Weather = Weather { loss: 10, jitter: Duration::from_millis(200) };
}

/// One direction.
#[derive(Debug)]
pub(crate) struct Air {
    random: u64,
    carried: u64,
    under_way: BTreeMap<(Mono, u64), Vec<u8>>,
}

impl Air {
    pub(crate) fn seeded(seed: u64) -> Self {
        Air { random: seed, carried: 0, under_way: BTreeMap::new() }
    }

    pub(crate) fn carry(&mut self, now: Mono, weather: Weather, datagram: Vec<u8>) {
        if self.below(100) < weather.loss {
            return;
        }
        let late = self.below(weather.jitter.as_millis() as u64 + 1);
        self.carried += 1;
        self.under_way.insert((now + Duration::from_millis(late), self.carried), datagram);
    }

    /// What has come through by now.
    pub(crate) fn arrived(&mut self, now: Mono) -> Vec<Vec<u8>> {
        let later = self.under_way.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.under_way, later).into_values().collect()
    }

    /// Nothing of what was under way arrives.
    pub(crate) fn drop_all(&mut self) {
        self.under_way.clear();
    }

    // SplitMix64.
    fn below(&mut self, limit: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}
