//! How much there is to do by hour of the week, in China's time: what staffing is reckoned from.

use super::Reader;
use crate::StoreError;

/// What the log says of the last weeks.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedLoad {
    /// Over how many weeks; a log that is younger counts from its first call.
    pub weeks: f64,
    /// Hours in which anyone stood in line, with how many did in all those weeks.
    pub hours: Vec<LoggedHour>,
    /// Conversations, those of callbacks too,
    pub conversations: u64,
    /// and how long talk, hold and wrap-up of one are on average; none: there were none.
    pub handling_s: Option<f64>,
}

/// An hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedHour {
    /// 1 is Monday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// Calls that stood in line.
    pub calls: u64,
}

impl Reader {
    /// Calls that stood in line in the last `weeks`, and how long operators were busy with one.
    pub async fn load(&self, weeks: u32) -> Result<LoggedLoad, StoreError> {
        let weeks = i32::try_from(weeks).unwrap_or(i32::MAX);
        let failed = StoreError::database("read the load");
        let rows = sqlx::query!(
            r#"SELECT extract(isodow FROM opened AT TIME ZONE 'Asia/Shanghai')::int AS "weekday!",
                extract(hour FROM opened AT TIME ZONE 'Asia/Shanghai')::int AS "hour!", count(*) AS "calls!"
            FROM helpline.journeys, helpline.clock
            WHERE NOT synthetic AND attempt_of IS NULL AND queue IS NOT NULL AND opened >= now - make_interval(weeks => $1)
            GROUP BY 1, 2
            ORDER BY 1, 2"#,
            weeks,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let sum = sqlx::query!(
            r#"SELECT least($1::int, greatest(extract(epoch FROM now - min(opened)) / 604800, 1))::float8 AS "weeks",
                count(*) FILTER (WHERE talk_ms IS NOT NULL) AS "conversations!",
                (avg(talk_ms / 1000.0 + coalesce((
                    SELECT extract(epoch FROM max(e.utc) - j.ended) FROM helpline.events e
                    WHERE e.journey = j.journey AND e.type = 'wrapped_up'
                ), 0)) FILTER (WHERE talk_ms IS NOT NULL))::float8 AS "handling_s"
            FROM helpline.journeys j, helpline.clock
            WHERE NOT synthetic AND opened >= now - make_interval(weeks => $1)
            GROUP BY now"#,
            weeks,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::database("read how long calls take"))?;
        let small = |number: i32| u8::try_from(number).unwrap_or_default();
        let hours = rows.into_iter().map(|row| LoggedHour {
            weekday: small(row.weekday),
            hour: small(row.hour),
            calls: row.calls.unsigned_abs(),
        });
        Ok(LoggedLoad {
            weeks: sum.as_ref().and_then(|sum| sum.weeks).unwrap_or(1.0),
            hours: hours.collect(),
            conversations: sum.as_ref().map_or(0, |sum| sum.conversations.unsigned_abs()),
            handling_s: sum.and_then(|sum| sum.handling_s),
        })
    }
}
