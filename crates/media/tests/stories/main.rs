//! Stories of calls on virtual time, a file for each thing that media does.

mod bridge;
mod browser;
mod garbage;
mod keys;
mod lab;
mod latching;
mod play;
mod reports;
mod sessions;
mod watching;
