use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Door;
use crate::app::App;
use crate::failure::Failure;

/// Refuses what another site makes a browser send: unsafe methods and WebSocket upgrades (RFC 6455 §10.2) must come from our own pages,
/// and the plain door answers to loopback names only, so that no foreign name can be pointed at it (DNS rebinding).
pub(crate) async fn same_site(
    State(app): State<Arc<App>>,
    Extension(door): Extension<Door>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if door == Door::Loopback && !is_loopback(host) {
        return Failure::OtherSite.into_response();
    }
    let acts = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if (acts || headers.contains_key(header::UPGRADE)) && !is_ours(headers, door, host, &app.origins) {
        return Failure::OtherSite.into_response();
    }
    next.run(request).await
}

/// `Sec-Fetch-Site` where the browser sends it, else `Origin`. With neither, no browser sent it, and there is no cookie to abuse.
fn is_ours(headers: &HeaderMap, door: Door, host: &str, origins: &[String]) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let own = format!("{}://{host}", door.scheme());
    origin.to_str().is_ok_and(|origin| origin == own || origins.iter().any(|known| known == origin))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_act() {
        let known = ["https://help.example".to_owned()];
        for (pairs, ours) in [
            (vec![], true),
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://desk.example:8443")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("origin", "https://desk.example:8443")], true),
            (vec![("origin", "http://desk.example:8443")], false),
            (vec![("origin", "https://help.example")], true),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "null")], false),
        ] {
            assert_eq!(is_ours(&headers(&pairs), Door::Https, "desk.example:8443", &known), ours, "{pairs:?}");
        }
    }

    #[test]
    fn the_plain_door_knows_loopback_by_name() {
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["evil.example:8080", "localhost.evil.example", "192.0.2.1", "[2001:db8::1]", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
