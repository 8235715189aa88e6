//! SIP's connections, by TCP and TLS: accepted and opened, with bounded buffers and bounded patience.

mod layer;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use base::{Mono, Timers};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use sip::{ConnectionId, Flow, Transport};

use self::layer::Layer;
use super::tls::Tls;

/// Beyond this many a new one is closed at once.
const MAX_CONNECTIONS: usize = 1024;

/// And beyond this many from one address.
const MAX_PER_SOURCE: usize = 64;

/// The most that sources which no trunk and no operator knows may hold together, so that they never take a carrier's place.
const MAX_OF_STRANGERS: usize = 256;

/// TLS handshakes of strangers that are begun in one second: each costs a signature on the engine's thread.
const STRANGERS_HANDSHAKES_PER_S: u32 = 20;

/// A peer that reads so slowly that this much waits for it is closed.
const MAX_UNSENT: usize = 256 * 1024;

/// From the first packet until the connection stands, TLS and all; a half-open one is closed then.
const STAND_WITHIN: Duration = Duration::from_secs(10);

/// A stranger who has said nothing whole for as long is closed: no transaction lasts longer (RFC 3261 §17.1.1.2: 64 × T1).
const STRANGER_IDLE: Duration = Duration::from_secs(32);

/// What a connection has to say.
pub(crate) enum Heard {
    /// Bytes were read into the buffer.
    Bytes { flow: Flow, len: usize },
    /// A connection that we opened stands.
    Connected { flow: Flow },
    /// It is gone.
    Closed { flow: Flow },
}

struct Connection {
    stream: TcpStream,
    layer: Layer,
    flow: Flow,
    unsent: Vec<u8>,
    stage: Stage,
    /// We opened it.
    ours: bool,
    /// A trunk's or an operator's address.
    known: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// TCP is not there yet.
    Connecting,
    /// TLS is not there yet.
    Shaking,
    Up,
}

/// All connections, by id. The id is also the mio token.
pub(crate) struct Connections {
    registry: Registry,
    tls: Tls,
    open: BTreeMap<u64, Connection>,
    next: u64,
    patience: Timers<u64>,
    /// The second, and how many strangers' handshakes were begun in it.
    strangers: (u64, u32),
}

impl Connections {
    /// `first`: tokens from here on belong to connections.
    pub(crate) fn new(registry: Registry, tls: Tls, first: usize) -> Self {
        let (open, patience) = (BTreeMap::new(), Timers::default());
        Connections { registry, tls, open, next: first as u64, patience, strangers: (0, 0) }
    }

    /// Takes a connection that was accepted.
    pub(crate) fn accept(
        &mut self,
        stream: TcpStream,
        transport: Transport,
        (local, remote): (SocketAddr, SocketAddr),
        now: Mono,
    ) -> io::Result<()> {
        let from_there = self.open.values().filter(|open| open.flow.remote.ip() == remote.ip()).count();
        if self.open.len() >= MAX_CONNECTIONS || from_there >= MAX_PER_SOURCE {
            return Ok(());
        }
        if !self.tls.knows(remote.ip()) && !self.takes_stranger(transport, now) {
            return Ok(());
        }
        let layer = match transport {
            Transport::Tls => Layer::tls(self.tls.accept(remote.ip())?.into()),
            Transport::Udp | Transport::Tcp => Layer::Plain,
        };
        self.keep(stream, layer, Flow { transport, local, remote, connection: None }, false, now).map(|_| ())
    }

    fn takes_stranger(&mut self, transport: Transport, now: Mono) -> bool {
        if self.open.values().filter(|open| !open.known).count() >= MAX_OF_STRANGERS {
            return false;
        }
        if transport == Transport::Tls {
            let second = now.0.as_secs();
            let begun = if self.strangers.0 == second { self.strangers.1 } else { 0 };
            self.strangers = (second, begun + 1);
            return begun < STRANGERS_HANDSHAKES_PER_S;
        }
        true
    }

    /// Reads from a connection that is ready; None when there is no more for now.
    pub(crate) fn hear(&mut self, token: Token, buffer: &mut [u8], now: Mono) -> Option<Heard> {
        let id = token.0 as u64;
        match self.open.get(&id)?.stage {
            Stage::Connecting => self.connected(id)?,
            Stage::Shaking | Stage::Up => None,
        }
        .or_else(|| self.shaken(id, now))
        .or_else(|| self.read(id, buffer, now))
    }

