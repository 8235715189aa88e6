use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use base::{Mono, Timers};

use super::machine::{ClientEvent, ClientMachine};
use super::timer::{Act, T1, T2, Timer};
use super::{Key, Purpose, TxId, client, derived::from_invite, invite_client};
use crate::Flow;
use crate::ladder::What;
use crate::message::{Head, Method};
use crate::wire::Wire;

/// The transactions of requests that we send.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    last: u64,
    by_id: BTreeMap<TxId, Client>,
    by_key: BTreeMap<Key, TxId>,
    timers: Timers<(TxId, Timer)>,
}

#[derive(Debug)]
struct Client {
    machine: ClientMachine,
    key: Key,
    method: Method,
    flow: Flow,
    request: Vec<u8>,
    purpose: Purpose,
    /// How long A or E waits.
    gap: Duration,
    /// How often it was sent anew, challenged.
    challenged: u8,
}

/// What a transaction has to say to its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A response that is to be looked at.
    Response(TxId, Purpose),
    /// No final answer came in time.
    TimedOut(TxId, Purpose),
    /// It could not be sent.
    Failed(TxId, Purpose),
    /// It is forgotten; nothing more can come.
    Gone(TxId, Purpose),
}

impl Clients {
    /// Sends a request and keeps at it. `branch` is the one in its Via.
    pub(crate) fn open(
        &mut self,
        (method, branch): (Method, &str),
        flow: Flow,
        request: Vec<u8>,
        purpose: Purpose,
        now: Mono,
        wire: &mut Wire,
    ) -> TxId {
        self.last += 1;
        let id = TxId(self.last);
        let key = Key::of_branch(branch, method);
        let (machine, timers) = if method == Method::Invite {
            (ClientMachine::Invite(invite_client::State::Calling), [Timer::A, Timer::B])
        } else {
            (ClientMachine::Other(client::State::Trying), [Timer::E, Timer::F])
        };
        wire.send(flow, request.clone(), purpose.leg().map(|leg| (leg, What::Request(method))), false);
        self.by_key.insert(key.clone(), id);
        self.by_id.insert(id, Client { machine, key, method, flow, request, purpose, gap: T1, challenged: 0 });
        for timer in timers {
            self.arm(id, timer, now);
        }
        id
    }

    /// Matches a response (RFC 3261 §17.1.3). None: it is nobody's, or already known.
    pub(crate) fn receive(
        &mut self,
        status: u16,
        head: &Head<'_>,
        to: &[u8],
        from: SocketAddr,
        now: Mono,
        wire: &mut Wire,
    ) -> Option<Answer> {
        let id = *self.by_key.get(&Key::of_branch(head.via.branch()?, head.cseq.method))?;
        let purpose = self.by_id.get(&id)?.purpose;
        let acts = self.by_id.get_mut(&id)?.machine.on(ClientEvent::Status(status));
        let again = !acts.contains(&Act::Pass);
        if let Some(leg) = purpose.leg() {
            wire.rung(leg, true, from, What::Response(status, head.cseq.method), again);
        }
        self.perform(id, acts, Some(to), now, wire)
    }

    /// Does what has become due; the next thing that a user must know.
    pub(crate) fn expire(&mut self, now: Mono, wire: &mut Wire) -> Option<Answer> {
        while let Some((id, timer)) = self.timers.pop_due(now) {
            let Some(client) = self.by_id.get_mut(&id) else { continue };
            let acts = client.machine.on(ClientEvent::Timer(timer));
            if let Some(answer) = self.perform(id, acts, None, now, wire) {
                return Some(answer);
            }
        }
        None
    }

    /// The transactions that can no longer be sent, because a connection is gone or never stood, fail (§8.1.3.1).
    pub(crate) fn lost(&mut self, flow: Flow, now: Mono, wire: &mut Wire) -> Vec<Answer> {
        let on = |client: &Client| {
            client.flow.transport == flow.transport
                && match client.flow.connection {
                    Some(own) => flow.connection == Some(own),
                    None => client.flow.remote == flow.remote,
                }
        };
        let ids: Vec<TxId> = self.by_id.iter().filter(|(_, client)| on(client)).map(|(id, _)| *id).collect();
        let mut answers = Vec::new();
        for id in ids {
            let Some(client) = self.by_id.get_mut(&id) else { continue };
            let acts = client.machine.on(ClientEvent::TransportFailed);
            answers.extend(self.perform(id, acts, None, now, wire));
        }
        answers
    }

