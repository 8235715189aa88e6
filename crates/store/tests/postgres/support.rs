use std::fs::File;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::{Cluster, Database, Embedded, StoreError};

/// A folder that the database's user can enter, one for each user of the machine and each purpose.
pub(crate) fn folder(purpose: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("helpline-store-{}-{purpose}", rustix::process::getuid().as_raw()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An address of a database in a private cluster.
pub(crate) fn url(cluster: &Cluster, database: &str) -> String {
    format!("postgres://helpline@localhost/{database}?host={}", cluster.socket().display())
}

/// Asks again while Postgres is away or slow, as the engine does.
pub(crate) async fn patiently<T>(mut ask: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert!(error.is_passing() && Instant::now() < deadline, "{error:?}"),
        }
        tokio::task::yield_now().await;
    }
}

/// Runs a test on a database of its own, made anew.
pub(crate) fn with_database<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Database, PgConnection) -> F) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shared = Shared::join(&runtime);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(async {
            let url = fresh(&shared.cluster, name).await;
            let database = patiently(async || Database::connect(&url).await).await;
            test(database, PgConnection::connect(&url).await.unwrap()).await;
        });
    }));
    shared.leave(&runtime);
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

async fn fresh(cluster: &Cluster, name: &str) -> String {
    let mut admin = PgConnection::connect(&url(cluster, "postgres")).await.unwrap();
    for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await.unwrap();
    }
    url(cluster, name)
}

/// One cluster for all tests, whether they are threads or processes: who comes first starts it, who leaves last stops it.
struct Shared {
    cluster: Cluster,
    folder: PathBuf,
    /// Held together with all others that use the cluster.
    user: File,
}

impl Shared {
    fn join(runtime: &tokio::runtime::Runtime) -> Self {
        let folder = folder("shared");
        let _turn = Turn::take(&folder);
        let user = File::create(folder.join("users.lock")).unwrap();
        flock(&user, FlockOperation::LockShared).unwrap();
        let cluster = runtime.block_on(Embedded::start(&folder, None)).unwrap();
        Shared { cluster, folder, user }
    }

    fn leave(self, runtime: &tokio::runtime::Runtime) {
        let _turn = Turn::take(&self.folder);
        if flock(&self.user, FlockOperation::NonBlockingLockExclusive).is_ok() {
            runtime.block_on(self.cluster.stop()).unwrap();
        }
    }
}

/// Coming and going, one at a time.
struct Turn(#[expect(dead_code, reason = "held for its lock")] File);

impl Turn {
    fn take(folder: &Path) -> Self {
        let file = File::create(folder.join("turn.lock")).unwrap();
        flock(&file, FlockOperation::LockExclusive).unwrap();
        Turn(file)
    }
}
