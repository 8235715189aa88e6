//! The media thread: one epoll loop for all RTP and browser packets. No channel, lock or allocation per packet.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use ::media::{Fact, Opening, Order, Port, Switch, SwitchConfig, Transmit};
use base::LegId;
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};

use crate::clock::Clock;

const WAKE: Token = Token(usize::MAX);

/// Packets are far smaller; the rest of the buffer is room to grow in place.
const BUFFER: usize = 4096;

/// Packets read from one socket before the others have their turn.
const BURST: usize = 32;

/// Orders to the media thread.
#[derive(Clone)]
pub(crate) struct MediaHandle {
    inbox: Sender<Told>,
    waker: Arc<Waker>,
}

/// What the media thread is told.
enum Told {
    Order(Order),
    Stop,
}

impl MediaHandle {
    /// Hands an order over. Orders are bounded by the legs that the engine keeps.
    pub(crate) fn order(&self, order: Order) {
        self.tell(Told::Order(order));
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        self.tell(Told::Stop);
    }

    fn tell(&self, told: Told) {
        if self.inbox.send(told).is_ok() {
            // A poll that cannot be woken has ended.
            let _ = self.waker.wake();
        }
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
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
    let (sender, inbox) = channel();
    let mut sockets = Sockets { browser: Vec::new(), rtp: Vec::new(), legs: BTreeMap::new(), poll };
    for address in &setup.browser {
        sockets.bind_browser(*address)?;
    }
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
    Ok((MediaHandle { inbox: sender, waker }, handle))
}

fn advertised(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(super::own_address::reachable(address.ip()), address.port())
}

struct MediaThread {
    sockets: Sockets,
    switch: Switch,
    inbox: Receiver<Told>,
    clock: Clock,
    facts: Box<dyn FnMut(Fact) + Send>,
    buffer: [u8; BUFFER],
}

impl MediaThread {
    fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        let mut unread: Vec<Token> = Vec::with_capacity(1024);
        let mut turn: Vec<Token> = Vec::with_capacity(1024);
        loop {
            // 1. Sleep until a packet, an order, or the switch's next moment; not at all while sockets have more to read.
            let timeout = self.switch.poll_timeout().map(|at| super::round_up(at.since(self.clock.mono())));
            let timeout = if unread.is_empty() { timeout } else { Some(Duration::ZERO) };
            match self.sockets.poll.poll(&mut events, timeout) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::error!(%error, "media thread failed to poll");
                    return;
                }
            }
            // 2. What is due goes out before new packets come in: the 20 ms clock comes first.
            self.tick();
            // 3. Packets, a burst from each socket, so that a flood at one does not starve the others.
            turn.append(&mut unread);
            turn.extend(events.iter().map(mio::event::Event::token).filter(|token| *token != WAKE));
            unread.extend(turn.drain(..).filter(|token| self.read(*token)));
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

    fn tick(&mut self) {
        let now = self.clock.now();
        if self.switch.poll_timeout().is_some_and(|at| at <= now.mono) {
            let sockets = &self.sockets;
            self.switch.handle_timeout(now, &mut |transmit| sockets.send(&transmit));
        }
    }

    /// Reads a burst. Returns whether there may be more: polling is edge-triggered.
    fn read(&mut self, token: Token) -> bool {
        for _ in 0..BURST {
            let Some((port, rtcp, from, len)) = self.sockets.receive(token, &mut self.buffer) else { return false };
            let now = self.clock.now();
            let sockets = &self.sockets;
            self.switch.packet(port, rtcp, from, &mut self.buffer, len, now, &mut |transmit| sockets.send(&transmit));
        }
        self.tick();
        true
    }

