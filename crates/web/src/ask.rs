//! What web asks of the engine: the one door between them.

use base::{LegId, OperatorId};
use routing::{Board, Request, RequestError};
use tokio::sync::oneshot;

/// A question with the way back for its answer. Answers to acts come only after the records behind them are durable.
#[derive(Debug)]
pub struct Ask {
    /// What is asked.
    pub what: What,
    /// Where the answer goes. Whoever asked may have left.
    pub answer: oneshot::Sender<Result<Answer, RequestError>>,
}

/// The things that can be asked.
#[derive(Debug)]
pub enum What {
    /// Something for the switchboard.
    Act(Request),
    /// Open (or open anew) an operator's desk leg with this SDP offer. Answer: `Leg`.
    OpenLeg { operator: OperatorId, sdp: String },
    /// An operator's WebSocket came (first one) or went (last one).
    DeskSocket { operator: OperatorId, up: bool },
    /// A browser plays the worker (trial mode only) and dials one of our numbers. Answer: `Leg`.
    TryCall { sdp: String, dialled: String, caller: base::Pii<String> },
    /// It hangs up.
    TryHangUp { leg: LegId },
    /// The board, whole: at start, and after falling behind the feed of records. Answer: `Board`.
    Board,
}

/// What comes back.
#[derive(Debug)]
pub enum Answer {
    /// Done.
    Done,
    /// The leg and our SDP answer.
    Leg { leg: LegId, sdp: String },
    /// The board with the seq of the last record folded into it.
    Board { board: Box<Board>, seq: u64 },
}
