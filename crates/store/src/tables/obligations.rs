use std::collections::BTreeMap;

use base::{JourneyId, ObligationId, OperatorId, PersonId, Timestamp};
use routing::{Event, ObligationKind, Reason, Record};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use super::touched;
use crate::StoreError;

/// A row of `helpline.obligations`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Obligation {
    obligation: ObligationId,
    seq: u64,
    opened: Timestamp,
    journey: JourneyId,
    person: Option<PersonId>,
    kind: ObligationKind,
    state: State,
    reason: Reason,
    operator: Option<OperatorId>,
    changed: Timestamp,
    changed_seq: u64,
    discharged_by: Option<OperatorId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    InHand,
    Discharged,
}

/// Folds a batch into the obligations that it speaks of, and notes which journeys they belong to.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let touched = touched(records, changed);
    if touched.is_empty() {
        return Ok(());
    }
    let mut obligations = load(tx, &touched).await?;
    records.iter().for_each(|row| apply(&mut obligations, &row.record));
    save(tx, obligations.into_values().collect()).await?;
    link(tx, records.iter().filter_map(|row| linked(&row.record.event)).collect()).await
}

/// The obligation whose row an event changes.
fn changed(event: &Event) -> Option<ObligationId> {
    if let Event::ObligationOpened { obligation, .. }
    | Event::ObligationInHand { obligation, .. }
    | Event::ObligationReopened { obligation, .. }
    | Event::ObligationDischarged { obligation, .. } = event
    {
        return Some(*obligation);
    }
    linked(event).map(|(obligation, _)| obligation)
}

/// The obligation and the journey that an event brings together.
fn linked(event: &Event) -> Option<(ObligationId, JourneyId)> {
    if let Event::ObligationOpened { obligation, journey, .. }
    | Event::ObligationJoined { obligation, journey, .. }
    | Event::ObligationInHand { obligation, journey, .. } = event
    {
        return Some((*obligation, *journey));
    }
    None
}

fn apply(obligations: &mut BTreeMap<ObligationId, Obligation>, record: &Record) {
    if let Some(obligation) = opened(record) {
        obligations.insert(obligation.obligation, obligation);
    } else if let Some(obligation) = changed(&record.event).and_then(|id| obligations.get_mut(&id)) {
        obligation.apply(record);
    }
}

fn opened(record: &Record) -> Option<Obligation> {
    let Event::ObligationOpened { obligation, journey, person, kind, reason, .. } = &record.event else { return None };
    Some(Obligation {
        obligation: *obligation,
        seq: record.seq,
        opened: record.utc,
        journey: *journey,
        person: *person,
        kind: *kind,
        state: State::Open,
        reason: reason.clone(),
        operator: None,
        changed: record.utc,
        changed_seq: record.seq,
        discharged_by: None,
    })
}

impl Obligation {
    fn apply(&mut self, record: &Record) {
        if let Event::ObligationInHand { operator, .. } = &record.event {
            self.change(State::InHand, record);
            self.operator = Some(operator.clone());
        }
        if let Event::ObligationReopened { reason, .. } = &record.event {
            self.change(State::Open, record);
            self.reason = reason.clone();
        }
        if let Event::ObligationDischarged { reason, by, .. } = &record.event {
            self.change(State::Discharged, record);
            self.reason = reason.clone();
            self.discharged_by = by.clone();
        }
    }

    fn change(&mut self, state: State, record: &Record) {
        (self.state, self.changed, self.changed_seq) = (state, record.utc, record.seq);
    }
}

async fn load(
    tx: &mut Transaction<'_, Postgres>,
    ids: &[String],
) -> Result<BTreeMap<ObligationId, Obligation>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT to_jsonb(o) AS "row!: Json<Obligation>" FROM helpline.obligations o WHERE obligation = ANY($1)"#,
        ids,
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::database("load obligations"))?;
    Ok(rows.into_iter().map(|Json(obligation)| (obligation.obligation, obligation)).collect())
}

async fn save(tx: &mut Transaction<'_, Postgres>, obligations: Vec<Obligation>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO helpline.obligations SELECT * FROM jsonb_populate_recordset(NULL::helpline.obligations, $1)
         ON CONFLICT (obligation) DO UPDATE SET
            state = EXCLUDED.state, reason = EXCLUDED.reason, operator = EXCLUDED.operator, changed = EXCLUDED.changed,
            changed_seq = EXCLUDED.changed_seq,            discharged_by = EXCLUDED.discharged_by",
        Json(obligations) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save obligations"))?;
    Ok(())
}

async fn link(tx: &mut Transaction<'_, Postgres>, pairs: Vec<(ObligationId, JourneyId)>) -> Result<(), StoreError> {
    let (obligations, journeys): (Vec<String>, Vec<String>) =
        pairs.iter().map(|(obligation, journey)| (obligation.to_string(), journey.to_string())).unzip();
    sqlx::query!(
        "INSERT INTO helpline.obligation_journeys (obligation, journey)
         SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING",
        &obligations,
        &journeys,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("link obligations to journeys"))?;
    Ok(())
}
