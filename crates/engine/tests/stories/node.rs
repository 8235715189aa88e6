//! An engine, a clock, what came out of it, and who it talks to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::{Boot, LegId, Mono, NodeId, Now, Timestamp};
use engine::{Alarm, Configuration, Engine, Identity, Input, Output};
use media::{Fact, Opening, Order, Switch, SwitchConfig};
use routing::{Board, Event, Record, Switchboard};
use sip::{Flow, Transport};
use vault::{Keys, Vault};

use crate::caller::Caller;
use crate::settings::{CARRIER, OURS};

const NODE: NodeId = NodeId(1);
/// Room for two calls.
const RTP_PORTS: (u16, u16) = (40_000, 40_003);
const ANSWER: &str = "v=0\r\n";

/// A message that left.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) to: SocketAddr,
    pub(crate) text: String,
}

impl Sent {
    /// The first line.
    pub(crate) fn line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The one value of a header.
    pub(crate) fn header(&self, name: &str) -> &str {
        let values = self.text.lines().filter_map(|line| line.split_once(": ")).filter(|(at, _)| *at == name);
        let values: Vec<&str> = values.map(|(_, value)| value).collect();
        assert_eq!(values.len(), 1, "{name} in {}", self.text);
        values[0]
    }

    pub(crate) fn to_tag(&self) -> &str {
        self.header("To").split(";tag=").nth(1).expect("a To tag")
    }
}

/// A node under test.
pub(crate) struct Node {
    pub(crate) engine: Engine,
    pub(crate) vault: Arc<Vault>,
    pub(crate) board: Board,
    /// Whether records are durable at once; else when the story says so.
    pub(crate) durable_at_once: bool,
    pub(crate) records: Vec<Record>,
    pub(crate) sent: VecDeque<Sent>,
    pub(crate) orders: Vec<Order>,
    pub(crate) alarms: Vec<Alarm>,
    /// Ports that another program has.
    pub(crate) taken_ports: Vec<u16>,
    /// Everything that came out, as it prints.
    pub(crate) printed: String,
    /// Real media in place of the played one, where SDP matters.
    media: Option<Switch>,
    now: Now,
    boot: Boot,
    configuration: Configuration,
}

fn engine(boot: Boot, switchboard: Switchboard, vault: &Arc<Vault>) -> Engine {
    let seed = [u8::try_from(boot.0).unwrap(); 32];
    Engine::new(Identity { node: NODE, boot, seed, rtp_ports: RTP_PORTS }, switchboard, Arc::clone(vault))
}

impl Node {
    /// A node that has begun; its first records are durable.
    pub(crate) fn new(configuration: Configuration) -> Self {
        let vault = Arc::new(Vault::new(Keys::generate(&[3; 64])));
        let boot = Boot(1);
        let mut node = Node {
            engine: engine(boot, Switchboard::new(NODE, boot), &vault),
            vault,
            board: Board::default(),
            durable_at_once: true,
            records: Vec::new(),
            sent: VecDeque::new(),
            orders: Vec::new(),
            alarms: Vec::new(),
            taken_ports: Vec::new(),
            printed: String::new(),
            media: None,
            now: Now { mono: Mono::ZERO, utc: Timestamp::UNIX_EPOCH },
            boot,
            configuration: configuration.clone(),
        };
        node.input(Input::Configured(configuration));
        node
    }

