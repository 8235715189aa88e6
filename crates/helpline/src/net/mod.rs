//! Sockets: SIP on the engine's thread, media on a thread of its own.

pub(crate) mod media;
pub(crate) mod own_address;
pub(crate) mod sip;
mod tcp;
