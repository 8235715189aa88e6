//! The whole node without IO: signalling, decisions and the order between disk and deed.
//!
//! [`Engine`] feeds what `sip` and `media` report to the switchboard (`translate`), and what the switchboard wants to `sip` and `media`
//! (`perform`). Between the two stands the barrier: commands and replies wait, in order, until the records before them are durable.
//!
//! Drive it like every core: one [`Input`], then [`Engine::poll_output`] until it yields none, then the next.
//!
//! Leg ids: `sip` mints odd counters for inbound SIP legs, `routing` even ones for legs that we call, and this crate those from 2^40 on for
//! browser legs.

mod barrier;
mod caller;
mod contact;
mod dialog;
mod digits;
mod encryption;
#[allow(clippy::module_inception)]
mod engine;
mod io;
mod leg;
mod perform;
mod ports;
#[cfg(test)]
mod tests;
mod translate;

pub use caller::{caller_of, canonical_of};
pub use engine::{Engine, Identity};
pub use io::{Alarm, Answer, Ask, Configuration, Counters, Encryption, Input, Output};
