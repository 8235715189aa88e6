use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use journal::Storage;

/// A disk in memory. What was written is kept apart from what was synced, so that it can crash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    pub(crate) files: BTreeMap<String, Contents>,
    /// Operations that still succeed; none: all.
    pub(crate) fails_after: Option<usize>,
    /// Bytes that still fit; none: any number. Shared, so that a test can free some.
    pub(crate) room: Rc<Cell<Option<usize>>>,
    /// Bytes set aside, counted against `room`.
    pub(crate) reserved: usize,
    /// Says that it synced and does nothing.
    pub(crate) lies: bool,
    /// The power goes at the next sync: what was written stays half done. Shared, so that a test can say when.
    pub(crate) dies_at_sync: Rc<Cell<bool>>,
    /// What the next sync says, once; everything else goes on.
    pub(crate) sync_error: Rc<Cell<Option<io::ErrorKind>>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    pub(crate) bytes: Vec<u8>,
    /// How many of them would be there after a crash.
    pub(crate) synced: usize,
}

impl Disk {
    /// What is found after a crash that kept this much of what was never synced, the rest of it zeros or nothing.
    pub(crate) fn crashed(&self, kept: usize, zeros: usize) -> Disk {
        let mut disk = Disk { files: self.files.clone(), ..Disk::default() };
        for file in disk.files.values_mut() {
            let unsynced = file.bytes.len() - file.synced;
            let (kept, zeros) = (kept.min(unsynced), zeros.min(unsynced - kept.min(unsynced)));
            file.bytes.truncate(file.synced + kept);
            file.bytes.extend(vec![0; zeros]);
            file.synced = file.bytes.len();
        }
        disk
    }

    /// How much would be lost at most.
    pub(crate) fn unsynced(&self) -> usize {
        self.files.values().map(|file| file.bytes.len() - file.synced).sum()
    }

    pub(crate) fn last_file(&mut self) -> &mut Vec<u8> {
        &mut self.files.last_entry().unwrap().into_mut().bytes
    }

    pub(crate) fn free(&self, bytes: usize) {
        self.room.set(self.room.get().map(|room| room + bytes));
    }

    fn take(&self, bytes: usize) {
        self.room.set(self.room.get().map(|room| room - bytes));
    }

    fn try_operation(&mut self) -> io::Result<()> {
        match &mut self.fails_after {
            Some(0) => Err(io::Error::other("the disk failed")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn file(&mut self, name: &str) -> io::Result<&mut Contents> {
        self.files.get_mut(name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Storage for Disk {
    fn segments(&self) -> io::Result<Vec<String>> {
        Ok(self.files.keys().cloned().collect())
    }

    fn read(&self, segment: &str) -> io::Result<Vec<u8>> {
        self.files.get(segment).map(|file| file.bytes.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn create(&mut self, segment: &str) -> io::Result<()> {
        self.try_operation()?;
        self.files.insert(segment.to_owned(), Contents::default());
        Ok(())
    }

    fn append(&mut self, segment: &str, bytes: &[u8]) -> io::Result<()> {
        // A disk that fails or is full has often written a part.
        let failed = self.try_operation();
        let fits = self.room.get().map_or(bytes.len(), |room| room.min(bytes.len()));
        let written = if failed.is_err() { fits / 2 } else { fits };
        self.take(written);
        let part: Vec<u8> = bytes.iter().take(written).copied().collect();
        self.file(segment)?.bytes.extend(part);
        failed?;
        if written < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self, segment: &str) -> io::Result<()> {
        if self.dies_at_sync.get() {
            self.fails_after = Some(0);
        }
        self.try_operation()?;
        if let Some(kind) = self.sync_error.take() {
            return Err(kind.into());
        }
        let lies = self.lies;
        let file = self.file(segment)?;
        if !lies {
            file.synced = file.bytes.len();
        }
        Ok(())
    }

    fn truncate(&mut self, segment: &str, len: u64) -> io::Result<()> {
        self.try_operation()?;
        let file = self.file(segment)?;
        let freed = file.bytes.len() - len as usize;
        file.bytes.truncate(len as usize);
        file.synced = file.synced.min(len as usize);
        self.free(freed);
        Ok(())
    }

    fn remove(&mut self, segment: &str) -> io::Result<()> {
        self.try_operation()?;
        self.files.remove(segment);
        Ok(())
    }

    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        let wanted = (bytes as usize).saturating_sub(self.reserved);
        if self.room.get().is_some_and(|room| room < wanted) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.take(wanted);
        self.reserved += wanted;
        Ok(())
    }

    fn release(&mut self) -> io::Result<()> {
        self.try_operation()?;
        self.free(self.reserved);
        self.reserved = 0;
        Ok(())
    }
}
