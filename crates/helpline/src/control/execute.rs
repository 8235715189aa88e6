//! Carries commands out, in a running engine or on a data folder whose engine does not run.

use std::sync::PoisonError;
use std::time::Duration;

use base::{JourneyId, OperatorId};
use engine::Ask;
use journal::DirStorage;
use routing::{Request, RequestKind};
use serde_json::{Value, json};
use store::{CallFilter, Reconciliation};
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use std::sync::Arc;

use super::Command;
use crate::config::{self, Config};
use crate::database::{Follower, Session};
use crate::run::journal_thread::chain;
use crate::run::{Running, record};

/// How long `reconcile` waits for the tables to catch up.
const CATCH_UP: Duration = Duration::from_secs(30);

/// What commands work with.
#[derive(Clone)]
pub(crate) struct Backend {
    pub(super) running: Running,
    seat: Seat,
}

#[derive(Clone)]
enum Seat {
    /// The running engine keeps the database.
    Kept(watch::Receiver<Option<store::Database>>),
    /// Brought up when a command asks for it.
    OnDemand { database: config::Database, session: Arc<Mutex<Option<Session>>> },
}

impl Backend {
    /// In a running engine.
    pub(crate) fn live(running: Running, seat: watch::Receiver<Option<store::Database>>) -> Self {
        Backend { running, seat: Seat::Kept(seat) }
    }

    /// On a data folder whose engine does not run.
    pub(crate) fn offline(running: Running, config: &Config) -> Self {
        let session = Arc::new(Mutex::new(None));
        Backend { running, seat: Seat::OnDemand { database: config.database.clone(), session } }
    }

    /// Ends what was brought up for commands.
    pub(crate) async fn close(&self) {
        if let Seat::OnDemand { session, .. } = &self.seat
            && let Some(session) = session.lock().await.take()
        {
            session.close().await;
        }
    }

    /// Carries a command out; an error is a sentence for people.
    pub(crate) async fn execute(&self, command: Command) -> Result<Value, String> {
        match command {
            Command::Ping => Ok(json!({ "version": env!("CARGO_PKG_VERSION") })),
            Command::AddUser { user, password } => self.act(RequestKind::AddUser { user, password }).await,
            Command::SetPassword { operator, password } => {
                self.act(RequestKind::SetPassword { operator, password }).await
            }
            Command::DisableUser { operator } => self.act(RequestKind::DisableUser { operator }).await,
            Command::Users => Ok(self.users()),
            Command::Operators => Ok(self.operators()),
            Command::Trunks => Ok(self.trunks()),
            Command::Hours => Ok(self.hours()),
            Command::Switch(switch) => self.switch(switch).await,
            Command::ConfirmHoliday { calendar, holiday } => self.confirm_holiday(calendar, holiday).await,
            Command::Rota { week } => Ok(self.rota(week)),
            Command::SetRota { operator, rota } => self.act(RequestKind::SetRota { operator, rota }).await,
            Command::Calls { limit } => self.calls(limit).await,
            Command::Load { weeks } => self.load(weeks).await,
            Command::Trace { journey } => self.trace(journey),
            Command::OweCarrierCall { caller, dialled, began, lasted_s } => {
                self.act(RequestKind::OweCarrierCall { caller, dialled, began, lasted_s }).await
            }
            Command::Reconcile => self.reconcile().await,
        }
    }

    /// Whether an engine takes calls behind this.
    pub(super) fn is_live(&self) -> bool {
        match self.seat {
            Seat::Kept(_) => true,
            Seat::OnDemand { .. } => false,
        }
    }

    pub(super) async fn act(&self, kind: RequestKind) -> Result<Value, String> {
        let request = Request { by: None, kind };
        let answer = self.running.engine.ask(Ask::Act(request)).await;
        answer.map(|_| Value::Null).map_err(|error| error.to_string())
    }

    fn users(&self) -> Value {
        let (board, _) = self.running.committed.board();
        let row = |account: &routing::Account| {
            json!({
                "operator": account.user.operator,
                "name": account.user.name,
                "roles": account.user.roles,
                "skills": account.user.skills,
                "disabled": account.disabled,
            })
        };
        board.accounts().map(row).collect()
    }

    fn operators(&self) -> Value {
        let (board, _) = self.running.committed.board();
        let row = |(operator, work): (&OperatorId, &routing::Operator)| {
            let state = serde_json::to_value(&work.state).unwrap_or_default();
            json!({ "operator": operator, "state": state["state"], "reason": work.reason, "since": work.since })
        };
        board.operators().map(row).collect()
    }

