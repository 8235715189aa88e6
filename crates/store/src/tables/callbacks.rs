use base::{ObligationId, OperatorId, Timestamp};
use routing::{Event, HoldList, OfferOutcome, Reason, Record};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};
use std::collections::BTreeMap;

use super::events::Readable;
use super::touched;
use crate::StoreError;
use crate::utc::whole_us;

/// A row of `helpline.callbacks`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Callback {
    obligation: ObligationId,
    due: Option<Timestamp>,
    since: Option<Timestamp>,
    priority: Option<u8>,
    plan_reason: Option<Reason>,
    list: Option<HoldList>,
    list_reason: Option<Reason>,
    list_by: Option<OperatorId>,
    claimed_by: Option<OperatorId>,
}

/// Folds a batch into the plans that it speaks of.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let touched = touched(records, changed);
    if touched.is_empty() {
        return Ok(());
    }
    let mut callbacks = load(tx, &touched).await?;
    records.iter().for_each(|row| apply(&mut callbacks, &row.record));
    save(tx, callbacks.into_values().collect()).await
}

fn changed(event: &Event) -> Option<ObligationId> {
    if let Event::CallbackPlanned { obligation, .. }
    | Event::CallbackHeld { obligation, .. }
    | Event::CallbackClaimed { obligation, .. }
    | Event::CallbackOfferEnded { obligation, .. } = event
    {
        return Some(*obligation);
    }
    None
}

fn apply(callbacks: &mut BTreeMap<ObligationId, Callback>, record: &Record) {
    let Some(obligation) = changed(&record.event) else { return };
    let row = callbacks.entry(obligation).or_insert_with(|| Callback::new(obligation));
    if let Event::CallbackPlanned { due, priority, since, reason, .. } = &record.event {
        let claimed_by = row.claimed_by.take();
        *row = Callback {
            due: Some(whole_us(*due)),
            since: Some(whole_us(*since)),
            priority: Some(*priority),
            plan_reason: Some(reason.clone()),
            claimed_by,
            ..Callback::new(obligation)
        };
    }
    if let Event::CallbackHeld { list, reason, by, .. } = &record.event {
        let (list, list_reason, list_by) = (Some(*list), Some(reason.clone()), by.clone());
        *row = Callback { list, list_reason, list_by, ..Callback::new(obligation) };
    }
    if let Event::CallbackClaimed { operator, .. } = &record.event {
        row.claimed_by = Some(operator.clone());
    }
    if let Event::CallbackOfferEnded { outcome: OfferOutcome::Accepted, .. } = &record.event {
        row.claimed_by = None;
    }
}

impl Callback {
    fn new(obligation: ObligationId) -> Self {
        Callback {
            obligation,
            due: None,
            since: None,
            priority: None,
            plan_reason: None,
            list: None,
            list_reason: None,
            list_by: None,
            claimed_by: None,
        }
    }
}

async fn load(
    tx: &mut Transaction<'_, Postgres>,
    ids: &[String],
) -> Result<BTreeMap<ObligationId, Callback>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT to_jsonb(c) AS "row!: Json<Callback>" FROM helpline.callbacks c WHERE obligation = ANY($1)"#,
        ids,
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::database("load callbacks"))?;
    Ok(rows.into_iter().map(|Json(callback)| (callback.obligation, callback)).collect())
}

async fn save(tx: &mut Transaction<'_, Postgres>, callbacks: Vec<Callback>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO helpline.callbacks SELECT * FROM jsonb_populate_recordset(NULL::helpline.callbacks, $1)
         ON CONFLICT (obligation) DO UPDATE SET
            due = EXCLUDED.due, since = EXCLUDED.since, priority = EXCLUDED.priority, plan_reason = EXCLUDED.plan_reason,
            list = EXCLUDED.list, list_reason = EXCLUDED.list_reason, list_by = EXCLUDED.list_by, claimed_by = EXCLUDED.claimed_by",
        Json(callbacks) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save callbacks"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use base::{Boot, NodeId};

    use super::*;

    /// A try that was planned for a quarter of an hour after the last one had nanoseconds: `reconcile` found it a microsecond off in Postgres,
    /// which rounds the text of a moment.
    #[test]
    fn a_plan_with_nanoseconds_is_cut_to_what_postgres_keeps() {
        let obligation = ObligationId::new(NodeId(1), Boot(1), 1);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (due, since) = (at("2026-11-23T01:15:00.123456789Z"), at("2026-11-23T01:00:00.9999999Z"));
        let (until, reason) = (at("2026-11-23T12:30:00Z"), Reason::new("busy"));
        let event = Event::CallbackPlanned { obligation, due, until, priority: 6, since, reason };
        let record = Record { seq: 1, utc: since, node: NodeId(1), boot: Boot(1), event };
        let mut rows = BTreeMap::new();
        apply(&mut rows, &record);
        let row = &rows[&obligation];
        assert_eq!(row.due, Some(at("2026-11-23T01:15:00.123456Z")));
        assert_eq!(row.since, Some(at("2026-11-23T01:00:00.999999Z")));
    }
}
