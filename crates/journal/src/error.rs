use std::io;

/// Why a journal was not opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The storage failed.
    #[error("failed to {operation} of the journal")]
    Storage {
        /// What was tried.
        operation: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// Another process writes it.
    #[error(
        "failed to open the journal in {folder}: another running helpline has it; stop that one, or choose another data folder"
    )]
    InUse {
        /// Where.
        folder: String,
    },
    /// Bytes that were once synced have changed.
    #[error(
        "failed to open the journal: segment {segment} is damaged at byte {offset}, and records stand behind it. \
         Restore this file from a backup. Without one, move it and all later segments out of the folder (do not delete them): \
         the journal then ends at record {last}"
    )]
    Damaged {
        /// Which file.
        segment: String,
        /// Where in it.
        offset: u64,
        /// The last sound record before it.
        last: u64,
    },
    /// A segment is not there, or a file is named like one.
    #[error(
        "failed to open the journal: a segment that begins with record {expected} is missing, the next is {found}. Restore it from a backup"
    )]
    Missing {
        /// What should come.
        expected: u64,
        /// What came.
        found: String,
    },
    /// Written by a later release.
    #[error(
        "failed to open the journal: segment {segment} has format {version}, this release knows 1. Run the release that wrote it"
    )]
    Version {
        /// Which file.
        segment: String,
        /// Its format.
        version: u32,
    },
}

/// Why a group is not durable.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The disk is full and the reserve used up. Nothing of the group was kept; the same group may be tried again.
    #[error("failed to append to the journal: the disk is full")]
    Full,
    /// More than the limit in one group. Nothing was written.
    #[error("failed to append to the journal: a group of {bytes} bytes is beyond the limit")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// The storage failed. The journal is fenced from now on: after a failed sync nobody can say what is on disk.
    #[error("failed to {operation} of the journal")]
    Failed {
        /// What was tried.
        operation: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// An earlier append failed; only opening the journal anew tells what is on disk.
    #[error("failed to append to the journal: it is closed after an earlier failure")]
    Fenced,
}

/// Why records could not be read back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The storage failed.
    #[error("failed to read segment {segment} of the journal")]
    Storage {
        /// Which file; empty: the list of files.
        segment: String,
        /// What it said.
        source: io::Error,
    },
    /// What was sound when opened is so no more.
    #[error("failed to read the journal: segment {segment} is damaged at byte {offset}")]
    Damaged {
        /// Which file.
        segment: String,
        /// Where in it.
        offset: u64,
    },
    /// The records asked for are not here.
    #[error("failed to read the journal: record {seq} is not in it")]
    Missing {
        /// The first that is missing.
        seq: u64,
    },
}