    fn trunks(&self) -> Value {
        let (board, _) = self.running.committed.board();
        let now = self.running.clock.now().utc;
        let row = |(name, used): (&str, &routing::TrunkUse)| {
            let (state, since, reason) = match used.health() {
                Some((up, since, reason)) => (if up { "up" } else { "down" }, Some(since), Some(reason)),
                None => ("unknown", None, None),
            };
            json!({
                "trunk": name,
                "state": state,
                "reason": reason,
                "since": since,
                "calls": used.channels(),
                "placed_in_hour": used.calls_in_hour(now),
                "minutes_today": used.minutes(now).values().sum::<u32>(),
            })
        };
        board.trunks().map(row).collect()
    }

    fn trace(&self, journey: JourneyId) -> Result<Value, String> {
        let ladder = self.running.traces.lock().unwrap_or_else(PoisonError::into_inner).ladder(journey);
        let ladder = ladder.ok_or_else(|| {
            format!("{journey} is not remembered: a running engine keeps the ladders of its last 10,000 journeys")
        })?;
        serde_json::to_value(ladder).map_err(|error| error.to_string())
    }

    async fn calls(&self, limit: u32) -> Result<Value, String> {
        let reader = self.database().await?.reader();
        let filter = CallFilter { synthetic: true, ..CallFilter::default() };
        let limit = u16::try_from(limit).unwrap_or(u16::MAX);
        let page = reader.calls(&filter, None, limit).await.map_err(|error| chain(&error))?;
        Ok(page.calls.iter().map(call).collect())
    }

    async fn load(&self, weeks: u32) -> Result<Value, String> {
        let load = self.database().await?.reader().load(weeks).await.map_err(|error| chain(&error))?;
        let hour = |hour: &store::LoggedHour| json!([hour.weekday, hour.hour, hour.calls]);
        Ok(json!({
            "weeks": load.weeks,
            "hours": load.hours.iter().map(hour).collect::<Vec<_>>(),
            "conversations": load.conversations,
            "handling_s": load.handling_s,
        }))
    }

    async fn reconcile(&self) -> Result<Value, String> {
        let database = self.database().await?;
        let last = self.running.committed.seq();
        let caught_up = timeout(CATCH_UP, self.caught_up(&database, last)).await;
        caught_up.map_err(|_| "the database has not caught up with the journal in 30 s; try again".to_owned())??;
        let mut reconciler = database.reconciler().await.map_err(|error| chain(&error))?;
        let mut reader = journal::Reader::new(DirStorage::reader(&self.running.data.journal()), 1);
        while reader.next() <= last {
            let entries = tokio::task::block_in_place(|| reader.read(last, 1000)).map_err(|error| chain(&error))?;
            for (seq, bytes) in entries {
                reconciler.record(&record(seq, &bytes).map_err(|error| error.to_string())?);
            }
        }
        Ok(report(&reconciler.finish()))
    }

    async fn caught_up(&self, database: &store::Database, last: u64) -> Result<(), String> {
        let reader = database.reader();
        while reader.position().await.map_err(|error| chain(&error))? < last {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn database(&self) -> Result<store::Database, String> {
        match &self.seat {
            Seat::Kept(seat) => {
                let database = seat.borrow().clone();
                database.ok_or_else(|| "Postgres is away; the engine brings it back, try again in a moment".to_owned())
            }
            Seat::OnDemand { database, session } => {
                let mut session = session.lock().await;
                if session.is_none() {
                    *session = Some(self.bring_up(database).await.map_err(|error| chain(error.as_ref()))?);
                }
                session.as_ref().map(|session| session.database.clone()).ok_or_else(String::new)
            }
        }
    }

    async fn bring_up(&self, database: &config::Database) -> Result<Session, crate::run::StartError> {
        let session = Session::open(database, self.running.data.path()).await?;
        let mut follower = Follower::begin(&session.database, &self.running.data.journal()).await?;
        follower.catch_up(self.running.committed.seq()).await?;
        Ok(session)
    }
}

fn call(call: &store::Call) -> Value {
    json!({
        "journey": call.journey,
        "opened": call.opened,
        "ended": call.ended,
        "caller": call.caller,
        "dialled": call.dialled,
        "service": call.service,
        "synthetic": call.synthetic,
        "open": call.open,
        "language": call.language,
        "topic": call.topic,
        "danger": call.danger,
        "operator": call.operator,
        "wait_ms": call.wait_ms,
        "talk_ms": call.talk_ms,
        "cause": call.cause,
        "outcome": call.outcome,
        "obligation": call.obligation,
    })
}

fn report(found: &Reconciliation) -> Value {
    let counts = format!(
        "journal at record {}, tables at {}: {} journeys ({} ended), {} obligations ({} owed)",
        found.journal, found.position, found.journeys, found.ended, found.obligations, found.owed
    );
    let lines: Vec<&String> = std::iter::once(&counts).chain(&found.differences).collect();
    json!({
        "clean": found.clean,
        "journal": found.journal,
        "position": found.position,
        "journeys": found.journeys,
        "ended": found.ended,
        "obligations": found.obligations,
        "owed": found.owed,
        "lines": lines,
    })
}
