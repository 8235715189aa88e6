use std::io;

use crate::scan::{Rest, scan};
use crate::{Journal, Limits, OpenError, State, Storage, Tail, format};

/// What opening found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The number of the last record, 0: none yet.
    pub last: u64,
    /// Bytes of a group that a crash tore, now cut off. None of it was ever acknowledged.
    pub cut: u64,
    /// How many segments there are.
    pub segments: usize,
    /// The disk is too full to set the reserve aside.
    pub full: bool,
}

impl<S: Storage> Journal<S> {
    /// Reads all segments, checks every byte, cuts off what a crash tore, and makes durable what it left unsynced.
    pub fn open(mut storage: S, limits: Limits) -> Result<(Self, Recovery), OpenError> {
        let segments = storage.segments().map_err(failed("list the segments"))?;
        let (mut next, mut tail, mut cut, mut room) = (1, None, 0, false);
        for (at, segment) in segments.iter().enumerate() {
            if format::first_of(segment) != Some(next) {
                return Err(OpenError::Missing { expected: next, found: segment.clone() });
            }
            let bytes = storage.read(segment).map_err(failed("read a segment"))?;
            let found = scan(&bytes, next);
            next = found.next;
            let sound = found.sound as u64;
            match found.rest {
                Rest::Nothing | Rest::Room => {}
                Rest::Torn if at + 1 == segments.len() => cut = bytes.len() as u64 - sound,
                Rest::Torn | Rest::Damaged => {
                    return Err(OpenError::Damaged { segment: segment.clone(), offset: sound, last: next - 1 });
                }
                Rest::Version(version) => return Err(OpenError::Version { segment: segment.clone(), version }),
            }
            room = found.rest == Rest::Room;
            tail = Some(Tail { segment: segment.clone(), len: sound });
        }
        if let Some(tail) = &tail {
            settle(&mut storage, tail, cut > 0 || room)?;
        }
        let full = !reserve(&mut storage, limits.reserve_bytes).map_err(failed("set the reserve aside"))?;
        let state = if full { State::Full } else { State::Well };
        let recovery = Recovery { last: next - 1, cut, segments: segments.len(), full };
        Ok((Journal { storage, limits, tail, written: None, last: next - 1, state }, recovery))
    }

    /// Tries to set the reserve aside again after the disk was full. True: all is well.
    ///
    /// Only where twice as much is free: a disk that is just full would else be well and full by turns.
    pub fn refill(&mut self) -> io::Result<bool> {
        let reserve_bytes = self.limits.reserve_bytes;
        if self.state == State::Full && reserve(&mut self.storage, reserve_bytes.saturating_mul(2))? {
            self.storage.release()?;
            if reserve(&mut self.storage, reserve_bytes)? {
                self.state = State::Well;
            }
        }
        Ok(self.state == State::Well)
    }
}

/// A killed process leaves whole groups that were never synced: from here on they count as durable, so they must be.
fn settle<S: Storage>(storage: &mut S, tail: &Tail, cut: bool) -> Result<(), OpenError> {
    if cut {
        storage.truncate(&tail.segment, tail.len).map_err(failed("cut the torn end"))?;
    }
    storage.sync(&tail.segment).map_err(failed("sync the last segment"))
}

/// False: the disk is too full for it.
fn reserve<S: Storage>(storage: &mut S, bytes: u64) -> io::Result<bool> {
    match storage.reserve(bytes) {
        Ok(()) => Ok(true),
        Err(error) if crate::append::is_full(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn failed(operation: &'static str) -> impl FnOnce(io::Error) -> OpenError {
    move |source| OpenError::Storage { operation, source }
}
