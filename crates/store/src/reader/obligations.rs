use base::{JourneyId, ObligationId, Timestamp};

use super::{Cursor, Reader, cut_page, id};
use crate::StoreError;
use crate::utc::Utc;

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

/// A row of the view `helpline.owed`.
struct Row {
    seq: i64,
    obligation: String,
    state: String,
    kind: String,
    opened: Utc,
    journey: String,
    journeys: i64,
    caller: String,
    language: Option<String>,
    topic: Option<String>,
    reason: String,
}

impl Row {
    fn into_obligation(self) -> Result<Obligation, StoreError> {
        Ok(Obligation {
            obligation: id(&self.obligation)?,
            state: self.state,
            kind: self.kind,
            opened: self.opened.0,
            journey: id(&self.journey)?,
            journeys: u32::try_from(self.journeys).unwrap_or(u32::MAX),
            caller: self.caller,
            language: self.language,
            topic: self.topic,
            reason: self.reason,
        })
    }
}

impl Reader {
    /// A page of obligations, oldest first, at most `limit` of them.
    pub async fn obligations(
        &self,
        filter: &ObligationFilter,
        after: Option<Cursor>,
        limit: u16,
    ) -> Result<ObligationPage, StoreError> {
        let mut rows = sqlx::query_as!(
            Row,
            r#"SELECT seq AS "seq!", obligation AS "obligation!", state AS "state!", kind AS "kind!", opened AS "opened!: Utc",
                journey AS "journey!", journeys AS "journeys!", caller AS "caller!", language, topic, reason AS "reason!"
            FROM helpline.owed
            WHERE ($1::bigint IS NULL OR seq > $1) AND ($2::text IS NULL OR state = $2)
            ORDER BY seq
            LIMIT $3"#,
            after.map(|cursor| cursor.0),
            filter.state.as_deref(),
            i64::from(limit) + 1,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::database("read the obligations"))?;
        let next = cut_page(&mut rows, limit, |row| row.seq);
        let obligations = rows.into_iter().map(Row::into_obligation).collect::<Result<_, _>>()?;
        Ok(ObligationPage { obligations, next })
    }

    /// How many obligations are not discharged.
    pub async fn open_obligations(&self) -> Result<u64, StoreError> {
        let count =
            sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM helpline.obligations WHERE state <> 'discharged'"#)
                .fetch_one(&self.pool)
                .await
                .map_err(StoreError::database("count the open obligations"))?;
        Ok(count.unsigned_abs())
    }
}
