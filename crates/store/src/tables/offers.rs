use std::collections::BTreeMap;

use base::{JourneyId, OfferId, OperatorId, Timestamp};
use routing::{Event, OfferOutcome, Record, WithdrawReason};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use crate::StoreError;

/// A row of `helpline.offers`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    offer: OfferId,
    seq: u64,
    journey: JourneyId,
    operator: OperatorId,
    offered: Timestamp,
    until: Timestamp,
    ended: Option<Timestamp>,
    how: Option<String>,
    why: Option<WithdrawReason>,
}

/// Folds a batch into the offers that it speaks of.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let touched: Vec<String> =
        records.iter().filter_map(|row| changed(&row.record.event)).map(|id| id.to_string()).collect();
    if touched.is_empty() {
        return Ok(());
    }
    let mut offers = load(tx, &touched).await?;
    records.iter().for_each(|row| apply(&mut offers, &row.record));
    save(tx, offers.into_values().collect()).await
}

fn changed(event: &Event) -> Option<OfferId> {
    if let Event::Offered { offer, .. } | Event::OfferEnded { offer, .. } = event { Some(*offer) } else { None }
}

fn apply(offers: &mut BTreeMap<OfferId, Offer>, record: &Record) {
    if let Event::Offered { offer, journey, operator, until, .. } = &record.event {
        let row = Offer {
            offer: *offer,
            seq: record.seq,
            journey: *journey,
            operator: operator.clone(),
            offered: record.utc,
            until: *until,
            ended: None,
            how: None,
            why: None,
        };
        offers.insert(*offer, row);
    }
    if let Event::OfferEnded { offer, outcome, .. } = &record.event
        && let Some(row) = offers.get_mut(offer)
    {
        let (how, why) = words(*outcome);
        (row.ended, row.how, row.why) = (Some(record.utc), Some(how.to_owned()), why);
    }
}

fn words(outcome: OfferOutcome) -> (&'static str, Option<WithdrawReason>) {
    match outcome {
        OfferOutcome::Accepted => ("accepted", None),
        OfferOutcome::Declined => ("declined", None),
        OfferOutcome::NoAnswer => ("no_answer", None),
        OfferOutcome::Failed => ("failed", None),
        OfferOutcome::Withdrawn { why } => ("withdrawn", Some(why)),
    }
}

async fn load(tx: &mut Transaction<'_, Postgres>, ids: &[String]) -> Result<BTreeMap<OfferId, Offer>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT to_jsonb(o) AS "row!: Json<Offer>" FROM helpline.offers o WHERE offer = ANY($1)"#,
        ids,
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::database("load offers"))?;
    Ok(rows.into_iter().map(|Json(offer)| (offer.offer, offer)).collect())
}

async fn save(tx: &mut Transaction<'_, Postgres>, offers: Vec<Offer>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO helpline.offers SELECT * FROM jsonb_populate_recordset(NULL::helpline.offers, $1)
         ON CONFLICT (offer) DO UPDATE SET ended = EXCLUDED.ended, how = EXCLUDED.how, why = EXCLUDED.why",
        Json(offers) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save offers"))?;
    Ok(())
}
