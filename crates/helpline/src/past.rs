//! What was, read from the journal's folder without its lock and without its keys: beside a running engine, or without one.

use std::path::Path;

use journal::{DirStorage, ReadError, Reader};
use routing::Record;

use crate::commands::Failure;
use crate::run::record;

/// Shows every record in order until `see` has seen enough. True: the end of the journal was not whole, as while a group is being written
/// or after a crash.
pub(crate) fn each(data: &Path, mut see: impl FnMut(Record) -> bool) -> Result<bool, Failure> {
    let folder = data.join("journal");
    if !folder.is_dir() {
        return Err(format!("there is no journal in {}: is this the data folder (--data)?", data.display()).into());
    }
    let mut reader = Reader::new(DirStorage::reader(&folder), 1);
    loop {
        match reader.read(u64::MAX, 1) {
            Ok(entries) => {
                for (seq, bytes) in entries {
                    if !see(record(seq, &bytes)?) {
                        return Ok(false);
                    }
                }
            }
            Err(ReadError::Missing { seq: 1 }) => {
                return Err(format!("the journal in {} is empty", data.display()).into());
            }
            Err(ReadError::Missing { .. }) => return Ok(false),
            Err(ReadError::Damaged { segment, .. }) if is_last(&folder, &segment) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_last(folder: &Path, segment: &str) -> bool {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names.all(|name| !name.starts_with(|c: char| c.is_ascii_digit()) || name.as_str() <= segment)
}
