//! Whether packets come: silence is measured by packets, never by loudness.

use std::time::Duration;

use base::Mono;

/// No packet for this long is silence.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(3);
/// One who said with comfort noise that it falls silent (RFC 3389 §5.1) sends nothing until it speaks again, but reports every few seconds
/// (RFC 3550 §6.2): as long as two of these.
pub(crate) const HUSHED_AFTER: Duration = Duration::from_secs(12);

/// What was told last, and what was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch {
    state: State,
    /// The last packet was comfort noise.
    hushed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
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
    pub(crate) fn begin(&mut self, now: Mono) {
        self.state = State::Waiting { since: now };
    }

    /// Tells nothing any more.
    pub(crate) fn end(&mut self) {
        self.state = State::Off;
    }

    /// A packet came, be it comfort noise; true when that is news.
    pub(crate) fn packet(&mut self, comfort: bool, now: Mono) -> bool {
        self.hushed = comfort;
        match &mut self.state {
            State::Off => false,
            State::Flowing { last } => {
                *last = now;
                false
            }
            State::Waiting { .. } | State::Silent => {
                self.state = State::Flowing { last: now };
                true
            }
        }
    }

    /// A report came: from one who has fallen silent it says that it is still there.
    pub(crate) fn report(&mut self, now: Mono) {
        if let State::Waiting { since: last } | State::Flowing { last } = &mut self.state
            && self.hushed
        {
            *last = now;
        }
    }

    /// When silence would have to be told.
    pub(crate) fn due(&self) -> Option<Mono> {
        let patience = if self.hushed { HUSHED_AFTER } else { SILENT_AFTER };
        match self.state {
            State::Off | State::Silent => None,
            State::Waiting { since: last } | State::Flowing { last } => Some(last + patience),
        }
    }

    /// Time has passed; true when silence is news. One who said that it sends nothing (on hold) is not silent.
    pub(crate) fn is_silent_now(&mut self, is_to_send: bool, now: Mono) -> bool {
        if self.due().is_none_or(|due| due > now) {
            return false;
        }
        self.state = if is_to_send { State::Silent } else { State::Waiting { since: now } };
        is_to_send
    }
}
