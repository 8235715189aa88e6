//! The media thread's sockets and the epoll over them.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use ::media::{Port, Transmit};
use base::LegId;
use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};

/// What was ready at one wait, at most: the 20 ms clock has its turn in between.
const READY: usize = 256;

/// Tokens: below this the browser sockets; from here on `port * 2`, plus one for RTCP.
const FIRST_RTP: u64 = 64;

const WAKE: u64 = u64::MAX;

/// A socket that may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token(u64);

impl Token {
    /// All browsers' packets come in here.
    pub(super) fn is_shared(self) -> bool {
        self.0 < FIRST_RTP
    }
}

struct RtpSockets {
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

/// What one wait found.
pub(super) struct Ready(Vec<epoll::Event>);

impl Ready {
    pub(super) fn new() -> Self {
        Ready(Vec::with_capacity(READY))
    }

    /// The sockets that may be read.
    pub(super) fn tokens(&self) -> impl Iterator<Item = Token> {
        self.0.iter().map(|event| { event.data }.u64()).filter(|token| *token != WAKE).map(Token)
    }
}

/// All of them.
pub(super) struct Sockets {
    poll: OwnedFd,
    wake: Arc<OwnedFd>,
    browser: Vec<(UdpSocket, SocketAddr)>,
    /// By port number: the packet path looks up by index.
    rtp: Vec<Option<RtpSockets>>,
    legs: BTreeMap<LegId, Port>,
}

impl Sockets {
    /// Binds the browsers' sockets; errors name the address.
    pub(super) fn open(browser: &[SocketAddr]) -> io::Result<Self> {
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        // By edge: it is never read.
        epoll::add(&poll, &wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN | epoll::EventFlags::ET)?;
        let mut sockets = Sockets { poll, wake, browser: Vec::new(), rtp: Vec::new(), legs: BTreeMap::new() };
        for address in browser {
            sockets.bind_browser(*address)?;
        }
        Ok(sockets)
    }

    /// Wakes the wait, from any thread.
    pub(super) fn waker(&self) -> impl Fn() + Send + Sync + 'static {
        let wake = self.wake.clone();
        move || {
            // Full: nobody has waited for long, but the edge is there.
            let _ = rustix::io::write(&*wake, &1u64.to_ne_bytes());
        }
    }

    /// Waits until a packet is there, somebody wakes, or the time is over.
    pub(super) fn wait(&self, ready: &mut Ready, timeout: Option<Duration>) -> io::Result<()> {
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        ready.0.clear();
        match epoll::wait(&self.poll, rustix::buffer::spare_capacity(&mut ready.0), timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn bind_browser(&mut self, address: SocketAddr) -> io::Result<()> {
        let socket = UdpSocket::bind(address).map_err(|error| {
            io::Error::new(error.kind(), format!("failed to listen for browsers' media on {address}: {error}"))
        })?;
        self.register(&socket, self.browser.len() as u64)?;
        self.browser.push((socket, address));
        Ok(())
    }

    /// Binds a port and its RTCP neighbour, for a leg or to rest.
    pub(super) fn bind_rtp(&mut self, leg: Option<LegId>, port: Port, local: SocketAddr) -> io::Result<()> {
        let index = port.0 as usize;
        let neighbour = SocketAddr::new(local.ip(), local.port() + 1);
        let pair = RtpSockets { rtp: UdpSocket::bind(local)?, rtcp: UdpSocket::bind(neighbour)? };
        let token = FIRST_RTP + u64::from(port.0) * 2;
        self.register(&pair.rtp, token)?;
        self.register(&pair.rtcp, token + 1)?;
        if self.rtp.len() <= index {
            self.rtp.resize_with(index + 1, || None);
        }
        self.rtp[index] = Some(pair);
        self.legs.extend(leg.map(|leg| (leg, port)));
        Ok(())
    }

    /// By level: a socket that has more is ready again at the next wait, so that one packet costs one read, and a flood at one socket does not
    /// starve the others.
    fn register(&self, socket: &UdpSocket, token: u64) -> io::Result<()> {
        socket.set_nonblocking(true)?;
        Ok(epoll::add(&self.poll, socket, epoll::EventData::new_u64(token), epoll::EventFlags::IN)?)
    }

    /// Gives a leg's ports back.
    pub(super) fn close(&mut self, leg: LegId) {
        self.legs.remove(&leg).into_iter().for_each(|port| self.unbind(port));
    }

    /// Gives a port back; closing a socket takes it out of the epoll.
    pub(super) fn unbind(&mut self, port: Port) {
        if let Some(slot) = self.rtp.get_mut(port.0 as usize) {
            *slot = None;
        }
    }

    /// The next packet of a socket, if there is one.
    pub(super) fn receive(&self, token: Token, buffer: &mut [u8]) -> Option<(Port, bool, SocketAddr, usize)> {
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
        let Some(index) = token.0.checked_sub(FIRST_RTP) else {
            let (socket, _) = self.browser.get(usize::try_from(token.0).ok()?)?;
            return Some((socket, Port::BROWSER, false));
        };
        let pair = self.rtp.get(usize::try_from(index / 2).ok()?)?.as_ref()?;
        let rtcp = index % 2 == 1;
        Some((if rtcp { &pair.rtcp } else { &pair.rtp }, Port(u32::try_from(index / 2).ok()?), rtcp))
    }

    /// A packet that the kernel refuses is lost like any other.
    pub(super) fn send(&self, transmit: &Transmit<'_>) {
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
