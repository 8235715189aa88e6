//! From bytes to messages: datagrams, streams, and what is neither.

use base::Mono;

use super::UserAgent;
use crate::message::{Fault, Frame, Message, Method, Reply, Start, frame};
use crate::{Event, Flow, Transport};

/// RFC 3261 §20.14: over a stream Content-Length is a must.
const UNFRAMED: Fault = Fault { status: 400, words: "Cannot Tell Where The Message Ends" };

impl UserAgent {
    /// A datagram, or the next bytes of a stream.
    pub(super) fn received(&mut self, flow: Flow, bytes: &[u8], now: Mono) {
        match flow.transport {
            Transport::Udp => self.datagram(flow, bytes, now),
            Transport::Tcp | Transport::Tls => self.stream(flow, bytes, now),
        }
    }

    fn datagram(&mut self, flow: Flow, bytes: &[u8], now: Mono) {
        // Keep-alives (RFC 5626 §3.5.1, and the zeros that some send) need no answer over UDP.
        if bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | b' ' | 0)) {
            return;
        }
        match Message::parse(bytes) {
            Some(mut message) => {
                message.cut();
                self.message(flow, &message, now);
            }
            None => self.stranger(flow, false, now),
        }
    }

    fn stream(&mut self, flow: Flow, bytes: &[u8], now: Mono) {
        self.wire.opened(flow, false);
        let Some(stream) = flow.connection.and_then(|id| self.wire.streams.get_mut(&id)) else { return };
        stream.buffer.extend_from_slice(bytes);
        if stream.buffer.len() < stream.wanted {
            return;
        }
        let buffer = std::mem::take(&mut stream.buffer);
        let mut searched = std::mem::take(&mut stream.searched);
        let pongs = stream.ours || self.trunk_at(flow).is_some();
        let mut rest = buffer.as_slice();
        let (wanted, searched) = loop {
            let taken = match frame(rest, searched) {
                Frame::Message(message, end) => {
                    self.message(flow, &message, now);
                    end
                }
                Frame::Ping => {
                    if pongs {
                        self.wire.send(flow, b"\r\n".to_vec(), None, false);
                    }
                    4
                }
                Frame::Skip(empty) => empty,
                Frame::Incomplete { wanted, searched } => break (wanted, searched),
                Frame::Broken(message) => return self.broken(flow, message.as_ref(), now),
            };
            rest = rest.get(taken..).unwrap_or_default();
            searched = 0;
        };
        let Some(id) = flow.connection else { return };
        self.wire.keep(id, rest, rest.len() < buffer.len(), now);
        if let Some(stream) = self.wire.streams.get_mut(&id) {
            stream.searched = searched;
            stream.wanted = wanted;
        }
    }

    /// A stream that cannot be followed: 400 where there is something to answer, then the connection goes.
    fn broken(&mut self, flow: Flow, message: Option<&Message<'_>>, now: Mono) {
        let known = self.trunk_at(flow).is_some();
        match message {
            Some(message) if known => self.refuse_unread(flow, message, UNFRAMED),
            Some(_) | None if known => {}
            Some(_) | None => self.stranger(flow, false, now),
        }
        self.wire.close(flow);
    }

    fn message(&mut self, flow: Flow, message: &Message<'_>, now: Mono) {
        match message.start {
            Start::Request { .. } => self.request(flow, message, now),
            Start::Response { status } => {
                // RFC 3261 §8.1.3: what cannot be read, or matches nothing, is dropped.
                if let Ok(head) = message.head() {
                    self.response(flow, message, &head, status, now);
                }
            }
        }
    }

    /// A refusal of a request that is kept nowhere (RFC 3261 §8.2.7). ACK is never answered, nor is a response.
    pub(super) fn refuse_unread(&mut self, flow: Flow, message: &Message<'_>, fault: Fault) {
        let Fault { status, words } = fault;
        let silent = matches!(message.start, Start::Request { method: Method::Ack, .. } | Start::Response { .. });
        let Some(reply) = Reply::new(message, flow.remote).filter(|_| !silent) else { return };
        let tag = self.tokens.fixed(&reply.write(status, Some(words), "", "", &[]));
        let bytes = reply.write(status, Some(words), &tag, "", &[]);
        self.wire.send(super::request::reply_flow(flow, message), bytes, None, false);
    }

    /// Something from a source that no trunk knows: nothing goes back.
    pub(super) fn stranger(&mut self, flow: Flow, ours: bool, now: Mono) {
        let known = self.trunk_at(flow).is_some();
        if !known && self.strangers.is_news(flow.remote.ip(), ours, now) {
            self.wire.event(Event::UnknownSource { source: flow.remote, ours });
        }
    }
}
