use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use base::JourneyId;
use routing::{Record, Tongue, explain};
use serde::Deserialize;
use serde_json::Value;
use store::Step;

use super::Terms;
use super::calls::row;
use crate::app::{App, away};
use crate::failure::Failure;
use crate::session::LogSession;
use crate::wire::{CallDetail, StepRow, Why, WhySentence};

/// Fields that no browser is told, wherever they stand. The store leaves them out already; this is the second lock.
const SECRET: [&str; 4] = ["number", "dialog", "password", "person"];

/// In which language it is explained; an empty or unknown one is Chinese.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallWords {
    lang: String,
}

/// GET `/api/calls/{journey}`.
pub(crate) async fn call(
    State(app): State<Arc<App>>,
    _: LogSession,
    Path(journey): Path<String>,
    Terms(words): Terms<CallWords>,
) -> Result<Json<CallDetail>, Failure> {
    let journey: JourneyId = journey.parse().map_err(|_| Failure::NotFound)?;
    let found = app.reader()?.call(journey).await.map_err(|error| away(&error))?.ok_or(Failure::NotFound)?;
    let why = why(&found.records, Tongue::of_tag(&words.lang).unwrap_or(Tongue::ZhCn));
    Ok(Json(CallDetail { call: row(found.call), steps: found.steps.into_iter().map(step).collect(), why }))
}

fn why(records: &[Record], tongue: Tongue) -> Why {
    let explained = explain(records);
    let sentence = |(utc, text): (base::Timestamp, String)| WhySentence { utc: utc.to_string(), text };
    let sentences = tongue.sentences(&explained).into_iter().map(sentence).collect();
    Why { headline: tongue.headline(&explained), sentences }
}

fn step(step: Step) -> StepRow {
    StepRow { utc: step.utc.to_string(), event: step.event, detail: without_secrets(step.detail) }
}

fn without_secrets(detail: Value) -> Value {
    match detail {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(name, _)| !SECRET.contains(&name.as_str()))
                .map(|(name, value)| (name, without_secrets(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_secrets).collect()),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fake::{arrived, at, leg};

    #[test]
    fn no_sealed_field_reaches_a_browser() {
        let detail = serde_json::to_value(arrived(1, leg(1))).unwrap();
        assert!(detail["caller"]["number"].is_string() && detail["caller"]["person"].is_string());
        let row = step(Step { seq: 1, utc: at(0), event: "journey_opened".into(), detail });
        let told = serde_json::to_string(&row).unwrap();
        for secret in ["number\":", "person", "AQID", "0909"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        assert_eq!(row.detail["caller"]["masked"], "139****8096");
    }

    #[test]
    fn secrets_are_found_however_deep() {
        let detail = json!({ "dialog": "x", "list": [{ "password": "x", "kept": 1 }], "step": "menu" });
        assert_eq!(without_secrets(detail), json!({ "list": [{ "kept": 1 }], "step": "menu" }));
    }
}
