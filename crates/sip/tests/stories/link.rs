//! Two user agents, and a link between them that loses, doubles and delays.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use base::{Boot, LegId, Mono, NodeId, Now, Timestamp};
use sip::{EndCause, Event, Flow, Input, Order, Output, Settings, Transport, Trunk, UserAgent};

const A: &str = "127.0.0.1:5060";
const B: &str = "127.0.0.2:5060";
const SDP: &[u8] = b"v=0\r\n";

/// A seeded source of chance.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What the two do.
#[derive(Clone, Copy, Default)]
pub(crate) struct Habits {
    /// Of a hundred packets.
    pub(crate) lost: u64,
    /// It rings before it is answered.
    pub(crate) rings: bool,
    /// INVITEs bring no offer.
    pub(crate) late: bool,
    /// Who answers hangs up, or who called, or nobody.
    pub(crate) hangs_up: bool,
    /// Nobody says that they take UPDATE.
    pub(crate) no_update: bool,
    pub(crate) session_expires_s: u32,
}

pub(crate) struct Link {
    pub(crate) agents: [UserAgent; 2],
    pub(crate) now: Now,
    habits: Habits,
    chance: Chance,
    under_way: BTreeMap<(Mono, u64), (usize, Flow, Vec<u8>)>,
    plans: BTreeMap<(Mono, u64), (usize, Order)>,
    count: u64,
    pub(crate) answered: u64,
    pub(crate) rang: u64,
    /// How often an answer came to an offer in a 200, with SDP or without.
    pub(crate) late_answers: u64,
    /// First lines of requests, each as often as it was sent for the first time.
    pub(crate) requests: BTreeMap<String, u64>,
    pub(crate) ended: Vec<(usize, LegId, EndCause)>,
}

fn agent(node: u16, own: &str, other: &str, habits: Habits) -> UserAgent {
    let own: SocketAddr = own.parse().unwrap();
    let other: SocketAddr = other.parse().unwrap();
    let mut agent = UserAgent::new(NodeId(node), Boot(1), [node as u8; 32]);
    let trunk = Trunk { name: "peer".into(), addresses: vec![(other.ip(), 32)], ..Trunk::default() };
    let settings = Settings {
        trunks: vec![trunk],
        sockets: vec![(Transport::Udp, own)],
        session_expires_s: habits.session_expires_s,
        ..Settings::default()
    };
    let now = Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH };
    agent.handle(Input::Order(Order::Configure(settings)), now);
    agent
}

