//! Browser legs: `rtc` as an ICE-lite, DTLS-SRTP peer, all of them on one UDP port.

mod answer;
mod mux;
mod offer;
mod peer;
mod stun;
mod surface;

pub(crate) use mux::Mux;
pub(crate) use peer::{Clock, Peer, PeerState};
