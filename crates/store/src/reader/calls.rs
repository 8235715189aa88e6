use base::{Boot, JourneyId, NodeId, OperatorId, Timestamp};
use routing::{Event, Record};
use serde::Deserialize;
use serde_json::Value;

use super::{Cursor, Reader, cut_page, id};
use crate::StoreError;
use crate::utc::Utc;

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
    /// The same as they were written, for [`routing::explain`]; one that a later release wrote is left out.
    pub records: Vec<Record>,
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

/// A row of the view `helpline.calls`.
struct Row {
    seq: i64,
    journey: String,
    opened: Utc,
    ended: Option<Utc>,
    caller: String,
    dialled: String,
    service: String,
    synthetic: bool,
    open: bool,
    language: Option<String>,
    topic: Option<String>,
    danger: bool,
    operator: Option<String>,
    wait_ms: Option<i64>,
    talk_ms: Option<i64>,
    cause: Option<String>,
    outcome: Option<String>,
    obligation: Option<String>,
}

impl Row {
    fn into_call(self) -> Result<Call, StoreError> {
        Ok(Call {
            journey: id(&self.journey)?,
            opened: self.opened.0,
            ended: self.ended.map(|utc| utc.0),
            caller: self.caller,
            dialled: self.dialled,
            service: self.service,
            synthetic: self.synthetic,
            open: self.open,
            language: self.language,
            topic: self.topic,
            danger: self.danger,
            operator: self.operator.map(OperatorId),
            wait_ms: self.wait_ms,
            talk_ms: self.talk_ms,
            cause: self.cause,
            outcome: self.outcome,
            obligation: self.obligation,
        })
    }
}

impl Reader {
    /// A page of calls, newest first, at most `limit` of them.
    pub async fn calls(&self, filter: &CallFilter, after: Option<Cursor>, limit: u16) -> Result<CallPage, StoreError> {
        let mut rows = self.call_rows(filter, after, i64::from(limit) + 1).await?;
        let next = cut_page(&mut rows, limit, |row| row.seq);
        let calls = rows.into_iter().map(Row::into_call).collect::<Result<_, _>>()?;
        Ok(CallPage { calls, next })
    }

    async fn call_rows(&self, filter: &CallFilter, after: Option<Cursor>, limit: i64) -> Result<Vec<Row>, StoreError> {
        sqlx::query_as!(
            Row,
            r#"SELECT seq AS "seq!", journey AS "journey!", opened AS "opened!: Utc", ended AS "ended: Utc", caller AS "caller!",
                dialled AS "dialled!", service AS "service!", synthetic AS "synthetic!", open AS "open!", language, topic,
                danger AS "danger!", operator, wait_ms, talk_ms, cause, outcome, obligation
            FROM helpline.calls
            WHERE ($1::bigint IS NULL OR seq < $1)
                AND ($2::timestamptz IS NULL OR opened >= $2)
                AND ($3::timestamptz IS NULL OR opened < $3)
                AND ($4::text IS NULL OR cause = $4)
                AND ($5::text IS NULL OR outcome = $5)
                AND ($6::text IS NULL OR language = $6)
                AND ($7::text IS NULL OR operator = $7)
                AND ($8::text IS NULL OR obligation = $8)
                AND ($9 OR NOT synthetic)
            ORDER BY seq DESC
            LIMIT $10"#,
            after.map(|cursor| cursor.0),
            filter.from.map(Utc) as _,
            filter.to.map(Utc) as _,
            filter.cause.as_deref(),
            filter.outcome.as_deref(),
            filter.language.as_deref(),
            filter.operator.as_ref().map(|operator| operator.0.as_str()),
            filter.obligation.as_deref(),
            filter.synthetic,
            limit,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::database("read the call log"))
    }

    /// One journey with its steps; none: no such journey (or not folded yet).
    pub async fn call(&self, journey: JourneyId) -> Result<Option<CallDetail>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT seq AS "seq!", journey AS "journey!", opened AS "opened!: Utc", ended AS "ended: Utc", caller AS "caller!",
                dialled AS "dialled!", service AS "service!", synthetic AS "synthetic!", open AS "open!", language, topic,
                danger AS "danger!", operator, wait_ms, talk_ms, cause, outcome, obligation
            FROM helpline.calls
            WHERE journey = $1"#,
            journey.to_string(),
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::database("read a call"))?;
        match row {
            Some(row) => {
                let (steps, records) = self.steps(journey).await?;
                Ok(Some(CallDetail { call: row.into_call()?, steps, records }))
            }
            None => Ok(None),
        }
    }

    /// What was written of a journey, and of its obligations where no journey is named. Sealed bytes do not leave Postgres.
    async fn steps(&self, journey: JourneyId) -> Result<(Vec<Step>, Vec<Record>), StoreError> {
        let rows = sqlx::query!(
            r#"SELECT seq, utc AS "utc: Utc", node, boot, type AS event, body,
                (body #- '{caller,number}' #- '{caller,person}') - ARRAY['type', 'person', 'dialog'] AS "detail!"
            FROM helpline.events
            WHERE journey = $1 OR (journey IS NULL AND obligation IN (
                SELECT obligation FROM helpline.obligation_journeys WHERE journey = $1
                UNION SELECT obligation FROM helpline.attempts WHERE attempt = $1
            ))
            ORDER BY seq"#,
            journey.to_string(),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::database("read the steps of a call"))?;
        let mut told = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in rows {
            let (seq, utc) = (row.seq.unsigned_abs(), row.utc.0);
            let node = NodeId(u16::try_from(row.node).unwrap_or_default());
            let boot = Boot(u32::try_from(row.boot).unwrap_or_default());
            told.1.extend(Event::deserialize(row.body).ok().map(|event| Record { seq, utc, node, boot, event }));
            told.0.push(Step { seq, utc, event: row.event, detail: row.detail });
        }
        Ok(told)
    }
}
