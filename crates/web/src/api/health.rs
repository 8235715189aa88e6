use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::What;
use crate::app::App;

/// The engine is asked no more often than this, however many ask us.
const FRESH: Duration = Duration::from_secs(1);

/// Whether the engine answered when it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

/// GET `/healthz`: the process lives.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// GET `/readyz`: a worker can get through, as far as can be known here: the engine answers.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    let mut last = app.readiness.0.lock().await;
    let answers = match *last {
        Some((at, answers)) if at.elapsed() < FRESH => answers,
        Some(_) | None => {
            let answers = app.engine.ask(What::Board).await.is_ok();
            *last = Some((Instant::now(), answers));
            answers
        }
    };
    if answers {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the engine does not answer\n")
    }
}