    /// `Some(None)`: go on. None: not yet.
    fn connected(&mut self, id: u64) -> Option<Option<Heard>> {
        let connection = self.open.get_mut(&id)?;
        match connection.stream.peer_addr() {
            Ok(_) => {
                connection.stage = Stage::Shaking;
                Some(None)
            }
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                let failed = connection.stream.take_error().ok().flatten().is_some();
                if failed { Some(self.closed(id)) } else { None }
            }
            Err(_) => Some(self.closed(id)),
        }
    }

    fn shaken(&mut self, id: u64, now: Mono) -> Option<Heard> {
        let connection = self.open.get_mut(&id).filter(|connection| connection.stage == Stage::Shaking)?;
        match connection.layer.shake(&mut connection.stream) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
            Err(error) => {
                complain(connection, &error);
                return self.closed(id);
            }
        }
        connection.stage = Stage::Up;
        let (flow, ours) = (connection.flow, connection.ours);
        self.be_patient(id, now);
        self.flush(id);
        ours.then_some(Heard::Connected { flow })
    }

    fn read(&mut self, id: u64, buffer: &mut [u8], now: Mono) -> Option<Heard> {
        let connection = self.open.get_mut(&id).filter(|connection| connection.stage == Stage::Up)?;
        match connection.layer.read(&mut connection.stream, buffer) {
            Ok(0) => self.closed(id),
            Ok(len) => {
                let flow = connection.flow;
                self.be_patient(id, now);
                Some(Heard::Bytes { flow, len })
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.read(id, buffer, now),
            Err(_) => self.closed(id),
        }
    }

    /// Who is known may be silent as long as they like (RFC 5923: a connection is kept and used again).
    fn be_patient(&mut self, id: u64, now: Mono) {
        match self.open.get(&id).is_some_and(|connection| connection.known) {
            true => drop(self.patience.cancel(&id)),
            false => self.patience.set(id, now + STRANGER_IDLE),
        }
    }

    /// Sends what waits on a connection that is writable again.
    pub(crate) fn writable(&mut self, token: Token) {
        self.flush(token.0 as u64);
    }

    /// Sends over the flow's connection, over one that is open to its peer, or over a new one.
    pub(crate) fn send(&mut self, flow: Flow, bytes: &[u8], now: Mono) -> io::Result<()> {
        let open = flow.connection.map(|id| id.0).filter(|id| self.open.contains_key(id));
        let id = match open.or_else(|| self.find(flow)) {
            Some(id) => id,
            None => {
                let layer = match flow.transport {
                    Transport::Tls => Layer::tls(self.tls.connect(flow.remote.ip())?.into()),
                    Transport::Udp | Transport::Tcp => Layer::Plain,
                };
                self.keep(TcpStream::connect(flow.remote)?, layer, flow, true, now)?
            }
        };
        if let Some(connection) = self.open.get_mut(&id) {
            connection.unsent.extend_from_slice(bytes);
        }
        self.flush(id);
        Ok(())
    }

    /// Closes what could not be framed.
    pub(crate) fn close(&mut self, flow: Flow) {
        if let Some(id) = flow.connection {
            self.closed(id.0);
        }
    }

    /// When [`Connections::expire`] is wanted next.
    pub(crate) fn next_timeout(&self) -> Option<Mono> {
        self.patience.next()
    }

    /// Closes the next one for which patience has run out.
    pub(crate) fn expire(&mut self, now: Mono) -> Option<Flow> {
        let id = self.patience.pop_due(now)?;
        if let Some(connection) = self.open.get(&id).filter(|connection| connection.stage != Stage::Up) {
            complain(connection, &io::ErrorKind::TimedOut.into());
        }
        let flow = self.open.get(&id)?.flow;
        self.closed(id);
        Some(flow)
    }

    /// One that we may use towards there. Over TLS only one that we opened: there the peer has proved that it is who we want to reach
    /// (RFC 5923 §8.2); who connected to us is answered over their own connection, which the flow then names.
    fn find(&self, flow: Flow) -> Option<u64> {
        let fits = |open: &Connection| {
            let to = (open.flow.transport, open.flow.remote);
            to == (flow.transport, flow.remote) && (open.ours || flow.transport != Transport::Tls)
        };
        self.open.iter().find(|(_, open)| fits(open)).map(|(id, _)| *id)
    }

    fn keep(&mut self, mut stream: TcpStream, layer: Layer, flow: Flow, ours: bool, now: Mono) -> io::Result<u64> {
        let id = self.next;
        self.registry.register(&mut stream, Token(id as usize), Interest::READABLE | Interest::WRITABLE)?;
        self.next += 1;
        let flow = Flow { connection: Some(ConnectionId(id)), ..flow };
        let known = ours || self.tls.knows(flow.remote.ip());
        let stage = if ours { Stage::Connecting } else { Stage::Shaking };
        self.open.insert(id, Connection { stream, layer, flow, unsent: Vec::new(), stage, ours, known });
        self.patience.set(id, now + STAND_WITHIN);
        Ok(id)
    }

    fn closed(&mut self, id: u64) -> Option<Heard> {
        let mut connection = self.open.remove(&id)?;
        self.patience.cancel(&id);
        connection.layer.part(&mut connection.stream);
        // Nothing to be done if the poll has forgotten it already.
        let _ = self.registry.deregister(&mut connection.stream);
        Some(Heard::Closed { flow: connection.flow })
    }

    fn flush(&mut self, id: u64) {
        let Some(connection) = self.open.get_mut(&id) else { return };
        if connection.stage == Stage::Up {
            // What failed for good shows at the next read.
            let _ = connection.layer.write(&mut connection.stream, &mut connection.unsent);
        }
        if connection.unsent.len() > MAX_UNSENT {
            connection.unsent.clear();
            // The read side then tells that it is closed.
            let _ = connection.stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

impl Drop for Connections {
    /// TLS wants its end said (RFC 8446 §6.1).
    fn drop(&mut self) {
        for connection in self.open.values_mut() {
            connection.layer.part(&mut connection.stream);
        }
    }
}

/// Who is known and cannot be talked to is somebody's work; strangers are not.
fn complain(connection: &Connection, error: &io::Error) {
    let (remote, ours) = (connection.flow.remote, connection.ours);
    if connection.flow.transport == Transport::Tls && connection.known {
        tracing::warn!(%remote, ours, %error, "failed to agree on TLS; see the tls settings of its trunk or operator");
    } else {
        tracing::debug!(%remote, ours, %error, "a connection never stood");
    }
}
