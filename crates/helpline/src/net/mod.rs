//! Sockets: SIP on the engine's thread, media on a thread of its own.

pub(crate) mod media;
mod media_sockets;
pub(crate) mod names;
pub(crate) mod own_address;
pub(crate) mod sip;
mod streams;
pub(crate) mod tls;

use std::time::Duration;

/// A wait for epoll, which counts milliseconds; waking early would spin.
pub(crate) fn round_up(wait: Duration) -> Duration {
    Duration::from_millis(u64::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u64::MAX))
}
