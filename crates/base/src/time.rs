use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use jiff::Timestamp;

/// A moment on the monotonic clock: time since the process began. Ringing, no-input and wrap-up run on it and die with the process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mono(pub Duration);

impl Mono {
    /// The moment at which the process began.
    pub const ZERO: Mono = Mono(Duration::ZERO);

    /// Time passed since `earlier`, zero if that is later.
    pub fn since(self, earlier: Mono) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Mono {
    type Output = Mono;

    fn add(self, span: Duration) -> Mono {
        Mono(self.0.saturating_add(span))
    }
}

impl Sub<Mono> for Mono {
    type Output = Duration;

    fn sub(self, earlier: Mono) -> Duration {
        self.since(earlier)
    }
}

impl fmt::Debug for Mono {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}s", self.0.as_secs_f64())
    }
}

/// Both clocks at one moment, handed to every core with every input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// What timers run on.
    pub mono: Mono,
    /// What promises and the calendar run on.
    pub utc: Timestamp,
}

impl Now {
    /// The moment `span` later on both clocks.
    pub fn after(self, span: Duration) -> Now {
        let utc = jiff::SignedDuration::try_from(span)
            .ok()
            .and_then(|span| self.utc.checked_add(span).ok())
            .unwrap_or(Timestamp::MAX);
        Now { mono: self.mono + span, utc }
    }
}
