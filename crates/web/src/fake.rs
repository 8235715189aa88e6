//! For tests: the web with a FAKE engine behind it. It answers every ask alike and decides nothing; tests commit what it would have decided.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base::{Boot, JourneyId, LegId, NodeId, NumberClass, OfferId, OperatorId, Timestamp};
use futures_util::{SinkExt, StreamExt};
use routing::{Board, Caller, ChosenBy, Event, Language, OperatorState, Reason, Record, RequestError, Role, User};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tower::ServiceExt;

use crate::app::{App, Clock, lock};
use crate::guard::Door;
use crate::router::router;
use crate::serve::{Running, serve_http};
use crate::wire::TryInfo;
use crate::{Answer, Ask, Web, WebConfig, What};

/// When every test begins.
const BEGIN_S: i64 = 1_800_000_000;
/// Long enough for anything that comes at all.
const LONG: Duration = Duration::from_secs(30);
pub(crate) const PASSWORD: &str = "correct horse";

/// A web with its fake engine.
pub(crate) struct House {
    pub(crate) app: Arc<App>,
    engine: Arc<Mutex<FakeEngine>>,
    asked: mpsc::UnboundedReceiver<String>,
    committed: broadcast::Sender<Arc<[Record]>>,
    now_s: Arc<AtomicI64>,
    stop: watch::Sender<bool>,
    _running: Running,
}

#[derive(Default)]
struct FakeEngine {
    board: Board,
    boards_told: u32,
    refusal: Option<RequestError>,
    silent: bool,
    legs: u64,
}

impl House {
    /// With `li` and `chen`, operators, `wang`, a supervisor, and `zhao`, an administrator.
    pub(crate) async fn new() -> Self {
        House::with(Some(TryInfo { number: "4000000001".into(), closed_number: "4000000002".into() })).await
    }

    pub(crate) async fn with(trial: Option<TryInfo>) -> Self {
        let engine = Arc::new(Mutex::new(FakeEngine::default()));
        for (name, role) in [
            ("li", Role::Operator),
            ("chen", Role::Operator),
            ("wang", Role::Supervisor),
            ("zhao", Role::Administrator),
        ] {
            lock(&engine).fold(Event::UserAdded { user: user(name, role), password: phc().to_owned() });
        }
        let (asks, heard) = mpsc::channel(64);
        let (seen, asked) = mpsc::unbounded_channel();
        tokio::spawn(answer_all(engine.clone(), heard, seen));
        let (committed, receiver) = broadcast::channel(4);
        let now_s = Arc::new(AtomicI64::new(BEGIN_S));
        let clock = Clock::new({
            let now_s = now_s.clone();
            move || Timestamp::from_second(now_s.load(Ordering::Relaxed)).unwrap()
        });
        let (stop, stopping) = watch::channel(false);
        let targets = crate::config::Targets { lines: vec!["main".into()], referrals: vec!["mind".into()] };
        let (session_key, origins) = ([7; 32], vec![]);
        let config =
            WebConfig { https: None, http: vec![], trial, targets, session_key, settings: settings(), origins };
        let web = Web { engine: asks, committed: receiver, store: watch::channel(None).1, clock };
        let running = Running::start(&config, web, stopping).await.unwrap();
        House { app: running.app.clone(), engine, asked, committed, now_s, stop, _running: running }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.now_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The engine refuses what it is asked to do.
    pub(crate) fn refuse(&self, error: RequestError) {
        lock(&self.engine).refusal = Some(error);
    }

    /// The engine answers nothing any more: whoever asks is left without.
    pub(crate) fn fall_silent(&self) {
        lock(&self.engine).silent = true;
    }

    /// How often the whole board was told.
    pub(crate) fn boards_told(&self) -> u32 {
        lock(&self.engine).boards_told
    }

    /// The engine decides something, and it is committed.
    pub(crate) async fn commit(&self, events: impl IntoIterator<Item = Event>) {
        self.commit_at_once(events);
        self.settled().await;
    }

    /// The same without waiting for the web to hear of it; one group each.
    pub(crate) fn commit_at_once(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            let record = lock(&self.engine).fold(event);
            let _nobody = self.committed.send(Arc::new([record]));
        }
    }

    /// The web has folded all that was committed.
    pub(crate) async fn settled(&self) {
        let seq = lock(&self.engine).board.last_seq();
        let mut board = self.app.board.clone();
        let _there = timeout(LONG, board.wait_for(|board| board.last_seq() >= seq)).await.unwrap().unwrap();
    }

