use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use store::{Obligation, ObligationFilter};

use super::Terms;
use super::calls::{given, limit, place};
use crate::app::{App, away};
use crate::failure::Failure;
use crate::session::LogSession;
use crate::wire::{ObligationPage, ObligationRow};

/// Which obligations are asked for; an empty term is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ObligationTerms {
    state: String,
    after: String,
    limit: String,
}

/// GET `/api/obligations`.
pub(crate) async fn obligations(
    State(app): State<Arc<App>>,
    _: LogSession,
    Terms(terms): Terms<ObligationTerms>,
) -> Result<Json<ObligationPage>, Failure> {
    let after = place(&terms.after)?;
    let limit = limit(&terms.limit)?;
    let filter = ObligationFilter { state: given(terms.state) };
    let reader = app.reader()?;
    let page = reader.obligations(&filter, after, limit).await.map_err(|error| away(&error))?;
    let behind = app.behind(&reader).await?;
    let next = page.next.map(|next| next.to_string());
    Ok(Json(ObligationPage { obligations: page.obligations.into_iter().map(row).collect(), next, behind }))
}

fn row(owed: Obligation) -> ObligationRow {
    ObligationRow {
        obligation: owed.obligation.to_string(),
        state: owed.state,
        kind: owed.kind,
        opened: owed.opened.to_string(),
        journey: owed.journey.to_string(),
        journeys: owed.journeys,
        caller: owed.caller,
        language: owed.language,
        topic: owed.topic,
        reason: owed.reason,
    }
}
