use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};

use crate::{OpenError, Storage, format};

const RESERVE: &str = "reserve";

/// A folder of real files, locked while it is open for writing.
#[derive(Debug)]
pub struct DirStorage {
    path: PathBuf,
    /// The folder itself: synced when names come and go, and locked. None for a reader.
    folder: Option<File>,
    /// The segment last written to.
    current: Option<(String, File)>,
}

impl DirStorage {
    /// Opens a folder for writing, made when missing. One process at a time.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |operation| move |source| OpenError::Storage { operation, source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed("make the folder"))?;
        let folder = File::open(path).map_err(failed("open the folder"))?;
        match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(DirStorage { path: path.to_owned(), folder: Some(folder), current: None }),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(OpenError::InUse { folder: path.display().to_string() }),
            Err(errno) => Err(failed("lock the folder")(errno.into())),
        }
    }

    /// A second pair of eyes on a folder that another thread or process writes: it reads and changes nothing.
    pub fn reader(path: &Path) -> Self {
        DirStorage { path: path.to_owned(), folder: None, current: None }
    }

    fn folder(&self) -> io::Result<&File> {
        self.folder.as_ref().ok_or_else(|| io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "opened for reading only"))
    }

    fn file(&mut self, segment: &str) -> io::Result<&mut File> {
        self.folder()?;
        let open = match self.current.take() {
            Some((name, file)) if name == segment => (name, file),
            Some(_) | None => (segment.to_owned(), OpenOptions::new().append(true).open(self.path.join(segment))?),
        };
        Ok(&mut self.current.insert(open).1)
    }
}

impl Storage for DirStorage {
    fn segments(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut segments: Vec<String> = names
            .filter(|name| name.as_ref().map_or(true, |name| format::is_segment(name)))
            .collect::<io::Result<_>>()?;
        segments.sort();
        Ok(segments)
    }

    fn read(&self, segment: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path.join(segment))
    }

    fn read_at(&self, segment: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let file = File::open(self.path.join(segment))?;
        let rest = file.metadata()?.len().saturating_sub(offset);
        let mut bytes = vec![0; len.min(usize::try_from(rest).unwrap_or(len))];
        file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn create(&mut self, segment: &str) -> io::Result<()> {
        let folder = self.folder()?;
        let path = self.path.join(segment);
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
        file.sync_all()?;
        folder.sync_all()?;
        self.current = Some((segment.to_owned(), file));
        Ok(())
    }

    fn append(&mut self, segment: &str, bytes: &[u8]) -> io::Result<()> {
        self.file(segment)?.write_all(bytes)
    }

    fn sync(&mut self, segment: &str) -> io::Result<()> {
        self.file(segment)?.sync_data()
    }

    fn truncate(&mut self, segment: &str, len: u64) -> io::Result<()> {
        let file = self.file(segment)?;
        file.set_len(len)?;
        file.sync_all()
    }

    fn remove(&mut self, segment: &str) -> io::Result<()> {
        self.current = None;
        fs::remove_file(self.path.join(segment))?;
        self.folder()?.sync_all()
    }

    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        let folder = self.folder()?;
        let path = self.path.join(RESERVE);
        if fs::metadata(&path).is_ok_and(|file| file.len() >= bytes && file.blocks() * 512 >= bytes) {
            return Ok(());
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let set_aside = fallocate(&file, FallocateFlags::empty(), 0, bytes).or_else(|_| fill(&file, bytes));
        if let Err(error) = set_aside.and_then(|()| file.sync_all()) {
            fs::remove_file(&path)?;
            return Err(error);
        }
        folder.sync_all()
    }

    fn release(&mut self) -> io::Result<()> {
        match fs::remove_file(self.path.join(RESERVE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => self.folder()?.sync_all(),
        }
    }
}

/// For file systems without `fallocate`.
fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    let block = [0; 4096];
    (0..bytes.div_ceil(block.len() as u64)).try_for_each(|_| file.write_all(&block))
}
