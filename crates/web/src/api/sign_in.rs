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
    begun.map_err(|Wait(retry_after_s)| {
        tracing::warn!(retry_after_s, "a name or an address has to wait before it may sign in");
        Failure::TooManyTries { retry_after_s }
    })?;

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

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use base::OperatorId;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    use routing::Event;

    use crate::fake::{House, PASSWORD, sign_in};

    #[tokio::test]
    async fn the_right_password_signs_in_and_says_who_one_is() {
        let house = House::new().await;
        let told = house.post("/api/session", &sign_in(" li ", PASSWORD)).await;
        assert_eq!(told.status, StatusCode::OK);
        assert_eq!(
            told.json(),
            serde_json::json!({
                "operator": "li", "name": "LI", "roles": ["operator"], "trial": true, "lines": ["main"], "referrals": ["mind"]
            })
        );
        assert_eq!(house.get("/api/session", &told.cookie()).await.json(), told.json());
        assert_eq!(house.get("/api/session", "").await.problem(), (401, "signed_out".into()));
    }

    #[tokio::test]
    async fn wrong_passwords_and_unknown_names_are_told_the_same() {
        let house = House::new().await;
        for (name, password) in [("li", "wrong horse"), ("nobody", PASSWORD), ("li", "")] {
            let told = house.post("/api/session", &sign_in(name, password)).await;
            assert_eq!(told.problem(), (401, "bad_password".into()));
            assert!(!told.headers.contains_key("set-cookie"));
            assert!(!told.body.contains("horse"));
        }
    }

    #[tokio::test]
    async fn a_name_is_locked_after_five_failures_until_the_time_told_is_over() {
        let house = House::new().await;
        for _ in 0..5 {
            house.post("/api/session", &sign_in("li", "wrong horse")).await;
        }
        let locked = house.post("/api/session", &sign_in("li", PASSWORD)).await;
        assert_eq!(locked.problem(), (429, "too_many_tries".into()));
        assert_eq!(locked.headers["retry-after"], "60");
        house.sign_in("chen").await;
        house.pass(60);
        house.sign_in("li").await;
    }

    #[tokio::test]
    async fn a_disabled_user_cannot_sign_in_and_is_signed_out() {
        let house = House::new().await;
        let cookie = house.sign_in("li").await;
        house.commit([Event::UserDisabled { operator: OperatorId("li".into()), by: None }]).await;
        assert_eq!(house.get("/api/session", &cookie).await.problem(), (401, "signed_out".into()));
        let told = house.post("/api/session", &sign_in("li", PASSWORD)).await;
        assert_eq!(told.problem(), (401, "bad_password".into()));
    }

    #[tokio::test]
    async fn a_new_password_ends_what_the_old_one_began() {
        let house = House::new().await;
        let cookie = house.sign_in("li").await;
        let password = crate::hash_password("battery staple").unwrap();
        house.commit([Event::PasswordSet { operator: OperatorId("li".into()), password }]).await;
        assert_eq!(house.get("/api/session", &cookie).await.problem(), (401, "signed_out".into()));
        let told = house.post("/api/session", &sign_in("li", "battery staple")).await;
        assert_eq!(told.status, StatusCode::OK);
    }

    /// The same cookie in another's name, under the old signature.
    fn forged(cookie: &str) -> String {
        let (name, value) = cookie.split_once('=').unwrap();
        let (body, tag) = value.split_once('.').unwrap();
        let said = String::from_utf8(BASE64.decode(body).unwrap()).unwrap();
        let forged = said.replace(r#""operator":"li""#, r#""operator":"wang""#);
        assert_ne!(forged, said);
        format!("{name}={}.{tag}", BASE64.encode(forged))
    }

    #[tokio::test]
    async fn cookies_are_worth_nothing_forged_or_after_a_shift_and_are_renewed_by_use() {
        let house = House::new().await;
        let cookie = house.sign_in("li").await;
        assert_eq!(house.get("/api/session", &forged(&cookie)).await.status, StatusCode::UNAUTHORIZED);

        house.pass(11 * 3600);
        let used = house.get("/api/session", &cookie).await;
        assert_eq!(used.status, StatusCode::OK);
        house.pass(2 * 3600);
        assert_eq!(house.get("/api/session", &cookie).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(house.get("/api/session", &used.cookie()).await.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn signing_out_ends_every_copy_of_the_cookie() {
        let house = House::new().await;
        let cookie = house.sign_in("li").await;
        house.pass(3600);
        let renewed = house.get("/api/session", &cookie).await.cookie();
        let told = house.send(Method::DELETE, "/api/session", &[("cookie", &renewed)], "").await;
        assert_eq!(told.status, StatusCode::NO_CONTENT);
        assert_eq!(told.cookie(), "__Host-helpline=");
        for copy in [cookie, renewed] {
            assert_eq!(house.get("/api/session", &copy).await.status, StatusCode::UNAUTHORIZED);
        }
    }

    #[tokio::test]
    async fn nonsense_and_endless_bodies_are_refused_without_an_echo() {
        let house = House::new().await;
        let told = house.post("/api/session", r#"{"name":"li","password":13912348096}"#).await;
        assert_eq!(told.problem(), (400, "bad_request".into()));
        assert!(!told.body.contains("139"));
        let told = house.post("/api/session", &sign_in("li", &"x".repeat(70_000))).await;
        assert_eq!(told.problem(), (413, "bad_request".into()));
    }
}
