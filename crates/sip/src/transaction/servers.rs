use std::collections::BTreeMap;
use std::time::Duration;

use base::{LegId, Mono, Timers};

use super::machine::{ServerEvent, ServerMachine};
use super::timer::{Act, T1, Timer};
use super::{Key, MergeKey, TxId, invite_server, server};
use crate::Flow;
use crate::ladder::What;
use crate::message::{CSeq, Head, Message, Method, Reply};
use crate::wire::Wire;

/// The transactions of requests that we receive.
#[derive(Debug, Default)]
pub(crate) struct Servers {
    last: u64,
    by_id: BTreeMap<TxId, Server>,
    by_key: BTreeMap<Key, TxId>,
    merged: BTreeMap<MergeKey, TxId>,
    timers: Timers<(TxId, Timer)>,
}

#[derive(Debug)]
struct Server {
    machine: ServerMachine,
    key: Key,
    merge: Option<MergeKey>,
    cseq: CSeq,
    flow: Flow,
    reply: Option<Reply>,
    last: Option<(u16, Vec<u8>)>,
    leg: Option<LegId>,
    /// How long G waits.
    gap: Duration,
}

/// What a request is to the transactions there are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nothing yet.
    New(Key),
    /// It has been dealt with.
    Absorbed,
}

impl Servers {
    /// Matches a request (RFC 3261 §17.2.3).
    pub(crate) fn receive(
        &mut self,
        request: &Message<'_>,
        head: &Head<'_>,
        flow: Flow,
        now: Mono,
        wire: &mut Wire,
    ) -> Seen {
        let method = head.cseq.method;
        let (key_method, event) =
            if method == Method::Ack { (Method::Invite, ServerEvent::Ack) } else { (method, ServerEvent::Again) };
        let key = Key::of_request(request, head, key_method);
        let Some(&id) = self.by_key.get(&key) else { return Seen::New(key) };
        let Some(server) = self.by_id.get_mut(&id) else { return Seen::New(key) };
        let acts = server.machine.on(event);
        // An ACK to a 2xx belongs to the dialog, whatever branch it has.
        if acts.contains(&Act::Pass) {
            return Seen::New(key);
        }
        if let Some(leg) = server.leg {
            wire.rung(leg, true, flow.remote, What::Request(method), event == ServerEvent::Again);
        }
        self.perform(id, acts, now, wire);
        Seen::Absorbed
    }

    /// Whether this request came before, by another path (RFC 3261 §8.2.2.2).
    pub(crate) fn is_merged(&self, merge: &MergeKey) -> bool {
        self.merged.contains_key(merge)
    }

    /// The INVITE that a CANCEL means (§9.2), and the leg that it made.
    pub(crate) fn invite_of(&self, cancel: &Message<'_>, head: &Head<'_>) -> Option<(TxId, Option<LegId>)> {
        let id = *self.by_key.get(&Key::of_request(cancel, head, Method::Invite))?;
        Some((id, self.by_id.get(&id)?.leg))
    }

    /// Begins a transaction; responses go to `flow`.
    pub(crate) fn open(
        &mut self,
        key: Key,
        merge: Option<MergeKey>,
        flow: Flow,
        reply: Reply,
        leg: Option<LegId>,
        cseq: CSeq,
    ) -> TxId {
        self.last += 1;
        let id = TxId(self.last);
        let machine = if cseq.method == Method::Invite {
            ServerMachine::Invite(invite_server::State::Proceeding)
        } else {
            ServerMachine::Other(server::State::Trying)
        };
        self.by_key.insert(key.clone(), id);
        if let Some(merge) = &merge {
            self.merged.insert(merge.clone(), id);
        }
        let server = Server { machine, key, merge, cseq, flow, reply: Some(reply), last: None, leg, gap: T1 };
        self.by_id.insert(id, server);
        id
    }

