use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use base::LegId;

use crate::What;
use crate::app::App;
use crate::failure::Failure;

/// DELETE `/api/try/calls/{leg}`: hangs up a call of `/try`, and no other.
pub(crate) async fn hang_up(State(app): State<Arc<App>>, Path(leg): Path<String>) -> Result<StatusCode, Failure> {
    let leg: LegId = leg.parse().map_err(|_| Failure::NotFound)?;
    if !app.try_calls.over(leg) {
        return Err(Failure::NotFound);
    }
    app.engine.ask(What::TryHangUp { leg }).await.map(|_| StatusCode::NO_CONTENT)
}
