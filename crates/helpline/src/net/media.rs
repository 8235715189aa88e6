//! The media thread: one epoll loop for all RTP and browser packets. No channel, lock or allocation per packet.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::TryRecvError;
use std::thread::JoinHandle;
use std::time::Duration;

use ::media::{Fact, Opening, Order, Port, Switch, SwitchConfig};
use base::{LegId, Now};

use super::media_sockets::{Ready, Sockets, Token};
use crate::clock::Clock;
use crate::letters::{Inbox, Outbox, letters};

/// Packets are far smaller; the rest of the buffer is room to grow in place.
const BUFFER: usize = 4096;

/// Packets read from the browsers' socket before the others have their turn.
const BURST: usize = 32;

/// Orders to the media thread.
#[derive(Clone)]
pub(crate) struct MediaHandle {
    outbox: Outbox<Told>,
}

/// What the media thread is told.
enum Told {
    Order(Order),
    Stop,
}

impl MediaHandle {
    /// Hands an order over. Orders are bounded by the legs that the engine keeps.
    pub(crate) fn order(&self, order: Order) {
        self.outbox.tell(Told::Order(order));
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        self.outbox.tell(Told::Stop);
    }
}

/// What the media thread is started with.
pub(crate) struct MediaSetup {
    /// Where browsers' packets come in; one port, one or several addresses.
    pub(crate) browser: Vec<SocketAddr>,
    /// Fresh entropy.
    pub(crate) seed: u64,
    /// More of it: the keys of SRTP are drawn from it.
    pub(crate) secret: [u8; 32],
    /// Both clocks.
    pub(crate) clock: Clock,
    /// Takes facts; wakes the engine.
    pub(crate) facts: Box<dyn FnMut(Fact) + Send>,
}

/// Starts the media thread. Errors name the address that could not be bound.
pub(crate) fn start(setup: MediaSetup) -> io::Result<(MediaHandle, JoinHandle<()>)> {
    let sockets = Sockets::open(&setup.browser)?;
    let (outbox, inbox) = letters(sockets.waker());
    let config = SwitchConfig {
        browser_local: setup.browser.iter().map(|address| advertised(*address)).collect(),
        seed: setup.seed,
        secret: setup.secret,
        origin: setup.clock.origin(),
    };
    let switch = Switch::new(config);
    let MediaSetup { clock, facts, .. } = setup;
    let thread = MediaThread { sockets, switch, inbox, clock, facts, buffer: [0; BUFFER] };
    let handle = std::thread::Builder::new().name("media".to_owned()).spawn(move || thread.run())?;
    Ok((MediaHandle { outbox }, handle))
}

fn advertised(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(super::own_address::reachable(address.ip()), address.port())
}

struct MediaThread {
    sockets: Sockets,
    switch: Switch,
    inbox: Inbox<Told>,
    clock: Clock,
    facts: Box<dyn FnMut(Fact) + Send>,
    buffer: [u8; BUFFER],
}

impl MediaThread {
    fn run(mut self) {
        let mut ready = Ready::new();
        loop {
            // 1. Sleep until a packet, an order, or the switch's next moment.
            let timeout = self.switch.poll_timeout().map(|at| super::round_up(at.since(self.clock.mono())));
            let timeout = if self.inbox.may_sleep() { timeout } else { Some(Duration::ZERO) };
            if let Err(error) = self.sockets.wait(&mut ready, timeout) {
                tracing::error!(%error, "media thread failed to poll");
                return;
            }
            self.inbox.wake();
            // 2. What is due goes out before new packets come in: the 20 ms clock comes first.
            let now = self.clock.now();
            self.tick(now);
            // 3. Packets, one from each socket that has any.
            ready.tokens().for_each(|token| self.read(token, now));
            // 4. Orders.
            if !self.take_orders() {
                return;
            }
            // 5. Facts.
            while let Some(fact) = self.switch.poll_fact() {
                if let Fact::Rested { port } = &fact {
                    self.sockets.unbind(*port);
                }
                (self.facts)(fact);
            }
        }
    }

    fn tick(&mut self, now: Now) {
        if self.switch.poll_timeout().is_some_and(|at| at <= now.mono) {
            let sockets = &self.sockets;
            self.switch.handle_timeout(now, &mut |transmit| sockets.send(&transmit));
        }
    }

    fn read(&mut self, token: Token, now: Now) {
        for _ in 0..if token.is_shared() { BURST } else { 1 } {
            let Some((port, rtcp, from, len)) = self.sockets.receive(token, &mut self.buffer) else { return };
            let sockets = &self.sockets;
            self.switch.packet(port, rtcp, from, &mut self.buffer, len, now, &mut |transmit| sockets.send(&transmit));
        }
    }

    /// Returns false when it is time to end.
    fn take_orders(&mut self) -> bool {
        let mut taken = false;
        loop {
            match self.inbox.next() {
                Ok(Told::Order(order)) => self.order(order),
                Ok(Told::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => break,
            }
            taken = true;
        }
        if taken {
            self.tick(self.clock.now());
        }
        true
    }

    /// Binds the socket that an order needs. A port that another program has is the engine's to replace.
    fn bind(&mut self, order: Order) -> Result<Order, Fact> {
        let Some((leg, port, local)) = wanted(&order) else { return Ok(order) };
        let Err(error) = self.sockets.bind_rtp(leg, port, local) else { return Ok(order) };
        tracing::warn!(%error, %local, "failed to bind an RTP port");
        let Order::Open { leg, opening } = order else { return Ok(order) };
        Err(Fact::PortTaken { leg, opening })
    }

    fn order(&mut self, order: Order) {
        let order = match self.bind(order) {
            Ok(order) => order,
            Err(fact) => return (self.facts)(fact),
        };
        let closed = if let Order::Close { leg } = &order { Some(*leg) } else { None };
        self.switch.order(order, self.clock.now());
        if let Some(leg) = closed {
            self.sockets.close(leg);
        }
    }
}

/// The socket that an order needs.
fn wanted(order: &Order) -> Option<(Option<LegId>, Port, SocketAddr)> {
    match order {
        Order::Open {
            leg,
            opening: Opening::AnswerRtp { port, local, .. } | Opening::OfferRtp { port, local, .. },
        } => Some((Some(*leg), *port, *local)),
        Order::Rest { port, local } => Some((None, *port, *local)),
        Order::Open { opening: Opening::Browser { .. }, .. }
        | Order::AcceptAnswer { .. }
        | Order::Reoffer { .. }
        | Order::Play { .. }
        | Order::StopPlay { .. }
        | Order::Hear { .. }
        | Order::Mute { .. }
        | Order::Watch { .. }
        | Order::SendDigit { .. }
        | Order::Close { .. }
        | Order::Library(_) => None,
    }
}
