use base::{JourneyId, ObligationId, OperatorId, PersonId, Timestamp};
use routing::{Event, NumberFlag, Reason};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use crate::StoreError;
use crate::utc::Utc;

/// A row of `helpline.promises`, column by column.
#[derive(Clone, Debug, Serialize)]
struct Promise {
    obligation: ObligationId,
    seq: u64,
    journey: JourneyId,
    made: Timestamp,
    promised: Timestamp,
    settled: Option<Timestamp>,
    kept: Option<bool>,
}

/// A row of `helpline.flags`, column by column.
#[derive(Clone, Debug, Serialize)]
struct Flag {
    person: PersonId,
    flag: NumberFlag,
    since: Timestamp,
    until: Option<Timestamp>,
    reason: Reason,
    by: Option<OperatorId>,
}

/// Applies what a batch says of promises and marks, one by one: a call says little of them.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    for row in records {
        let (seq, utc) = (row.record.seq, row.record.utc);
        if let Event::PromiseMade { obligation, journey, by } = &row.record.event {
            let (obligation, journey) = (*obligation, *journey);
            let promise = Promise { obligation, seq, journey, made: utc, promised: *by, settled: None, kept: None };
            make(tx, promise).await?;
        }
        if let Event::PromiseSettled { obligation, by, kept } = &row.record.event {
            settle(tx, *obligation, *by, *kept, utc).await?;
        }
        if let Event::NumberFlagged { person, flag, on, until, reason, by } = &row.record.event {
            let (person, flag, until) = (*person, *flag, *until);
            mark(tx, Flag { person, flag, since: utc, until, reason: reason.clone(), by: by.clone() }, *on).await?;
        }
        if let Event::NumberShared { person } = &row.record.event {
            let reason = Reason::new("two_calls_at_once");
            let flag = NumberFlag::Shared;
            mark(tx, Flag { person: *person, flag, since: utc, until: None, reason, by: None }, true).await?;
        }
    }
    Ok(())
}

async fn make(tx: &mut Transaction<'_, Postgres>, promise: Promise) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO helpline.promises SELECT * FROM jsonb_populate_record(NULL::helpline.promises, $1) ON CONFLICT DO NOTHING",
        Json(promise) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save a promise"))?;
    Ok(())
}

/// Someone may have been told several times; the word is on this one.
async fn settle(
    tx: &mut Transaction<'_, Postgres>,
    obligation: ObligationId,
    promised: Timestamp,
    kept: bool,
    utc: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE helpline.promises SET settled = $3, kept = $2
         WHERE obligation = $1 AND promised = $4 AND settled IS NULL",
        obligation.to_string(),
        kept,
        Utc(utc) as _,
        Utc(promised) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("settle a promise"))?;
    Ok(())
}

async fn mark(tx: &mut Transaction<'_, Postgres>, flag: Flag, on: bool) -> Result<(), StoreError> {
    let failed = || StoreError::database("mark a number");
    if on {
        sqlx::query!(
            "INSERT INTO helpline.flags SELECT * FROM jsonb_populate_record(NULL::helpline.flags, $1)
             ON CONFLICT (person, flag) DO UPDATE SET
                since = EXCLUDED.since, until = EXCLUDED.until, reason = EXCLUDED.reason, by = EXCLUDED.by",
            Json(flag) as _,
        )
        .execute(&mut **tx)
        .await
        .map_err(failed())?;
    } else {
        sqlx::query!(
            "DELETE FROM helpline.flags f USING jsonb_populate_record(NULL::helpline.flags, $1) g
             WHERE f.person = g.person AND f.flag = g.flag",
            Json(flag) as _,
        )
        .execute(&mut **tx)
        .await
        .map_err(failed())?;
    }
    Ok(())
}
