//! Stories of calls on virtual time, a file for each thing that media does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

mod bridge;
mod browser;
mod comfort;
mod conference;
mod encrypted;
mod garbage;
mod keys;
mod lab;
mod latching;
mod peer;
mod play;
mod reports;
mod resting;
mod sessions;
mod signal;
mod tones;
mod watching;
