use base::{JourneyId, ObligationId, OperatorId, Timestamp};
use serde_json::Value;
use sqlx::postgres::PgPool;

use crate::StoreError;

/// A place in a list; text in an address. Opaque to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub(crate) i64);

/// Which calls. `Default` is all but the synthetic ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Opened at this moment or later,
    pub from: Option<Timestamp>,
    /// and before this one.
    pub to: Option<Timestamp>,
    /// [`routing::TerminalCause`] by its name on the wire (`conversed`, `abandoned` …).
    pub cause: Option<String>,
    /// `spoken`, `not_spoken`.
    pub outcome: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Who spoke with them.
    pub operator: Option<OperatorId>,
    /// `open`, `in_hand`, `discharged`.
    pub obligation: Option<String>,
    /// Probes and load too.
    pub synthetic: bool,
}

/// A page of calls, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPage {
    /// Rows.
    pub calls: Vec<Call>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// One journey as the log shows it. Words (`cause`, `outcome`, …) are those of [`routing::Event`] on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its id.
    pub journey: JourneyId,
    /// INVITE in.
    pub opened: Timestamp,
    /// None: under way.
    pub ended: Option<Timestamp>,
    /// Masked, empty when withheld.
    pub caller: String,
    /// Dialled.
    pub dialled: String,
    /// Service.
    pub service: String,
    /// Outside all figures.
    pub synthetic: bool,
    /// The calendar said open.
    pub open: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// Who spoke with them (the last, if several).
    pub operator: Option<OperatorId>,
    /// In line, milliseconds, all stays together; none: never was.
    pub wait_ms: Option<i64>,
    /// With audio both ways, milliseconds, all talks together; none: never was.
    pub talk_ms: Option<i64>,
    /// Why it ended.
    pub cause: Option<String>,
    /// What the operator said came of it.
    pub outcome: Option<String>,
    /// The most pressing of what is owed for it: `open`, `in_hand`, `discharged`; none: nothing.
    pub obligation: Option<String>,
}

/// One journey with its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct CallDetail {
    /// The row.
    pub call: Call,
    /// Oldest first.
    pub steps: Vec<Step>,
}

/// One step of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Number of the record.
    pub seq: u64,
    /// When.
    pub utc: Timestamp,
    /// [`routing::Event`]'s type on the wire.
    pub event: String,
    /// Its other fields, without anything sealed and without person ids.
    pub detail: Value,
}

/// Which obligations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObligationFilter {
    /// `open`, `in_hand`, `discharged`; none: all.
    pub state: Option<String>,
}

/// A page of obligations, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct ObligationPage {
    /// Rows.
    pub obligations: Vec<Obligation>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// One thing that we owe.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// Its id.
    pub obligation: ObligationId,
    /// `open`, `in_hand`, `discharged`.
    pub state: String,
    /// [`routing::ObligationKind`] on the wire.
    pub kind: String,
    /// When it came to be.
    pub opened: Timestamp,
    /// By which journey.
    pub journey: JourneyId,
    /// Journeys merged into it, the first included.
    pub journeys: u32,
    /// Masked, of the first journey.
    pub caller: String,
    /// BCP 47, of the first journey.
    pub language: Option<String>,
    /// By key, of the first journey.
    pub topic: Option<String>,
    /// Why it is (still, again) open, or how it was discharged.
    pub reason: String,
}

/// Answers the pages' questions.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: PgPool,
}

impl Reader {
    pub(crate) fn new(pool: PgPool) -> Self {
        Reader { pool }
    }

    /// The number of the last record folded: how far what is read here has come.
    pub async fn position(&self) -> Result<u64, StoreError> {
        let _ = &self.pool;
        Ok(0)
    }

    /// A page of calls, newest first, at most `limit` of them.
    pub async fn calls(&self, filter: &CallFilter, after: Option<Cursor>, limit: u16) -> Result<CallPage, StoreError> {
        let _ = (filter, after, limit);
        Ok(CallPage { calls: Vec::new(), next: None })
    }

    /// One journey with its steps; none: no such journey (or not folded yet).
    pub async fn call(&self, journey: JourneyId) -> Result<Option<CallDetail>, StoreError> {
        let _ = journey;
        Ok(None)
    }

    /// A page of obligations, oldest first, at most `limit` of them.
    pub async fn obligations(
        &self,
        filter: &ObligationFilter,
        after: Option<Cursor>,
        limit: u16,
    ) -> Result<ObligationPage, StoreError> {
        let _ = (filter, after, limit);
        Ok(ObligationPage { obligations: Vec::new(), next: None })
    }

    /// How many obligations are open or in hand.
    pub async fn open_obligations(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}
