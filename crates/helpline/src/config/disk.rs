//! Reads files and keeps the hash of all that was read: the version of the configuration.

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::fault::Fault;

/// No file of a configuration is longer.
const LONGEST_FILE: u64 = 16 << 20;

/// The files read so far, hashed in the order of reading.
#[derive(Default)]
pub(super) struct Disk {
    hash: Sha256,
}

impl Disk {
    /// A file's bytes.
    pub(super) fn bytes(&mut self, path: &Path, faults: &mut Vec<Fault>) -> Option<Vec<u8>> {
        match read(path) {
            Ok(bytes) => {
                self.add(path.file_name().unwrap_or_default().as_encoded_bytes(), &bytes);
                Some(bytes)
            }
            Err(error) => {
                faults.push(Fault::of_file(path.display(), format!("cannot be read: {error}")));
                None
            }
        }
    }

    /// A file's text.
    pub(super) fn text(&mut self, path: &Path, faults: &mut Vec<Fault>) -> Option<String> {
        let text = String::from_utf8(self.bytes(path, faults)?);
        text.map_err(|_| faults.push(Fault::of_file(path.display(), "is not UTF-8 text"))).ok()
    }

    /// The files of a folder that end in `extension`, sorted by name. A folder that is not there has none.
    pub(super) fn list(path: &Path, extension: &str) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|file| file.extension().is_some_and(|found| found == extension))
            .collect();
        files.sort();
        files
    }

    /// The folders in a folder, sorted by name.
    pub(super) fn folders(path: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).into_iter().flatten();
        let mut folders: Vec<PathBuf> =
            entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
        folders.sort();
        folders
    }

    /// Lets something beside files count: an environment variable, a mode.
    pub(super) fn add(&mut self, name: &[u8], bytes: &[u8]) {
        for part in [name, bytes] {
            self.hash.update((part.len() as u64).to_be_bytes());
            self.hash.update(part);
        }
    }

    /// The hash of all that was read, in twelve hexadecimal digits.
    pub(super) fn version(&self) -> String {
        hex(&self.hash.clone().finalize())
    }
}

/// The hash of one file's bytes, in twelve hexadecimal digits.
pub(super) fn version_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.len() > LONGEST_FILE {
        return Err(std::io::Error::other("it is longer than 16 MiB"));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}
