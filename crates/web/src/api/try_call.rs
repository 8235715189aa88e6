use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Body;
use crate::app::App;
use crate::failure::Failure;
use crate::feed::senseless;
use crate::wire::{TryAnswer, TryCall};
use crate::{Answer, What};

/// POST `/api/try/calls`: the browser plays the worker, with a number that nobody has.
pub(crate) async fn call(State(app): State<Arc<App>>, Body(given): Body<TryCall>) -> Result<Json<TryAnswer>, Failure> {
    let trial = app.trial.as_ref().ok_or(Failure::NotFound)?;
    let dialled = if given.after_hours { &trial.closed_number } else { &trial.number }.clone();
    let (place, caller) = app.try_calls.admit(app.now()).ok_or(Failure::Busy)?;
    match app.engine.ask(What::TryCall { sdp: given.sdp, dialled, caller }).await? {
        Answer::Leg { leg, sdp } => {
            app.try_calls.began(leg, place, app.now());
            Ok(Json(TryAnswer { leg: leg.to_string(), sdp }))
        }
        Answer::Done | Answer::Board { .. } => Err(senseless("begin a call of /try")),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};

    use crate::fake::House;

    const OFFER: &str = r#"{"sdp":"v=0","after_hours":false}"#;

    #[tokio::test]
    async fn outside_trial_mode_there_is_nothing_to_try() {
        let house = House::with(None).await;
        for (method, path) in
            [(Method::GET, "/api/try"), (Method::POST, "/api/try/calls"), (Method::DELETE, "/api/try/calls/l1.1.1")]
        {
            assert_eq!(house.send(method, path, &[], OFFER).await.problem(), (404, "not_found".into()), "{path}");
        }
        assert_eq!(house.get("/try", "").await.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_worker_dials_with_an_invented_number_that_is_not_printed() {
        let mut house = House::new().await;
        assert_eq!(house.get("/api/try", "").await.json()["number"], "4000000001");
        let told = house.post("/api/try/calls", OFFER).await;
        assert_eq!(told.json(), serde_json::json!({ "leg": "l1.1.1", "sdp": "answer to v=0" }));
        let asked = house.asked("TryCall").await;
        assert!(asked.contains("4000000001") && asked.contains("•••") && !asked.contains("130"), "{asked}");
        house.post("/api/try/calls", r#"{"sdp":"v=0","after_hours":true}"#).await;
        assert!(house.asked("TryCall").await.contains("4000000002"));
    }

    #[tokio::test]
    async fn four_at_a_time_and_only_those_can_be_hung_up() {
        let mut house = House::new().await;
        for _ in 0..4 {
            assert_eq!(house.post("/api/try/calls", OFFER).await.status, StatusCode::OK);
        }
        assert_eq!(house.post("/api/try/calls", OFFER).await.problem(), (429, "too_many_tries".into()));
        let hang_up = async |leg: &str| house.send(Method::DELETE, &format!("/api/try/calls/{leg}"), &[], "").await;
        for leg in ["l1.1.77", "l1.1.2", "l1.1.2"] {
            assert_eq!(hang_up(leg).await.status, StatusCode::NO_CONTENT, "another's leg, one's own, the same again");
        }
        assert_eq!(house.post("/api/try/calls", OFFER).await.status, StatusCode::OK);
        let hung_up: Vec<_> = house.all_asked().into_iter().filter(|asked| asked.contains("TryHangUp")).collect();
        assert_eq!(hung_up, ["TryHangUp { leg: l1.1.2 }"]);
    }
}
