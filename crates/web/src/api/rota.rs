use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base::OperatorId;
use jiff::civil::Date;
use routing::{Hours, Request, RequestKind, Rota};
use serde::Deserialize;

use super::{Body, Terms};
use crate::What;
use crate::app::App;
use crate::failure::Failure;
use crate::hours::rota_page;
use crate::session::HoursSession;
use crate::wire::{RotaBody, RotaPage};

/// Which week is asked for: any day of it; none: this week.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RotaTerms {
    week: String,
}

/// GET `/api/rota`.
pub(crate) async fn rota(
    State(app): State<Arc<App>>,
    _: HoursSession,
    Terms(terms): Terms<RotaTerms>,
) -> Result<Json<RotaPage>, Failure> {
    let day = Some(terms.week.as_str()).filter(|week| !week.is_empty());
    let day = day.map(str::parse::<Date>).transpose().map_err(|_| Failure::BadRequest)?;
    let now = app.now();
    Ok(Json(rota_page(&app.settings, &app.board.borrow(), day, now)))
}

/// PUT `/api/rota/{operator}`: their hours, whole.
pub(crate) async fn set(
    State(app): State<Arc<App>>,
    HoursSession(session): HoursSession,
    Path(operator): Path<String>,
    Body(body): Body<RotaBody>,
) -> Result<StatusCode, Failure> {
    let rota = read(&body).ok_or(Failure::BadRequest)?;
    let kind = RequestKind::SetRota { operator: OperatorId(operator), rota };
    app.engine.ask(What::Act(Request { by: Some(session.operator().clone()), kind })).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(body: &RotaBody) -> Option<Rota> {
    let hours = |texts: &Vec<String>| texts.iter().map(|text| text.parse().ok()).collect::<Option<Vec<Hours>>>();
    let week: Vec<Vec<Hours>> = body.week.iter().map(hours).collect::<Option<_>>()?;
    let days = body.days.iter().map(|(date, texts)| Some((date.parse().ok()?, hours(texts)?)));
    Some(Rota { week: week.try_into().ok()?, days: days.collect::<Option<_>>()? })
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use base::OperatorId;
    use routing::{Event, Rota};

    use crate::fake::House;

    #[tokio::test]
    async fn a_supervisor_sees_the_week_and_says_who_works() {
        let mut house = House::new().await;
        let cookie = house.sign_in("wang").await;
        let put = async |house: &House, body: &str| {
            house.send(Method::PUT, "/api/rota/li", &[("cookie", &cookie)], body).await
        };
        let body = r#"{"week":[["09:00-15:00"],[],[],[],[],[],[]],"days":{"2027-01-18":[]}}"#;
        assert_eq!(put(&house, body).await.status, StatusCode::NO_CONTENT);
        let asked = house.asked("SetRota").await;
        assert!(asked.contains("wang") && asked.contains("2027-01-18"), "{asked}");
        for wrong in [
            r#"{"week":[["9-15"],[],[],[],[],[],[]],"days":{}}"#,
            r#"{"week":[[]],"days":{}}"#,
            r#"{"week":[[],[],[],[],[],[],[]],"days":{"someday":[]}}"#,
        ] {
            assert_eq!(put(&house, wrong).await.problem(), (400, "bad_request".into()), "{wrong}");
        }
        let mut rota = Rota::default();
        rota.week[0] = vec!["09:00-15:00".parse().unwrap()];
        house.commit([Event::RotaSet { operator: OperatorId("li".into()), rota, by: None }]).await;
        let page = house.get("/api/rota?week=2027-01-20", &cookie).await.json();
        assert_eq!(page["week"], "2027-01-18");
        let li = page["operators"].as_array().unwrap().iter().find(|row| row["operator"] == "li").unwrap();
        assert_eq!(li["week"][0][0], "09:00-15:00");
        assert_eq!(page["unplanned"][0]["from"], "2027-01-18T07:00:00Z", "from three in the afternoon in China on");
        assert_eq!(house.get("/api/rota?week=x", &cookie).await.problem(), (400, "bad_request".into()));
    }
}
