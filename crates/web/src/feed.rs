use std::sync::Arc;
use std::time::Duration;

use routing::{Board, Record};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use crate::engine::Engine;
use crate::failure::Failure;
use crate::{Answer, What};

/// Committed records, as they are broadcast.
pub type Committed = broadcast::Receiver<Arc<[Record]>>;

/// A board with the number of the last record that is in it.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) board: Board,
    seq: u64,
}

/// Asks for the board, again and again until the engine tells it.
pub(crate) async fn whole(engine: &Engine) -> Whole {
    loop {
        match engine.ask(What::Board).await {
            Ok(Answer::Board { board, seq }) => return Whole { board: *board, seq },
            Ok(Answer::Done | Answer::Leg { .. }) => {
                tracing::error!("asked for the board, the engine answered otherwise")
            }
            Err(error) => tracing::warn!(%error, "the engine does not tell the board"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Folds what is committed into the board, until no more can come. After falling behind it asks for the whole again.
pub(crate) async fn follow(engine: Engine, mut committed: Committed, mut seq: u64, board: watch::Sender<Board>) {
    loop {
        let behind = match committed.recv().await {
            Ok(records) => fold(&board, &mut seq, &records).is_err(),
            Err(RecvError::Lagged(groups)) => {
                tracing::warn!(groups, "fell behind the committed records");
                true
            }
            Err(RecvError::Closed) => return,
        };
        if behind {
            let whole = whole(&engine).await;
            seq = whole.seq;
            board.send_replace(whole.board);
        }
    }
}

/// A record is missing.
struct Gap;

/// Folds the records that are new. A gap among them is told, and nothing after it folded.
fn fold(board: &watch::Sender<Board>, seq: &mut u64, records: &[Record]) -> Result<(), Gap> {
    let mut result = Ok(());
    board.send_if_modified(|board| {
        let before = *seq;
        for record in records.iter().filter(|record| record.seq > before) {
            if record.seq != *seq + 1 {
                result = Err(Gap);
                break;
            }
            board.apply(record);
            *seq = record.seq;
        }
        *seq > before
    });
    result
}

impl Whole {
    /// The board apart from its number.
    pub(crate) fn into_parts(self) -> (Board, u64) {
        (self.board, self.seq)
    }
}

/// A question whose answer makes no sense is a fault of ours.
pub(crate) fn senseless(asked: &'static str) -> Failure {
    tracing::error!(asked, "the engine answered something else");
    Failure::EngineAway
}

#[cfg(test)]
mod tests {
    use base::OperatorId;
    use routing::OperatorState;

    use crate::fake::{House, arrived, changed, leg};

    #[tokio::test]
    async fn what_is_committed_is_folded_without_asking() {
        let house = House::new().await;
        house.commit([arrived(1, leg(1)), changed("li", OperatorState::Ready { since: crate::fake::at(0) })]).await;
        assert_eq!(house.app.board.borrow().journeys().count(), 1);
        assert_eq!(house.boards_told(), 1, "once, at the start");
    }

    #[tokio::test]
    async fn after_falling_behind_the_whole_is_asked_for_again() {
        let house = House::new().await;
        house.commit_at_once((1..=20).map(|n| arrived(n, leg(n)))); // the channel keeps four
        house.settled().await;
        assert_eq!(house.app.board.borrow().journeys().count(), 20);
        assert_eq!(house.boards_told(), 2);
        house.commit([changed("li", OperatorState::Offline)]).await;
        assert!(house.app.board.borrow().operator(&OperatorId("li".into())).is_some(), "and folding goes on");
        assert_eq!(house.boards_told(), 2);
    }
}
