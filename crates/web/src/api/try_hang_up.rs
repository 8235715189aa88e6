use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use base::LegId;

use crate::What;
use crate::app::App;
use crate::failure::Failure;

/// DELETE `/api/try/calls/{leg}`: hangs up a call of `/try`, and no other. One that is over already is as the page
/// wants it.
pub(crate) async fn hang_up(State(app): State<Arc<App>>, Path(leg): Path<String>) -> Result<StatusCode, Failure> {
    let leg: LegId = leg.parse().map_err(|_| Failure::NotFound)?;
    app.trial.as_ref().ok_or(Failure::NotFound)?;
    if !app.try_calls.over(leg) {
        return Ok(StatusCode::NO_CONTENT);
    }
    app.engine.ask(What::TryHangUp { leg }).await.map(|_| StatusCode::NO_CONTENT)
}
