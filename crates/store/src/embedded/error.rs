use std::io;
use std::path::{Path, PathBuf};

/// Why the private cluster does not run; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No server binaries.
    #[error("failed to find Postgres: install it (`apt install postgresql`), or set `database` to the URL of a server")]
    NotInstalled,
    /// The cluster was made by a release whose binaries are not here.
    #[error(
        "failed to find Postgres {major}, which made the cluster in the data folder: install it (`apt install postgresql-{major}`)"
    )]
    OtherVersion {
        /// Its major version.
        major: String,
    },
    /// Root may not run Postgres, and there is no user for it.
    #[error(
        "failed to find the user `postgres`, as whom the database runs when the engine is root: install Postgres (`apt install postgresql`)"
    )]
    NoUser,
    /// Postgres cannot get to its folder.
    #[error(
        "the user `postgres` cannot enter {folder}: choose a data folder such as /var/lib/helpline, or allow it (`chmod o+x {folder}`)"
    )]
    CannotEnter {
        /// The folder that stops it.
        folder: PathBuf,
    },
    /// Someone else made the folder first.
    #[error("the folder {folder} is there already but not the database user's own: remove it, or choose another")]
    NotOurs {
        /// Which.
        folder: PathBuf,
    },
    /// Unix sockets have short paths.
    #[error(
        "the path of the database's socket, {path}, is longer than the 107 bytes that a unix socket may have: set a shorter runtime folder"
    )]
    SocketPath {
        /// Too long.
        path: PathBuf,
    },
    /// A folder or a process could not be dealt with.
    #[error("failed to {operation} {path}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// initdb gave up.
    #[error("failed to make the database cluster: {said}")]
    Initdb {
        /// Its last words.
        said: String,
    },
    /// The server ended before it answered.
    #[error("failed to start Postgres: {said}")]
    Ended {
        /// Its last words.
        said: String,
    },
    /// The server did not answer in time.
    #[error("failed to reach Postgres within {seconds} s")]
    TimedOut {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The database in it could not be made.
    #[error("failed to make the database in the private cluster")]
    Create {
        /// What Postgres said.
        source: sqlx::Error,
    },
}

impl EmbeddedError {
    pub(super) fn io(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> EmbeddedError {
        move |source| EmbeddedError::Io { operation, path: path.to_owned(), source }
    }
}