    /// What responses are written from, and the leg. None once the final one is out.
    pub(crate) fn reply(&self, id: TxId) -> Option<&Reply> {
        self.by_id.get(&id)?.reply.as_ref()
    }

    /// Whether anything has been answered.
    pub(crate) fn has_responded(&self, id: TxId) -> bool {
        self.by_id.get(&id).is_some_and(|server| server.last.is_some())
    }

    /// Where its responses go, and the request's CSeq.
    pub(crate) fn flow_and_cseq(&self, id: TxId) -> Option<(Flow, u32)> {
        self.by_id.get(&id).map(|server| (server.flow, server.cseq.number))
    }

    /// Sends a response.
    pub(crate) fn respond(&mut self, id: TxId, status: u16, bytes: Vec<u8>, now: Mono, wire: &mut Wire) {
        let Some(server) = self.by_id.get_mut(&id) else { return };
        let acts = server.machine.on(ServerEvent::Status(status));
        if acts.is_empty() {
            return;
        }
        let rung = server.leg.map(|leg| (leg, What::Response(status, server.cseq.method)));
        wire.send(server.flow, bytes.clone(), rung, false);
        // The user keeps a 2xx to INVITE, and repeats it; here it would lie idle for 32 s.
        let accepted = server.machine == ServerMachine::Invite(invite_server::State::Accepted);
        server.last = (!accepted).then_some((status, bytes));
        if status >= 200 {
            server.reply = None;
        }
        let rest = acts.get(1..).unwrap_or_default();
        self.perform(id, rest, now, wire);
    }

    /// Does what has become due.
    pub(crate) fn expire(&mut self, now: Mono, wire: &mut Wire) {
        while let Some((id, timer)) = self.timers.pop_due(now) {
            let Some(server) = self.by_id.get_mut(&id) else { continue };
            let acts = server.machine.on(ServerEvent::Timer(timer));
            self.perform(id, acts, now, wire);
        }
    }

    /// When something becomes due.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.timers.next()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len().max(self.by_key.len()).max(self.merged.len()).max(self.timers.len())
    }

    fn perform(&mut self, id: TxId, acts: &[Act], now: Mono, wire: &mut Wire) {
        for act in acts {
            match act {
                Act::Send => self.send_again(id, wire),
                Act::Arm(timer) => self.arm(id, *timer, now),
                Act::Again(timer) => self.arm_again(id, *timer, now),
                Act::Stop(timer) => {
                    self.timers.cancel(&(id, *timer));
                }
                // A refusal that nobody acknowledges is over all the same.
                Act::Ack | Act::Pass | Act::TimedOut | Act::Failed | Act::Slow => {}
            }
        }
        if self.by_id.get(&id).is_some_and(|server| server.machine.is_terminated()) {
            self.forget(id);
        }
    }

    fn send_again(&self, id: TxId, wire: &mut Wire) {
        let Some(server) = self.by_id.get(&id) else { return };
        let Some((status, bytes)) = &server.last else { return };
        let rung = server.leg.map(|leg| (leg, What::Response(*status, server.cseq.method)));
        wire.send(server.flow, bytes.clone(), rung, true);
    }

    fn arm(&mut self, id: TxId, timer: Timer, now: Mono) {
        let Some(server) = self.by_id.get(&id) else { return };
        if let Some(span) = timer.span(server.flow.transport.is_stream()) {
            self.timers.set((id, timer), now + span);
        }
    }

    fn arm_again(&mut self, id: TxId, timer: Timer, now: Mono) {
        let Some(server) = self.by_id.get_mut(&id) else { return };
        server.gap = timer.again(server.gap);
        self.timers.set((id, timer), now + server.gap);
    }

    fn forget(&mut self, id: TxId) {
        let Some(server) = self.by_id.remove(&id) else { return };
        self.by_key.remove(&server.key);
        if let Some(merge) = server.merge {
            self.merged.remove(&merge);
        }
    }
}
