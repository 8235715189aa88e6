use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::Failure;
use crate::peer::Peer;

/// How long any one step may take.
const STEP: Duration = Duration::from_secs(10);

/// An operator who has signed in.
pub(crate) struct SignedIn {
    http: reqwest::Client,
    pages: String,
    cookie: String,
}

/// An operator on shift.
pub(crate) struct Desk {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    _peer: Peer,
    asked: u64,
}

impl SignedIn {
    /// Signs in, as the page does.
    pub(crate) async fn new(pages: &str, name: &str, password: &str) -> Result<Self, Failure> {
        let http = reqwest::Client::builder().timeout(STEP).build()?;
        let post = http.post(format!("{pages}/api/session")).header("origin", pages);
        let answer = post.json(&json!({ "name": name, "password": password })).send().await?.error_for_status()?;
        let cookie = answer.headers().get("set-cookie").ok_or("signing in gave no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(SignedIn { http, pages: pages.to_owned(), cookie })
    }

    /// Starts the shift: audio up, ready.
    pub(crate) async fn start(self) -> Result<Desk, Failure> {
        let SignedIn { http, pages, cookie } = self;
        let mut request = format!("{}/api/desk/socket", pages.replacen("http", "ws", 1)).into_client_request()?;
        request.headers_mut().insert("origin", pages.parse()?);
        request.headers_mut().insert("cookie", cookie.parse()?);
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;

        let (peer, offer) = Peer::offer().await?;
        let post = http.post(format!("{pages}/api/desk/leg")).header("origin", &pages).header("cookie", &cookie);
        let answer: Value = post.json(&json!({ "sdp": offer })).send().await?.error_for_status()?.json().await?;
        peer.accept(answer["sdp"].as_str().ok_or("the desk's leg has no SDP")?).await?;

        let mut desk = Desk { socket, _peer: peer, asked: 0 };
        desk.until(|view| view["audio"] == true).await?;
        desk.ask(json!({ "do": "ready" })).await?;
        desk.until(|view| view["state"] == "ready").await?;
        Ok(desk)
    }
}

impl Desk {
    /// Takes every call that is offered, for ever.
    pub(crate) async fn work(mut self) -> Result<(), Failure> {
        let mut taken = Value::Null;
        loop {
            let view = self.view().await?;
            let offer = &view["offer"]["offer"];
            if !offer.is_null() && *offer != taken {
                taken = offer.clone();
                self.ask(json!({ "do": "accept", "offer": taken })).await?;
            }
        }
    }

    async fn ask(&mut self, ask: Value) -> Result<(), Failure> {
        self.asked += 1;
        let said = json!({ "type": "ask", "id": self.asked, "ask": ask });
        Ok(self.socket.send(Message::text(said.to_string())).await?)
    }

    async fn until(&mut self, holds: impl Fn(&Value) -> bool) -> Result<(), Failure> {
        let seen = async {
            while !holds(&self.view().await?) {}
            Ok(())
        };
        timeout(STEP, seen).await.map_err(|_| "a desk did not come up")?
    }

    async fn view(&mut self) -> Result<Value, Failure> {
        loop {
            let message = self.socket.next().await.ok_or("a desk's socket was closed")??;
            let Message::Text(text) = message else { continue };
            let told: Value = serde_json::from_str(&text)?;
            if told["type"] == "view" {
                return Ok(told);
            }
        }
    }
}
