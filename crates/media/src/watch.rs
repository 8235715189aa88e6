//! Whether packets come: silence is measured by packets, never by loudness.

use std::time::Duration;

use base::Mono;

/// No packet for this long is silence.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(3);

/// What was told last, and when a packet came last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Watch {
    #[default]
    Off,
    /// Nothing was told yet.
    Waiting {
        since: Mono,
    },
    Flowing {
        last: Mono,
    },
    Silent,
}

impl Watch {
    /// Begins anew, whatever was told before.
    pub(crate) fn begin(now: Mono) -> Self {
        Watch::Waiting { since: now }
    }

    /// A packet came; true when that is news.
    pub(crate) fn packet(&mut self, now: Mono) -> bool {
        match self {
            Watch::Off => false,
            Watch::Flowing { last } => {
                *last = now;
                false
            }
            Watch::Waiting { .. } | Watch::Silent => {
                *self = Watch::Flowing { last: now };
                true
            }
        }
    }

    /// When silence would have to be told.
    pub(crate) fn due(&self) -> Option<Mono> {
        match self {
            Watch::Off | Watch::Silent => None,
            Watch::Waiting { since: last } | Watch::Flowing { last } => Some(*last + SILENT_AFTER),
        }
    }

    /// Time has passed; true when silence is news. One who said that it sends nothing (on hold) is not silent.
    pub(crate) fn is_silent_now(&mut self, is_to_send: bool, now: Mono) -> bool {
        if self.due().is_none_or(|due| due > now) {
            return false;
        }
        *self = if is_to_send { Watch::Silent } else { Watch::begin(now) };
        is_to_send
    }
}
