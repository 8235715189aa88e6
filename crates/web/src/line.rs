use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

/// The most that one message may hold.
pub(crate) const LONGEST_MESSAGE: usize = 64 * 1024;
/// Pings this often,
const PING_EVERY: Duration = Duration::from_secs(5);
/// and who says nothing for this long is gone: half-open sockets are noticed.
const DEAD_AFTER: Duration = Duration::from_secs(10);
/// Who takes longer for a message is disconnected.
const SLOWEST_READER: Duration = Duration::from_secs(5);

/// Why a socket is closed (RFC 6455 §7.4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goodbye {
    /// The server stops.
    GoingAway,
    /// Signed out, disabled, signed in elsewhere, nonsense.
    Policy,
    /// What it was for is over.
    Done,
}

impl Goodbye {
    fn code(self) -> u16 {
        match self {
            Goodbye::Done => 1000,
            Goodbye::GoingAway => 1001,
            Goodbye::Policy => 1008,
        }
    }
}

/// The peer went, or is too slow, or is dead.
#[derive(Debug)]
pub(crate) struct Gone;

/// A WebSocket that speaks JSON, notices a dead peer and waits for no slow one.
#[derive(Debug)]
pub(crate) struct Line {
    socket: WebSocket,
    beat: Interval,
    heard: Instant,
}

impl Line {
    pub(crate) fn new(socket: WebSocket) -> Self {
        let mut beat = interval(PING_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Line { socket, beat, heard: Instant::now() }
    }

    /// The next text; pings meanwhile. Cancel-safe.
    pub(crate) async fn read(&mut self) -> Result<Utf8Bytes, Gone> {
        loop {
            tokio::select! {
                message = self.socket.recv() => {
                    self.heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => return Ok(text),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => return Err(Gone),
                    }
                }
                _ = self.beat.tick() => self.send(Message::Ping(Bytes::new())).await?,
                () = sleep_until(self.heard + DEAD_AFTER) => return Err(Gone),
            }
        }
    }

    /// Says something.
    pub(crate) async fn say(&mut self, what: &impl Serialize) -> Result<(), Gone> {
        let text = serde_json::to_string(what).map_err(|_| Gone)?;
        self.send(Message::Text(text.into())).await
    }

    /// Closes it with a reason.
    pub(crate) async fn close(mut self, why: Goodbye) {
        let frame = CloseFrame { code: why.code(), reason: Utf8Bytes::default() };
        let _gone = self.send(Message::Close(Some(frame))).await;
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(SLOWEST_READER, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}
