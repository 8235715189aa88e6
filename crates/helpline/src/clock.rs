//! The clocks. Read here and handed to every core.

use std::time::Instant;

use base::{Mono, Now, Timestamp};
use jiff::SignedDuration;

/// Both clocks of this process. `--clock` moves the wall clock for trials and tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
    shift: SignedDuration,
}

impl Clock {
    /// The machine's clocks.
    pub(crate) fn real() -> Self {
        Clock { origin: Instant::now(), shift: SignedDuration::ZERO }
    }

    /// The wall clock shows `start` now and runs on from there.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Clock { origin: Instant::now(), shift: start.duration_since(Timestamp::now()) }
    }

    /// Both, now.
    pub(crate) fn now(&self) -> Now {
        let utc = Timestamp::now().checked_add(self.shift).unwrap_or(Timestamp::MAX);
        Now { mono: self.mono(), utc }
    }

    /// Time since the process began.
    pub(crate) fn mono(&self) -> Mono {
        Mono(self.origin.elapsed())
    }

    /// The moment at which `Mono` is zero.
    pub(crate) fn origin(&self) -> Instant {
        self.origin
    }
}
