use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};
use axum::{Extension, Router, middleware};
use tower_http::compression::CompressionLayer;

use crate::api::{
    call, calls, desk_leg, desk_socket, health, hours, me, obligations, rota, sign_in, sign_out, status, try_call,
    try_hang_up, try_info, try_watch,
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
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn(log))
        .layer(middleware::from_fn(harden))
        .layer(Extension(door))
        .with_state(app.clone())
}

/// Waits for nobody who sends their body drop by drop.
async fn in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(SLOWEST_REQUEST, next.run(request)).await;
    answer.unwrap_or_else(|_| Failure::Slow.into_response())
}

fn api() -> Router<Arc<App>> {
    Router::new()
        .route("/api/session", post(sign_in::sign_in).get(me::me).delete(sign_out::sign_out))
        .route("/api/desk/leg", post(desk_leg::open))
        .route("/api/desk/socket", get(desk_socket::socket))
        .route("/api/calls", get(calls::calls))
        .route("/api/calls/{journey}", get(call::call))
        .route("/api/obligations", get(obligations::obligations).post(obligations::ask))
        .route("/api/hours", get(hours::hours).post(hours::switch))
        .route("/api/hours/holidays", post(hours::confirm))
        .route("/api/rota", get(rota::rota))
        .route("/api/rota/{operator}", put(rota::set))
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::connect_info::MockConnectInfo;
    use axum::http::{Method, Request, StatusCode};
    use tower::ServiceExt;

    use crate::fake::{House, PASSWORD, sign_in};
    use crate::guard::Door;

    #[tokio::test]
    async fn every_answer_carries_the_security_headers() {
        let house = House::new().await;
        let cookie = house.sign_in("li").await;
        for (method, path) in [
            (Method::GET, "/"),
            (Method::GET, "/login"),
            (Method::GET, "/console/calls/j1.1.1"),
            (Method::GET, "/assets/none.js"),
            (Method::GET, "/nothing/here"),
            (Method::GET, "/api/nothing"),
            (Method::GET, "/api/session"),
            (Method::GET, "/api/calls"),
            (Method::GET, "/api/desk/socket"),
            (Method::PUT, "/api/session"),
            (Method::POST, "/api/session"),
            (Method::GET, "/healthz"),
        ] {
            for cookie in ["", &cookie] {
                let told = house.send(method.clone(), path, &[("cookie", cookie)], "").await;
                let header = |name| told.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
                let policy = header("content-security-policy");
                assert!(policy.starts_with("default-src 'self';"), "{method} {path}: {policy}");
                assert!(!policy.contains("unsafe"));
                assert_eq!(header("x-content-type-options"), "nosniff", "{method} {path}");
                assert_eq!(header("referrer-policy"), "no-referrer");
                assert!(header("permissions-policy").contains("microphone=(self)"));
                assert_eq!(
                    header("cache-control"),
                    if is_page(path) && told.status.is_success() { "no-cache" } else { "no-store" }
                );
                assert_eq!(header("strict-transport-security"), "");
            }
        }
        let told = house.send_through(Door::Https, Method::GET, "/healthz", &[], "").await;
        assert_eq!(told.headers["strict-transport-security"], "max-age=31536000");
    }

    fn is_page(path: &str) -> bool {
        path == "/login" || path.starts_with("/console")
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_comes_is_not_waited_for() {
        let house = House::new().await;
        let request =
            Request::post("/api/session").header("host", "localhost").header("content-type", "application/json");
        let drops = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let request = request.body(Body::from_stream(drops)).unwrap();
        let peer = MockConnectInfo(std::net::SocketAddr::from(([192, 0, 2, 1], 4000)));
        let response = super::router(&house.app, Door::Loopback).layer(peer).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn what_another_site_sends_is_refused() {
        let house = House::new().await;
        for headers in [
            [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            [("accept", "*/*"), ("origin", "https://evil.example")],
            [("host", "evil.example:8080"), ("origin", "http://evil.example:8080")],
        ] {
            let told = house.send(Method::POST, "/api/session", &headers, &sign_in("li", PASSWORD)).await;
            assert_eq!(told.problem(), (403, "forbidden".into()), "{headers:?}");
        }
        let own = [("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8080")];
        let told = house.send(Method::POST, "/api/session", &own, &sign_in("li", PASSWORD)).await;
        assert_eq!(told.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn roles_keep_to_their_own() {
        let house = House::new().await;
        for (name, desk, log) in [("li", true, false), ("wang", false, true), ("zhao", false, false)] {
            let cookie = house.sign_in(name).await;
            let leg = house.send(Method::POST, "/api/desk/leg", &[("cookie", &cookie)], r#"{"sdp":"v=0"}"#).await;
            assert_eq!(leg.status == StatusCode::OK, desk, "{name}");
            assert_eq!(leg.status == StatusCode::FORBIDDEN, !desk, "{name}");
            let socket = house.get("/api/desk/socket", &cookie).await;
            assert_eq!(socket.status == StatusCode::FORBIDDEN, !desk, "{name}");
            for path in ["/api/calls", "/api/calls/j1.1.1", "/api/obligations"] {
                // Postgres is away here: who may read is told so.
                let expected = if log { (503, "unavailable".into()) } else { (403, "forbidden".into()) };
                assert_eq!(house.get(path, &cookie).await.problem(), expected, "{name} {path}");
            }
            assert_eq!(house.get("/api/status", &cookie).await.status, StatusCode::OK);
        }
        for path in ["/api/calls", "/api/calls/j1.1.1", "/api/obligations", "/api/status", "/api/desk/socket"] {
            assert_eq!(house.get(path, "").await.problem(), (401, "signed_out".into()), "{path}");
        }
    }
}
