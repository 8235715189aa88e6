//! Two user agents over a link that loses, doubles and delays: every call completes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use base::{Boot, LegId, Mono, NodeId, Now, Timestamp};
use sip::{EndCause, Event, Flow, Input, Order, Output, Settings, Transport, Trunk, UserAgent};

const CALLS: u64 = 40;
const A: &str = "127.0.0.1:5060";
const B: &str = "127.0.0.2:5060";

/// A seeded source of chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

struct Link {
    agents: [UserAgent; 2],
    now: Now,
    chance: Chance,
    loss_percent: u64,
    under_way: BTreeMap<(Mono, u64), (usize, Flow, Vec<u8>)>,
    count: u64,
    answered: u64,
    ended: Vec<(usize, LegId, EndCause)>,
}

fn agent(node: u16, own: &str, other: &str) -> UserAgent {
    let own: SocketAddr = own.parse().unwrap();
    let other: SocketAddr = other.parse().unwrap();
    let mut agent = UserAgent::new(NodeId(node), Boot(1), [node as u8; 32]);
    let settings = Settings {
        trunks: vec![Trunk { name: "peer".into(), addresses: vec![(other.ip(), 32)], session_expires_s: None }],
        sockets: vec![(Transport::Udp, own)],
        ..Settings::default()
    };
    let now = Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH };
    agent.handle(Input::Order(Order::Configure(settings)), now);
    agent
}

impl Link {
    fn new(seed: u64, loss_percent: u64) -> Self {
        Link {
            agents: [agent(1, A, B), agent(2, B, A)],
            now: Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH },
            chance: Chance(seed),
            loss_percent,
            under_way: BTreeMap::new(),
            count: 0,
            answered: 0,
            ended: Vec::new(),
        }
    }

    fn order(&mut self, at: usize, order: Order) {
        self.agents[at].handle(Input::Order(order), self.now);
        self.drain(at);
    }

    fn drain(&mut self, at: usize) {
        while let Some(output) = self.agents[at].poll_output() {
            match output {
                Output::Send { flow, bytes } => self.carry(at, flow, bytes),
                Output::Close { .. } => panic!("no streams here"),
                Output::Event(event) => self.react(at, event),
            }
        }
    }

    fn carry(&mut self, from: usize, flow: Flow, bytes: Vec<u8>) {
        let copies = if self.chance.below(10) == 0 { 2 } else { 1 };
        for _ in 0..copies {
            if self.chance.below(100) >= self.loss_percent {
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
                self.order(at, Order::Answer { leg, sdp: b"v=0\r\n".to_vec() });
            }
            Event::Answered { leg, .. } => {
                self.answered += 1;
                if self.chance.below(2) == 0 {
                    self.order(at, Order::End { leg, reason: None });
                }
            }
            Event::Confirmed { leg, .. } => {
                if self.chance.below(2) == 0 {
                    self.order(at, Order::End { leg, reason: None });
                }
            }
            Event::Ended { leg, cause } => self.ended.push((at, leg, cause)),
            Event::Failed { leg, status } => panic!("{leg} failed with {status}"),
            Event::Ladder(_) => {}
            Event::Cancelled { .. }
            | Event::Ringing { .. }
            | Event::Reoffered { .. }
            | Event::Digit { .. }
            | Event::AnswerCame { .. }
            | Event::UnknownSource { .. } => {
                panic!("nobody did this: {event:?}")
            }
        }
    }

    /// One step: whatever comes first, a message or a timer.
    fn step(&mut self) -> bool {
        let arrival = self.under_way.keys().next().map(|(at, _)| *at);
        let timer = (0..2).filter_map(|at| Some((self.agents[at].poll_timeout()?, at))).min();
        let moment = match (arrival, timer) {
            (None, None) => return false,
            (Some(at), None) => at,
            (None, Some((at, _))) => at,
            (Some(a), Some((t, _))) => a.min(t),
        };
        self.now = self.now.after(moment.since(self.now.mono));
        if arrival == Some(moment) {
            let (_, (to, flow, bytes)) = self.under_way.pop_first().unwrap();
            self.agents[to].handle(Input::Received { flow, bytes: &bytes }, self.now);
            self.drain(to);
        } else if let Some((_, at)) = timer {
            self.agents[at].handle_timeout(self.now);
            self.drain(at);
        }
        true
    }
}

#[test]
fn every_call_completes_over_a_lossy_link() {
    for seed in 0..6 {
        let mut link = Link::new(seed, 15);
        for n in 0..CALLS {
            let leg = LegId::new(NodeId(1), Boot(1), n * 2 + 2);
            let order =
                Order::Dial { leg, uri: format!("sip:400@{B}"), display: String::new(), sdp: b"v=0\r\n".to_vec() };
            link.order(0, order);
        }
        let mut steps = 0;
        while link.step() {
            steps += 1;
            assert!(steps < 200_000, "seed {seed}: it never ends");
        }
        assert_eq!(link.answered, CALLS, "seed {seed}");
        // Where neither hung up the call stands; where one did, each side is told once.
        let mut told: Vec<_> = link.ended.iter().map(|(at, leg, _)| (*at, *leg)).collect();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), link.ended.len(), "seed {seed}");
        assert!(
            link.ended.iter().all(|(_, _, cause)| matches!(cause, EndCause::Bye | EndCause::ByUs)),
            "seed {seed}: {:?}",
            link.ended
        );
        let standing = link.agents[0].load();
        assert_eq!(standing, link.agents[1].load(), "seed {seed}");
        assert_eq!(link.ended.len() as u64, 2 * (CALLS - standing as u64), "seed {seed}");
    }
}
