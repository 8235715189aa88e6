//! Keeps Postgres: brings it up, brings it up to date with the journal, and does so again whenever it was away. Calls never wait for it.

use std::path::Path;
use std::time::Duration;

use journal::DirStorage;
use store::{Cluster, Embedded, Projector};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::config;
use crate::run::journal_thread::chain;
use crate::run::{Running, StartError, record};

/// People read what is this old at most; what comes meanwhile is folded together.
const GATHER: Duration = Duration::from_millis(200);

/// Records folded in one transaction at most.
const BATCH: usize = 500;

/// A batch that takes longer means that Postgres hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tries again after this, and after up to ten times as long.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// A database that answers, with the cluster under it if that is ours.
pub(crate) struct Session {
    pub(crate) database: store::Database,
    cluster: Option<Cluster>,
}

impl Session {
    /// Brings it up, migrates.
    pub(crate) async fn open(database: &config::Database, data: &Path) -> Result<Self, StartError> {
        match database {
            config::Database::Embedded => {
                let cluster = Embedded::start(data, None).await?;
                Ok(Session { database: store::Database::attach(&cluster).await?, cluster: Some(cluster) })
            }
            config::Database::Url(url) => Ok(Session { database: store::Database::connect(url).await?, cluster: None }),
        }
    }

    /// Ends all connections, and our cluster.
    pub(crate) async fn close(self) {
        self.database.close().await;
        if let Some(cluster) = self.cluster
            && let Err(error) = cluster.stop().await
        {
            tracing::warn!(error = %chain(&error), "Postgres did not stop in order");
        }
    }
}

/// Follows the journal into the tables.
pub(crate) struct Follower {
    projector: Projector,
    reader: journal::Reader<DirStorage>,
}

impl Follower {
    /// Begins where the tables are.
    pub(crate) async fn begin(database: &store::Database, journal: &Path) -> Result<Self, StartError> {
        let projector = database.projector();
        let position = projector.position().await?;
        let reader = journal::Reader::new(DirStorage::reader(journal), position + 1);
        Ok(Follower { projector, reader })
    }

    /// Folds everything up to record `last`.
    pub(crate) async fn catch_up(&mut self, last: u64) -> Result<(), StartError> {
        while self.reader.next() <= last {
            let entries = tokio::task::block_in_place(|| self.reader.read(last, BATCH))?;
            let records = entries.iter().map(|(seq, bytes)| record(*seq, bytes)).collect::<Result<Vec<_>, _>>()?;
            timeout(PATIENCE, self.projector.project(&records)).await.map_err(|_| "Postgres hangs")??;
        }
        Ok(())
    }
}

/// Keeps the database up and up to date until `stop`; `seat` holds it while it answers.
pub(crate) async fn keep(
    database: config::Database,
    running: Running,
    seat: watch::Sender<Option<store::Database>>,
    mut stop: watch::Receiver<bool>,
) {
    let mut failures = 0;
    let mut session: Option<Session> = None;
    loop {
        tokio::select! {
            result = serve(&database, &running, &seat, &mut session, &mut failures) => {
                if let Err(error) = result {
                    failures += 1;
                    tracing::warn!(error = %chain(error.as_ref()), "Postgres is away; calls go on, the record waits in the journal");
                }
            }
            _ = stop.wait_for(|stop| *stop) => break,
        }
        seat.send_replace(None);
        if let Some(session) = session.take() {
            // The cluster stays: if it lives it is adopted, if it died it is started anew.
            session.database.close().await;
        }
        tokio::select! {
            () = sleep(TRY_AGAIN * failures.min(10)) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    finish(&running, session).await;
    seat.send_replace(None);
}

/// Runs until something fails.
async fn serve(
    database: &config::Database,
    running: &Running,
    seat: &watch::Sender<Option<store::Database>>,
    session: &mut Option<Session>,
    failures: &mut u32,
) -> Result<(), StartError> {
    let open = session.insert(Session::open(database, running.data.path()).await?);
    let mut follower = Follower::begin(&open.database, &running.data.journal()).await?;
    seat.send_replace(Some(open.database.clone()));
    tracing::info!("Postgres is up");
    loop {
        // Subscribed before the look: nothing is missed in between.
        let mut feed = running.committed.subscribe();
        follower.catch_up(running.committed.seq()).await?;
        *failures = 0;
        // Whether one group or a thousand were missed: the journal has them all.
        if let Err(tokio::sync::broadcast::error::RecvError::Closed) = feed.recv().await {
            return Ok(());
        }
        sleep(GATHER).await;
    }
}

/// The last records of this run, then the end of the cluster.
async fn finish(running: &Running, session: Option<Session>) {
    let Some(session) = session else { return };
    let last = async {
        let mut follower = Follower::begin(&session.database, &running.data.journal()).await?;
        follower.catch_up(running.committed.seq()).await
    };
    if !matches!(timeout(Duration::from_secs(10), last).await, Ok(Ok(()))) {
        tracing::warn!("Postgres has not got the last records; it gets them at the next start");
    }
    session.close().await;
}
