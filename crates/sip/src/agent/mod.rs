//! The user agent that ties the layers together.

mod authorize;
mod bye;
mod health;
mod identity;
mod info;
mod invite;
mod number;
mod offer;
mod order;
mod outbound;
mod places;
mod prack;
mod provisional;
mod receive;
mod recovered;
mod refresh;
mod register;
mod request;
mod session;
mod strangers;
mod validate;
mod within;

use std::collections::BTreeMap;
use std::fmt;

use base::{Boot, LegId, Mono, NodeId, Now, Timers};

use crate::leg::{Leg, LegTimer, Stage};
use crate::line::Lines;
use crate::message::Uri;
use crate::network::Network;
use crate::resolve::Names;
use crate::tokens::Tokens;
use crate::transaction::{Clients, Servers, TxId};
use crate::unanswered::Reliable;
use crate::wire::Wire;
use crate::{Event, Input, Output, Settings};
use number::Unsent;
use recovered::Recovered;
use strangers::Strangers;

/// The most legs at once; beyond, a trunk gets 480 (rule 15).
const MAX_LEGS: usize = 20_000;
/// The most requests that are remembered; beyond, what is new is dropped, and comes again if it matters.
const MAX_REQUESTS: usize = 500_000;

/// A SIP user agent without sockets: one input at a time, then drain all outputs.
///
/// Legs of inbound calls are named here, with odd counters (1, 3, 5 …); whoever else mints leg ids in the same run uses even ones.
pub struct UserAgent {
    settings: Settings,
    network: Network,
    tokens: Tokens,
    node: NodeId,
    boot: Boot,
    minted: u64,
    wire: Wire,
    servers: Servers,
    clients: Clients,
    legs: BTreeMap<LegId, Leg>,
    /// By our tag: what a request within a dialog is found by.
    tags: BTreeMap<String, LegId>,
    timers: Timers<LegTimer>,
    strangers: Strangers,
    lines: Lines,
    names: Names,
    /// Calls that wait until it is known where their trunk is.
    unsent: BTreeMap<LegId, Unsent>,
    /// Dialogs of another run that are being ended.
    recovered: BTreeMap<LegId, Recovered>,
}

impl UserAgent {
    /// Starts with nothing configured. Tags, branches and Call-IDs are derived from `seed`, which must be random.
    pub fn new(node: NodeId, boot: Boot, seed: [u8; 32]) -> Self {
        UserAgent {
            settings: Settings::default(),
            network: Network::default(),
            tokens: Tokens::new(seed),
            node,
            boot,
            minted: 0,
            wire: Wire::default(),
            servers: Servers::default(),
            clients: Clients::default(),
            legs: BTreeMap::new(),
            tags: BTreeMap::new(),
            timers: Timers::default(),
            strangers: Strangers::default(),
            lines: Lines::default(),
            names: Names::default(),
            unsent: BTreeMap::new(),
            recovered: BTreeMap::new(),
        }
    }

    /// Takes one input; drain [`UserAgent::poll_output`] after it.
    pub fn handle(&mut self, input: Input<'_>, now: Now) {
        let now = now.mono;
        match input {
            Input::Received { flow, bytes } => self.received(flow, bytes, now),
            Input::Connected { flow } => self.wire.opened(flow, true),
            Input::Closed { flow } => {
                self.wire.closed(flow);
                for answer in self.clients.lost(flow, now, &mut self.wire) {
                    self.answered(answer, None, now);
                }
            }
            Input::LookedUp { question, found } => self.looked_up(question, found, now),
            Input::Order(order) => self.order(order, now),
        }
    }

