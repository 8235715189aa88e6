//! The switch of all legs.

mod clock;
mod hear;
mod orders;
mod packets;
mod rest;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use base::{LegId, Mono, Now};

use crate::agenda::Agenda;
use crate::io::{Fact, Port, PromptLibrary};
use crate::leg::Leg;
use crate::random::Random;
use crate::sdes::Keyring;
use crate::webrtc::{Clock, Mux};
use rest::Rests;
pub(crate) use rest::{Echo, REST};

/// What the switch is built with.
#[derive(Clone)]
pub struct SwitchConfig {
    /// The addresses at which browsers reach the one UDP socket of all browser legs, loopback first.
    pub browser_local: Vec<SocketAddr>,
    /// Where SSRCs, first sequence numbers and session ids begin.
    pub seed: u64,
    /// Fresh entropy: the keys of SRTP are drawn from it.
    pub secret: [u8; 32],
    /// The `Instant` of `Mono::ZERO`: `rtc` counts in Instants. The switch reads no clock.
    #[expect(clippy::disallowed_types, reason = "handed in once, for rtc")]
    pub origin: std::time::Instant,
}

impl fmt::Debug for SwitchConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SwitchConfig").field("browser_local", &self.browser_local).finish_non_exhaustive()
    }
}

/// A datagram to send from one of our sockets.
#[derive(Clone, Copy)]
pub struct Transmit<'a> {
    /// The socket.
    pub port: Port,
    /// From its RTCP neighbour.
    pub rtcp: bool,
    /// To whom; IPv4 is never written as IPv6.
    pub to: SocketAddr,
    /// What.
    pub bytes: &'a [u8],
}

impl fmt::Debug for Transmit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transmit({:?}{}, {} bytes)", self.port, if self.rtcp { " rtcp" } else { "" }, self.bytes.len())
    }
}

/// All legs, and what is to be done for them when.
///
/// Driven like every core here: [`order`](Switch::order) and [`packet`](Switch::packet) with their moment,
/// [`handle_timeout`](Switch::handle_timeout) when [`poll_timeout`](Switch::poll_timeout) has come, then
/// [`poll_fact`](Switch::poll_fact) until it is empty.
pub struct Switch {
    browser_local: Vec<SocketAddr>,
    clock: Clock,
    random: Random,
    keyring: Keyring,
    legs: Vec<Option<Box<Leg>>>,
    free: Vec<usize>,
    by_id: BTreeMap<LegId, usize>,
    /// The slot of each RTP port's leg.
    ports: Vec<Option<usize>>,
    rests: Rests,
    /// Slots of legs that are to hear one which is not there yet.
    waiting: BTreeSet<usize>,
    mux: Mux,
    agenda: Agenda,
    library: Arc<PromptLibrary>,
    facts: VecDeque<Fact>,
    farewells: Farewells,
}

/// What closed browser legs still have to say.
#[derive(Debug, Default)]
struct Farewells {
    datagrams: VecDeque<(SocketAddr, Vec<u8>)>,
    since: Option<Mono>,
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch").field("legs", &self.by_id.len()).finish_non_exhaustive()
    }
}

impl Switch {
    /// A switch without legs.
    pub fn new(config: SwitchConfig) -> Self {
        Switch {
            browser_local: config.browser_local,
            clock: Clock::new(config.origin),
            random: Random::new(config.seed),
            keyring: Keyring::new(config.secret),
            legs: Vec::new(),
            free: Vec::new(),
            by_id: BTreeMap::new(),
            ports: Vec::new(),
            rests: Rests::default(),
            waiting: BTreeSet::new(),
            mux: Mux::default(),
            agenda: Agenda::default(),
            library: Arc::default(),
            facts: VecDeque::with_capacity(64),
            farewells: Farewells::default(),
        }
    }

    /// When [`handle_timeout`](Switch::handle_timeout) is to be called; ask again after every call.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.agenda.next().into_iter().chain(self.farewells.since).chain(self.rests.next()).min()
    }

    /// The next fact, oldest first.
    pub fn poll_fact(&mut self) -> Option<Fact> {
        self.facts.pop_front()
    }

    /// How many legs are open or opening.
    pub fn legs(&self) -> usize {
        self.by_id.len()
    }

    fn leg(&mut self, slot: usize) -> Option<&mut Leg> {
        self.legs.get_mut(slot)?.as_deref_mut()
    }

    fn slot(&self, id: LegId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Looks again when the leg wants to be woken.
    fn rearm(&mut self, slot: usize, now: Now) {
        let due = self.leg(slot).and_then(clock::due).map(|due| due.max(now.mono));
        self.agenda.set(slot, due);
    }
}
