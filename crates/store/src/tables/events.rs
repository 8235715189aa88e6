use routing::{Event, Record};
use serde::Deserialize;
use serde_json::Value;
use sqlx::{Postgres, Transaction};

use crate::StoreError;
use crate::utc::Utc;

/// A record in a shape that Postgres takes.
#[derive(Debug)]
pub(crate) struct Readable {
    pub(crate) record: Record,
    body: Value,
}

/// Puts records into a shape that Postgres takes: jsonb and text hold no NUL, and password hashes stay in the journal.
pub(crate) fn readable(records: &[Record]) -> Result<Vec<Readable>, StoreError> {
    records.iter().map(readable_one).collect::<Result<_, _>>().map_err(StoreError::shape("write a record as JSON"))
}

fn readable_one(record: &Record) -> Result<Readable, serde_json::Error> {
    let mut body = serde_json::to_value(&record.event)?;
    let mut record = record.clone();
    if strip_nul(&mut body) {
        record.event = Event::deserialize(&body)?;
    }
    if let Some(fields) = body.as_object_mut() {
        fields.remove("password");
    }
    Ok(Readable { record, body })
}

/// Puts U+FFFD where a NUL is; true when there was one.
fn strip_nul(value: &mut Value) -> bool {
    match value {
        Value::String(text) if text.contains('\0') => {
            *text = text.replace('\0', "\u{fffd}");
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |found, item| strip_nul(item) | found),
        Value::Object(fields) => fields.values_mut().fold(false, |found, field| strip_nul(field) | found),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl Readable {
    fn text(&self, field: &str) -> Option<String> {
        Some(self.body.get(field)?.as_str()?.to_owned())
    }
}

/// Appends all records in one statement.
pub(crate) async fn insert(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let seqs: Vec<i64> = records.iter().map(|row| row.record.seq.cast_signed()).collect();
    let utcs: Vec<Utc> = records.iter().map(|row| Utc(row.record.utc)).collect();
    let nodes: Vec<i32> = records.iter().map(|row| row.record.node.0.into()).collect();
    let boots: Vec<i64> = records.iter().map(|row| row.record.boot.0.into()).collect();
    let types: Vec<String> = records.iter().map(|row| row.text("type").unwrap_or_default()).collect();
    let journeys: Vec<Option<String>> =
        records.iter().map(|row| row.record.event.journey().map(|id| id.to_string())).collect();
    let obligations: Vec<Option<String>> =
        records.iter().map(|row| row.record.event.obligation().map(|id| id.to_string())).collect();
    let bodies: Vec<&Value> = records.iter().map(|row| &row.body).collect();
    sqlx::query!(
        "INSERT INTO helpline.events (seq, utc, node, boot, type, journey, obligation, body)
         SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::integer[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::jsonb[])",
        &seqs,
        &utcs as _,
        &nodes,
        &boots,
        &types,
        &journeys as _,
        &obligations as _,
        &bodies as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("append events"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use base::{Boot, NodeId, OperatorId, Timestamp};

    use super::*;

    fn record(event: Event) -> Record {
        Record { seq: 1, utc: Timestamp::UNIX_EPOCH, node: NodeId(1), boot: Boot(1), event }
    }

    #[test]
    fn a_nul_in_a_text_does_not_stop_the_projector() {
        let rows = readable(&[record(Event::Started { version: "1\0".to_owned() })]).unwrap();
        assert_eq!(rows[0].text("version").as_deref(), Some("1\u{fffd}"));
        assert_eq!(rows[0].record.event, Event::Started { version: "1\u{fffd}".to_owned() });
    }

    #[test]
    fn a_password_hash_does_not_reach_postgres() {
        let event = Event::PasswordSet { operator: OperatorId("mei".to_owned()), password: "$argon2id$x".to_owned() };
        let rows = readable(&[record(event)]).unwrap();
        assert_eq!(rows[0].body, serde_json::json!({"type": "password_set", "operator": "mei"}));
    }
}
