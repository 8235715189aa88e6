use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use journal::Storage;
use sim::Random;

/// A disk in memory that outlives the process: what was written is kept apart from what was synced.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Rc<RefCell<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    files: BTreeMap<String, (Vec<u8>, usize)>,
    /// Bytes that still fit; none: any number.
    room: Option<usize>,
    reserved: usize,
    /// The next sync fails.
    fails: bool,
}

impl Disk {
    /// The power goes: of what was never synced a part stays, and zeros after it.
    pub(crate) fn crash(&self, random: &mut Random) {
        for (bytes, synced) in self.0.borrow_mut().files.values_mut() {
            let unsynced = (bytes.len() - *synced) as u64;
            let kept = random.below(unsynced + 1) as usize;
            let zeros = random.below(unsynced + 1 - kept as u64) as usize;
            bytes.truncate(*synced + kept);
            bytes.resize(bytes.len() + zeros, 0);
            *synced = bytes.len();
        }
    }

    /// It has room, and does what it is told.
    pub(crate) fn mend(&self) {
        self.room(None);
        self.0.borrow_mut().fails = false;
    }

    pub(crate) fn fail_next_sync(&self) {
        self.0.borrow_mut().fails = true;
    }

    /// So many bytes fit from now on; none: any number.
    pub(crate) fn room(&self, bytes: Option<usize>) {
        self.0.borrow_mut().room = bytes;
    }
}

impl Platter {
    fn take(&mut self, bytes: usize) -> usize {
        let fits = self.room.map_or(bytes, |room| room.min(bytes));
        self.room = self.room.map(|room| room - fits);
        fits
    }

    fn file(&mut self, name: &str) -> io::Result<&mut (Vec<u8>, usize)> {
        self.files.get_mut(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Storage for Disk {
    fn segments(&self) -> io::Result<Vec<String>> {
        Ok(self.0.borrow().files.keys().cloned().collect())
    }

    fn read(&self, segment: &str) -> io::Result<Vec<u8>> {
        self.0.borrow_mut().file(segment).map(|(bytes, _)| bytes.clone())
    }

    fn create(&mut self, segment: &str) -> io::Result<()> {
        self.0.borrow_mut().files.insert(segment.to_owned(), (Vec::new(), 0));
        Ok(())
    }

    fn append(&mut self, segment: &str, bytes: &[u8]) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        let fits = platter.take(bytes.len());
        platter.file(segment)?.0.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self, segment: &str) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        if std::mem::take(&mut platter.fails) {
            return Err(io::Error::other("the disk failed"));
        }
        let (bytes, synced) = platter.file(segment)?;
        *synced = bytes.len();
        Ok(())
    }

    fn truncate(&mut self, segment: &str, len: u64) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        let (bytes, synced) = platter.file(segment)?;
        let freed = bytes.len() - len as usize;
        bytes.truncate(len as usize);
        *synced = (*synced).min(len as usize);
        platter.room = platter.room.map(|room| room + freed);
        Ok(())
    }

    fn remove(&mut self, segment: &str) -> io::Result<()> {
        self.0.borrow_mut().files.remove(segment);
        Ok(())
    }

    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        let wanted = (bytes as usize).saturating_sub(platter.reserved);
        if platter.room.is_some_and(|room| room < wanted) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.take(wanted);
        platter.reserved += wanted;
        Ok(())
    }

    fn release(&mut self) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        let reserved = std::mem::take(&mut platter.reserved);
        platter.room = platter.room.map(|room| room + reserved);
        Ok(())
    }
}
