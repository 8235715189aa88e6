//! A private Postgres in the data folder, for those who bring none of their own.
//!
//! It listens on nothing but a unix socket in a folder that only its own user (and root) can enter, runs as the user `postgres` when the
//! engine is root, and writes no statement and no value to its log. It outlives a killed engine; the next one adopts it.

mod account;
mod binaries;
mod error;
mod folders;
mod initdb;
mod postmaster;
mod server;

use std::path::Path;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::process::Child;
use tokio::time::Instant;

use account::Account;
use binaries::Binaries;
pub use error::EmbeddedError;
use folders::Folders;

/// Longer than crash recovery of a few weeks' calls takes.
const START_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Starts private clusters.
#[derive(Debug)]
pub enum Embedded {}

impl Embedded {
    /// Brings up the cluster in `<data>/postgres`: makes it when there is none, adopts it when a killed engine left it running, starts it
    /// otherwise. Returns when it answers. May be called again whenever it has gone.
    ///
    /// `runtime` is where the short private folder of its socket is made; none: `/run` for root, else `$XDG_RUNTIME_DIR` or `/tmp`.
    pub async fn start(data: &Path, runtime: Option<&Path>) -> Result<Cluster, EmbeddedError> {
        let account = Account::choose()?;
        let folders = Folders::prepare(data, runtime, account)?;
        let binaries = Binaries::find(&folders.cluster)?;
        if !folders.has_cluster() {
            initdb::run(&binaries, &folders, account).await?;
        }
        let mut cluster = Cluster { folders, server: None };
        if !cluster.adopt().await? {
            cluster.server = Some(server::spawn(&binaries, &cluster.folders, account)?);
            cluster.wait_until_it_answers().await?;
        }
        cluster.create_database().await?;
        Ok(cluster)
    }
}

/// A running private cluster. Dropping it leaves it running, to be adopted by the next start.
#[derive(Debug)]
pub struct Cluster {
    folders: Folders,
    /// None: adopted.
    server: Option<Child>,
}

impl Cluster {
    /// The folder of its socket, for `psql -h`.
    pub fn socket(&self) -> &Path {
        &self.folders.socket
    }

    /// The folder of its log.
    pub fn log(&self) -> &Path {
        &self.folders.log
    }

    /// Whether a killed engine had left it running.
    pub fn was_adopted(&self) -> bool {
        self.server.is_none()
    }

    /// Stops it in order: transactions under way are rolled back, connections ended ("fast").
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        let Some(pid) = postmaster::running(&self.folders.cluster) else { return Ok(()) };
        postmaster::stop_fast(pid)?;
        let deadline = Instant::now() + STOP_WITHIN;
        while postmaster::running(&self.folders.cluster).is_some() {
            // Reaps it where it is a child of ours.
            if self.has_ended()? {
                break;
            }
            look_again(deadline, STOP_WITHIN).await?;
        }
        // Empty now; where it is not, the next start finds it as it is.
        let _ = std::fs::remove_dir(&self.folders.socket);
        Ok(())
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        self.options_of(server::USER)
    }

    fn options_of(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folders.socket)
            .port(server::PORT)
            .username(server::USER)
            .database(database)
            .disable_statement_logging()
    }

    /// Waits for a server that runs already; false when none does, or it ends meanwhile to its last process.
    async fn adopt(&mut self) -> Result<bool, EmbeddedError> {
        let deadline = Instant::now() + START_WITHIN;
        while postmaster::lingers(&self.folders.cluster) {
            if postmaster::running(&self.folders.cluster).is_some() && self.answers().await {
                return Ok(true);
            }
            look_again(deadline, START_WITHIN).await?;
        }
        Ok(false)
    }

    async fn wait_until_it_answers(&mut self) -> Result<(), EmbeddedError> {
        let deadline = Instant::now() + START_WITHIN;
        while !self.answers().await {
            if self.has_ended()? {
                return Err(EmbeddedError::Ended { said: server::last_words(&self.folders) });
            }
            look_again(deadline, START_WITHIN).await?;
        }
        Ok(())
    }

    async fn answers(&self) -> bool {
        match self.options_of("postgres").connect().await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    }

    fn has_ended(&mut self) -> Result<bool, EmbeddedError> {
        match self.server.as_mut().map(Child::try_wait) {
            None => Ok(false),
            Some(Ok(status)) => Ok(status.is_some()),
            Some(Err(source)) => Err(EmbeddedError::io("look after", &self.folders.cluster)(source)),
        }
    }

    async fn create_database(&self) -> Result<(), EmbeddedError> {
        let create = async {
            let mut connection = self.options_of("postgres").connect().await?;
            let there =
                sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM pg_database WHERE datname = $1"#, server::USER)
                    .fetch_one(&mut connection)
                    .await?;
            if there == 0 {
                sqlx::raw_sql("CREATE DATABASE helpline").execute(&mut connection).await?;
            }
            connection.close().await
        };
        create.await.map_err(|source| EmbeddedError::Create { source })
    }
}

async fn look_again(deadline: Instant, limit: Duration) -> Result<(), EmbeddedError> {
    if Instant::now() >= deadline {
        return Err(EmbeddedError::TimedOut { seconds: limit.as_secs() });
    }
    tokio::time::sleep(LOOK_EVERY).await;
    Ok(())
}
