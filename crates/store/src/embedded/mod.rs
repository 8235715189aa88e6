//! A private Postgres in the data folder, for those who bring none of their own.

mod error;

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

pub use error::EmbeddedError;

/// Starts private clusters.
#[derive(Debug)]
pub enum Embedded {}

impl Embedded {
    /// Brings up the cluster in `<data>/postgres`: makes it when there is none, adopts it when a killed engine left it running, starts it
    /// otherwise. Returns when it answers. May be called again whenever it has gone.
    ///
    /// `runtime` is where the short private folder of its socket is made; none: `/run` for root, else `$XDG_RUNTIME_DIR` or `/tmp`.
    pub async fn start(data: &Path, runtime: Option<&Path>) -> Result<Cluster, EmbeddedError> {
        let _ = (data, runtime);
        Err(EmbeddedError::NotInstalled)
    }
}

/// A running private cluster. Dropping it leaves it running, to be adopted by the next start.
#[derive(Debug)]
pub struct Cluster {
    socket: PathBuf,
}

impl Cluster {
    /// The folder of its socket, for `psql -h`.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Stops it in order: transactions under way are rolled back, connections ended ("fast").
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        Ok(())
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).username("helpline").database("helpline")
    }
}
