use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::failure::Failure;
use crate::wire::TryInfo;

/// GET `/api/try`.
pub(crate) async fn info(State(app): State<Arc<App>>) -> Result<Json<TryInfo>, Failure> {
    app.trial.clone().map(Json).ok_or(Failure::NotFound)
}