    /// The next thing that the engine was asked that says this.
    pub(crate) async fn asked(&mut self, word: &str) -> String {
        let find = async {
            loop {
                let asked = self.asked.recv().await.unwrap();
                if asked.contains(word) {
                    return asked;
                }
            }
        };
        timeout(LONG, find).await.unwrap_or_else(|_| panic!("nobody asked for {word}"))
    }

    /// What was asked of the engine and not looked at yet.
    pub(crate) fn all_asked(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }

    /// Signs in; gives the cookie.
    pub(crate) async fn sign_in(&self, name: &str) -> String {
        let response = self.post("/api/session", &sign_in(name, PASSWORD)).await;
        assert_eq!(response.status, StatusCode::OK);
        response.cookie()
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Told {
        self.send(Method::GET, path, &[("cookie", cookie)], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Told {
        self.send(Method::POST, path, &[], body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Told {
        self.send_through(Door::Loopback, method, path, headers, body).await
    }

    pub(crate) async fn send_through(
        &self,
        door: Door,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Told {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if headers.iter().all(|(name, _)| *name != "host") {
            request = request.header(header::HOST, "localhost:8080");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = SocketAddr::from(([192, 0, 2, 1], 4000));
        let router = router(&self.app, door).layer(MockConnectInfo(peer));
        let response = router.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Told { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Listens on loopback, until the house is gone.
    pub(crate) fn listen(&self) -> SocketAddr {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve_http(listener, self.app.clone(), axum_server::Handle::new()));
        address
    }

    /// The server says that it stops.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl FakeEngine {
    fn fold(&mut self, event: Event) -> Record {
        let seq = self.board.last_seq() + 1;
        let utc = Timestamp::from_second(BEGIN_S).unwrap();
        let record = Record { seq, utc, node: NodeId(1), boot: Boot(1), event };
        self.board.apply(&record);
        record
    }

    fn answer(&mut self, what: &What) -> Result<Answer, RequestError> {
        if let (Some(refusal), What::Act(_)) = (self.refusal, what) {
            return Err(refusal);
        }
        match what {
            What::Act(_) | What::DeskSocket { .. } | What::TryHangUp { .. } => Ok(Answer::Done),
            What::OpenLeg { sdp, .. } | What::TryCall { sdp, .. } => {
                self.legs += 1;
                Ok(Answer::Leg { leg: leg(self.legs), sdp: format!("answer to {sdp}") })
            }
            What::Board => {
                self.boards_told += 1;
                Ok(Answer::Board { board: Box::new(self.board.clone()), seq: self.board.last_seq() })
            }
        }
    }
}

async fn answer_all(
    engine: Arc<Mutex<FakeEngine>>,
    mut asks: mpsc::Receiver<Ask>,
    seen: mpsc::UnboundedSender<String>,
) {
    while let Some(Ask { what, answer }) = asks.recv().await {
        let _over = seen.send(format!("{what:?}"));
        if !lock(&engine).silent {
            let _left = answer.send(lock(&engine).answer(&what));
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Told {
    /// The cookie to send from now on.
    pub(crate) fn cookie(&self) -> String {
        let set = self.headers.get(header::SET_COOKIE).expect("a cookie is set").to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap().to_owned())
    }
}

/// A WebSocket as a page has it.
pub(crate) struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    pub(crate) async fn open(address: SocketAddr, path: &str, cookie: &str) -> Self {
        Page::try_open(address, path, cookie, &format!("http://{address}")).await.unwrap()
    }

    pub(crate) async fn try_open(address: SocketAddr, path: &str, cookie: &str, origin: &str) -> Result<Self, Error> {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        Ok(Page(connect_async(request).await?.0))
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next thing said; none when it was closed.
    pub(crate) async fn hear(&mut self) -> Option<Value> {
        timeout(LONG, self.next_text()).await.expect("nothing was said")
    }

    async fn next_text(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next thing said of this type.
    pub(crate) async fn hear_type(&mut self, kind: &str) -> Value {
        loop {
            let heard = self.hear().await.unwrap_or_else(|| panic!("closed before {kind}"));
            if heard["type"] == kind {
                return heard;
            }
        }
    }

    /// Closed, whatever is said before.
    pub(crate) async fn closes(&mut self) {
        while self.hear().await.is_some() {}
    }
}

pub(crate) fn sign_in(name: &str, password: &str) -> String {
    serde_json::json!({ "name": name, "password": password }).to_string()
}

pub(crate) fn phc() -> &'static str {
    static PHC: OnceLock<String> = OnceLock::new();
    PHC.get_or_init(|| crate::hash_password(PASSWORD).unwrap())
}

fn user(name: &str, role: Role) -> User {
    User { operator: OperatorId(name.into()), name: name.to_uppercase(), roles: vec![role], skills: vec![] }
}

pub(crate) fn leg(n: u64) -> LegId {
    LegId::new(NodeId(1), Boot(1), n)
}

pub(crate) fn journey(n: u64) -> JourneyId {
    JourneyId::new(NodeId(1), Boot(1), n)
}

pub(crate) fn offer(n: u64) -> OfferId {
    OfferId::new(NodeId(1), Boot(1), n)
}

/// A moment after the begin of every test.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(BEGIN_S + seconds).unwrap()
}

/// What pages see after these.
pub(crate) fn committed(events: impl IntoIterator<Item = Event>) -> Board {
    let mut board = Board::default();
    for (seq, event) in (1..).zip(events) {
        board.apply(&Record { seq, utc: at(0), node: NodeId(1), boot: Boot(1), event });
    }
    board
}

pub(crate) fn arrived(n: u64, leg: LegId) -> Event {
    Event::JourneyOpened {
        journey: journey(n),
        leg,
        caller: Caller {
            person: Some(base::PersonId([9; 16])),
            number: Some(base::Sealed(vec![1, 2, 3])),
            masked: "139****8096".into(),
            class: NumberClass::Mobile,
            private: false,
        },
        dialled: "4000000001".into(),
        trunk: "carrier".into(),
        service: "helpline".into(),
        synthetic: false,
        open: true,
        flow: "main".into(),
        calendar_version: "c1".into(),
        settings_version: "s1".into(),
    }
}

pub(crate) fn queued(n: u64) -> [Event; 3] {
    [
        Event::Answered { journey: journey(n), leg: leg(n) },
        Event::LanguageChosen { journey: journey(n), language: Language("yue".into()), by: ChosenBy::Key },
        Event::Queued { journey: journey(n), queue: "main".into(), skills: vec![], priority: 5, since: at(-60) },
    ]
}

pub(crate) fn ringing(n: u64, operator: &str) -> [Event; 2] {
    let operator = OperatorId(operator.into());
    let state = OperatorState::Offered { offer: offer(n) };
    [
        Event::Offered {
            offer: offer(n),
            journey: journey(n),
            operator: operator.clone(),
            leg: None,
            until: at(20),
            pick: None,
        },
        Event::OperatorChanged { operator, state, reason: Reason::new("offered") },
    ]
}

pub(crate) fn changed(operator: &str, state: OperatorState) -> Event {
    Event::OperatorChanged { operator: OperatorId(operator.into()), state, reason: Reason::new("asked") }
}

/// One line, open from nine to nine, with a computed closure ahead.
pub(crate) fn settings() -> Arc<routing::Settings> {
    use std::collections::BTreeMap;

    use routing::{AtClosing, Calendar, Closure, Holiday, Limits, Service, Settings};
    let day = |text: &str| text.parse().unwrap();
    let name = || "Chinese New Year".to_owned();
    let (from, to) = (day("2027-02-05"), day("2027-02-12"));
    let hours = Calendar {
        version: "hours-1".into(),
        zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
        week: std::array::from_fn(|_| vec!["09:00-21:00".parse().unwrap()]),
        exceptions: BTreeMap::from([(from, Closure { hours: Vec::new(), name: name() })]),
        checked_until: day("2027-12-31"),
        holidays: BTreeMap::from([("chinese_new_year.2027".into(), Holiday { from, to, name: name() })]),
    };
    let line = Service {
        flow: "open".into(),
        closed_flow: "closed".into(),
        calendar: Some("hours".into()),
        language: Language("zh-CN".into()),
        synthetic: false,
        at_closing: AtClosing::Serve,
        last_call: Duration::from_secs(1800),
        remembers_language: false,
        notices: vec!["typhoon".into()],
    };
    Arc::new(Settings {
        version: "settings-1".into(),
        services: BTreeMap::from([("line".into(), line)]),
        numbers: BTreeMap::new(),
        calendars: BTreeMap::from([("hours".into(), hours)]),
        flows: BTreeMap::new(),
        queues: BTreeMap::new(),
        sip_operators: Vec::new(),
        trunks: BTreeMap::new(),
        dial_plan: routing::DialPlan::default(),
        callbacks: routing::Callbacks::default(),
        limits: Limits {
            journeys: 1,
            greet_after: Duration::ZERO,
            spoken_without_outcome: Duration::ZERO,
            desk_rejoin: Duration::ZERO,
            verify: Duration::ZERO,
            resume: Duration::ZERO,
            wrap_up_most: Duration::ZERO,
        },
    })
}
