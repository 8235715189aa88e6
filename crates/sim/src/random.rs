use std::time::Duration;

/// A small generator (SplitMix64): the same seed, the same numbers, on every machine.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins the row of this seed.
    pub const fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next number of the row.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw().checked_rem(bound).unwrap_or(0)
    }

    /// One of these, if there are any.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let at = self.below(u64::try_from(of.len()).unwrap_or(u64::MAX));
        of.get(usize::try_from(at).unwrap_or(0)).cloned()
    }

    /// Anywhere from 0 up to 1, 1 left out.
    pub fn unit(&mut self) -> f64 {
        // 53 bits: all that a double holds.
        let bits = self.draw() >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }

    /// True this often.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// How long until the next of things that come by chance, this long apart on average.
    pub fn exponential(&mut self, mean: Duration) -> Duration {
        let times = -(1.0 - self.unit()).ln();
        mean.mul_f64(times)
    }

    /// Any span from one to the other.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let spread = u64::try_from(most.saturating_sub(least).as_millis()).unwrap_or(u64::MAX);
        least + Duration::from_millis(self.below(spread.saturating_add(1)))
    }
}
