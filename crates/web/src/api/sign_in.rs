use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base::OperatorId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use super::Body;
use super::me::about;
use crate::app::App;
use crate::failure::Failure;
use crate::session::{Ticket, Wait, password_version};
use crate::wire::SignIn;

/// The longest login name.
const LONGEST_NAME: usize = 64;

/// POST `/api/session`.
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Body(given): Body<SignIn>,
) -> Result<Response, Failure> {
    let operator = OperatorId(given.name.trim().to_owned());
    if operator.0.len() > LONGEST_NAME {
        return Err(Failure::BadRequest);
    }
    let begun = app.tries().begin(&operator, peer.ip(), app.now());
    begun.map_err(|Wait(retry_after_s)| Failure::TooManyTries { retry_after_s })?;

    let account = app.board.borrow().account(&operator).filter(|account| !account.disabled).cloned();
    let phc = account.as_ref().map(|account| account.password.clone());
    let right = app.verifier.verify(phc, given.password).await?;
    let account = account.filter(|_| right).ok_or(Failure::BadPassword)?;

    app.tries().succeeded(&operator, peer.ip());
    let ticket = Ticket::new(operator, new_session()?, password_version(&account.password), app.now());
    let cookie = app.signer.set_cookie(&ticket);
    Ok(([(header::SET_COOKIE, cookie)], Json(about(&app, &account.user))).into_response())
}

fn new_session() -> Result<String, Failure> {
    let mut id = [0; 12];
    getrandom::fill(&mut id).map_err(|error| {
        tracing::error!(%error, "the system gives no entropy");
        Failure::EngineAway
    })?;
    Ok(BASE64.encode(id))
}
