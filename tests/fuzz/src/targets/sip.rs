//! Messages, as a whole user agent takes them: from a trunk, from a stranger, over a stream in pieces, and as answers to calls of its own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a target that does not hold has failed")]

use std::cell::RefCell;
use std::time::Duration;

use base::{Boot, Id, LegId, Mono, NodeId, Now, Pii, Timestamp};
use sip::{
    ConnectionId, Event, Flow, Input, Login, LookedUp, Order, Outbound, Output, Question, Register, ResourceRecord,
    Settings, Transport, Trunk, UserAgent,
};

/// Inputs that one user agent takes before the next begins.
const LIFE: u32 = 500;
const OURS: &str = "198.51.100.1:5060";
const CARRIER: &str = "192.0.2.10:5060";
const OUT: &str = "192.0.2.77:5080";
const STRANGER: &str = "203.0.113.66:5060";
const SDP: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n";

struct Agent {
    agent: UserAgent,
    now: Now,
    taken: u32,
    dialled: u64,
    /// The newest request that went to the trunk of our own calls.
    asked: Vec<u8>,
}

thread_local! {
    static AGENT: RefCell<Option<Agent>> = const { RefCell::new(None) };
}

fn flow(remote: &str, transport: Transport, connection: Option<u64>) -> Flow {
    let connection = connection.map(ConnectionId);
    Flow { transport, local: OURS.parse().unwrap(), remote: remote.parse().unwrap(), connection }
}

fn settings() -> Settings {
    let login = Login { user: Pii::new("us".into()), password: Pii::new("secret".into()), realm: None };
    let out = Outbound {
        send_to: "sip:carrier.example".into(),
        options_every: Some(Duration::from_secs(5)),
        login: Some(login),
        register: Some(Register { user: "us".into(), expires_s: 120 }),
        ..Outbound::default()
    };
    let carrier =
        Trunk { name: "carrier".into(), addresses: vec![("192.0.2.10".parse().unwrap(), 32)], ..Trunk::default() };
    Settings {
        trunks: vec![carrier, Trunk { name: "out".into(), out: Some(out), ..Trunk::default() }],
        session_expires_s: 1800,
        numbers: vec!["4008169580".into()],
        sockets: vec![(Transport::Udp, OURS.parse().unwrap()), (Transport::Tcp, OURS.parse().unwrap())],
        ..Settings::default()
    }
}

