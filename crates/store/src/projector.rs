use routing::Record;
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};

use crate::StoreError;
use crate::tables::{attempts, callbacks, events, journeys, legs, obligations, offers, promises, users};

/// Folds committed records into tables: in order, each once, a batch a transaction.
#[derive(Clone, Debug)]
pub struct Projector {
    pool: PgPool,
}

impl Projector {
    pub(crate) fn new(pool: PgPool) -> Self {
        Projector { pool }
    }

    /// The number of the last record folded.
    pub async fn position(&self) -> Result<u64, StoreError> {
        position(&self.pool).await
    }

    /// Folds records and says how far the tables are now. Those folded before are passed over; one left out is [`StoreError::Gap`].
    pub async fn project(&mut self, records: &[Record]) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await.map_err(StoreError::database("begin a batch"))?;
        let position = lock_position(&mut tx).await?;
        let fresh = fresh_after(position, records)?;
        let Some(last) = fresh.last() else { return Ok(position) };
        fold(&mut tx, &events::readable(fresh)?).await?;
        move_position(&mut tx, last.seq).await?;
        tx.commit().await.map_err(StoreError::database("commit a batch"))?;
        Ok(last.seq)
    }
}

/// How far the tables are.
pub(crate) async fn position<'c>(executor: impl sqlx::PgExecutor<'c>) -> Result<u64, StoreError> {
    let seq = sqlx::query_scalar!("SELECT seq FROM helpline.projected")
        .fetch_one(executor)
        .await
        .map_err(StoreError::database("read how far the tables are"))?;
    Ok(seq.unsigned_abs())
}

/// The records not folded yet, which must follow on the position and on each other.
fn fresh_after(position: u64, records: &[Record]) -> Result<&[Record], StoreError> {
    let folded = records.iter().take_while(|record| record.seq <= position).count();
    let fresh = records.get(folded..).unwrap_or_default();
    match (position + 1..).zip(fresh).find(|(expected, record)| *expected != record.seq) {
        Some((expected, record)) => Err(StoreError::Gap { expected, got: record.seq }),
        None => Ok(fresh),
    }
}

async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[events::Readable]) -> Result<(), StoreError> {
    events::insert(tx, records).await?;
    journeys::fold(tx, records).await?;
    offers::fold(tx, records).await?;
    obligations::fold(tx, records).await?;
    callbacks::fold(tx, records).await?;
    attempts::fold(tx, records).await?;
    promises::fold(tx, records).await?;
    legs::fold(tx, records).await?;
    users::fold(tx, records).await
}

/// Holds the position's row to the end of the transaction: a second projector waits here.
async fn lock_position(tx: &mut Transaction<'_, Postgres>) -> Result<u64, StoreError> {
    let seq = sqlx::query_scalar!("SELECT seq FROM helpline.projected FOR UPDATE")
        .fetch_one(&mut **tx)
        .await
        .map_err(StoreError::database("lock how far the tables are"))?;
    Ok(seq.unsigned_abs())
}

async fn move_position(tx: &mut Transaction<'_, Postgres>, seq: u64) -> Result<(), StoreError> {
    sqlx::query!("UPDATE helpline.projected SET seq = $1", seq.cast_signed())
        .execute(&mut **tx)
        .await
        .map_err(StoreError::database("move how far the tables are"))?;
    Ok(())
}
