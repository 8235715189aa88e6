use std::collections::VecDeque;

use crate::format::{self, Header, NoGroup};
use crate::{Journal, ReadError, Storage};

/// How much is read at once.
const CHUNK: usize = 256 << 10;

impl<S: Storage> Journal<S> {
    /// All durable records from number `from` on, in order.
    pub fn read(&self, from: u64) -> Records<'_, S> {
        Records { storage: &self.storage, cursor: Cursor::new(from), last: self.last }
    }
}

/// Records with their numbers; ends after the first error.
#[derive(Debug)]
pub struct Records<'a, S> {
    storage: &'a S,
    cursor: Cursor,
    last: u64,
}

impl<S: Storage> Iterator for Records<'_, S> {
    type Item = Result<(u64, Vec<u8>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.next > self.last {
            return None;
        }
        let result = self.cursor.step(self.storage);
        if result.is_err() {
            self.last = 0;
        }
        Some(result)
    }
}

/// Follows a journal that another thread writes, with a storage of its own (see [`crate::DirStorage::reader`]).
#[derive(Debug)]
pub struct Reader<S> {
    storage: S,
    cursor: Cursor,
}

impl<S: Storage> Reader<S> {
    /// Begins at record `from`.
    pub fn new(storage: S, from: u64) -> Self {
        Reader { storage, cursor: Cursor::new(from) }
    }

    /// The number of the record that comes next.
    pub fn next(&self) -> u64 {
        self.cursor.next
    }

    /// The next records, at most `limit`, none beyond `last`: the writer's word on what is durable. After an error the same records come
    /// again.
    pub fn read(&mut self, last: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, ReadError> {
        let from = self.cursor.next;
        let mut records = Vec::new();
        while self.cursor.next <= last && records.len() < limit {
            match self.cursor.step(&self.storage) {
                Ok(record) => records.push(record),
                Err(error) => {
                    self.cursor = Cursor::new(from);
                    return Err(error);
                }
            }
        }
        Ok(records)
    }
}

/// A place in a row of segments.
#[derive(Debug)]
struct Cursor {
    /// The number that `step` gives next.
    next: u64,
    segment: Option<String>,
    /// Bytes of the segment from `offset` on.
    buffer: Vec<u8>,
    offset: u64,
    /// How much of `buffer` is done with.
    done: usize,
    /// Records of the group last decoded.
    ready: VecDeque<(u64, Vec<u8>)>,
}

impl Cursor {
    fn new(from: u64) -> Self {
        let next = from.max(1);
        Cursor { next, segment: None, buffer: Vec::new(), offset: 0, done: 0, ready: VecDeque::new() }
    }

    /// The next record. Asked for only when it is known to be there.
    fn step<S: Storage>(&mut self, storage: &S) -> Result<(u64, Vec<u8>), ReadError> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                self.next = record.0 + 1;
                return Ok(record);
            }
            if self.segment.is_none() {
                self.enter(storage)?;
            }
            self.load_group(storage)?;
        }
    }

    /// Goes to the segment that holds the next record.
    fn enter<S: Storage>(&mut self, storage: &S) -> Result<(), ReadError> {
        let segments = storage.segments().map_err(|source| ReadError::Storage { segment: String::new(), source })?;
        let holds = |name: &String| format::first_of(name).is_some_and(|first| first <= self.next);
        let segment = segments.into_iter().rfind(holds).ok_or(ReadError::Missing { seq: self.next })?;
        (self.buffer, self.offset, self.done) = (Vec::new(), 0, 0);
        self.fill(storage, &segment, format::HEADER_LEN)?;
        match format::decode_header(&self.buffer) {
            Header::First(first) if format::first_of(&segment) == Some(first) => self.done = format::HEADER_LEN,
            Header::First(_) | Header::Version(_) | Header::Broken => {
                return Err(ReadError::Damaged { segment, offset: 0 });
            }
        }
        self.segment = Some(segment);
        Ok(())
    }

    /// Decodes the next group, or leaves the segment at its end.
    fn load_group<S: Storage>(&mut self, storage: &S) -> Result<(), ReadError> {
        let Some(segment) = self.segment.take() else { return Ok(()) };
        let (first, mut needed, mut anew) = (self.next, format::GROUP_HEADER_LEN, false);
        loop {
            let rest = self.fill(storage, &segment, needed)?;
            match format::decode_group(rest) {
                Ok(group) => {
                    let len = group.len();
                    let wanted = group.records().filter(|(seq, _)| *seq >= first);
                    self.ready = wanted.map(|(seq, bytes)| (seq, bytes.to_vec())).collect();
                    self.done += len;
                    self.segment = Some(segment);
                    return Ok(());
                }
                Err(NoGroup::Short(more)) if more > needed => needed = more,
                // The writer may have been there since these bytes were read.
                Err(NoGroup::Short(_) | NoGroup::Broken) if !anew => {
                    anew = true;
                    self.forget();
                }
                Err(NoGroup::Short(_) | NoGroup::Broken) if format::is_room(rest) => {
                    return self.leave(storage, &segment);
                }
                Err(NoGroup::Short(_) | NoGroup::Broken) => {
                    return Err(ReadError::Damaged { segment, offset: self.offset + self.done as u64 });
                }
            }
        }
    }

    /// Drops what was read ahead; it is read again when it is asked for.
    fn forget(&mut self) {
        self.offset += self.done as u64;
        (self.buffer, self.done) = (Vec::new(), 0);
    }

    /// At a segment's end the next record must begin the next segment.
    fn leave<S: Storage>(&mut self, storage: &S, ended: &str) -> Result<(), ReadError> {
        self.enter(storage)?;
        match self.segment.as_deref() == Some(ended) {
            true => Err(ReadError::Missing { seq: self.next }),
            false => Ok(()),
        }
    }

    /// What is still to be decoded: `needed` bytes, unless the segment ends before.
    fn fill<S: Storage>(&mut self, storage: &S, segment: &str, needed: usize) -> Result<&[u8], ReadError> {
        if self.buffer.len() < self.done + needed {
            self.forget();
            self.buffer = storage
                .read_at(segment, self.offset, needed.max(CHUNK))
                .map_err(|source| ReadError::Storage { segment: segment.to_owned(), source })?;
        }
        Ok(self.buffer.get(self.done..).unwrap_or_default())
    }
}
