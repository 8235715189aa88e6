use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::session::Session;
use crate::wire::Status;

/// GET `/api/status`. Answers without Postgres too: it says whether Postgres does.
pub(crate) async fn status(State(app): State<Arc<App>>, _: Session) -> Json<Status> {
    let database = match app.reader() {
        Ok(reader) => app.behind(&reader).await.is_ok(),
        Err(_) => false,
    };
    let behind = app.behind_by_hearsay();
    let board = app.board.borrow();
    Json(Status {
        database,
        behind,
        open_obligations: board.open_obligations(),
        journeys: u32::try_from(board.journeys().count()).unwrap_or(u32::MAX),
        on_shift: board.queue().on_shift,
        late_promises: board.late_promises(),
        lost_callers: *app.lost.borrow(),
    })
}