    /// A node whose SDP is read and written by real media.
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "media counts in Instants from one that is handed in"
    )]
    pub(crate) fn with_media(configuration: Configuration) -> Self {
        let origin = std::time::Instant::now();
        let media = Switch::new(SwitchConfig { browser_local: Vec::new(), seed: 1, origin });
        Node { media: Some(media), ..Node::new(configuration) }
    }

    /// A node whose journal is durable only when the story says so, from here on.
    pub(crate) fn with_slow_journal(configuration: Configuration) -> Self {
        Node { durable_at_once: false, ..Node::new(configuration) }
    }

    /// The process dies; another one replays the journal and is told what was lost.
    pub(crate) fn crash(&mut self) {
        let mut switchboard = Switchboard::new(NODE, self.boot);
        self.records.iter().for_each(|record| switchboard.apply(record));
        let lost = switchboard.last_boot().unwrap();
        assert!(switchboard.running(), "it did not say goodbye");
        self.boot = Boot(lost.0 + 1);
        switchboard.begin(self.boot);
        self.engine = engine(self.boot, switchboard, &self.vault);
        self.now.mono = Mono::ZERO;
        self.input(Input::Configured(self.configuration.clone()));
        self.input(Input::NodeLost { node: NODE, boot: lost });
    }

    /// One input, and all that follows from it.
    pub(crate) fn input(&mut self, input: Input<'_>) {
        self.engine.handle(input, self.now);
        self.drain();
    }

    /// The carrier sends a datagram.
    pub(crate) fn carrier(&mut self, text: &str) {
        let (local, remote) = (OURS.parse().unwrap(), CARRIER.parse().unwrap());
        let flow = Flow { transport: Transport::Udp, local, remote, connection: None };
        self.input(Input::Sip(sip::Input::Received { flow, bytes: text.as_bytes() }));
    }

    /// A call that stands: answered and acknowledged. Returns our 200.
    pub(crate) fn call(&mut self, caller: &Caller) -> Sent {
        self.carrier(&caller.invite());
        let answer = self.next();
        assert_eq!(answer.line(), "SIP/2.0 200 OK");
        self.carrier(&caller.ack(&answer));
        answer
    }

    /// The leg of the first call.
    pub(crate) fn leg(&self) -> LegId {
        let opened = self.records.iter().find_map(|record| {
            let Event::JourneyOpened { leg, .. } = record.event else { return None };
            Some(leg)
        });
        opened.expect("a call")
    }

    /// Records up to this one are on disk.
    pub(crate) fn durable(&mut self, seq: u64) {
        self.input(Input::Durable { seq, full: false });
    }

    /// Time goes by; what becomes due is done when it is due.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        let end = self.now.mono + Duration::from_millis(ms);
        while let Some(due) = self.engine.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.after(due.since(self.now.mono));
            self.engine.handle_timeout(self.now);
            self.drain();
        }
        self.now = self.now.after(end.since(self.now.mono));
    }

    /// The next message that left.
    pub(crate) fn next(&mut self) -> Sent {
        self.sent.pop_front().expect("something was sent")
    }

    /// The first lines of all that left since.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.sent.drain(..).map(|sent| sent.line().to_owned()).collect()
    }

    /// Seq of the first record like this.
    pub(crate) fn seq_of(&self, is: impl Fn(&Event) -> bool) -> u64 {
        self.records.iter().find(|record| is(&record.event)).expect("such a record").seq
    }

    /// The ports that media was told to open, in order.
    pub(crate) fn opened_ports(&self) -> Vec<u16> {
        let opened = self.orders.iter().filter_map(|order| {
            let Order::Open { opening, .. } = order else { return None };
            match opening {
                Opening::AnswerRtp { local, .. } | Opening::OfferRtp { local, .. } => Some(local.port()),
                Opening::Browser { .. } => None,
            }
        });
        opened.collect()
    }

    /// What the driver says of a port that it cannot have.
    fn taken(&self, order: &Order) -> Option<Fact> {
        let Order::Open { leg, opening } = order else { return None };
        let (Opening::AnswerRtp { local, .. } | Opening::OfferRtp { local, .. }) = opening else { return None };
        let taken = self.taken_ports.contains(&local.port());
        taken.then(|| Fact::PortTaken { leg: *leg, opening: opening.clone() })
    }

    /// Takes all outputs, then tells what journal and media have to say to them.
    fn drain(&mut self) {
        loop {
            let mut facts = Vec::new();
            let before = self.records.len();
            while let Some(output) = self.engine.poll_output() {
                self.printed.push_str(&format!("{output:?}\n"));
                match output {
                    Output::Send { flow, bytes } => {
                        self.sent.push_back(Sent { to: flow.remote, text: String::from_utf8(bytes).unwrap() });
                    }
                    Output::Media(order) => {
                        if let Some(taken) = self.taken(&order) {
                            facts.push(taken);
                            self.orders.push(order);
                            continue;
                        }
                        match &mut self.media {
                            Some(media) if !matches!(order, Order::Play { .. }) => {
                                media.order(order.clone(), self.now);
                                facts.extend(std::iter::from_fn(|| media.poll_fact()));
                            }
                            Some(_) | None => facts.extend(media_fact(&order)),
                        }
                        self.orders.push(order);
                    }
                    Output::Append(record) => {
                        self.board.apply(&record);
                        self.records.push(record);
                    }
                    Output::Alarm(alarm) => self.alarms.push(alarm),
                    Output::Close { .. } | Output::LookUp(_) | Output::Reply { .. } | Output::Ladder(_) => {}
                }
            }
            let news = self.records.last().filter(|_| self.durable_at_once && self.records.len() > before);
            if facts.is_empty() && news.is_none() {
                break;
            }
            if let Some(seq) = news.map(|record| record.seq) {
                self.engine.handle(Input::Durable { seq, full: false }, self.now);
            }
            for fact in facts {
                self.engine.handle(Input::Media(fact), self.now);
            }
        }
    }
}

/// What the media thread would report: it opens what it can, and prompts are over at once.
fn media_fact(order: &Order) -> Option<Fact> {
    if let Order::Play { leg, play, repeat: false, .. } = order {
        return Some(Fact::Played { leg: *leg, play: *play });
    }
    match order {
        Order::Open { leg, opening: Opening::AnswerRtp { .. } | Opening::Browser { .. } } => {
            Some(Fact::Opened { leg: *leg, sdp: ANSWER.into() })
        }
        Order::Open { leg, opening: Opening::OfferRtp { .. } } => {
            Some(Fact::Offering { leg: *leg, sdp: ANSWER.into() })
        }
        Order::AcceptAnswer { leg, .. } => Some(Fact::Opened { leg: *leg, sdp: Vec::new() }),
        Order::Reoffer { leg, .. } => Some(Fact::Reanswered { leg: *leg, sdp: ANSWER.into() }),
        Order::Play { .. }
        | Order::StopPlay { .. }
        | Order::Hear { .. }
        | Order::Mute { .. }
        | Order::Watch { .. }
        | Order::SendDigit { .. }
        | Order::Close { .. }
        | Order::Rest { .. }
        | Order::Library(_) => None,
    }
}