impl Link {
    pub(crate) fn new(seed: u64, habits: Habits) -> Self {
        Link {
            agents: [agent(1, A, B, habits), agent(2, B, A, habits)],
            now: Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH },
            habits,
            chance: Chance(seed),
            under_way: BTreeMap::new(),
            plans: BTreeMap::new(),
            count: 0,
            answered: 0,
            rang: 0,
            late_answers: 0,
            requests: BTreeMap::new(),
            ended: Vec::new(),
        }
    }

    /// The first dials the second this often.
    pub(crate) fn dial(&mut self, calls: u64) {
        for n in 0..calls {
            let leg = LegId::new(NodeId(1), Boot(1), n * 2 + 2);
            let sdp = if self.habits.late { Vec::new() } else { SDP.to_vec() };
            self.order(0, Order::Dial { leg, uri: format!("sip:400@{B}"), display: String::new(), sdp });
        }
    }

    /// Until nothing is left to be done, or it is this late.
    pub(crate) fn run(&mut self, until: Duration) {
        let mut steps = 0;
        while self.step(Mono(until)) {
            steps += 1;
            assert!(steps < 400_000, "it never ends");
        }
    }

    /// From now on nothing comes through.
    pub(crate) fn cut(&mut self) {
        self.habits.lost = 100;
        self.under_way.clear();
    }

    fn order(&mut self, at: usize, order: Order) {
        self.agents[at].handle(Input::Order(order), self.now);
        self.drain(at);
    }

    fn plan(&mut self, at: usize, within_ms: u64, order: Order) {
        let when = self.now.mono + Duration::from_millis(self.chance.below(within_ms));
        self.count += 1;
        self.plans.insert((when, self.count), (at, order));
    }

    fn drain(&mut self, at: usize) {
        while let Some(output) = self.agents[at].poll_output() {
            match output {
                Output::Send { flow, bytes } => self.carry(at, flow, bytes),
                Output::Close { .. } | Output::LookUp(_) => panic!("no streams here, and no names"),
                Output::Event(event) => self.react(at, event),
            }
        }
    }

    fn carry(&mut self, from: usize, flow: Flow, mut bytes: Vec<u8>) {
        if self.habits.no_update {
            bytes = String::from_utf8(bytes).unwrap().replace(", UPDATE\r\n", "\r\n").into_bytes();
        }
        let copies = if self.chance.below(10) == 0 { 2 } else { 1 };
        for _ in 0..copies {
            if self.chance.below(100) >= self.habits.lost {
                let at = self.now.mono + Duration::from_millis(5 + self.chance.below(200));
                self.count += 1;
                let back = Flow { local: flow.remote, remote: flow.local, ..flow };
                self.under_way.insert((at, self.count), (1 - from, back, bytes.clone()));
            }
        }
    }

    fn react(&mut self, at: usize, event: Event) {
        match event {
            Event::Incoming { leg, .. } => {
                self.order(at, Order::Trying { leg });
                if self.habits.rings {
                    self.order(at, Order::Ring { leg });
                }
                self.plan(at, if self.habits.rings { 20_000 } else { 1 }, Order::Answer { leg, sdp: SDP.to_vec() });
            }
            Event::Answered { leg, .. } => {
                self.answered += 1;
                self.may_hang_up(at, leg);
            }
            Event::Confirmed { leg, .. } => self.may_hang_up(at, leg),
            Event::Ringing { .. } => self.rang += 1,
            Event::Reoffered { leg, .. } => self.order(at, Order::Reanswer { leg, sdp: SDP.to_vec() }),
            Event::AnswerCame { .. } => self.late_answers += 1,
            Event::Ended { leg, cause } => self.ended.push((at, leg, cause)),
            Event::Failed { leg, status } => panic!("{leg} failed with {status}"),
            Event::Ladder(entry) if !entry.inbound && !entry.retransmission => {
                *self.requests.entry(entry.what()).or_default() += 1;
            }
            Event::Ladder(_) => {}
            Event::Cancelled { .. } | Event::Digit { .. } | Event::UnknownSource { .. } | Event::Trunk { .. } => {
                panic!("nobody did this: {event:?}")
            }
        }
    }

    fn may_hang_up(&mut self, at: usize, leg: LegId) {
        if self.habits.hangs_up && self.chance.below(2) == 0 {
            self.order(at, Order::End { leg, reason: None });
        }
    }

    /// One step: whatever comes first, a message, a plan or a timer.
    fn step(&mut self, until: Mono) -> bool {
        let arrival = self.under_way.keys().next().map(|(at, _)| *at);
        let plan = self.plans.keys().next().map(|(at, _)| *at);
        let timer = (0..2).filter_map(|at| Some((self.agents[at].poll_timeout()?, at))).min();
        let moments = [arrival, plan, timer.map(|(at, _)| at)];
        let Some(moment) = moments.into_iter().flatten().min().filter(|moment| *moment <= until) else { return false };
        self.now = self.now.after(moment.since(self.now.mono));
        if arrival == Some(moment) {
            let (_, (to, flow, bytes)) = self.under_way.pop_first().unwrap();
            self.agents[to].handle(Input::Received { flow, bytes: &bytes }, self.now);
            self.drain(to);
        } else if plan == Some(moment) {
            let (_, (at, order)) = self.plans.pop_first().unwrap();
            self.order(at, order);
        } else if let Some((_, at)) = timer {
            self.agents[at].handle_timeout(self.now);
            self.drain(at);
        }
        true
    }
}
