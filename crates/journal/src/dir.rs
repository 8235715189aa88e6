use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};

use crate::segment::Segment;
use crate::{OpenError, Storage, format};

const RESERVE: &str = "reserve";

/// A folder of real files, locked while it is open for writing.
#[derive(Debug)]
pub struct DirStorage {
    path: PathBuf,
    /// The folder itself: synced when names come and go, and locked. None for a reader.
    folder: Option<File>,
    /// The segment last written to.
    current: Option<Segment>,
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

    fn open_segment(&mut self, segment: &str) -> io::Result<&mut Segment> {
        self.folder()?;
        let open = match self.current.take() {
            Some(open) if open.name == segment => open,
            other => {
                other.map_or(Ok(()), |open| open.trim())?;
                Segment::open(&self.path, segment)?
            }
        };
        Ok(self.current.insert(open))
    }
}

impl Drop for DirStorage {
    fn drop(&mut self) {
        // Left as it is, the room is given back when the folder is opened next.
        if let Some(open) = &self.current {
            let _ = open.trim();
        }
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
        // A writer may give back room meanwhile: the file is shorter then than it was said to be.
        let mut got = 0;
        while got < bytes.len() {
            match file.read_at(&mut bytes[got..], offset + got as u64)? {
                0 => break,
                more => got += more,
            }
        }
        bytes.truncate(got);
        Ok(bytes)
    }

    fn create(&mut self, segment: &str) -> io::Result<()> {
        if let Some(open) = self.current.take() {
            open.trim()?;
        }
        let folder = self.folder()?;
        let path = self.path.join(segment);
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.sync_all()?;
        folder.sync_all()?;
        self.current = Some(Segment::open(&self.path, segment)?);
        Ok(())
    }

    fn append(&mut self, segment: &str, bytes: &[u8]) -> io::Result<()> {
        self.open_segment(segment)?.append(bytes)
    }

    fn sync(&mut self, segment: &str) -> io::Result<()> {
        self.open_segment(segment)?.sync()
    }

    fn truncate(&mut self, segment: &str, len: u64) -> io::Result<()> {
        self.open_segment(segment)?.cut(len)
    }

    fn remove(&mut self, segment: &str) -> io::Result<()> {
        self.current.take_if(|open| open.name == segment);
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
