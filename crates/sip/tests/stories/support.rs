//! A user agent, a clock, and what came out of it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use base::{Boot, LegId, Mono, NodeId, Now, Timestamp};
use sip::{
    ConnectionId, Event, Flow, Input, LadderEntry, Order, Outbound, Output, Question, Settings, Transport, Trunk,
    UserAgent,
};

pub(crate) const OURS: &str = "198.51.100.1:5060";
pub(crate) const CARRIER: &str = "192.0.2.10:5060";
pub(crate) const STRANGER: &str = "203.0.113.66:5060";
pub(crate) const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n";

/// Something that the user agent sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The first line.
    pub(crate) fn line(&self) -> String {
        self.text().lines().next().unwrap_or_default().to_owned()
    }

    /// Every value of a header, in order.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let head = text.split("\r\n\r\n").next().unwrap();
        let named = head.lines().filter_map(|line| line.split_once(": ")).filter(|(n, _)| n.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.to_owned()).collect()
    }

    /// The one value of a header.
    pub(crate) fn header(&self, name: &str) -> String {
        let all = self.headers(name);
        assert_eq!(all.len(), 1, "{name} in {}", self.text());
        all[0].clone()
    }

    pub(crate) fn to_tag(&self) -> String {
        self.header("To").split(";tag=").nth(1).expect("a To tag").to_owned()
    }

    pub(crate) fn branch(&self) -> String {
        let via = self.headers("Via")[0].clone();
        via.split("branch=").nth(1).unwrap().split(';').next().unwrap().to_owned()
    }
}

/// A user agent under test.
pub(crate) struct Story {
    pub(crate) agent: UserAgent,
    pub(crate) now: Now,
    pub(crate) sent: VecDeque<Sent>,
    pub(crate) closed: Vec<Flow>,
    pub(crate) events: VecDeque<Event>,
    pub(crate) ladder: Vec<LadderEntry>,
    /// Names that it asked for.
    pub(crate) asked: Vec<Question>,
    dialled: u64,
}

pub(crate) fn settings() -> Settings {
    let ours: SocketAddr = OURS.parse().unwrap();
    Settings {
        trunks: vec![Trunk {
            name: "carrier".into(),
            addresses: vec![("192.0.2.0".parse().unwrap(), 24), ("2001:db8::".parse().unwrap(), 32)],
            ..Trunk::default()
        }],
        session_expires_s: 1800,
        numbers: vec!["4008169580".into()],
        product: "helpline/0.1.0".into(),
        sockets: vec![
            (Transport::Udp, ours),
            (Transport::Tcp, ours),
            (Transport::Udp, "[2001:db8:1::1]:5060".parse().unwrap()),
        ],
        advertised: vec![],
    }
}

/// The carrier of `settings`, and a trunk `mobile` that calls of ours leave by.
pub(crate) fn with_outbound(out: Outbound) -> Settings {
    let mut settings = settings();
    settings.trunks.push(Trunk { name: "mobile".into(), out: Some(out), ..Trunk::default() });
    settings
}

pub(crate) fn udp(remote: &str) -> Flow {
    let remote: SocketAddr = remote.parse().unwrap();
    let local = if remote.is_ipv4() { OURS } else { "[2001:db8:1::1]:5060" };
    Flow { transport: Transport::Udp, local: local.parse().unwrap(), remote, connection: None }
}

pub(crate) fn tcp(remote: &str, connection: u64) -> Flow {
    Flow { transport: Transport::Tcp, connection: Some(ConnectionId(connection)), ..udp(remote) }
}

impl Story {
    pub(crate) fn new() -> Self {
        Story::with(settings())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let now = Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH };
        let mut story = Story {
            agent: UserAgent::new(NodeId(1), Boot(1), [7; 32]),
            now,
            sent: VecDeque::new(),
            closed: Vec::new(),
            events: VecDeque::new(),
            ladder: Vec::new(),
            asked: Vec::new(),
            dialled: 0,
        };
        story.order(Order::Configure(settings));
        story
    }

    /// Something comes by this flow.
    pub(crate) fn receive(&mut self, flow: Flow, bytes: impl AsRef<[u8]>) {
        self.agent.handle(Input::Received { flow, bytes: bytes.as_ref() }, self.now);
        self.drain();
    }

    /// The carrier sends a datagram.
    pub(crate) fn carrier(&mut self, text: impl AsRef<[u8]>) {
        self.receive(udp(CARRIER), text);
    }

    pub(crate) fn order(&mut self, order: Order) {
        self.agent.handle(Input::Order(order), self.now);
        self.drain();
    }

    pub(crate) fn input(&mut self, input: Input<'_>) {
        self.agent.handle(input, self.now);
        self.drain();
    }

    /// A leg to this URI.
    pub(crate) fn dial(&mut self, uri: &str) -> LegId {
        self.dialled += 1;
        let leg = LegId::new(NodeId(1), Boot(1), self.dialled * 2);
        self.order(Order::Dial { leg, uri: uri.into(), display: "Helpline".into(), sdp: SDP.into() });
        leg
    }

    /// Time goes by; what becomes due is done when it is due.
    pub(crate) fn pass(&mut self, span: Duration) {
        let end = self.now.mono + span;
        while let Some(due) = self.agent.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.after(due.since(self.now.mono));
            self.agent.handle_timeout(self.now);
            self.drain();
        }
        self.now = self.now.after(end.since(self.now.mono));
    }

    pub(crate) fn pass_ms(&mut self, ms: u64) {
        self.pass(Duration::from_millis(ms));
    }

    /// The next thing that was sent.
    pub(crate) fn next(&mut self) -> Sent {
        self.sent.pop_front().expect("something was sent")
    }

    /// The first lines of all that was sent since.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.sent.drain(..).map(|sent| sent.line()).collect()
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> Event {
        self.events.pop_front().expect("an event")
    }

    /// Nothing more was sent, or told.
    pub(crate) fn is_quiet(&mut self) {
        assert_eq!(self.lines(), Vec::<String>::new());
        assert!(self.events.is_empty(), "{:?}", self.events);
    }

    fn drain(&mut self) {
        while let Some(output) = self.agent.poll_output() {
            match output {
                Output::Send { flow, bytes } => self.sent.push_back(Sent { flow, bytes }),
                Output::Close { flow } => self.closed.push(flow),
                Output::LookUp(question) => self.asked.push(question),
                Output::Event(Event::Ladder(entry)) => self.ladder.push(entry),
                Output::Event(event) => self.events.push_back(event),
            }
        }
    }
}

/// The leg of an incoming call.
pub(crate) fn incoming(story: &mut Story) -> LegId {
    let event = story.event();
    let Event::Incoming { leg, .. } = event else { panic!("not a call: {event:?}") };
    leg
}

/// The leg of an incoming call that must be refused, and with what.
pub(crate) fn to_refuse(story: &mut Story) -> (LegId, u16) {
    let event = story.event();
    let Event::Incoming { leg, refusal: Some(status), .. } = event else { panic!("no call to refuse: {event:?}") };
    (leg, status)
}
