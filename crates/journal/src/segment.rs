//! The one segment that is written to.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// Room that a segment is given ahead of what is written, as zeros: a sync then writes the bytes over them, and nothing of the file's length
/// or extents (on ext4 about half the time and the CPU of one that grows the file; `fallocate` alone gains little).
const AHEAD: u64 = 1 << 20;

/// What disks write whole.
const BLOCK: usize = 4096;

/// A group larger than this goes through the page cache.
const DIRECT: usize = 64 * 1024;

/// A segment that is written to. What lies between `len` and `room` is zeros.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) name: String,
    file: File,
    len: u64,
    room: u64,
    /// No room could be set aside: the disk is full, and this segment grows as it is written from here on.
    cramped: bool,
    /// Something was written that only a sync makes durable.
    unsynced: bool,
    /// None where the file system cannot do it.
    direct: Option<Direct>,
}

/// Writes over room that is there, past the page cache and to the disk in one system call: the bytes are durable when it returns.
#[derive(Debug)]
struct Direct {
    file: File,
    /// What stands in the block that is not full yet; none: not known.
    begun: Option<Vec<u8>>,
    /// Where whole blocks are put together; longer than they are, so that they can begin where a block of memory does.
    blocks: Vec<u8>,
}

impl Segment {
    /// A segment that is there already, and holds what it holds.
    pub(crate) fn open(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(name);
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let len = file.metadata()?.len();
        let direct = Direct::open(&path);
        Ok(Segment { name: name.to_owned(), file, len, room: len, cramped: false, unsynced: false, direct })
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.len + bytes.len() as u64;
        if end.next_multiple_of(BLOCK as u64) <= self.room && bytes.len() <= DIRECT && self.append_direct(bytes)? {
            self.len = end;
            return Ok(());
        }
        self.unsynced = true;
        self.file.write_all_at(bytes, self.len)?;
        self.direct.iter_mut().for_each(|direct| direct.begun = None);
        self.len = end;
        if end > self.room {
            self.room = end;
            self.set_aside();
        }
        Ok(())
    }

    /// False: it is to be written in the other way.
    fn append_direct(&mut self, bytes: &[u8]) -> io::Result<bool> {
        let Some(direct) = &mut self.direct else { return Ok(false) };
        match direct.append(&self.file, self.len, bytes) {
            Ok(()) => Ok(true),
            // A disk whose blocks are larger.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                self.direct = None;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Zeros behind what is written, to the end of a block, for what comes next.
    fn set_aside(&mut self) {
        if self.cramped {
            return;
        }
        let room = (self.room + AHEAD).next_multiple_of(BLOCK as u64);
        match self.file.write_all_at(&vec![0; (room - self.room) as usize], self.room) {
            Ok(()) => self.room = room,
            Err(_) => self.cramped = true,
        }
    }

    /// Makes durable what is not yet.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced {
            self.file.sync_data()?;
            self.unsynced = false;
        }
        Ok(())
    }

    pub(crate) fn cut(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        (self.len, self.room) = (len, len);
        self.direct.iter_mut().for_each(|direct| direct.begun = None);
        self.file.sync_all()
    }

    /// Gives back the room that was not used.
    pub(crate) fn trim(&self) -> io::Result<()> {
        if self.room > self.len { self.file.set_len(self.len) } else { Ok(()) }
    }
}

impl Direct {
    fn open(path: &Path) -> Option<Self> {
        let flags = (OFlags::DIRECT | OFlags::DSYNC).bits().cast_signed();
        let file = OpenOptions::new().write(true).custom_flags(flags).open(path).ok()?;
        Some(Direct { file, begun: None, blocks: Vec::new() })
    }

    /// Writes `bytes` at `at`: the block that has begun, and those that follow, filled up with zeros.
    fn append(&mut self, cached: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
        let first = at - at % BLOCK as u64;
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => read(cached, first, (at - first) as usize)?,
        };
        let used = begun.len() + bytes.len();
        let whole = used.next_multiple_of(BLOCK);
        self.blocks.resize(self.blocks.len().max(whole + BLOCK), 0);
        let begin = self.blocks.as_ptr().align_offset(BLOCK);
        let blocks = self.blocks.get_mut(begin..begin + whole).ok_or(io::ErrorKind::InvalidInput)?;
        let (old, rest) = blocks.split_at_mut(begun.len());
        let (new, padding) = rest.split_at_mut(bytes.len());
        old.copy_from_slice(&begun);
        new.copy_from_slice(bytes);
        padding.fill(0);
        self.file.write_all_at(blocks, first)?;
        self.begun = blocks.get(used - used % BLOCK..used).map(<[u8]>::to_vec);
        Ok(())
    }
}

fn read(file: &File, at: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}
