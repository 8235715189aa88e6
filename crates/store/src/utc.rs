use base::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};

/// A moment as Postgres keeps it (timestamptz): microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Utc(pub(crate) Timestamp);

/// Postgres counts from 2000-01-01.
const EPOCH_US: i64 = 946_684_800_000_000;

const TIMESTAMPTZ: PgTypeInfo = PgTypeInfo::with_oid(Oid(1184));
const TIMESTAMPTZ_ARRAY: PgTypeInfo = PgTypeInfo::with_oid(Oid(1185));

impl Type<Postgres> for Utc {
    fn type_info() -> PgTypeInfo {
        TIMESTAMPTZ
    }
}

impl PgHasArrayType for Utc {
    fn array_type_info() -> PgTypeInfo {
        TIMESTAMPTZ_ARRAY
    }
}

/// A moment cut to what Postgres keeps, for rows that go there as JSON: a text with nanoseconds would be rounded.
pub(crate) fn whole_us(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

impl Encode<'_, Postgres> for Utc {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&(self.0.as_microsecond() - EPOCH_US), buf)
    }
}

impl Decode<'_, Postgres> for Utc {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let since_2000: i64 = Decode::<Postgres>::decode(value)?;
        let microsecond = since_2000.checked_add(EPOCH_US).ok_or("a moment out of range")?;
        Ok(Utc(Timestamp::from_microsecond(microsecond)?))
    }
}
