use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use base::{LegId, Mono, Timers};

use crate::ladder::What;
use crate::transaction::PATIENCE;
use crate::{ConnectionId, Event, Flow, LadderEntry, Output, Transport};

/// The bytes of a stream that are no whole message yet.
#[derive(Debug)]
pub(crate) struct Stream {
    flow: Flow,
    pub(crate) buffer: Vec<u8>,
    /// How much of it holds no end of headers.
    pub(crate) searched: usize,
    /// How many bytes it takes to go on.
    pub(crate) wanted: usize,
    /// We asked for this connection.
    pub(crate) ours: bool,
}

/// What goes out, and the connections it can go by.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    outputs: VecDeque<Output>,
    pub(crate) streams: BTreeMap<ConnectionId, Stream>,
    /// Over TLS only those that we opened: nobody else has proved to be who stands there.
    by_remote: BTreeMap<(Transport, SocketAddr), ConnectionId>,
    /// When the message that a connection is in the midst of must be whole.
    midst: Timers<ConnectionId>,
}

impl Wire {
    /// Sends `bytes`; `rung` puts the message on a leg's ladder.
    pub(crate) fn send(&mut self, flow: Flow, bytes: Vec<u8>, rung: Option<(LegId, What)>, retransmission: bool) {
        let flow = self.resolve(flow);
        if let Some((leg, what)) = rung {
            self.rung(leg, false, flow.remote, what, retransmission);
        }
        self.outputs.push_back(Output::Send { flow, bytes });
    }

    /// Puts a message on a leg's ladder.
    pub(crate) fn rung(&mut self, leg: LegId, inbound: bool, peer: SocketAddr, what: What, retransmission: bool) {
        let (method, status) = what.parts();
        self.event(Event::Ladder(LadderEntry { leg, inbound, peer, method, status, retransmission }));
    }

    /// Tells the engine.
    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Asks for what no message does.
    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// Gives a connection up.
    pub(crate) fn close(&mut self, flow: Flow) {
        self.closed(flow);
        self.outputs.push_back(Output::Close { flow });
    }

    /// A connection stands.
    pub(crate) fn opened(&mut self, flow: Flow, ours: bool) {
        if let Some(id) = flow.connection {
            let new = || Stream { flow, buffer: Vec::new(), searched: 0, wanted: 0, ours: false };
            self.streams.entry(id).or_insert_with(new).ours |= ours;
            if ours || flow.transport != Transport::Tls {
                self.by_remote.insert((flow.transport, flow.remote), id);
            }
        }
    }

    /// A connection is gone.
    pub(crate) fn closed(&mut self, flow: Flow) {
        let Some(id) = flow.connection else { return };
        self.streams.remove(&id);
        self.midst.cancel(&id);
        let remote = (flow.transport, flow.remote);
        if self.by_remote.get(&remote) == Some(&id) {
            self.by_remote.remove(&remote);
        }
    }

    /// Keeps what a connection has brought that is no whole message. The time for that counts from its first bytes (RFC 4475 §3.1.2.2).
    pub(crate) fn keep(&mut self, id: ConnectionId, rest: &[u8], progress: bool, now: Mono) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.buffer = rest.to_vec();
        // A line break is half a keep-alive, and owes nothing.
        if rest.iter().all(|b| matches!(b, b'\r' | b'\n')) {
            self.midst.cancel(&id);
        } else if progress || self.midst.get(&id).is_none() {
            self.midst.set(id, now + PATIENCE);
        }
    }

    /// Closes connections that stopped in the midst of a message.
    pub(crate) fn expire(&mut self, now: Mono) {
        while let Some(id) = self.midst.pop_due(now) {
            if let Some(flow) = self.streams.get(&id).map(|stream| stream.flow) {
                self.close(flow);
            }
        }
    }

    /// How many are in the midst of one.
    pub(crate) fn len(&self) -> usize {
        self.midst.len()
    }

    /// When the next such connection is closed.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.midst.next()
    }

    /// What is next to be done.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The connection that a message takes: its own while that is open, else any that is open to there.
    fn resolve(&self, flow: Flow) -> Flow {
        match flow.transport {
            Transport::Udp => flow,
            Transport::Tcp | Transport::Tls => {
                let own = flow.connection.and_then(|id| Some((id, self.streams.get(&id)?.flow.remote)));
                let any = || Some((*self.by_remote.get(&(flow.transport, flow.remote))?, flow.remote));
                match own.or_else(any) {
                    Some((id, remote)) => Flow { connection: Some(id), remote, ..flow },
                    None => Flow { connection: None, ..flow },
                }
            }
        }
    }
}
