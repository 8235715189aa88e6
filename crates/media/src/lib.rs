//! Media without sockets: RTP and browser legs, prompts, digits, bridging, quality.
//!
//! [`Switch`] takes packets and [`Order`]s with their moment, and yields packets to send and [`Fact`]s. On the packet path nothing is
//! allocated and nothing crosses a channel: a packet is patched in place and handed back to be sent.

mod agenda;
mod codec;
mod dtmf;
mod endpoint;
mod io;
mod latch;
mod leg;
mod mix;
mod mos;
mod outbound;
mod player;
mod quality;
mod random;
mod reports;
mod rtcp;
mod rtp;
mod sdes;
mod sdp;
mod switch;
mod watch;
mod webrtc;

pub use io::{DigitWay, Fact, Opening, Order, Port, PromptLibrary, Quality, RefuseReason, Sound, Source, Srtp};
pub use switch::{Switch, SwitchConfig, Transmit};
