//! Stories of a whole node without IO, on virtual time: real signalling, real decisions, a real vault.
//!
//! Two things are played by `node`: the journal, which is durable when a story says so, and the media thread, whose facts are fed back as
//! it would report them; where SDP matters, real media takes its place. No packet flows here.

#[cfg(test)]
mod caller;
#[cfg(test)]
mod node;
#[cfg(test)]
mod settings;

#[cfg(test)]
mod cancelled;
#[cfg(test)]
mod digits;
#[cfg(test)]
mod durable;
#[cfg(test)]
mod hold;
mod keyed;
#[cfg(test)]
mod late_offer;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod ports;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod session_timer;
