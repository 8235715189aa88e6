use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use base::LegId;
use routing::Progress;

use super::Upgrade;
use crate::What;
use crate::app::{App, stopped};
use crate::failure::Failure;
use crate::line::{Gone, Goodbye, Line};
use crate::wire::TryState;

/// GET `/api/try/calls/{leg}`: where a call of `/try` stands. The page's going away hangs it up.
pub(crate) async fn watch(
    State(app): State<Arc<App>>,
    Path(leg): Path<String>,
    Upgrade(upgrade): Upgrade,
) -> Result<Response, Failure> {
    let leg: LegId = leg.parse().map_err(|_| Failure::NotFound)?;
    if !app.try_calls.watch(leg) {
        return Err(Failure::NotFound);
    }
    Ok(upgrade.on_upgrade(move |socket| attend(app, leg, Line::new(socket))))
}

async fn attend(app: Arc<App>, leg: LegId, mut line: Line) {
    let ended = follow(&app, leg, &mut line).await;
    if app.try_calls.over(leg) && !matches!(ended, Ok(Goodbye::Done)) {
        let _left = app.engine.begin(What::TryHangUp { leg }).await;
    }
    if let Ok(why) = ended {
        line.close(why).await;
    }
}

async fn follow(app: &App, leg: LegId, line: &mut Line) -> Result<Goodbye, Gone> {
    let mut board = app.board.clone();
    let mut stopping = app.stopping.clone();
    let mut shown = None;
    board.mark_changed();
    loop {
        tokio::select! {
            () = stopped(&mut stopping) => return Ok(Goodbye::GoingAway),
            changed = board.changed() => if changed.is_err() { return Ok(Goodbye::GoingAway) },
            text = line.read() => {
                text?;
                continue;
            }
        }
        let progress = board.borrow().progress(leg);
        if let Some(progress) = progress.filter(|_| progress != shown) {
            line.say(&state(progress)).await?;
            shown = Some(progress);
        }
        if matches!(progress, Some(Progress::Ended { .. })) {
            return Ok(Goodbye::Done);
        }
    }
}

fn state(progress: Progress) -> TryState {
    let (state, cause) = match progress {
        Progress::Menu => ("menu", None),
        Progress::Waiting => ("waiting", None),
        Progress::Ringing => ("ringing", None),
        Progress::Talking => ("talking", None),
        Progress::Held => ("held", None),
        Progress::Ended { cause } => ("ended", Some(cause)),
    };
    TryState { state: state.to_owned(), cause: cause.map(|cause| cause.word().to_owned()) }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use routing::{Event, Party, TerminalCause};

    use crate::fake::{House, Page, arrived, journey, leg, queued, ringing};

    const OFFER: &str = r#"{"sdp":"v=0","after_hours":false}"#;

    #[tokio::test]
    async fn the_page_sees_each_stage_and_the_end() {
        let mut house = House::new().await;
        let address = house.listen();
        assert_eq!(house.post("/api/try/calls", OFFER).await.status, StatusCode::OK);
        let mut page = Page::open(address, "/api/try/calls/l1.1.1", "").await;
        let mut seen = vec![];
        house.commit([arrived(1, leg(1))]).await;
        seen.push(page.hear().await.unwrap()["state"].clone());
        house.commit(queued(1)).await;
        while seen.last().unwrap() != "waiting" {
            seen.push(page.hear().await.unwrap()["state"].clone());
        }
        house.commit(ringing(1, "li")).await;
        seen.push(page.hear().await.unwrap()["state"].clone());
        assert_eq!(seen, ["menu", "waiting", "ringing"]);
        house.commit([Event::Ended { journey: journey(1), cause: TerminalCause::Abandoned, by: Party::Caller }]).await;
        assert_eq!(page.hear().await, Some(serde_json::json!({ "state": "ended", "cause": "abandoned" })));
        page.closes().await;
        assert!(house.all_asked().iter().all(|asked| !asked.contains("TryHangUp")), "it was over already");
    }

    #[tokio::test]
    async fn a_page_that_goes_hangs_up() {
        let mut house = House::new().await;
        let address = house.listen();
        house.post("/api/try/calls", OFFER).await;
        drop(Page::open(address, "/api/try/calls/l1.1.1", "").await);
        assert_eq!(house.asked("TryHangUp").await, "TryHangUp { leg: l1.1.1 }");
    }

    #[tokio::test]
    async fn other_legs_are_not_watched() {
        let house = House::new().await;
        let address = house.listen();
        let origin = format!("http://{address}");
        assert!(Page::try_open(address, "/api/try/calls/l1.1.5", "", &origin).await.is_err());
    }
}
