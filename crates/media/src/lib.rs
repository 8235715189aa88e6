//! Media without sockets: RTP and browser legs, prompts, digits, bridging, quality.
//!
//! [`Switch`] takes packets and [`Order`]s with their moment, and yields packets to send and [`Fact`]s. On the packet path nothing is
//! allocated and nothing crosses a channel: a packet is patched in place and handed back to be sent.

mod io;

pub use io::{Fact, Opening, Order, Port, PromptLibrary, Quality, RefuseReason, Sound, Source};
