use std::collections::BTreeMap;

use base::{JourneyId, ObligationId, OperatorId, Timestamp};
use routing::{Event, Reason, Record};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use super::touched;
use crate::StoreError;

/// A row of `helpline.attempts`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempt {
    attempt: JourneyId,
    seq: u64,
    obligation: ObligationId,
    operator: OperatorId,
    opened: Timestamp,
    given: bool,
    trunk: Option<String>,
    rang: Option<Timestamp>,
    answered: Option<Timestamp>,
    failed: Option<Reason>,
    ended: Option<Timestamp>,
}

/// Folds a batch into the attempts that it speaks of.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let touched = touched(records, changed);
    if touched.is_empty() {
        return Ok(());
    }
    let mut attempts = load(tx, &touched).await?;
    records.iter().for_each(|row| apply(&mut attempts, &row.record));
    save(tx, attempts.into_values().collect()).await
}

/// `Answered` and `Ended` are said of calls that came in too: these are no attempts, and load nothing.
fn changed(event: &Event) -> Option<JourneyId> {
    if let Event::AttemptOpened { attempt, .. }
    | Event::AttemptDialled { attempt, .. }
    | Event::AttemptRinging { attempt, .. }
    | Event::AttemptFailed { attempt, .. }
    | Event::Answered { journey: attempt, .. }
    | Event::Ended { journey: attempt, .. } = event
    {
        return Some(*attempt);
    }
    None
}

fn apply(attempts: &mut BTreeMap<JourneyId, Attempt>, record: &Record) {
    if let Event::AttemptOpened { attempt, obligation, operator, given, .. } = &record.event {
        let row = Attempt {
            attempt: *attempt,
            seq: record.seq,
            obligation: *obligation,
            operator: operator.clone(),
            opened: record.utc,
            given: *given,
            trunk: None,
            rang: None,
            answered: None,
            failed: None,
            ended: None,
        };
        attempts.insert(*attempt, row);
    } else if let Some(row) = changed(&record.event).and_then(|id| attempts.get_mut(&id)) {
        row.apply(record);
    }
}

impl Attempt {
    fn apply(&mut self, record: &Record) {
        if let Event::AttemptDialled { trunk, .. } = &record.event {
            (self.trunk, self.failed) = (Some(trunk.clone()), None);
        }
        if let Event::AttemptRinging { .. } = &record.event {
            self.rang = self.rang.or(Some(record.utc));
        }
        if let Event::AttemptFailed { reason, .. } = &record.event {
            self.failed = Some(reason.clone());
        }
        if let Event::Answered { .. } = &record.event {
            self.answered = Some(record.utc);
        }
        if let Event::Ended { .. } = &record.event {
            self.ended = Some(record.utc);
        }
    }
}

async fn load(tx: &mut Transaction<'_, Postgres>, ids: &[String]) -> Result<BTreeMap<JourneyId, Attempt>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT to_jsonb(a) AS "row!: Json<Attempt>" FROM helpline.attempts a WHERE attempt = ANY($1)"#,
        ids,
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::database("load attempts"))?;
    Ok(rows.into_iter().map(|Json(attempt)| (attempt.attempt, attempt)).collect())
}

async fn save(tx: &mut Transaction<'_, Postgres>, attempts: Vec<Attempt>) -> Result<(), StoreError> {
    if attempts.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO helpline.attempts SELECT * FROM jsonb_populate_recordset(NULL::helpline.attempts, $1)
         ON CONFLICT (attempt) DO UPDATE SET
            trunk = EXCLUDED.trunk, rang = EXCLUDED.rang, answered = EXCLUDED.answered, failed = EXCLUDED.failed, ended = EXCLUDED.ended",
        Json(attempts) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save attempts"))?;
    Ok(())
}
