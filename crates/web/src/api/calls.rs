use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base::{OperatorId, Timestamp};
use serde::Deserialize;
use store::{Call, CallFilter, Cursor};

use super::Terms;
use crate::app::{App, away};
use crate::failure::Failure;
use crate::session::LogSession;
use crate::wire::{CallPage, CallRow};

/// Rows of a page unless asked otherwise, and the most.
pub(super) const ROWS: u16 = 50;
pub(super) const MOST_ROWS: u16 = 200;

/// Which calls are asked for; an empty term is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallTerms {
    from: String,
    to: String,
    cause: String,
    outcome: String,
    language: String,
    operator: String,
    state: String,
    after: String,
    limit: String,
}

/// GET `/api/calls`.
pub(crate) async fn calls(
    State(app): State<Arc<App>>,
    _: LogSession,
    Terms(terms): Terms<CallTerms>,
) -> Result<Json<CallPage>, Failure> {
    let after = place(&terms.after)?;
    let limit = limit(&terms.limit)?;
    let filter = filter(terms)?;
    let reader = app.reader()?;
    let page = reader.calls(&filter, after, limit).await.map_err(|error| away(&error))?;
    let behind = app.behind(&reader).await?;
    let next = page.next.map(|next| next.to_string());
    Ok(Json(CallPage { calls: page.calls.into_iter().map(row).collect(), next, behind }))
}

/// A call as the page knows it.
pub(super) fn row(call: Call) -> CallRow {
    CallRow {
        journey: call.journey.to_string(),
        opened: call.opened.to_string(),
        ended: call.ended.map(|ended| ended.to_string()),
        caller: call.caller,
        dialled: call.dialled,
        service: call.service,
        open: call.open,
        language: call.language,
        topic: call.topic,
        danger: call.danger,
        operator: call.operator.map(|operator| operator.to_string()),
        wait_ms: call.wait_ms,
        talk_ms: call.talk_ms,
        cause: call.cause,
        outcome: call.outcome,
        obligation: call.obligation,
    }
}

fn filter(terms: CallTerms) -> Result<CallFilter, Failure> {
    Ok(CallFilter {
        from: moment(&terms.from)?,
        to: moment(&terms.to)?,
        cause: given(terms.cause),
        outcome: given(terms.outcome),
        language: given(terms.language),
        operator: given(terms.operator).map(OperatorId),
        obligation: given(terms.state),
        synthetic: false,
    })
}

fn moment(text: &str) -> Result<Option<Timestamp>, Failure> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Failure::BadRequest) }
}

/// None where the term is empty.
pub(super) fn given(term: String) -> Option<String> {
    Some(term).filter(|term| !term.is_empty())
}

/// Where the page begins.
pub(super) fn place(text: &str) -> Result<Option<Cursor>, Failure> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Failure::BadRequest) }
}

/// How many rows.
pub(super) fn limit(text: &str) -> Result<u16, Failure> {
    if text.is_empty() {
        return Ok(ROWS);
    }
    text.parse::<u16>().map(|rows| rows.clamp(1, MOST_ROWS)).map_err(|_| Failure::BadRequest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_terms_are_none_and_wrong_ones_are_refused() {
        assert_eq!(filter(CallTerms::default()), Ok(CallFilter::default()));
        let terms = CallTerms {
            from: "2026-11-22T00:00:00Z".into(),
            operator: "li".into(),
            state: "open".into(),
            ..CallTerms::default()
        };
        let found = filter(terms).unwrap();
        assert_eq!(found.from, Some("2026-11-22T00:00:00Z".parse().unwrap()));
        assert_eq!((found.operator, found.obligation), (Some(OperatorId("li".into())), Some("open".into())));
        let wrong = CallTerms { to: "yesterday".into(), ..CallTerms::default() };
        assert_eq!(filter(wrong), Err(Failure::BadRequest));
        assert_eq!(place("13912348096x").map(|_| ()), Err(Failure::BadRequest));
        assert_eq!([limit(""), limit("0"), limit("20"), limit("9999")].map(Result::unwrap), [50, 1, 20, 200]);
    }
}
