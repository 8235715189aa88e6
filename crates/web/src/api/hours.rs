use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base::Timestamp;
use routing::{AtClosing, Reason, Request, RequestKind};

use super::Body;
use crate::What;
use crate::app::App;
use crate::failure::Failure;
use crate::hours::hours_page;
use crate::session::HoursSession;
use crate::wire::{ConfirmBody, HoursPage, SwitchBody};

/// GET `/api/hours`.
pub(crate) async fn hours(State(app): State<Arc<App>>, _: HoursSession) -> Json<HoursPage> {
    let now = app.now();
    Json(hours_page(&app.settings, &app.board.borrow(), now))
}

/// POST `/api/hours`: closes, opens, or leaves a service to its calendar.
pub(crate) async fn switch(
    State(app): State<Arc<App>>,
    HoursSession(session): HoursSession,
    Body(body): Body<SwitchBody>,
) -> Result<StatusCode, Failure> {
    let until = body.until.map(|until| until.parse::<Timestamp>()).transpose().map_err(|_| Failure::BadRequest)?;
    let waiting = match body.waiting.as_deref() {
        None => None,
        Some("serve") => Some(AtClosing::Serve),
        Some("callback") => Some(AtClosing::Callback),
        Some(_) => return Err(Failure::BadRequest),
    };
    let reason = body.reason.map(|reason| Reason(reason.into()));
    let kind = RequestKind::SwitchService { service: body.service, closed: body.closed, until, reason, waiting };
    app.engine.ask(What::Act(Request { by: Some(session.operator().clone()), kind })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST `/api/hours/holidays`: a computed closure is right as it stands.
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    HoursSession(session): HoursSession,
    Body(body): Body<ConfirmBody>,
) -> Result<StatusCode, Failure> {
    let kind = RequestKind::ConfirmHoliday { calendar: body.calendar, holiday: body.holiday };
    app.engine.ask(What::Act(Request { by: Some(session.operator().clone()), kind })).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use routing::Event;

    use crate::fake::House;

    #[tokio::test]
    async fn a_supervisor_sees_the_hours_and_closes_the_line() {
        let mut house = House::new().await;
        let cookie = house.sign_in("wang").await;
        let page = house.get("/api/hours", &cookie).await.json();
        let line = &page["services"][0];
        assert_eq!((line["service"].as_str(), line["why"].as_str()), (Some("line"), Some("weekly")));
        assert_eq!(line["days"].as_array().map(Vec::len), Some(14));
        assert_eq!(page["holidays"][0]["confirmed"], serde_json::Value::Null);
        let body = r#"{"service":"line","closed":true,"until":"2027-01-16T12:00:00Z","reason":"typhoon","waiting":"callback"}"#;
        let told = house.send(Method::POST, "/api/hours", &[("cookie", &cookie)], body).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT);
        let asked = house.asked("SwitchService").await;
        assert!(asked.contains("wang") && asked.contains("typhoon") && asked.contains("Callback"), "{asked}");
        let day = |text: &str| text.parse().unwrap();
        let (from, to) = (day("2027-02-05"), day("2027-02-12"));
        let (calendar, holiday) = ("hours".to_owned(), "chinese_new_year.2027".to_owned());
        house.commit([Event::HolidayConfirmed { calendar, holiday, from, to, by: None }]).await;
        let page = house.get("/api/hours", &cookie).await.json();
        assert!(page["holidays"][0]["confirmed"].is_string());
        assert_eq!(page["changes"][0]["event"], "holiday_confirmed");
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_and_so_is_who_may_not() {
        let house = House::new().await;
        let (boss, operator) = (house.sign_in("wang").await, house.sign_in("li").await);
        for body in [r#"{"service":"line","until":"tomorrow"}"#, r#"{"service":"line","waiting":"never"}"#] {
            let told = house.send(Method::POST, "/api/hours", &[("cookie", &boss)], body).await;
            assert_eq!(told.problem(), (400, "bad_request".into()), "{body}");
        }
        for path in ["/api/hours", "/api/rota"] {
            assert_eq!(house.get(path, &operator).await.problem(), (403, "forbidden".into()), "{path}");
            assert_eq!(house.get(path, "").await.problem(), (401, "signed_out".into()), "{path}");
        }
    }
}
