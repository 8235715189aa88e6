//! SIP sockets, polled by the engine's thread.

use std::io;
use std::net::SocketAddr;

use base::Mono;
use mio::net::{TcpListener, UdpSocket};
use mio::{Interest, Registry, Token};
use sip::{Flow, Input, Transport};
use socket2::{Domain, Protocol, Socket, Type};

use super::streams::{Connections, Heard};
use super::tls::Tls;

/// The first token of connections; below it stand UDP sockets and listeners.
const FIRST_CONNECTION: usize = 1024;

/// Room in the kernel for bursts.
const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;

/// The largest datagram.
const MAX_DATAGRAM: usize = 65_535;

enum Listening {
    Udp(UdpSocket, SocketAddr),
    Stream(TcpListener, Transport, SocketAddr),
}

/// All SIP sockets.
pub(crate) struct SipSockets {
    listening: Vec<Listening>,
    connections: Connections,
    buffer: Box<[u8]>,
}

impl SipSockets {
    /// Binds them all; an error names the address.
    pub(crate) fn bind(listen: &[(Transport, SocketAddr)], tls: Tls, registry: &Registry) -> io::Result<Self> {
        let connections = Connections::new(registry.try_clone()?, tls, FIRST_CONNECTION);
        let listening = listen
            .iter()
            .enumerate()
            .map(|(index, (transport, address))| {
                open(*transport, *address, Token(index), registry).map_err(|error| {
                    io::Error::new(
                        error.kind(),
                        format!("failed to listen for SIP on {transport:?} {address}: {error}"),
                    )
                })
            })
            .collect::<io::Result<_>>()?;
        Ok(SipSockets { listening, connections, buffer: vec![0; MAX_DATAGRAM].into() })
    }

    /// The next input of a socket that is ready; None when it has no more.
    pub(crate) fn next(&mut self, token: Token, now: Mono) -> Option<Input<'_>> {
        match self.listening.get(token.0) {
            Some(Listening::Udp(socket, local)) => receive(socket, *local, &mut self.buffer),
            Some(Listening::Stream(listener, transport, local)) => {
                accept_all(listener, *transport, *local, &mut self.connections, now);
                None
            }
            None => match self.connections.hear(token, &mut self.buffer, now)? {
                Heard::Bytes { flow, len } => Some(Input::Received { flow, bytes: self.buffer.get(..len)? }),
                Heard::Connected { flow } => Some(Input::Connected { flow }),
                Heard::Closed { flow } => Some(Input::Closed { flow }),
            },
        }
    }

    /// When [`SipSockets::expire`] is wanted next.
    pub(crate) fn next_timeout(&self) -> Option<Mono> {
        self.connections.next_timeout()
    }

    /// The next connection that took too long and is closed now.
    pub(crate) fn expire(&mut self, now: Mono) -> Option<Flow> {
        self.connections.expire(now)
    }

    /// Sends what waits on a connection that is writable again.
    pub(crate) fn writable(&mut self, token: Token) {
        if token.0 >= FIRST_CONNECTION {
            self.connections.writable(token);
        }
    }

    /// Sends; returns the flow if it cannot be.
    pub(crate) fn send(&mut self, flow: Flow, bytes: &[u8], now: Mono) -> Result<(), Flow> {
        match flow.transport {
            Transport::Udp => {
                self.send_udp(flow, bytes);
                Ok(())
            }
            Transport::Tcp | Transport::Tls => self.connections.send(flow, bytes, now).map_err(|error| {
                tracing::debug!(%error, transport = ?flow.transport, "failed to connect");
                flow
            }),
        }
    }

    /// Closes a connection.
    pub(crate) fn close(&mut self, flow: Flow) {
        self.connections.close(flow);
    }

    /// From the socket that the flow names, else from one of the family. A datagram that the kernel refuses is lost like any other.
    fn send_udp(&self, flow: Flow, bytes: &[u8]) {
        let sockets = self.listening.iter().filter_map(|listening| match listening {
            Listening::Udp(socket, local) => Some((socket, local)),
            Listening::Stream(..) => None,
        });
        let exact = sockets.clone().find(|(_, local)| **local == flow.local);
        let of_family = || sockets.clone().find(|(_, local)| local.is_ipv4() == flow.remote.is_ipv4());
        if let Some((socket, _)) = exact.or_else(of_family)
            && let Err(error) = socket.send_to(bytes, flow.remote)
        {
            tracing::debug!(%error, "failed to send a SIP datagram");
        }
    }
}

fn open(transport: Transport, address: SocketAddr, token: Token, registry: &Registry) -> io::Result<Listening> {
    let (kind, protocol) = match transport {
        Transport::Udp => (Type::DGRAM, Protocol::UDP),
        Transport::Tcp | Transport::Tls => (Type::STREAM, Protocol::TCP),
    };
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if transport.is_stream() {
        socket.set_reuse_address(true)?;
    } else {
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    }
    socket.bind(&address.into())?;
    match transport {
        Transport::Udp => {
            let mut socket = UdpSocket::from_std(socket.into());
            registry.register(&mut socket, token, Interest::READABLE)?;
            Ok(Listening::Udp(socket, address))
        }
        Transport::Tcp | Transport::Tls => {
            socket.listen(128)?;
            let mut listener = TcpListener::from_std(socket.into());
            registry.register(&mut listener, token, Interest::READABLE)?;
            Ok(Listening::Stream(listener, transport, address))
        }
    }
}

fn receive<'b>(socket: &UdpSocket, local: SocketAddr, buffer: &'b mut [u8]) -> Option<Input<'b>> {
    loop {
        match socket.recv_from(buffer) {
            Ok((len, remote)) => {
                let flow = Flow { transport: Transport::Udp, local, remote, connection: None };
                return Some(Input::Received { flow, bytes: buffer.get(..len)? });
            }
            // An ICMP error of an earlier datagram: the next one may be fine.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::Interrupted) => {}
            Err(_) => return None,
        }
    }
}

fn accept_all(
    listener: &TcpListener,
    transport: Transport,
    local: SocketAddr,
    connections: &mut Connections,
    now: Mono,
) {
    loop {
        match listener.accept() {
            Ok((stream, remote)) => {
                if let Err(error) = connections.accept(stream, transport, (local, remote), now) {
                    tracing::debug!(%error, "failed to take a connection");
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
