use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use routing::Permission;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::failure::Failure;
use crate::session::Session;

/// What `npm run build` left in `ui/dist`.
#[derive(RustEmbed)]
#[folder = "ui/dist"]
struct Dist;

const NOT_BUILT: &str =
    "The pages are not built into this binary. In crates/web/ui: npm ci && npm run build, then build again.\n";

/// GET `/`: to the page of one's role.
pub(crate) async fn home(session: Option<Session>) -> Redirect {
    Redirect::to(home_of(session.as_ref()))
}

fn home_of(session: Option<&Session>) -> &'static str {
    match session {
        None => "/login",
        Some(session) if session.may(Permission::TakeCalls) => "/desk",
        Some(_) => "/console",
    }
}

/// GET `/login`.
pub(crate) async fn login(headers: HeaderMap) -> Response {
    page("login.html", &headers)
}

/// GET `/desk`.
pub(crate) async fn desk(headers: HeaderMap) -> Response {
    page("desk.html", &headers)
}

/// GET `/console` and everything below it.
pub(crate) async fn console(headers: HeaderMap) -> Response {
    page("console.html", &headers)
}

/// GET `/try`, in trial mode.
pub(crate) async fn try_page(headers: HeaderMap) -> Response {
    page("try.html", &headers)
}

/// GET `/assets/…`: named by their content, so kept for good.
pub(crate) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match Dist::get(&format!("assets/{path}")) {
        Some(file) => serve(&path, file, "public, max-age=31536000, immutable", &headers),
        None => Failure::NotFound.into_response(),
    }
}

/// GET of anything else: files that stand beside the pages, such as the icon.
pub(crate) async fn other(uri: axum::http::Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match Dist::get(path).filter(|_| !path.ends_with(".html")) {
        Some(file) => serve(path, file, "no-cache", &headers),
        None => Failure::NotFound.into_response(),
    }
}

fn page(name: &str, headers: &HeaderMap) -> Response {
    match Dist::get(name) {
        Some(file) => serve(name, file, "no-cache", headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
    }
}

fn serve(name: &str, file: EmbeddedFile, caching: &'static str, asked: &HeaderMap) -> Response {
    let tag = entity_tag(&file);
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag), (header::CACHE_CONTROL, caching.to_owned())])
            .into_response();
    }
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn entity_tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let short = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("W/\"{short}\"") // weak: compressed or not, it is the same
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use crate::fake::House;

    #[tokio::test]
    async fn the_first_page_is_that_of_ones_role() {
        let house = House::new().await;
        for (name, home) in [("li", "/desk"), ("wang", "/console"), ("zhao", "/console")] {
            let cookie = house.sign_in(name).await;
            assert_eq!(house.get("/", &cookie).await.headers["location"], home, "{name}");
        }
        assert_eq!(house.get("/", "").await.headers["location"], "/login");
    }

    #[tokio::test]
    async fn files_are_kept_as_long_as_their_name_allows() {
        let house = House::new().await;
        for file in super::Dist::iter().filter(|file| file.starts_with("assets/")) {
            let told = house.get(&format!("/{file}"), "").await;
            assert_eq!(told.headers["cache-control"], "public, max-age=31536000, immutable", "{file}");
            assert_ne!(told.headers["content-type"], "application/octet-stream", "{file}");
            let tag = told.headers["etag"].to_str().unwrap();
            let again = house.send(axum::http::Method::GET, &format!("/{file}"), &[("if-none-match", tag)], "").await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
        }
        assert_eq!(house.get("/desk.html", "").await.status, 404, "pages have one address each");
        assert_eq!(house.get("/assets/../Cargo.toml", "").await.status, 404);
    }
}
