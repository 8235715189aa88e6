use std::io;

use crate::{AppendError, Journal, State, Storage, Tail, Written, format};

/// What an append promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durable {
    /// All records up to this one are on disk.
    pub last: u64,
    /// The disk is full, and this went into the reserve: promise nothing more, and tell people.
    pub full: bool,
}

impl<S: Storage> Journal<S> {
    /// Appends a group of records and syncs once. The first gets the number `last() + 1`.
    ///
    /// On a full disk the reserve is given up and the group tried once more; [`AppendError::Full`] says that this did not help either,
    /// that nothing of the group was kept and that it may be tried again. After any other failure the journal is fenced.
    pub fn append<R: AsRef<[u8]>>(&mut self, group: &[R]) -> Result<Durable, AppendError> {
        self.write(group)?;
        self.sync()
    }

    /// The first half of [`Journal::append`]: hands a group to the system. A process that is killed loses nothing of it, a machine that loses
    /// power may. Answers the number of its last record.
    pub fn write<R: AsRef<[u8]>>(&mut self, group: &[R]) -> Result<u64, AppendError> {
        if self.state == State::Fenced {
            return Err(AppendError::Fenced);
        }
        if self.written.is_some() {
            self.sync()?;
        }
        if group.is_empty() {
            return Ok(self.last);
        }
        let bytes = format::body_len(group);
        if bytes > u64::from(self.limits.group_bytes) {
            return Err(AppendError::TooLarge { bytes });
        }
        let last = self.last + group.len() as u64;
        let tail = self.write_or_give_way(group)?;
        self.written = Some(Written { tail, last });
        Ok(last)
    }

    /// The second half: what was written is on disk from here on. Where that fails nothing of it was kept.
    pub fn sync(&mut self) -> Result<Durable, AppendError> {
        if self.state == State::Fenced {
            return Err(AppendError::Fenced);
        }
        if let Some(written) = self.written.take() {
            self.try_sync(&written.tail)?;
            self.tail = Some(written.tail);
            self.last = written.last;
        }
        Ok(Durable { last: self.last, full: self.state == State::Full })
    }

    fn write_or_give_way<R: AsRef<[u8]>>(&mut self, group: &[R]) -> Result<Tail, AppendError> {
        match self.try_write(group) {
            Err(Trouble { source, .. }) if is_full(&source) && self.state == State::Well => {
                self.storage.release().map_err(|source| self.fence("release the reserve", source))?;
                self.state = State::Full;
                self.try_write(group)
            }
            result => result,
        }
        .map_err(|Trouble { operation, source }| match is_full(&source) && self.state != State::Fenced {
            true => AppendError::Full,
            false => self.fence(operation, source),
        })
    }

    /// A disk that is full while writing leaves the segment as it was.
    fn try_write<R: AsRef<[u8]>>(&mut self, group: &[R]) -> Result<Tail, Trouble> {
        let Tail { segment, len } = self.tail_for_next()?;
        let mut bytes = Vec::new();
        if len == 0 {
            format::encode_header(self.last + 1, &mut bytes);
        }
        format::encode_group(self.last + 1, group, &mut bytes);
        if let Err(source) = self.storage.append(&segment, &bytes) {
            self.undo(&segment, len);
            return Err(Trouble { operation: "write a group", source });
        }
        Ok(Tail { segment, len: len + bytes.len() as u64 })
    }

    fn try_sync(&mut self, written: &Tail) -> Result<(), AppendError> {
        let Err(source) = self.storage.sync(&written.segment) else { return Ok(()) };
        // The pages may be gone although they read well. What was not acknowledged must not come back as though it had been.
        let synced = self.tail.as_ref().map_or(0, |tail| tail.len);
        self.undo(&written.segment, synced);
        Err(self.fence("sync a group", source))
    }

    /// The last segment, or a new one when that is full.
    fn tail_for_next(&mut self) -> Result<Tail, Trouble> {
        match &self.tail {
            Some(tail) if tail.len < self.limits.segment_bytes => Ok(tail.clone()),
            Some(_) | None => {
                let segment = format::segment_name(self.last + 1);
                self.storage.create(&segment).map_err(|source| Trouble { operation: "create a segment", source })?;
                // Known at once: should the write that follows fail, the next one finds it here.
                let tail = Tail { segment, len: 0 };
                self.tail = Some(tail.clone());
                Ok(tail)
            }
        }
    }

    fn undo(&mut self, segment: &str, len: u64) {
        if self.storage.truncate(segment, len).is_err() {
            self.state = State::Fenced;
        }
    }

    fn fence(&mut self, operation: &'static str, source: io::Error) -> AppendError {
        self.state = State::Fenced;
        AppendError::Failed { operation, source }
    }
}

struct Trouble {
    operation: &'static str,
    source: io::Error,
}

pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
