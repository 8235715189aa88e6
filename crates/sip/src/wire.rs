use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use base::LegId;

use crate::ladder::What;
use crate::{ConnectionId, Event, Flow, LadderEntry, Output, Transport};

/// The bytes of a TCP stream that are no whole message yet.
#[derive(Debug)]
pub(crate) struct Stream {
    remote: SocketAddr,
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
    by_remote: BTreeMap<SocketAddr, ConnectionId>,
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
        self.event(Event::Ladder(LadderEntry { leg, inbound, peer, what: what.to_string(), retransmission }));
    }

    /// Tells the engine.
    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Gives a connection up.
    pub(crate) fn close(&mut self, flow: Flow) {
        self.closed(flow);
        self.outputs.push_back(Output::Close { flow });
    }

    /// A connection stands.
    pub(crate) fn opened(&mut self, flow: Flow, ours: bool) {
        if let Some(id) = flow.connection {
            let new = || Stream { remote: flow.remote, buffer: Vec::new(), searched: 0, wanted: 0, ours: false };
            self.streams.entry(id).or_insert_with(new).ours |= ours;
            self.by_remote.insert(flow.remote, id);
        }
    }

    /// A connection is gone.
    pub(crate) fn closed(&mut self, flow: Flow) {
        let Some(id) = flow.connection else { return };
        self.streams.remove(&id);
        if self.by_remote.get(&flow.remote) == Some(&id) {
            self.by_remote.remove(&flow.remote);
        }
    }

    /// What is next to be done.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The connection that a message takes: its own while that is open, else any that is open to there.
    fn resolve(&self, flow: Flow) -> Flow {
        match flow.transport {
            Transport::Udp => flow,
            Transport::Tcp => {
                let own = flow.connection.and_then(|id| Some((id, self.streams.get(&id)?.remote)));
                let any = || Some((*self.by_remote.get(&flow.remote)?, flow.remote));
                match own.or_else(any) {
                    Some((id, remote)) => Flow { connection: Some(id), remote, ..flow },
                    None => Flow { connection: None, ..flow },
                }
            }
        }
    }
}
