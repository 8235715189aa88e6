//! The probe's operator: signs in as a desk does, over HTTP and WebSocket, with a WebRTC leg played by the crate `webrtc`.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::peer::Peer;
use crate::commands::Failure;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long any one step may take.
const STEP: Duration = Duration::from_secs(10);

/// An operator at work.
pub(super) struct Desk {
    socket: Socket,
    peer: Peer,
    view: Value,
    asked: u64,
}

impl Desk {
    /// Signs in and starts the shift: audio up, ready.
    pub(super) async fn start(pages: &str, name: &str, password: &str) -> Result<Self, Failure> {
        let http = reqwest::Client::builder().timeout(STEP).build()?;
        let sign_in = http
            .post(format!("{pages}/api/session"))
            .header("origin", pages)
            .json(&json!({ "name": name, "password": password }))
            .send()
            .await?;
        if !sign_in.status().is_success() {
            return Err(format!("signing in was refused with {}", sign_in.status()).into());
        }
        let cookie = sign_in.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).ok_or("signing in gave no cookie")?.to_owned();

        let (peer, offer) = Peer::offer().await?;
        let socket = connect(pages, &cookie).await?;
        let answer = http
            .post(format!("{pages}/api/desk/leg"))
            .header("origin", pages)
            .header("cookie", &cookie)
            .json(&json!({ "sdp": offer }))
            .send()
            .await?;
        if !answer.status().is_success() {
            return Err(format!("the desk's audio leg was refused with {}", answer.status()).into());
        }
        let answer: Value = answer.json().await?;
        peer.accept(answer["sdp"].as_str().ok_or("the desk's audio leg has no SDP")?).await?;

        let mut desk = Desk { socket, peer, view: Value::Null, asked: 0 };
        desk.until("audio is up", |view| view["audio"] == true).await?;
        desk.ask(json!({ "do": "ready" })).await?;
        desk.until("the operator is ready", |view| view["state"] == "ready").await?;
        Ok(desk)
    }

    /// Waits for the probe's own call and takes it; anyone else's is left to others. Returns the journey.
    pub(super) async fn answer(&mut self) -> Result<String, Failure> {
        loop {
            self.until("a call is offered", |view| view["offer"].is_object()).await?;
            let offer = self.view["offer"].clone();
            let id = offer["offer"].clone();
            if offer["caller"]["topic"] == "probe" {
                self.ask(json!({ "do": "accept", "offer": id })).await?;
                return Ok(offer["journey"].as_str().unwrap_or_default().to_owned());
            }
            self.ask(json!({ "do": "decline", "offer": id, "reason": "probe" })).await?;
            self.until("the other call is gone", |view| view["offer"]["offer"] != id).await?;
        }
    }

    /// Whether the tone was heard, and how clearly.
    pub(super) fn hears(&self, hz: f64) -> f64 {
        self.peer.hears(hz)
    }

    /// Speaks a tone, or is silent.
    pub(super) fn speak(&self, hz: Option<f64>) {
        self.peer.speak(hz);
    }

    /// Waits until the call is over, says what came of it, ends the shift.
    pub(super) async fn finish(mut self) -> Result<(), Failure> {
        self.until("the call is over", |view| view["call"].is_null()).await?;
        if self.view["state"] == "wrap_up" {
            self.ask(json!({ "do": "outcome", "outcome": "spoken" })).await?;
            self.ask(json!({ "do": "finish_wrap_up" })).await?;
        }
        self.ask(json!({ "do": "end_shift" })).await?;
        self.peer.close().await;
        Ok(())
    }

    async fn until(&mut self, what: &str, mut holds: impl FnMut(&Value) -> bool) -> Result<(), Failure> {
        let waited = timeout(STEP, async {
            while !holds(&self.view) {
                self.next().await?;
            }
            Ok::<(), Failure>(())
        });
        waited.await.map_err(|_| format!("waited {} s in vain until {what}", STEP.as_secs()))?
    }

    async fn ask(&mut self, ask: Value) -> Result<(), Failure> {
        self.asked += 1;
        let id = self.asked;
        let said = json!({ "type": "ask", "id": id, "ask": ask });
        self.socket.send(Message::text(said.to_string())).await?;
        let reply = timeout(STEP, async {
            loop {
                let told = self.next().await?;
                if told["type"] == "reply" && told["id"] == id {
                    return Ok::<Value, Failure>(told);
                }
            }
        });
        let reply = reply.await.map_err(|_| "the desk's request was not answered")??;
        match reply["error"].as_str() {
            Some(error) => Err(format!("the desk's request was refused: {error} ({ask})").into()),
            None => Ok(()),
        }
    }

    async fn next(&mut self) -> Result<Value, Failure> {
        loop {
            let message = self.socket.next().await.ok_or("the desk's socket was closed")??;
            if let Message::Text(text) = message {
                let told: Value = serde_json::from_str(&text)?;
                if told["type"] == "view" {
                    self.view = told.clone();
                }
                return Ok(told);
            }
        }
    }
}

async fn connect(pages: &str, cookie: &str) -> Result<Socket, Failure> {
    let address = format!("{}/api/desk/socket", pages.replacen("http", "ws", 1));
    let mut request = address.into_client_request()?;
    request.headers_mut().insert("origin", pages.parse()?);
    request.headers_mut().insert("cookie", cookie.parse()?);
    Ok(tokio_tungstenite::connect_async(request).await?.0)
}
