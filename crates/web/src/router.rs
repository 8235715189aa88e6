use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{any, get, post};
use axum::{Extension, Router, middleware};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::{
    call, calls, desk_leg, desk_socket, health, me, obligations, sign_in, sign_out, status, try_call, try_hang_up,
    try_info, try_watch,
};
use crate::app::App;
use crate::failure::Failure;
use crate::guard::{Door, harden, log, same_site};
use crate::pages;
use crate::session::attach;

/// The most that a body may hold.
const LARGEST_BODY: usize = 64 * 1024;
/// A request whose body comes slower than this is not waited for.
const SLOWEST_REQUEST: Duration = Duration::from_secs(20);

/// All paths, with what stands before them, for one door.
pub(crate) fn router(app: &Arc<App>, door: Door) -> Router {
    api()
        .merge(pages(app.trial.is_some()))
        .method_not_allowed_fallback(async || Failure::WrongMethod)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(app.clone(), attach))
        .layer(middleware::from_fn_with_state(app.clone(), same_site))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SLOWEST_REQUEST))
        .layer(middleware::from_fn(log))
        .layer(middleware::from_fn(harden))
        .layer(Extension(door))
        .with_state(app.clone())
}

fn api() -> Router<Arc<App>> {
    Router::new()
        .route("/api/session", post(sign_in::sign_in).get(me::me).delete(sign_out::sign_out))
        .route("/api/desk/leg", post(desk_leg::open))
        .route("/api/desk/socket", get(desk_socket::socket))
        .route("/api/calls", get(calls::calls))
        .route("/api/calls/{journey}", get(call::call))
        .route("/api/obligations", get(obligations::obligations))
        .route("/api/status", get(status::status))
        .route("/api/try", get(try_info::info))
        .route("/api/try/calls", post(try_call::call))
        .route("/api/try/calls/{leg}", get(try_watch::watch).delete(try_hang_up::hang_up))
        .route("/api/{*other}", any(async || Failure::NotFound))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
}

/// Only what holds no secret is compressed: beside a guess, the size of a compressed answer would tell.
fn pages(trial: bool) -> Router<Arc<App>> {
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/login", get(pages::login))
        .route("/desk", get(pages::desk))
        .route("/console", get(pages::console))
        .route("/console/{*path}", get(pages::console))
        .route("/assets/{*path}", get(pages::asset))
        .fallback(get(pages::other));
    let pages = if trial { pages.route("/try", get(pages::try_page)) } else { pages };
    pages.layer(CompressionLayer::new())
}
