use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::Upgrade;
use crate::app::App;
use crate::desk::attend;
use crate::line::Line;
use crate::session::DeskSession;

/// GET `/api/desk/socket`.
pub(crate) async fn socket(
    State(app): State<Arc<App>>,
    DeskSession(session): DeskSession,
    Upgrade(upgrade): Upgrade,
) -> Response {
    upgrade.on_upgrade(move |socket| attend(app, session, Line::new(socket)))
}
