use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base::{Boot, Id, LegId, Mono, NodeId, Now, OperatorId, Timers};
use media::RefuseReason;
use routing::{Switchboard, Token};
use sip::UserAgent;
use vault::Vault;

use crate::barrier::Barrier;
use crate::io::{Alarm, Answer, Ask, Configuration, Counters, Input, Output};
use crate::leg::Leg;
use crate::ports::Ports;

/// The first response to an INVITE waits this long for its records to be on disk; then 100 goes out as soon as they outlive this process
/// (rule 1, RFC 3261 §17.2.1). A carrier without any response sends its INVITE again: of a call that we forgot it would have none.
const TRYING_AFTER: Duration = Duration::from_millis(200);
/// How often that is looked at from then on.
const TRYING_AGAIN: Duration = Duration::from_millis(20);

/// Browser legs count from here.
const FIRST_BROWSER_LEG: u64 = 1 << 40;

/// Who this engine is and what it was given.
#[derive(Debug)]
pub struct Identity {
    /// This machine.
    pub node: NodeId,
    /// This run.
    pub boot: Boot,
    /// Fresh entropy: tags, branches, nonces are derived from it.
    pub seed: [u8; 32],
    /// First and last RTP port.
    pub rtp_ports: (u16, u16),
}

/// The whole node without IO.
#[derive(Debug)]
pub struct Engine {
    pub(crate) sip: UserAgent,
    pub(crate) switchboard: Switchboard,
    pub(crate) vault: Arc<Vault>,
    pub(crate) legs: BTreeMap<LegId, Leg>,
    pub(crate) desks: BTreeMap<OperatorId, LegId>,
    pub(crate) barrier: Barrier<Held>,
    pub(crate) ports: Ports,
    pub(crate) timers: Timers<Timer>,
    /// Whose 100 is due, and the record that it waits for.
    trying: BTreeMap<LegId, u64>,
    pub(crate) numbers: Vec<String>,
    pub(crate) rtp_addresses: Vec<IpAddr>,
    pub(crate) encryption: Vec<crate::io::Encryption>,
    pub(crate) outputs: VecDeque<Output>,
    identity: Identity,
    disk_full: bool,
    minted: u64,
    nonces: u64,
    counters: Counters,
}

/// What waits behind records.
#[derive(Debug)]
pub(crate) enum Held {
    Command(routing::Command),
    Reply { token: Token, reply: Result<routing::Reply, routing::RequestError> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// 100 Trying is due for this leg.
    Trying(LegId),
}

impl Engine {
    /// Puts the node together around a switchboard that has been folded from the journal.
    pub fn new(identity: Identity, switchboard: Switchboard, vault: Arc<Vault>) -> Self {
        Engine {
            sip: UserAgent::new(identity.node, identity.boot, identity.seed),
            barrier: Barrier::new(switchboard.last_seq()),
            switchboard,
            vault,
            legs: BTreeMap::new(),
            desks: BTreeMap::new(),
            ports: Ports::new(identity.rtp_ports.0, identity.rtp_ports.1),
            timers: Timers::default(),
            trying: BTreeMap::new(),
            numbers: Vec::new(),
            rtp_addresses: Vec::new(),
            encryption: Vec::new(),
            outputs: VecDeque::new(),
            identity,
            minted: FIRST_BROWSER_LEG,
            disk_full: false,
            nonces: 0,
            counters: Counters::default(),
        }
    }

