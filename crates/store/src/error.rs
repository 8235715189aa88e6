/// Why Postgres did not do what was asked. Its text names the operation, never a value.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is away, busy or refused.
    #[error("failed to {operation} in Postgres")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// What it said.
        source: sqlx::Error,
    },
    /// The address is none.
    #[error("failed to read the address of the database: expected postgres://user:password@host/database")]
    Address,
    /// The tables are not those of this release, or could not be made so.
    #[error("failed to migrate the database")]
    Migrate {
        /// What was wrong.
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// Records were left out: the tables stay as they are until the missing ones come.
    #[error("failed to project record {got}: the next one is {expected}")]
    Gap {
        /// What must come next.
        expected: u64,
        /// What came.
        got: u64,
    },
    /// A record or a row that this release cannot put into the other's shape.
    #[error("failed to {operation}: the shape is not this release's")]
    Shape {
        /// What was tried.
        operation: &'static str,
        /// What was wrong.
        source: serde_json::Error,
    },
}

impl StoreError {
    pub(crate) fn database(operation: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
        move |source| StoreError::Database { operation, source }
    }

    pub(crate) fn shape(operation: &'static str) -> impl FnOnce(serde_json::Error) -> StoreError {
        move |source| StoreError::Shape { operation, source }
    }

    /// Whether trying again later can help: Postgres is away or busy.
    pub fn is_passing(&self) -> bool {
        match self {
            StoreError::Database { source, .. } => is_passing(source),
            StoreError::Migrate { source } => {
                matches!(&**source, sqlx::migrate::MigrateError::Execute(source) if is_passing(source))
            }
            StoreError::Address | StoreError::Gap { .. } | StoreError::Shape { .. } => false,
        }
    }
}

/// Classes 08 (connection), 53 (resources), 57 (operator: shutting down, starting up) and 40 (rolled back) pass.
fn is_passing(error: &sqlx::Error) -> bool {
    match error.as_database_error() {
        Some(error) => {
            error.code().is_some_and(|code| ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class)))
        }
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed
        ),
    }
}
