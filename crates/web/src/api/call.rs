use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use base::JourneyId;
use serde_json::Value;
use store::Step;

use super::calls::row;
use crate::app::{App, away};
use crate::failure::Failure;
use crate::session::LogSession;
use crate::wire::{CallDetail, StepRow};

/// Fields that no browser is told, wherever they stand. The store leaves them out already; this is the second lock.
const SECRET: [&str; 4] = ["number", "dialog", "password", "person"];

/// GET `/api/calls/{journey}`.
pub(crate) async fn call(
    State(app): State<Arc<App>>,
    _: LogSession,
    Path(journey): Path<String>,
) -> Result<Json<CallDetail>, Failure> {
    let journey: JourneyId = journey.parse().map_err(|_| Failure::NotFound)?;
    let found = app.reader()?.call(journey).await.map_err(|error| away(&error))?.ok_or(Failure::NotFound)?;
    Ok(Json(CallDetail { call: row(found.call), steps: found.steps.into_iter().map(step).collect() }))
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
