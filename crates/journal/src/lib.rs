//! Bytes in order on disk. Records are opaque here: a group of them is appended and synced as one.
//!
//! `Journal<S: Storage>` is synchronous; `helpline` runs it on a thread of its own.
//!
//! A journal is a row of segments, each named by the number of its first record, rotated when full. A group is all or nothing: one
//! checksum (CRC-32C) covers all its records. What [`Journal::append`] acknowledged is found again after any crash; what it did not
//! acknowledge may be found or not, but never in part.

mod append;
mod dir;
mod error;
mod format;
mod open;
mod read;
mod scan;
mod segment;

use std::io;

pub use append::Durable;
pub use dir::DirStorage;
pub use error::{AppendError, OpenError, ReadError};
pub use open::Recovery;
pub use read::{Reader, Records};

/// Where a journal keeps its segments: a folder of append-only files. `sim` has one that tears, stalls and fills.
pub trait Storage {
    /// Names of all segments, sorted.
    fn segments(&self) -> io::Result<Vec<String>>;
    /// All bytes of a segment.
    fn read(&self, segment: &str) -> io::Result<Vec<u8>>;
    /// Up to `len` bytes from `offset` on; fewer only at the segment's end.
    fn read_at(&self, segment: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read(segment)?;
        let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        Ok(rest.iter().take(len).copied().collect())
    }
    /// Creates an empty segment, durably (its name too).
    fn create(&mut self, segment: &str) -> io::Result<()>;
    /// Appends bytes; durable only after `sync`.
    fn append(&mut self, segment: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was appended durable (fdatasync).
    fn sync(&mut self, segment: &str) -> io::Result<()>;
    /// Cuts a segment to `len` bytes, durably: the torn tail of a crash.
    fn truncate(&mut self, segment: &str, len: u64) -> io::Result<()>;
    /// Removes a segment.
    fn remove(&mut self, segment: &str) -> io::Result<()>;
    /// Sets `bytes` of the disk aside for the day when it is full. Nothing happens where they are set aside already.
    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }
    /// Gives back what was set aside.
    fn release(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sizes; the defaults are for real disks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A segment that has grown to this is followed by a new one.
    pub segment_bytes: u64,
    /// The largest group.
    pub group_bytes: u32,
    /// What is kept free for the last words on a full disk.
    pub reserve_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { segment_bytes: 64 << 20, group_bytes: 16 << 20, reserve_bytes: 4 << 20 }
    }
}

/// Records in order, counted from 1 without a gap, over a [`Storage`].
#[derive(Debug)]
pub struct Journal<S> {
    storage: S,
    limits: Limits,
    /// The segment written to; none before the first.
    tail: Option<Tail>,
    /// A group that was written and not synced.
    written: Option<Written>,
    last: u64,
    state: State,
}

/// A group in the system's hands.
#[derive(Clone, Debug)]
struct Written {
    tail: Tail,
    last: u64,
}

/// Where the next group goes.
#[derive(Clone, Debug)]
struct Tail {
    segment: String,
    /// All of it sound and synced.
    len: u64,
}

/// Whether more can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All is well.
    Well,
    /// The disk was full: the reserve was given up.
    Full,
    /// An append or sync failed: nobody knows what is on disk until it is read anew.
    Fenced,
}

impl<S: Storage> Journal<S> {
    /// The number of the last durable record, 0 at the very beginning.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Whether the disk was full and the reserve is in use.
    pub fn is_full(&self) -> bool {
        self.state == State::Full
    }

    /// Gives the storage back.
    pub fn into_storage(self) -> S {
        self.storage
    }
}
