//! Bytes in order on disk. Records are opaque here: a group of them is appended and synced as one.
//!
//! `Journal<S: Storage>` is synchronous; `helpline` runs it on a thread of its own.

use std::io;

/// Where a journal keeps its segments: a folder of append-only files. `sim` has one that tears, stalls and fills.
pub trait Storage {
    /// Names of all segments, sorted.
    fn segments(&self) -> io::Result<Vec<String>>;
    /// All bytes of a segment.
    fn read(&self, segment: &str) -> io::Result<Vec<u8>>;
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
}
