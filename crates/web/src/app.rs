use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::Timestamp;
use routing::Board;
use tokio::sync::watch;

use crate::api::Readiness;
use crate::config::Targets;
use crate::desk::Desks;
use crate::engine::Engine;
use crate::failure::Failure;
use crate::session::{Ended, Signer, Ticket, Tries, Verifier};
use crate::trial::TryCalls;
use crate::wire::TryInfo;

/// Tells the engine's time, which in trial mode may start anywhere.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that is read by calling this.
    pub fn new(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Clock(Arc::new(read))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) engine: Engine,
    pub(crate) board: watch::Receiver<Board>,
    /// None while Postgres is away.
    pub(crate) store: watch::Receiver<Option<store::Reader>>,
    /// How far Postgres had come when it last answered.
    pub(crate) position: AtomicU64,
    /// How many callers were lost, when that was last asked.
    pub(crate) lost: watch::Receiver<Option<u64>>,
    pub(crate) signer: Signer,
    pub(crate) verifier: Verifier,
    pub(crate) tries: Mutex<Tries>,
    pub(crate) ended: Mutex<Ended>,
    pub(crate) desks: Desks,
    pub(crate) try_calls: TryCalls,
    pub(crate) readiness: Readiness,
    pub(crate) trial: Option<TryInfo>,
    /// Where operators may hand callers to.
    pub(crate) targets: Targets,
    /// Further origins that our pages may come from, behind a proxy.
    pub(crate) origins: Vec<String>,
    /// What hours and rota are told from.
    pub(crate) settings: Arc<routing::Settings>,
    pub(crate) clock: Clock,
    /// True once the server stops: sockets say goodbye.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl App {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock.0)()
    }

    pub(crate) fn tries(&self) -> MutexGuard<'_, Tries> {
        lock(&self.tries)
    }

    pub(crate) fn end_session(&self, ticket: &Ticket) {
        lock(&self.ended).end(ticket, self.now());
    }

    pub(crate) fn has_ended(&self, ticket: &Ticket) -> bool {
        lock(&self.ended).has(ticket)
    }
}

impl App {
    /// Postgres, if it is there.
    pub(crate) fn reader(&self) -> Result<store::Reader, Failure> {
        self.store.borrow().clone().ok_or(Failure::Unavailable)
    }

    /// How many records Postgres is behind; asks it.
    pub(crate) async fn behind(&self, reader: &store::Reader) -> Result<u64, Failure> {
        let position = reader.position().await.map_err(|error| away(&error))?;
        self.position.store(position, Ordering::Relaxed);
        Ok(self.behind_by_hearsay())
    }

    /// The same as far as known, while it is away.
    pub(crate) fn behind_by_hearsay(&self) -> u64 {
        self.board.borrow().last_seq().saturating_sub(self.position.load(Ordering::Relaxed))
    }
}

/// Logs why Postgres did not answer: the operation's name, no values.
pub(crate) fn away(error: &store::StoreError) -> Failure {
    tracing::warn!(%error, "the call log cannot be read");
    Failure::Unavailable
}

/// Waits until the server stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _stops = stopping.wait_for(|stopping| *stopping).await.map(drop);
}

/// What these locks guard is whole after each statement: a panic elsewhere leaves nothing half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