impl Agent {
    fn new() -> Self {
        let now = Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH };
        let agent = UserAgent::new(NodeId(1), Boot(1), [7; 32]);
        let mut agent = Agent { agent, now, taken: 0, dialled: 0, asked: Vec::new() };
        agent.order(Order::Configure(settings()));
        agent
    }

    fn input(&mut self, input: Input<'_>) -> usize {
        self.agent.handle(input, self.now);
        self.drain()
    }

    fn order(&mut self, order: Order) {
        self.input(Input::Order(order));
    }

    fn receive(&mut self, flow: Flow, bytes: &[u8]) -> usize {
        self.input(Input::Received { flow, bytes })
    }

    /// Does what an engine would; counts what the stranger was sent.
    fn drain(&mut self) -> usize {
        let mut told = 0;
        while let Some(output) = self.agent.poll_output() {
            match output {
                Output::Send { flow, bytes } => {
                    told += usize::from(flow.remote == STRANGER.parse::<std::net::SocketAddr>().unwrap());
                    if flow.remote == OUT.parse::<std::net::SocketAddr>().unwrap()
                        && !bytes.starts_with(b"SIP/2.0")
                        && !bytes.starts_with(b"ACK")
                    {
                        self.asked = bytes;
                    }
                }
                Output::LookUp(question) => self.found(question),
                Output::Event(Event::Incoming { leg, refusal: Some(status), .. }) => {
                    self.agent.handle(Input::Order(Order::Reject { leg, status, reason: None }), self.now);
                }
                Output::Event(Event::Incoming { leg, .. }) => {
                    self.agent.handle(Input::Order(Order::Ring { leg }), self.now);
                    self.agent.handle(Input::Order(Order::Answer { leg, sdp: SDP.to_vec() }), self.now);
                }
                Output::Event(Event::Reoffered { leg, .. }) => {
                    self.agent.handle(Input::Order(Order::Reanswer { leg, sdp: SDP.to_vec() }), self.now);
                }
                Output::Close { .. } | Output::Event(_) => {}
            }
        }
        told
    }

    fn found(&mut self, question: Question) {
        let (name, port) = ("sbc.carrier.example".to_owned(), 5080);
        let records = match question.kind {
            sip::RecordKind::A => vec![ResourceRecord::Address("192.0.2.77".parse().unwrap())],
            sip::RecordKind::Srv => vec![ResourceRecord::Srv { priority: 1, weight: 1, port, target: name }],
            sip::RecordKind::Aaaa | sip::RecordKind::Naptr => Vec::new(),
        };
        let found = LookedUp::Found { records, ttl_s: 3_600 };
        self.agent.handle(Input::LookedUp { question, found }, self.now);
    }

    fn pass(&mut self, span: Duration) {
        let end = self.now.mono + span;
        while let Some(due) = self.agent.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.after(due.since(self.now.mono));
            self.agent.handle_timeout(self.now);
            self.drain();
        }
        self.now = self.now.after(end.since(self.now.mono));
    }

    fn dial(&mut self) -> LegId {
        self.dialled += 2;
        let leg = Id::new(NodeId(1), Boot(1), self.dialled);
        let (number, from) = (Pii::new("13812345678".to_owned()), "076922334455".to_owned());
        self.order(Order::DialNumber { leg, trunk: "out".into(), number, from, sdp: SDP.to_vec() });
        leg
    }

    /// At its end every leg is hung up, and nothing is kept but what a trunk that is registered for needs.
    fn rest(mut self) {
        self.order(Order::Configure(Settings { trunks: Vec::new(), ..settings() }));
        self.pass(Duration::from_secs(2 * 86_400));
        assert_eq!(self.agent.load(), 0, "something is kept for ever");
    }
}

fn with(act: impl FnOnce(&mut Agent)) {
    AGENT.with_borrow_mut(|kept| {
        let agent = kept.get_or_insert_with(Agent::new);
        agent.taken += 1;
        act(agent);
        if agent.taken >= LIFE
            && let Some(agent) = kept.take()
        {
            agent.rest();
        }
    });
}

/// Messages of a trunk and of a stranger, by datagram and by stream.
pub(super) fn message(input: &[u8]) {
    with(|agent| {
        assert_eq!(agent.receive(flow(STRANGER, Transport::Udp, None), input), 0, "a stranger was told something");
        agent.receive(flow(CARRIER, Transport::Udp, None), input);
        let stream = flow(CARRIER, Transport::Tcp, Some(u64::from(agent.taken)));
        let (first, second) = input.split_at(input.len() / 2);
        agent.receive(stream, first);
        agent.receive(stream, second);
        agent.input(Input::Closed { flow: stream });
        agent.pass(Duration::from_millis(700));
    });
}

/// Answers to an INVITE of ours: what stands in braces becomes that request's own.
pub(super) fn answer(input: &[u8]) {
    with(|agent| {
        let leg = agent.dial();
        let asked = String::from_utf8_lossy(&agent.asked).into_owned();
        let header = |name: &str| {
            let line = asked.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim_start_matches(": ").to_owned()
        };
        let mut text = input.to_vec();
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            let mark = format!("{{{name}}}");
            if let Some(at) = text.windows(mark.len()).position(|window| window == mark.as_bytes()) {
                text.splice(at..at + mark.len(), header(name).into_bytes());
            }
        }
        let from = flow(OUT, Transport::Udp, None);
        agent.receive(from, &text);
        agent.receive(from, &text);
        agent.pass(Duration::from_millis(300));
        agent.order(Order::End { leg, reason: None });
        agent.pass(Duration::from_millis(300));
    });
}
