use std::time::Duration;

use routing::RequestError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::{Answer, Ask, What};

/// How long the engine may take: its slowest answer waits for a disk, and an alarm is raised there after 500 ms.
const PATIENCE: Duration = Duration::from_secs(5);

/// The door to the engine, seen from here.
#[derive(Clone, Debug)]
pub(crate) struct Engine(mpsc::Sender<Ask>);

/// A question on its way; what was asked first is answered first.
#[derive(Debug)]
pub(crate) struct Asked(oneshot::Receiver<Result<Answer, RequestError>>);

impl Engine {
    pub(crate) fn new(asks: mpsc::Sender<Ask>) -> Self {
        Engine(asks)
    }

    /// Asks and waits for the answer.
    pub(crate) async fn ask(&self, what: What) -> Result<Answer, Failure> {
        self.begin(what).await?.answer().await
    }

    /// Asks; the answer is waited for apart.
    pub(crate) async fn begin(&self, what: What) -> Result<Asked, Failure> {
        let (answer, asked) = oneshot::channel();
        let sent = timeout(PATIENCE, self.0.send(Ask { what, answer })).await;
        sent.ok().and_then(Result::ok).map(|()| Asked(asked)).ok_or(Failure::EngineAway)
    }
}

impl Asked {
    /// Waits for the answer.
    pub(crate) async fn answer(self) -> Result<Answer, Failure> {
        match timeout(PATIENCE, self.0).await {
            Ok(Ok(answer)) => Ok(answer?),
            Ok(Err(_)) | Err(_) => Err(Failure::EngineAway),
        }
    }
}
