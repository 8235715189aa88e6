//! How many operators a line needs: Erlang C (infinite patience, exponential handling, whoever is free takes the call at once).

use std::time::Duration;

/// No line has more operators than this.
const MOST: u32 = 10_000;

/// What comes in, and how long each takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Calls in an hour.
    pub calls_per_hour: f64,
    /// Talk, hold and wrap-up of one, on average.
    pub handling: Duration,
}

impl Load {
    /// Operators kept busy on average, in Erlang.
    pub fn erlangs(self) -> f64 {
        self.calls_per_hour.max(0.0) * self.handling.as_secs_f64() / 3600.0
    }

    /// The chance that a caller has to wait with so many operators; 1 where the line only grows.
    pub fn waits(self, operators: u32) -> f64 {
        let (erlangs, count) = (self.erlangs(), f64::from(operators));
        if erlangs >= count {
            return if erlangs > 0.0 { 1.0 } else { 0.0 };
        }
        // Erlang B by its recursion: no factorial grows out of hand.
        let blocked = (1..=operators).map(f64::from).fold(1.0, |b, k| erlangs * b / (k + erlangs * b));
        blocked / (1.0 - erlangs / count * (1.0 - blocked))
    }

    /// The share of callers who wait no longer than `within`.
    pub fn served(self, operators: u32, within: Duration) -> f64 {
        let (erlangs, count) = (self.erlangs(), f64::from(operators));
        if erlangs >= count && erlangs > 0.0 {
            return 0.0;
        }
        let spare = (count - erlangs) * within.as_secs_f64() / self.handling.as_secs_f64().max(f64::MIN_POSITIVE);
        1.0 - self.waits(operators) * (-spare).exp()
    }

    /// The fewest operators with whom at least `share` of callers wait no longer than `within`; none: no number does.
    pub fn operators_for(self, share: f64, within: Duration) -> Option<u32> {
        if self.erlangs() <= 0.0 {
            return Some(0);
        }
        (1..=MOST).find(|operators| self.served(*operators, within) >= share)
    }

    /// The mean wait of all callers; none where the line only grows.
    pub fn mean_wait(self, operators: u32) -> Option<Duration> {
        let spare = f64::from(operators) - self.erlangs();
        (spare > 0.0).then(|| self.handling.mul_f64(self.waits(operators) / spare))
    }

    /// The share of their time that operators are in calls.
    pub fn occupancy(self, operators: u32) -> f64 {
        if operators == 0 { 0.0 } else { (self.erlangs() / f64::from(operators)).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Duration = Duration::from_secs(20);

    fn load(calls_per_hour: f64) -> Load {
        Load { calls_per_hour, handling: Duration::from_secs(15 * 60) }
    }

    /// The oracle rows of figures.md.
    #[test]
    fn agrees_with_the_published_rows() {
        for (calls, operators, percent) in
            [(0.7, 1, 82.8), (0.7, 2, 98.6), (2.0, 2, 90.3), (3.0, 2, 80.1), (3.0, 3, 95.8), (4.0, 3, 91.3)]
        {
            let served = 100.0 * load(calls).served(operators, T);
            assert!((served - percent).abs() < 0.05, "{calls}/h with {operators}: {served:.2} %, not {percent} %");
        }
    }

    #[test]
    fn the_fewest_operators_are_the_fewest() {
        for (calls, operators) in [(0.7, 1), (2.0, 2), (3.0, 2), (4.0, 3)] {
            assert_eq!(load(calls).operators_for(0.8, T), Some(operators), "{calls}/h");
        }
        assert_eq!(load(3.0).operators_for(0.9, T), Some(3));
        assert_eq!(load(0.0).operators_for(0.8, T), Some(0));
        assert_eq!(load(80.0).operators_for(0.8, T), Some(25), "20 Erlang");
        assert_eq!(load(3.0).operators_for(1.1, T), None, "nobody serves more than all");
    }

    #[test]
    fn an_overloaded_line_serves_nobody_in_time() {
        assert_eq!(load(4.0).served(1, T), 0.0);
        assert_eq!(load(4.0).waits(1), 1.0);
        assert_eq!(load(4.0).mean_wait(1), None);
    }
}
