//! SIP's TCP connections: accepted and opened, with bounded buffers.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use sip::{ConnectionId, Flow, Transport};

/// Beyond this many a new one is closed at once.
const MAX_CONNECTIONS: usize = 1024;

/// And beyond this many from one address.
const MAX_PER_SOURCE: usize = 64;

/// A peer that reads so slowly that this much waits for it is closed.
const MAX_UNSENT: usize = 256 * 1024;

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
    flow: Flow,
    unsent: Vec<u8>,
    connecting: bool,
}

/// All connections, by id. The id is also the mio token.
pub(crate) struct Connections {
    registry: Registry,
    open: BTreeMap<u64, Connection>,
    next: u64,
}

impl Connections {
    /// `first`: tokens from here on belong to connections.
    pub(crate) fn new(registry: Registry, first: usize) -> Self {
        Connections { registry, open: BTreeMap::new(), next: first as u64 }
    }

    /// Takes a connection that was accepted.
    pub(crate) fn accept(&mut self, stream: TcpStream, local: SocketAddr, remote: SocketAddr) -> io::Result<()> {
        let from_there = self.open.values().filter(|open| open.flow.remote.ip() == remote.ip()).count();
        if self.open.len() >= MAX_CONNECTIONS || from_there >= MAX_PER_SOURCE {
            return Ok(());
        }
        self.keep(stream, local, remote, false).map(|_| ())
    }

    /// Reads from a connection that is ready; None when there is no more for now.
    pub(crate) fn hear(&mut self, token: Token, buffer: &mut [u8]) -> Option<Heard> {
        let id = token.0 as u64;
        let connection = self.open.get_mut(&id)?;
        if connection.connecting {
            match connection.stream.peer_addr() {
                Ok(_) => {
                    connection.connecting = false;
                    let flow = connection.flow;
                    self.flush(id);
                    return Some(Heard::Connected { flow });
                }
                Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                    let failed = connection.stream.take_error().ok().flatten().is_some();
                    return if failed { self.closed(id) } else { None };
                }
                Err(_) => return self.closed(id),
            }
        }
        match connection.stream.read(buffer) {
            Ok(0) => self.closed(id),
            Ok(len) => Some(Heard::Bytes { flow: connection.flow, len }),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.hear(token, buffer),
            Err(_) => self.closed(id),
        }
    }

    /// Sends what waits on a connection that is writable again.
    pub(crate) fn writable(&mut self, token: Token) {
        self.flush(token.0 as u64);
    }

    /// Sends over the flow's connection, over one that is open to its peer, or over a new one.
    pub(crate) fn send(&mut self, flow: Flow, bytes: &[u8]) -> io::Result<()> {
        let open = flow.connection.map(|id| id.0).filter(|id| self.open.contains_key(id));
        let id = match open.or_else(|| self.find(flow.remote)) {
            Some(id) => id,
            None => self.keep(TcpStream::connect(flow.remote)?, flow.local, flow.remote, true)?,
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

    fn find(&self, remote: SocketAddr) -> Option<u64> {
        self.open.iter().find(|(_, open)| open.flow.remote == remote).map(|(id, _)| *id)
    }

    fn keep(
        &mut self,
        mut stream: TcpStream,
        local: SocketAddr,
        remote: SocketAddr,
        connecting: bool,
    ) -> io::Result<u64> {
        let id = self.next;
        self.registry.register(&mut stream, Token(id as usize), Interest::READABLE | Interest::WRITABLE)?;
        self.next += 1;
        let flow = Flow { transport: Transport::Tcp, local, remote, connection: Some(ConnectionId(id)) };
        self.open.insert(id, Connection { stream, flow, unsent: Vec::new(), connecting });
        Ok(id)
    }

    fn closed(&mut self, id: u64) -> Option<Heard> {
        let mut connection = self.open.remove(&id)?;
        // Nothing to be done if the poll has forgotten it already.
        let _ = self.registry.deregister(&mut connection.stream);
        Some(Heard::Closed { flow: connection.flow })
    }

    fn flush(&mut self, id: u64) {
        let Some(connection) = self.open.get_mut(&id) else { return };
        while !connection.unsent.is_empty() && !connection.connecting {
            match connection.stream.write(&connection.unsent) {
                Ok(sent) => drop(connection.unsent.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What failed for good shows at the next read.
                Err(_) => break,
            }
        }
        if connection.unsent.len() > MAX_UNSENT {
            connection.unsent.clear();
            // The read side then tells that it is closed.
            let _ = connection.stream.shutdown(std::net::Shutdown::Both);
        }
    }
}
