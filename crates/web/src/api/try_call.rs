use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Body;
use crate::app::App;
use crate::failure::Failure;
use crate::feed::senseless;
use crate::wire::{TryAnswer, TryCall};
use crate::{Answer, What};

/// POST `/api/try/calls`: the browser plays the worker, with a number that nobody has.
pub(crate) async fn call(State(app): State<Arc<App>>, Body(given): Body<TryCall>) -> Result<Json<TryAnswer>, Failure> {
    let trial = app.trial.as_ref().ok_or(Failure::NotFound)?;
    let dialled = if given.after_hours { &trial.closed_number } else { &trial.number }.clone();
    let (place, caller) = app.try_calls.admit(app.now()).ok_or(Failure::Busy)?;
    match app.engine.ask(What::TryCall { sdp: given.sdp, dialled, caller }).await? {
        Answer::Leg { leg, sdp } => {
            app.try_calls.began(leg, place, app.now());
            Ok(Json(TryAnswer { leg: leg.to_string(), sdp }))
        }
        Answer::Done | Answer::Board { .. } => Err(senseless("begin a call of /try")),
    }
}
