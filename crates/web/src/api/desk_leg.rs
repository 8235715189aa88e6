use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Body;
use crate::app::App;
use crate::failure::Failure;
use crate::feed::senseless;
use crate::session::DeskSession;
use crate::wire::Sdp;
use crate::{Answer, What};

/// POST `/api/desk/leg`: the leg for the shift, or anew after a reload.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    DeskSession(session): DeskSession,
    Body(offer): Body<Sdp>,
) -> Result<Json<Sdp>, Failure> {
    match app.engine.ask(What::OpenLeg { operator: session.operator().clone(), sdp: offer.sdp }).await? {
        Answer::Leg { sdp, .. } => Ok(Json(Sdp { sdp })),
        Answer::Done | Answer::Board { .. } => Err(senseless("open a desk leg")),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use routing::RequestError;

    use crate::fake::House;

    #[tokio::test]
    async fn an_offer_goes_to_the_engine_in_the_operators_name_and_its_answer_comes_back() {
        let mut house = House::new().await;
        let cookie = house.sign_in("li").await;
        let told = house.send(Method::POST, "/api/desk/leg", &[("cookie", &cookie)], r#"{"sdp":"v=0"}"#).await;
        assert_eq!(told.json(), serde_json::json!({ "sdp": "answer to v=0" }));
        assert_eq!(house.asked("OpenLeg").await, r#"OpenLeg { operator: li, sdp: "v=0" }"#);
    }

    #[tokio::test(start_paused = true)]
    async fn an_engine_that_does_not_answer_is_said_to_be_away() {
        let house = House::new().await;
        let cookie = house.sign_in("li").await;
        house.refuse(RequestError::NoAudio);
        house.fall_silent();
        let told = house.send(Method::POST, "/api/desk/leg", &[("cookie", &cookie)], r#"{"sdp":"v=0"}"#).await;
        assert_eq!(told.problem(), (503, "unavailable".into()));
        assert_eq!(house.get("/readyz", "").await.status, 503);
        assert_eq!(house.get("/healthz", "").await.status, 200);
    }
}