    /// Takes one input.
    pub fn handle(&mut self, input: Input<'_>, now: Now) {
        match input {
            Input::Sip(input) => self.sip.handle(input, now),
            Input::Media(fact) => self.on_media(fact, now),
            Input::Asked { token, ask } => self.on_ask(token, ask, now),
            Input::Durable { seq, full } => {
                if self.barrier.durable(seq) {
                    self.decide(routing::Input::Journal { well: true }, now);
                }
                if std::mem::replace(&mut self.disk_full, full) != full {
                    self.decide(routing::Input::DiskFull { on: full }, now);
                }
            }
            Input::Handed { seq } => self.barrier.handed(seq),
            Input::JournalFailed => {
                self.barrier.lost();
                self.journal_unwell(now);
            }
            Input::Configured(configuration) => self.configure(configuration, now),
            Input::NodeLost { node, boot } => self.decide(routing::Input::NodeLost { node, boot }, now),
            Input::Drain => {
                self.sip.handle(sip::Input::Order(sip::Order::Unregister), now);
                self.decide(routing::Input::Drain, now);
            }
        }
        self.settle(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(Timer::Trying(leg)) = self.timers.pop_due(now.mono) {
            self.try_early(leg, now);
        }
        if self.barrier.late_at().is_some_and(|at| at <= now.mono) {
            self.journal_unwell(now);
        }
        if self.sip.poll_timeout().is_some_and(|at| at <= now.mono) {
            self.sip.handle_timeout(now);
        }
        if self.switchboard.poll_timeout().is_some_and(|at| at <= now.mono) {
            self.switchboard.handle_timeout(now);
        }
        self.settle(now);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `handle_timeout` is due.
    pub fn poll_timeout(&self) -> Option<Mono> {
        [self.sip.poll_timeout(), self.switchboard.poll_timeout(), self.timers.next(), self.barrier.late_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// What was counted since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The decisions' state, to look at.
    pub fn switchboard(&self) -> &Switchboard {
        &self.switchboard
    }

    pub(crate) fn decide(&mut self, input: routing::Input, now: Now) {
        self.switchboard.handle(input, now);
        self.drain_switchboard(now);
    }

    pub(crate) fn fact(&mut self, fact: routing::Fact, now: Now) {
        self.decide(routing::Input::Fact(fact), now);
    }

    pub(crate) fn arm_trying(&mut self, leg: LegId, now: Now) {
        self.timers.set(Timer::Trying(leg), now.mono + TRYING_AFTER);
    }

    /// 100, once what was written about the call outlives us.
    fn try_early(&mut self, leg: LegId, now: Now) {
        let came = Mono(now.mono.0.saturating_sub(TRYING_AFTER));
        let seq = *self.trying.entry(leg).or_insert_with(|| self.barrier.wrote_by(came));
        if !self.barrier.outlives(seq) {
            return self.timers.set(Timer::Trying(leg), now.mono + TRYING_AGAIN);
        }
        self.trying.remove(&leg);
        self.counters.early_trying += 1;
        self.sip.handle(sip::Input::Order(sip::Order::Trying { leg }), now);
    }

    /// It has an answer, or needs none.
    pub(crate) fn disarm_trying(&mut self, leg: LegId) {
        self.timers.cancel(&Timer::Trying(leg));
        self.trying.remove(&leg);
    }

    pub(crate) fn mint_browser_leg(&mut self) -> LegId {
        self.minted += 1;
        Id::new(self.identity.node, self.identity.boot, self.minted)
    }

    /// A nonce is this run's entropy and a counter: never the same twice.
    pub(crate) fn nonce(&mut self) -> [u8; 24] {
        self.nonces += 1;
        let mut nonce = [0; 24];
        nonce[..16].copy_from_slice(&self.identity.seed[..16]);
        nonce[16..].copy_from_slice(&self.nonces.to_be_bytes());
        nonce
    }

    /// Our RTP address towards a peer: of its family, loopback for loopback where we have one.
    pub(crate) fn rtp_address(&self, peer: Option<IpAddr>) -> Option<IpAddr> {
        let fits = |address: &&IpAddr| peer.is_none_or(|peer| peer.is_ipv4() == address.is_ipv4());
        let near = |address: &&IpAddr| peer.is_some_and(|peer| peer.is_loopback()) == address.is_loopback();
        let mut fitting = self.rtp_addresses.iter().filter(fits);
        fitting.clone().find(near).or_else(|| fitting.next()).copied()
    }

    pub(crate) fn media(&mut self, order: media::Order) {
        self.outputs.push_back(Output::Media(order));
    }

    pub(crate) fn alarm(&mut self, alarm: Alarm) {
        self.outputs.push_back(Output::Alarm(alarm));
    }

    pub(crate) fn reply(&mut self, token: Token, reply: Result<Answer, routing::RequestError>) {
        self.outputs.push_back(Output::Reply { token, reply });
    }

    /// Forgets a leg and gives its port back.
    pub(crate) fn forget(&mut self, leg: LegId, now: Now) -> Option<Leg> {
        self.disarm_trying(leg);
        let gone = self.legs.remove(&leg)?;
        match &gone {
            Leg::Inbound { rtp, .. } | Leg::Outbound { rtp, .. } => {
                if let Some(port) = rtp.port {
                    self.ports.give_back(port, now.mono);
                }
            }
            Leg::Desk { operator, .. } => {
                if self.desks.get(operator) == Some(&leg) {
                    self.desks.remove(operator);
                }
            }
            Leg::Try { .. } => {}
        }
        Some(gone)
    }

    fn on_ask(&mut self, token: Token, ask: Ask, now: Now) {
        match ask {
            Ask::Act(request) => self.decide(routing::Input::Asked { token, request }, now),
            Ask::OpenLeg { operator, sdp } => self.open_desk(token, operator, sdp),
            Ask::DeskSocket { operator, up } => {
                self.fact(routing::Fact::DeskSocket { operator, up }, now);
                self.reply(token, Ok(Answer::Done));
            }
            Ask::TryCall { sdp, dialled, caller } => self.try_call(token, sdp, dialled, caller, now),
            Ask::TryHangUp { leg } => {
                self.end_browser(leg, now);
                self.reply(token, Ok(Answer::Done));
            }
        }
    }

    fn configure(&mut self, configuration: Configuration, now: Now) {
        self.numbers = configuration.routing.numbers.keys().cloned().collect();
        self.rtp_addresses = configuration.rtp_addresses;
        self.encryption = configuration.encryption;
        self.sip.handle(sip::Input::Order(sip::Order::Configure(configuration.sip)), now);
        self.decide(routing::Input::Configured(configuration.routing), now);
    }

    fn journal_unwell(&mut self, now: Now) {
        if self.barrier.unwell() {
            self.decide(routing::Input::Journal { well: false }, now);
        }
    }

    /// Drains the cores into each other until none has anything left to say.
    fn settle(&mut self, now: Now) {
        loop {
            self.drain_switchboard(now);
            let mut moved = self.release(now);
            while let Some(output) = self.sip.poll_output() {
                moved = true;
                self.on_sip(output, now);
            }
            if !moved {
                break;
            }
        }
    }

    fn drain_switchboard(&mut self, now: Now) {
        while let Some(output) = self.switchboard.poll_output() {
            match output {
                routing::Output::Record(record) => {
                    self.barrier.wrote(record.seq, now.mono);
                    self.outputs.push_back(Output::Append(record));
                }
                // Barge-in is not held: it takes something away, it promises nothing.
                routing::Output::Command(command @ routing::Command::StopPlay { .. }) => self.perform(command, now),
                routing::Output::Command(command) => self.barrier.hold(Held::Command(command)),
                routing::Output::Reply { token, reply } => self.barrier.hold(Held::Reply { token, reply }),
                routing::Output::Alarm(alarm) => self.alarm(Alarm::Routing(alarm)),
            }
        }
    }

    fn release(&mut self, now: Now) -> bool {
        let mut moved = false;
        while let Some((held, unheld)) = self.barrier.pop() {
            moved = true;
            self.counters.unheld += u64::from(unheld);
            match held {
                Held::Command(command) => self.perform(command, now),
                Held::Reply { token, reply } => self.on_reply(token, reply),
            }
        }
        moved
    }

    fn on_reply(&mut self, token: Token, reply: Result<routing::Reply, routing::RequestError>) {
        let reply = reply.map(|reply| match reply {
            routing::Reply::Done | routing::Reply::Leg(_) => Answer::Done,
        });
        self.reply(token, reply);
    }
}

/// What a refused opening means for the decisions.
pub(crate) fn failure(reason: RefuseReason) -> routing::LegFailure {
    match reason {
        RefuseReason::Incompatible | RefuseReason::BadSdp => routing::LegFailure::Incompatible,
        RefuseReason::WrongState => routing::LegFailure::Local,
    }
}