    /// CANCEL for an INVITE of ours (RFC 3261 §9.1), with further header lines.
    pub(crate) fn cancel(&mut self, invite: TxId, headers: &str, now: Mono, wire: &mut Wire) {
        let Some(client) = self.by_id.get(&invite) else { return };
        let Some(text) = from_invite(&client.request, Method::Cancel, None, headers) else { return };
        let Some(leg) = client.purpose.leg() else { return };
        let (flow, purpose, key) = (client.flow, Purpose::Aside(leg), client.key.clone());
        self.open((Method::Cancel, key.text()), flow, text, purpose, now, wire);
    }

    /// What was sent: its method, by which way, its bytes and its branch.
    pub(crate) fn sent(&self, id: TxId) -> Option<(Method, Flow, &[u8], &str)> {
        let client = self.by_id.get(&id)?;
        Some((client.method, client.flow, &client.request, client.key.text()))
    }

    /// How often a request was challenged before this one.
    pub(crate) fn challenged(&self, id: TxId) -> u8 {
        self.by_id.get(&id).map_or(0, |client| client.challenged)
    }

    /// This one was challenged so often.
    pub(crate) fn count_challenges(&mut self, id: TxId, challenged: u8) {
        if let Some(client) = self.by_id.get_mut(&id) {
            client.challenged = challenged;
        }
    }

    /// What comes of a transaction is another's business from now on.
    pub(crate) fn hand_over(&mut self, id: TxId, purpose: Purpose) {
        if let Some(client) = self.by_id.get_mut(&id) {
            client.purpose = purpose;
        }
    }

    /// Forgets a transaction at once.
    pub(crate) fn forget(&mut self, id: TxId) {
        let Some(client) = self.by_id.remove(&id) else { return };
        self.by_key.remove(&client.key);
        for timer in [Timer::A, Timer::B, Timer::D, Timer::E, Timer::F, Timer::K, Timer::M] {
            self.timers.cancel(&(id, timer));
        }
    }

    /// When something becomes due.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.timers.next()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len().max(self.by_key.len()).max(self.timers.len())
    }

    fn perform(&mut self, id: TxId, acts: &[Act], to: Option<&[u8]>, now: Mono, wire: &mut Wire) -> Option<Answer> {
        let purpose = self.by_id.get(&id)?.purpose;
        let mut answer = None;
        for act in acts {
            match act {
                Act::Send => self.send_again(id, wire),
                Act::Ack => self.acknowledge(id, to, wire),
                Act::Pass => answer = Some(Answer::Response(id, purpose)),
                Act::TimedOut => answer = Some(Answer::TimedOut(id, purpose)),
                Act::Failed => answer = Some(Answer::Failed(id, purpose)),
                Act::Arm(timer) => self.arm(id, *timer, now),
                Act::Again(timer) => self.arm_again(id, *timer, now),
                Act::Slow => self.slow(id),
                Act::Stop(timer) => {
                    self.timers.cancel(&(id, *timer));
                }
            }
        }
        if self.by_id.get(&id)?.machine.is_terminated() {
            self.forget(id);
            answer = answer.or(Some(Answer::Gone(id, purpose)));
        }
        answer
    }

    fn send_again(&self, id: TxId, wire: &mut Wire) {
        let Some(client) = self.by_id.get(&id) else { return };
        let rung = client.purpose.leg().map(|leg| (leg, What::Request(client.method)));
        wire.send(client.flow, client.request.clone(), rung, true);
    }

    fn acknowledge(&self, id: TxId, to: Option<&[u8]>, wire: &mut Wire) {
        let Some(client) = self.by_id.get(&id) else { return };
        if let Some(ack) = from_invite(&client.request, Method::Ack, to, "") {
            wire.send(client.flow, ack, client.purpose.leg().map(|leg| (leg, What::Request(Method::Ack))), false);
        }
    }

    fn arm(&mut self, id: TxId, timer: Timer, now: Mono) {
        let Some(client) = self.by_id.get(&id) else { return };
        if let Some(span) = timer.span(client.flow.transport.is_stream()) {
            self.timers.set((id, timer), now + span);
        }
    }

    fn arm_again(&mut self, id: TxId, timer: Timer, now: Mono) {
        let Some(client) = self.by_id.get_mut(&id) else { return };
        client.gap = timer.again(client.gap);
        self.timers.set((id, timer), now + client.gap);
    }

    fn slow(&mut self, id: TxId) {
        if let Some(client) = self.by_id.get_mut(&id) {
            client.gap = T2;
        }
    }
}
