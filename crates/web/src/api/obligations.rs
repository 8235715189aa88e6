use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use routing::{Reason, Request, RequestKind};
use serde::Deserialize;
use store::{Obligation, ObligationFilter, Standing};

use super::calls::{given, limit, place};
use super::{Body, Terms};
use crate::What;
use crate::app::{App, away};
use crate::failure::Failure;
use crate::session::{KeepSession, LogSession};
use crate::wire::{ObligationPage, ObligationRow};

/// Characters that a reason may have.
const LONGEST_REASON: usize = 200;

/// Which obligations are asked for; an empty term is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ObligationTerms {
    state: String,
    language: String,
    after: String,
    limit: String,
}

/// GET `/api/obligations`.
pub(crate) async fn obligations(
    State(app): State<Arc<App>>,
    _: LogSession,
    Terms(terms): Terms<ObligationTerms>,
) -> Result<Json<ObligationPage>, Failure> {
    let after = place(&terms.after)?;
    let limit = limit(&terms.limit)?;
    let standing = given(terms.state).map(|state| Standing::of(&state).ok_or(Failure::BadRequest)).transpose()?;
    let filter = ObligationFilter { standing, language: given(terms.language), now: app.now() };
    let reader = app.reader()?;
    let page = reader.obligations(&filter, after, limit).await.map_err(|error| away(&error))?;
    let behind = app.behind(&reader).await?;
    let next = page.next.map(|next| next.to_string());
    Ok(Json(ObligationPage { obligations: page.obligations.into_iter().map(row).collect(), next, behind }))
}

/// POST `/api/obligations`: what a supervisor asks about one of them. It is decided, and written down with their name, by the engine.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    KeepSession(session): KeepSession,
    Body(kind): Body<RequestKind>,
) -> Result<StatusCode, Failure> {
    if !is_for_supervisors(&kind) {
        return Err(Failure::Forbidden);
    }
    let unfit = |reason: &Reason| reason.0.trim().is_empty() || reason.0.chars().count() > LONGEST_REASON;
    if needed_reason(&kind).is_some_and(unfit) {
        return Err(Failure::BadRequest);
    }
    let request = Request { by: Some(session.operator().clone()), kind };
    app.engine.ask(What::Act(request)).await.map(|_| StatusCode::NO_CONTENT)
}

fn is_for_supervisors(kind: &RequestKind) -> bool {
    let plans = matches!(kind, RequestKind::ClaimObligation { .. } | RequestKind::PlanCallback { .. });
    plans || needed_reason(kind).is_some()
}

/// What closes or marks is answered for by name, with a reason.
fn needed_reason(kind: &RequestKind) -> Option<&Reason> {
    if let RequestKind::CloseObligation { reason, .. } | RequestKind::FlagNumber { reason, .. } = kind {
        Some(reason)
    } else {
        None
    }
}

fn row(owed: Obligation) -> ObligationRow {
    let moment = |at: Option<base::Timestamp>| at.map(|at| at.to_string());
    ObligationRow {
        obligation: owed.obligation.to_string(),
        state: owed.state,
        kind: owed.kind,
        opened: owed.opened.to_string(),
        changed: owed.changed.to_string(),
        journey: owed.journey.to_string(),
        journeys: owed.journeys,
        caller: owed.caller,
        class: owed.class,
        one_person: owed.one_person,
        language: owed.language,
        topic: owed.topic,
        danger: owed.danger,
        reason: owed.reason,
        part: owed.part,
        wanted: owed.wanted,
        contact: owed.contact,
        due: moment(owed.due),
        plan_reason: owed.plan_reason,
        list: owed.list,
        list_reason: owed.list_reason,
        claimed_by: owed.claimed_by,
        promise: moment(owed.promise),
        attempts: owed.attempts,
        under_way: owed.under_way,
        last_attempt: moment(owed.last_attempt),
        last_result: owed.last_result,
        operator: owed.operator,
        discharged_by: owed.discharged_by,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use crate::fake::House;

    const CLOSE: &str = r#"{"do":"close_obligation","obligation":"b1.1.7","reason":"reached by letter"}"#;

    #[tokio::test]
    async fn what_a_supervisor_asks_goes_to_the_engine_in_their_name() {
        let mut house = House::new().await;
        let cookie = house.sign_in("wang").await;
        let told = house.send(Method::POST, "/api/obligations", &[("cookie", &cookie)], CLOSE).await;
        assert_eq!(told.status, 204);
        let asked = house.asked("CloseObligation").await;
        assert!(asked.contains("wang") && asked.contains("reached by letter"), "{asked}");
    }

    #[tokio::test]
    async fn without_the_role_or_a_reason_or_beyond_these_requests_nothing_is_asked() {
        let house = House::new().await;
        let [operator, supervisor] = [house.sign_in("li").await, house.sign_in("wang").await];
        let no_reason = r#"{"do":"flag_number","obligation":"b1.1.7","flag":"do_not_call","on":true,"reason":" "}"#;
        for (cookie, body, status) in [
            (&operator, CLOSE, 403),
            (&supervisor, no_reason, 400),
            (&supervisor, r#"{"do":"hang_up"}"#, 403),
            (&supervisor, r#"{"do":"nothing"}"#, 400),
        ] {
            let told = house.send(Method::POST, "/api/obligations", &[("cookie", cookie)], body).await;
            assert_eq!(told.status, status, "{body}");
        }
    }

    #[tokio::test]
    async fn a_standing_that_is_none_is_refused() {
        let house = House::new().await;
        let cookie = house.sign_in("wang").await;
        assert_eq!(house.get("/api/obligations?state=somehow", &cookie).await.status, 400);
    }
}
