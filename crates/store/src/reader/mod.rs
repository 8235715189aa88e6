mod calls;
mod load;
mod obligations;

use std::fmt;
use std::str::FromStr;

use base::{Id, Kind};
use sqlx::postgres::PgPool;

pub use calls::{Call, CallDetail, CallFilter, CallPage, Step};
pub use load::{LoggedHour, LoggedLoad};
pub use obligations::{Obligation, ObligationFilter, ObligationPage, Standing};

use crate::StoreError;

/// Answers the pages' questions.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: PgPool,
}

impl Reader {
    pub(crate) fn new(pool: PgPool) -> Self {
        Reader { pool }
    }

    /// The number of the last record folded: how far what is read here has come.
    pub async fn position(&self) -> Result<u64, StoreError> {
        crate::projector::position(&self.pool).await
    }

    /// How many callers were lost, by the figure's definition; must be 0.
    pub async fn lost_callers(&self) -> Result<u64, StoreError> {
        let count = sqlx::query_scalar!("SELECT count(*) FROM helpline.lost_callers").fetch_one(&self.pool).await;
        let count = count.map_err(|error| StoreError::database("count lost callers")(error))?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }
}

/// A place in a list: the page hands it back as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(i64);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Cursor)
    }
}

/// Asks for one row more than the page holds: whether it comes says whether there is a next page.
fn cut_page<T>(rows: &mut Vec<T>, limit: u16, place: impl Fn(&T) -> i64) -> Option<Cursor> {
    let more = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    rows.last().filter(|_| more).map(|row| Cursor(place(row)))
}

fn id<K: Kind>(text: &str) -> Result<Id<K>, StoreError> {
    text.parse().map_err(|error| StoreError::database("read an id")(sqlx::Error::Decode(Box::new(error))))
}
