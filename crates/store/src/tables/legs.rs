use base::{JourneyId, LegId, Timestamp};
use routing::{Event, LegRole, Record};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use crate::StoreError;

/// A row of `helpline.legs`, column by column.
#[derive(Clone, Debug, Serialize)]
struct Leg {
    journey: JourneyId,
    leg: LegId,
    role: LegRole,
    measured: Timestamp,
    received: u64,
    lost: u64,
    sent: u64,
    jitter_ms: f32,
    rtt_ms: Option<f32>,
    mos: Option<f32>,
    far_lost: Option<u64>,
    far_jitter_ms: Option<f32>,
    far_mos: Option<f32>,
}

/// Keeps what a batch says about media; the first word on a leg in a journey stays.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let legs: Vec<Leg> = records.iter().filter_map(|row| measured(&row.record)).collect();
    if legs.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO helpline.legs SELECT * FROM jsonb_populate_recordset(NULL::helpline.legs, $1) ON CONFLICT DO NOTHING",
        Json(legs) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save the quality of legs"))?;
    Ok(())
}

fn measured(record: &Record) -> Option<Leg> {
    let Event::LegMeasured { journey, leg, role, quality } = &record.event else { return None };
    Some(Leg {
        journey: *journey,
        leg: *leg,
        role: *role,
        measured: record.utc,
        received: quality.received,
        lost: quality.lost,
        sent: quality.sent,
        // JSON has no NaN and no infinity.
        jitter_ms: if quality.jitter_ms.is_finite() { quality.jitter_ms } else { 0.0 },
        rtt_ms: quality.rtt_ms.filter(|it| it.is_finite()),
        mos: quality.mos.filter(|it| it.is_finite()),
        far_lost: quality.far_lost,
        far_jitter_ms: quality.far_jitter_ms.filter(|it| it.is_finite()),
        far_mos: quality.far_mos.filter(|it| it.is_finite()),
    })
}
