//! The journal's promises, on a disk in memory that forgets and tears, and on a real folder.

#![expect(clippy::unwrap_used, reason = "helpers beside the tests may fail as the tests do")]

mod disk;
mod folder;
mod full;
mod law;
mod recovery;
