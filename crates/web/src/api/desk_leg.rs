use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Body;
use crate::app::App;
use crate::failure::Failure;
use crate::feed::senseless;
use crate::session::DeskSession;
use crate::wire::Sdp;
use crate::{Answer, What};

/// POST `/api/desk/leg`: the leg for the shift, or anew after a reload.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    DeskSession(session): DeskSession,
    Body(offer): Body<Sdp>,
) -> Result<Json<Sdp>, Failure> {
    match app.engine.ask(What::OpenLeg { operator: session.operator().clone(), sdp: offer.sdp }).await? {
        Answer::Leg { sdp, .. } => Ok(Json(Sdp { sdp })),
        Answer::Done | Answer::Board { .. } => Err(senseless("open a desk leg")),
    }
}
