use axum::Extension;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Door;

/// What every answer carries, whatever it is.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "microphone=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Puts the security headers on the answer; what says nothing about caching is not kept anywhere.
pub(crate) async fn harden(Extension(door): Extension<Door>, request: Request, next: Next) -> Response {
    let policy = content_policy(door, request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if door == Door::Https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Nothing inline, nothing from elsewhere. Browsers before 2022 do not count a WebSocket to the same host as `'self'`: it is named.
fn content_policy(door: Door, headers: &HeaderMap) -> HeaderValue {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_plain(host));
    let socket = host.map(|host| format!(" {}://{host}", door.scheme().replace("http", "ws"))).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; connect-src 'self'{socket}; img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn is_plain(host: &str) -> bool {
    host.len() <= 255
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(host: &str) -> String {
        let headers = [(header::HOST, HeaderValue::try_from(host).unwrap())].into_iter().collect();
        content_policy(Door::Loopback, &headers).to_str().unwrap().to_owned()
    }

    #[test]
    fn names_its_own_socket_and_lets_no_host_write_the_policy() {
        assert!(policy("localhost:8080").contains("connect-src 'self' ws://localhost:8080;"));
        assert!(policy("x; script-src *").contains("connect-src 'self';"));
        assert!(!policy("localhost").contains("unsafe"));
    }
}
