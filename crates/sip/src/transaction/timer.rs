use std::time::Duration;

/// Round-trip estimate (RFC 3261 §17.1.1.1).
pub(crate) const T1: Duration = Duration::from_millis(500);
/// The longest gap between retransmissions.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// How long a message may linger in the network.
const T4: Duration = Duration::from_secs(5);
/// 64 × T1: when one side stops hoping.
pub(crate) const PATIENCE: Duration = Duration::from_secs(32);

/// The timers of RFC 3261 §17 (table 4) and RFC 6026 §7. C belongs to proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// INVITE again, unless the transport is reliable.
    A,
    /// INVITE has had no answer at all.
    B,
    /// Answers to an INVITE that failed may still come.
    D,
    /// Another request again, unless the transport is reliable.
    E,
    /// Another request has had no final answer.
    F,
    /// The refusal of an INVITE again, unless the transport is reliable.
    G,
    /// No ACK came for a refusal.
    H,
    /// More ACKs may come for a refusal.
    I,
    /// The other request may come again.
    J,
    /// Answers to the other request may still come.
    K,
    /// INVITE may come again after our 2xx.
    L,
    /// More 2xx may come, of other forks too.
    M,
}

impl Timer {
    /// How long it runs at first. None: not at all over this transport.
    pub(crate) fn span(self, reliable: bool) -> Option<Duration> {
        match self {
            Timer::A | Timer::E | Timer::G => (!reliable).then_some(T1),
            Timer::B | Timer::F | Timer::H | Timer::L | Timer::M => Some(PATIENCE),
            Timer::D | Timer::J => Some(if reliable { Duration::ZERO } else { PATIENCE }),
            Timer::I | Timer::K => Some(if reliable { Duration::ZERO } else { T4 }),
        }
    }

    /// How long it runs again after `span`: A doubles without bound, E and G up to T2.
    pub(crate) fn again(self, span: Duration) -> Duration {
        match self {
            Timer::A => span.saturating_mul(2),
            Timer::E | Timer::G => span.saturating_mul(2).min(T2),
            Timer::B | Timer::D | Timer::F | Timer::H | Timer::I | Timer::J | Timer::K | Timer::L | Timer::M => span,
        }
    }
}

/// What a transition asks to be done, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// A client sends its request, a server its last response, if it has one.
    Send,
    /// ACK to a refusal (RFC 3261 §17.1.1.3).
    Ack,
    /// Hand what came to the user.
    Pass,
    /// Tell the user that nothing came.
    TimedOut,
    /// Tell the user that nothing could be sent.
    Failed,
    /// Start a timer.
    Arm(Timer),
    /// Start a timer again, later than last time.
    Again(Timer),
    /// From now on E waits T2 (RFC 3261 §17.1.2.2).
    Slow,
    /// Stop a timer.
    Stop(Timer),
}

/// One line of a transition table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step<S> {
    pub(crate) next: S,
    pub(crate) acts: &'static [Act],
}

/// Goes to `next` and does `acts`.
pub(crate) const fn to<S>(next: S, acts: &'static [Act]) -> Step<S> {
    Step { next, acts }
}
