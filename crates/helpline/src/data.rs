//! The data folder: who may enter it, and the keys in it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use vault::{Keys, Vault};

/// Where things are in the data folder.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    /// A folder or file could not be made or read.
    #[error("failed to {operation} {path}")]
    Io { operation: &'static str, path: PathBuf, source: io::Error },
    /// The key file is damaged.
    #[error("failed to read the keys in {path}; restore this file from its backup: without it no number can be opened")]
    Keys { path: PathBuf, source: vault::KeyFileError },
    /// A journal without its keys.
    #[error(
        "{path} is missing, but there is a journal: restore the keys from their backup, or no number can be opened"
    )]
    KeysGone { path: PathBuf },
}

impl DataFolder {
    /// The folder, whatever is in it.
    pub(crate) fn at(path: &Path) -> Self {
        DataFolder { path: path.to_owned() }
    }

    /// Makes what is missing. The folder lets others pass (Postgres runs as a user of its own) but see nothing.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        let data = DataFolder::at(path);
        make(path, 0o711)?;
        make(&data.journal(), 0o700)?;
        Ok(data)
    }

    /// The journal's folder.
    pub(crate) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// The socket by which commands reach a running engine.
    pub(crate) fn control(&self) -> PathBuf {
        self.path.join("control.sock")
    }

    /// Where the self-made certificate is kept.
    pub(crate) fn certificates(&self) -> PathBuf {
        self.path.join("tls")
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The vault under this installation's keys, which are made at the first start.
    pub(crate) fn vault(&self) -> Result<Vault, DataError> {
        let path = self.path.join("keys");
        match fs::read_to_string(&path) {
            Ok(text) => {
                let keys = Keys::from_text(&text).map_err(|source| DataError::Keys { path, source })?;
                Ok(Vault::new(keys))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.first_keys(path).map(Vault::new),
            Err(source) => Err(DataError::Io { operation: "read", path, source }),
        }
    }

    /// A key for signing cookies, made anew where it is missing: people then sign in again.
    pub(crate) fn session_key(&self) -> Result<[u8; 32], DataError> {
        let path = self.path.join("session.key");
        if let Ok(bytes) = fs::read(&path)
            && let Ok(key) = <[u8; 32]>::try_from(bytes)
        {
            return Ok(key);
        }
        let key: [u8; 32] = entropy(&path)?;
        // A file of another length is none of ours to keep.
        let _ = fs::remove_file(&path);
        write_secret(&path, &key)?;
        Ok(key)
    }

    fn first_keys(&self, path: PathBuf) -> Result<Keys, DataError> {
        let journal = self.journal();
        let begun = fs::read_dir(&journal).is_ok_and(|mut entries| entries.any(|entry| is_segment(entry.ok())));
        if begun {
            return Err(DataError::KeysGone { path });
        }
        let keys = Keys::generate(&entropy::<64>(&path)?);
        write_secret(&path, keys.to_text().as_bytes())?;
        Ok(keys)
    }
}

/// Fresh entropy from the system.
pub(crate) fn entropy<const N: usize>(wanted_for: &Path) -> Result<[u8; N], DataError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| DataError::Io {
        operation: "draw entropy for",
        path: wanted_for.to_owned(),
        source: io::Error::other(error),
    })?;
    Ok(bytes)
}

fn is_segment(entry: Option<fs::DirEntry>) -> bool {
    entry.is_some_and(|entry| {
        let named_by_number = entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit());
        named_by_number && entry.metadata().is_ok_and(|metadata| metadata.len() > 0)
    })
}

fn make(path: &Path, mode: u32) -> Result<(), DataError> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(|source| DataError::Io {
        operation: "make the folder",
        path: path.to_owned(),
        source,
    })
}

/// Written whole, readable by us alone, on disk before it is used.
fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let failed = |operation| move |source| DataError::Io { operation, path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed("create"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed("write"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync the folder of"))
}
