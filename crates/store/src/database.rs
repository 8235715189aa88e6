use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::{Cluster, Projector, Reader, Reconciler, StoreError};

static MIGRATOR: Migrator = sqlx::migrate!();

/// A migrated database and a few connections to it, shared by clones.
#[derive(Clone, Debug)]
pub struct Database {
    pool: PgPool,
}

impl Database {
    /// Connects to a real server by `postgres://user:password@host/database` and migrates.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        // The error would print the address, and with it the password.
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Address)?;
        Database::open(options).await
    }

    /// Connects to the private cluster and migrates.
    pub async fn attach(cluster: &Cluster) -> Result<Self, StoreError> {
        Database::open(cluster.options()).await
    }

    async fn open(options: PgConnectOptions) -> Result<Self, StoreError> {
        // `public` alone: by default a schema named like the user goes first, and where the user is called `helpline` our own schema would
        // hide the list of migrations from the second start on.
        let options = options
            .application_name("helpline")
            .options([("statement_timeout", "30s"), ("TimeZone", "UTC"), ("search_path", "public")])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(5)
            .acquire_timeout(Duration::from_secs(3))
            .connect_with(options)
            .await
            .map_err(StoreError::database("connect"))?;
        MIGRATOR.run(&pool).await.map_err(|source| StoreError::Migrate { source: Box::new(source) })?;
        Ok(Database { pool })
    }

    /// Folds records into tables.
    pub fn projector(&self) -> Projector {
        Projector::new(self.pool.clone())
    }

    /// Answers the pages' questions.
    pub fn reader(&self) -> Reader {
        Reader::new(self.pool.clone())
    }

    /// Takes a picture of the tables, to be held against the journal.
    pub async fn reconciler(&self) -> Result<Reconciler, StoreError> {
        Reconciler::take(&self.pool).await
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