    /// Returns false when it is time to end.
    fn take_orders(&mut self) -> bool {
        loop {
            match self.inbox.try_recv() {
                Ok(Told::Order(order)) => self.order(order),
                Ok(Told::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => break,
            }
        }
        self.tick();
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
        Order::Open { leg, opening: Opening::AnswerRtp { port, local, .. } | Opening::OfferRtp { port, local, .. } } => {
            Some((Some(*leg), *port, *local))
        }
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

struct RtpSockets {
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

struct Sockets {
    poll: Poll,
    browser: Vec<(UdpSocket, SocketAddr)>,
    /// By port number: the packet path looks up by index.
    rtp: Vec<Option<RtpSockets>>,
    legs: BTreeMap<LegId, Port>,
}

/// Tokens: below this the browser sockets; above, `port * 2`, plus one for RTCP.
const FIRST_RTP: usize = 64;

impl Sockets {
    fn bind_browser(&mut self, address: SocketAddr) -> io::Result<()> {
        let mut socket = UdpSocket::bind(address).map_err(|error| {
            io::Error::new(error.kind(), format!("failed to listen for browsers' media on {address}: {error}"))
        })?;
        self.poll.registry().register(&mut socket, Token(self.browser.len()), Interest::READABLE)?;
        self.browser.push((socket, address));
        Ok(())
    }

    fn bind_rtp(&mut self, leg: Option<LegId>, port: Port, local: SocketAddr) -> io::Result<()> {
        let index = port.0 as usize;
        let neighbour = SocketAddr::new(local.ip(), local.port() + 1);
        let mut pair = RtpSockets { rtp: UdpSocket::bind(local)?, rtcp: UdpSocket::bind(neighbour)? };
        let registry = self.poll.registry();
        registry.register(&mut pair.rtp, Token(FIRST_RTP + index * 2), Interest::READABLE)?;
        registry.register(&mut pair.rtcp, Token(FIRST_RTP + index * 2 + 1), Interest::READABLE)?;
        if self.rtp.len() <= index {
            self.rtp.resize_with(index + 1, || None);
        }
        self.rtp[index] = Some(pair);
        self.legs.extend(leg.map(|leg| (leg, port)));
        Ok(())
    }

    fn close(&mut self, leg: LegId) {
        self.legs.remove(&leg).into_iter().for_each(|port| self.unbind(port));
    }

    fn unbind(&mut self, port: Port) {
        // Closing a socket takes it out of the poll.
        if let Some(slot) = self.rtp.get_mut(port.0 as usize) {
            *slot = None;
        }
    }

    fn receive(&self, token: Token, buffer: &mut [u8]) -> Option<(Port, bool, SocketAddr, usize)> {
        let (socket, port, rtcp) = self.by_token(token)?;
        loop {
            match socket.recv_from(buffer) {
                Ok((len, from)) => return Some((port, rtcp, from, len)),
                // An ICMP error of a packet that we sent: the next one may be fine.
                Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::Interrupted) => {
                }
                Err(_) => return None,
            }
        }
    }

    fn by_token(&self, token: Token) -> Option<(&UdpSocket, Port, bool)> {
        if let Some((socket, _)) = self.browser.get(token.0) {
            return Some((socket, Port::BROWSER, false));
        }
        let index = token.0.checked_sub(FIRST_RTP)?;
        let pair = self.rtp.get(index / 2)?.as_ref()?;
        let rtcp = index % 2 == 1;
        Some((if rtcp { &pair.rtcp } else { &pair.rtp }, Port(u32::try_from(index / 2).ok()?), rtcp))
    }

    /// A packet that the kernel refuses is lost like any other.
    fn send(&self, transmit: &Transmit<'_>) {
        let socket = if transmit.port == Port::BROWSER {
            self.browser_towards(transmit.to)
        } else {
            self.rtp
                .get(transmit.port.0 as usize)
                .and_then(Option::as_ref)
                .map(|pair| if transmit.rtcp { &pair.rtcp } else { &pair.rtp })
        };
        if let Some(socket) = socket {
            let _ = socket.send_to(transmit.bytes, transmit.to);
        }
    }

    /// The loopback socket for loopback peers, another for the rest.
    fn browser_towards(&self, to: SocketAddr) -> Option<&UdpSocket> {
        let of_family = self.browser.iter().filter(|(_, local)| local.is_ipv4() == to.is_ipv4());
        of_family
            .clone()
            .find(|(_, local)| local.ip().is_loopback() == to.ip().is_loopback())
            .or_else(|| of_family.clone().next())
            .map(|(socket, _)| socket)
    }
}
