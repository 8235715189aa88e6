use std::collections::BTreeMap;

use base::{JourneyId, ObligationId, OfferId, OperatorId, Timestamp};
use routing::{Event, OfferOutcome, Record, WithdrawReason};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use super::touched;
use crate::StoreError;

/// A row of `helpline.offers`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    offer: OfferId,
    seq: u64,
    journey: Option<JourneyId>,
    operator: OperatorId,
    offered: Timestamp,
    until: Timestamp,
    ended: Option<Timestamp>,
    how: Option<String>,
    why: Option<WithdrawReason>,
    /// What is owed, where the ring is for a callback.
    obligation: Option<ObligationId>,
}

/// Folds a batch into the offers that it speaks of.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let touched = touched(records, changed);
    if touched.is_empty() {
        return Ok(());
    }
    let mut offers = load(tx, &touched).await?;
    records.iter().for_each(|row| apply(&mut offers, &row.record));
    save(tx, offers.into_values().collect()).await
}

fn changed(event: &Event) -> Option<OfferId> {
    if let Event::Offered { offer, .. }
    | Event::OfferEnded { offer, .. }
    | Event::CallbackOffered { offer, .. }
    | Event::CallbackOfferEnded { offer, .. } = event
    {
        return Some(*offer);
    }
    None
}

fn apply(offers: &mut BTreeMap<OfferId, Offer>, record: &Record) {
    if let Some(row) = begun(record) {
        offers.insert(row.offer, row);
    }
    if let Event::OfferEnded { offer, outcome, .. } | Event::CallbackOfferEnded { offer, outcome, .. } = &record.event
        && let Some(row) = offers.get_mut(offer)
    {
        let (how, why) = words(*outcome);
        (row.ended, row.how, row.why) = (Some(record.utc), Some(how.to_owned()), why);
    }
}

fn begun(record: &Record) -> Option<Offer> {
    let (offer, journey, obligation, operator, until) =
        if let Event::Offered { offer, journey, operator, until, .. } = &record.event {
            (offer, Some(*journey), None, operator, until)
        } else if let Event::CallbackOffered { offer, obligation, operator, until } = &record.event {
            (offer, None, Some(*obligation), operator, until)
        } else {
            return None;
        };
    Some(Offer {
        offer: *offer,
        seq: record.seq,
        journey,
        operator: operator.clone(),
        offered: record.utc,
        until: *until,
        ended: None,
        how: None,
        why: None,
        obligation,
    })
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
