//! What is on disk and may be seen: the board of this moment and the feed of records.

use std::sync::{Arc, Mutex, PoisonError};

use routing::{Board, Record};
use tokio::sync::broadcast;

/// Groups that a slow listener may be behind before it must take the whole board again.
const FEED: usize = 1024;

/// Shared by the journal's thread (which tells) and all who look.
#[derive(Clone)]
pub(crate) struct Committed {
    board: Arc<Mutex<(Board, u64)>>,
    feed: broadcast::Sender<Arc<[Record]>>,
}

impl Committed {
    /// Begins with a board folded from the journal.
    pub(crate) fn new(board: Board, seq: u64) -> Self {
        Committed { board: Arc::new(Mutex::new((board, seq))), feed: broadcast::channel(FEED).0 }
    }

    /// A group is durable: the board shows it.
    pub(crate) fn fold(&self, records: &[Record]) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            board.0.apply(record);
            board.1 = record.seq;
        }
    }

    /// Tells those who listen of a group that the board shows.
    pub(crate) fn tell(&self, records: Arc<[Record]>) {
        // Nobody listens yet, or any more.
        let _ = self.feed.send(records);
    }

    /// The board, whole, and the seq of the last record in it.
    pub(crate) fn board(&self) -> (Board, u64) {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The seq of the last durable record.
    pub(crate) fn seq(&self) -> u64 {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// Records from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<[Record]>> {
        self.feed.subscribe()
    }
}