    /// Does what has become due; drain [`UserAgent::poll_output`] after it.
    pub fn handle_timeout(&mut self, now: Now) {
        let now = now.mono;
        self.servers.expire(now, &mut self.wire);
        while let Some(answer) = self.clients.expire(now, &mut self.wire) {
            self.answered(answer, None, now);
        }
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                LegTimer::Repeat(leg) => self.repeat(leg, now),
                LegTimer::NoAck(leg) => self.no_ack(leg, now),
                LegTimer::RingAgain(leg) => self.ring_again(leg, now),
                LegTimer::NoPrack(leg) => self.no_prack(leg, now),
                LegTimer::NoEnd(leg) => self.no_end(leg),
                LegTimer::Refresh(leg) => self.refresh_due(leg, now),
                LegTimer::Expired(leg) => self.expired(leg, now),
                LegTimer::NoWord(leg) => self.no_word(leg, now),
            }
        }
        self.lines_due(now);
        self.strangers.expire(now);
        self.wire.expire(now);
    }

    /// What is to be done next. None: all is done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.wire.poll()
    }

    /// When [`UserAgent::handle_timeout`] is wanted next.
    pub fn poll_timeout(&self) -> Option<Mono> {
        let transactions = [self.servers.next(), self.clients.next()];
        let rest = [self.timers.next(), self.lines.next(), self.strangers.next(), self.wire.next()];
        transactions.into_iter().chain(rest).flatten().min()
    }

    /// The address that calls by a trunk go to, as far as it is known now.
    pub fn trunk_address(&mut self, trunk: &str, now: Now) -> Option<std::net::IpAddr> {
        self.first_place(trunk, now.mono)
    }

    /// How many things are kept: legs, transactions, timers, sources. Zero when all is quiet and the timers of RFC 3261 have run.
    pub fn load(&self) -> usize {
        let legs = self.legs.len().max(self.tags.len()).max(self.timers.len());
        let kept = self.unsent.len() + self.recovered.len();
        legs + kept + self.servers.len() + self.clients.len() + self.strangers.len() + self.wire.len()
    }

    /// Odd counters: the even ones are the engine's and the switchboard's.
    fn mint(&mut self) -> LegId {
        let n = self.minted * 2 + 1;
        self.minted += 1;
        LegId::new(self.node, self.boot, n)
    }

    fn add(&mut self, id: LegId, leg: Leg) {
        self.tags.insert(leg.dialog.local_tag.clone(), id);
        self.legs.insert(id, leg);
    }

    /// Forgets a leg for which nothing more can come.
    fn settle(&mut self, id: LegId) {
        if !self.legs.get(&id).is_some_and(Leg::is_settled) {
            return;
        }
        if let Some(leg) = self.legs.remove(&id) {
            self.tags.remove(&leg.dialog.local_tag);
        }
        LegTimer::stop_all(id, &mut self.timers);
    }

    /// For the engine the leg is over.
    fn end(&mut self, id: LegId, event: Option<Event>) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.stage = Stage::Over;
            leg.reliable = None;
        }
        LegTimer::stop_session(id, &mut self.timers);
        Reliable::disarm(id, &mut self.timers);
        if let Some(event) = event {
            self.wire.event(event);
        }
        self.settle(id);
    }

    /// Answers a request of which `tx` is the transaction. Returns the bytes that went out.
    fn respond(&mut self, tx: TxId, response: Response<'_>, now: Mono) -> Option<Vec<u8>> {
        let reply = self.servers.reply(tx)?;
        let bytes = reply.write(response.status, response.words, response.tag, response.headers, response.body);
        self.servers.respond(tx, response.status, bytes.clone(), now, &mut self.wire);
        Some(bytes)
    }
}

impl fmt::Debug for UserAgent {
    /// Only how much it keeps: what it keeps names people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserAgent").field("legs", &self.legs.len()).field("load", &self.load()).finish_non_exhaustive()
    }
}

/// A response in its parts.
#[derive(Clone, Copy, Debug, Default)]
struct Response<'a> {
    status: u16,
    words: Option<&'static str>,
    tag: &'a str,
    headers: &'a str,
    body: &'a [u8],
}

/// How requests to a SIP URI travel. None: in a way that we cannot.
pub fn uri_transport(uri: &str) -> Option<crate::Transport> {
    crate::network::transport_to(&Uri::parse(uri)?, crate::Transport::Udp)
}

/// The address that a SIP URI names, where its host is one. No names are looked up.
pub fn uri_address(uri: &str) -> Option<std::net::IpAddr> {
    Uri::parse(uri)?.ip()
}

/// The host that a SIP URI names, where it is a name and no address.
pub fn uri_host(uri: &str) -> Option<&str> {
    let uri = Uri::parse(uri)?;
    (uri.ip().is_none() && !uri.host.is_empty()).then_some(uri.host)
}
