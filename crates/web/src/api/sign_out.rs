use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::app::App;
use crate::session::{Session, clear_cookie};

/// DELETE `/api/session`. The cookie is worth nothing from then on, wherever it was copied to.
pub(crate) async fn sign_out(State(app): State<Arc<App>>, session: Session) -> impl IntoResponse {
    app.end_session(&session.ticket);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, clear_cookie())])
}
