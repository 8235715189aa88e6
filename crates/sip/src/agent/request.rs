//! Where a request belongs: a transaction, a dialog, an INVITE that it cancels, a trunk; or to nobody.

use std::net::SocketAddr;

use base::{LegId, Mono};

use super::{Response, UserAgent, validate};
use crate::leg::Refusal;
use crate::message::{Fault, Head, Message, Method, Name, Reply, Start, Via};
use crate::transaction::{Key, MergeKey, Seen, TxId};
use crate::{Flow, Transport};

/// A request that no transaction knows yet.
#[derive(Debug)]
pub(super) struct Arrived<'m> {
    pub(super) flow: Flow,
    pub(super) message: &'m Message<'m>,
    pub(super) head: Head<'m>,
    pub(super) key: Key,
}

impl Arrived<'_> {
    pub(super) fn method(&self) -> Method {
        self.head.cseq.method
    }
}

impl UserAgent {
    /// A request came.
    pub(super) fn request(&mut self, flow: Flow, message: &Message<'_>, now: Mono) {
        let head = match version(message).and_then(|()| message.head()) {
            Ok(head) => head,
            Err(fault) if self.trunk_at(flow).is_some() => {
                return self.refuse_unread(flow, message, fault);
            }
            Err(_) => return self.stranger(flow, false, now),
        };
        let Seen::New(key) = self.servers.receive(message, &head, flow, now, &mut self.wire) else { return };
        let arrived = Arrived { flow, message, head, key };
        if let Some(leg) = self.dialog_of(&arrived.head) {
            return self.within(leg, arrived, now);
        }
        if arrived.method() == Method::Cancel
            && let Some((invite, leg)) = self.servers.invite_of(message, &arrived.head)
        {
            return self.cancelled(invite, leg, arrived, now);
        }
        match self.trunk_at(flow) {
            Some(_) => self.outside(arrived, now),
            None => {
                let ours = arrived.method() == Method::Invite && self.is_ours(message);
                self.stranger(flow, ours, now);
            }
        }
    }

    /// A request of a known trunk outside any dialog (RFC 3261 §8.2).
    fn outside(&mut self, arrived: Arrived<'_>, now: Mono) {
        match arrived.method() {
            // An ACK to what is no more; never answered.
            Method::Ack => return,
            // §9.2: nothing to cancel. Also a To tag of a dialog that is no more (§12.2.2).
            Method::Cancel => return self.refuse(arrived, 481, "", now),
            Method::Invite
            | Method::Bye
            | Method::Options
            | Method::Register
            | Method::Info
            | Method::Update
            | Method::Prack
            | Method::Subscribe
            | Method::Notify
            | Method::Refer
            | Method::Message
            | Method::Publish
            | Method::Other => {}
        }
        if let Err(refusal) = validate::outside(&arrived) {
            return self.unfit(arrived, refusal, now);
        }
        // §12.2.2: what belongs to a dialog, and finds none.
        if arrived.head.to.tag().is_some() || is_of_a_dialog(arrived.method()) {
            return self.refuse(arrived, 481, "", now);
        }
        // §8.2.2.2: the same request by another path.
        if self.servers.is_merged(&MergeKey::of(&arrived.head)) {
            return self.refuse(arrived, 482, "", now);
        }
        if arrived.method() == Method::Options {
            return self.options(arrived, None, now);
        }
        if self.legs.len() >= super::MAX_LEGS {
            return self.refuse(arrived, 480, "", now);
        }
        self.invited(arrived, None);
    }

    /// A call that could be read and cannot be taken goes on record before it is refused (rule 1); all else is refused at once.
    fn unfit(&mut self, arrived: Arrived<'_>, refusal: Refusal, now: Mono) {
        let call = arrived.method() == Method::Invite && matches!(refusal.status, 406 | 415 | 420 | 422 | 483);
        let new = arrived.head.to.tag().is_none() && !self.servers.is_merged(&MergeKey::of(&arrived.head));
        if call && new && self.legs.len() < super::MAX_LEGS {
            return self.invited(arrived, Some(refusal));
        }
        self.refuse(arrived, refusal.status, &refusal.headers, now);
    }

    /// 200 to OPTIONS: what we take (§11.2).
    pub(super) fn options(&mut self, arrived: Arrived<'_>, leg: Option<LegId>, now: Mono) {
        let headers = format!(
            "{}Accept: application/sdp\r\nAccept-Encoding: identity\r\nSupported: {}\r\n{}",
            validate::allow(),
            validate::SUPPORTED,
            self.server_header()
        );
        self.answer_at_once(arrived, 200, &headers, leg, now);
    }

    /// A refusal outside any leg.
    pub(super) fn refuse(&mut self, arrived: Arrived<'_>, status: u16, headers: &str, now: Mono) {
        self.answer_at_once(arrived, status, headers, None, now);
    }

    /// A final response that asks nobody.
    pub(super) fn answer_at_once(
        &mut self,
        arrived: Arrived<'_>,
        status: u16,
        headers: &str,
        leg: Option<LegId>,
        now: Mono,
    ) {
        let tag = self.tokens.next();
        if let Some(tx) = self.open(arrived, leg) {
            self.respond(tx, Response { status, tag: &tag, headers, ..Response::default() }, now);
        }
    }

    /// Begins the transaction of a request, and puts the request on the leg's ladder.
    pub(super) fn open(&mut self, arrived: Arrived<'_>, leg: Option<LegId>) -> Option<TxId> {
        if self.servers.len() >= super::MAX_REQUESTS {
            return None;
        }
        let method = arrived.method();
        let flow = reply_flow(arrived.flow, arrived.message);
        let reply = Reply::new(arrived.message, arrived.flow.remote)?;
        if let Some(leg) = leg {
            self.wire.rung(leg, true, arrived.flow.remote, crate::ladder::What::Request(method), false);
        }
        let merge = arrived.head.to.tag().is_none().then(|| MergeKey::of(&arrived.head));
        Some(self.servers.open(arrived.key, merge, flow, reply, leg, arrived.head.cseq))
    }

    /// `Server: …`, where we have a name.
    pub(super) fn server_header(&self) -> String {
        if self.settings.product.is_empty() { String::new() } else { format!("Server: {}\r\n", self.settings.product) }
    }

    /// The leg whose dialog a request belongs to (§12.2.2): by our tag, then by Call-ID and theirs.
    fn dialog_of(&self, head: &Head<'_>) -> Option<LegId> {
        let id = *self.tags.get(head.to.tag()?)?;
        self.legs.get(&id)?.holds(head).then_some(id)
    }

    fn is_ours(&self, message: &Message<'_>) -> bool {
        let canonical = |number: &str| base::PhoneNumber::parse(number).canonical().to_owned();
        let Some(dialled) = message.target().map(|uri| uri.user_text()) else { return false };
        let wanted = canonical(&dialled);
        self.settings.numbers.iter().any(|ours| *ours == dialled || (!wanted.is_empty() && canonical(ours) == wanted))
    }
}

/// Another version of SIP may match its messages in another way: it is told so before ours does (RFC 3261 §21.5.6).
fn version(message: &Message<'_>) -> Result<(), Fault> {
    match message.start {
        Start::Request { current: false, .. } => Err(Fault { status: 505, words: "Version Not Supported" }),
        Start::Request { current: true, .. } | Start::Response { .. } => Ok(()),
    }
}

/// Whether a method means nothing without a dialog.
fn is_of_a_dialog(method: Method) -> bool {
    matches!(method, Method::Bye | Method::Prack | Method::Info | Method::Update)
}

/// Where the responses to a request go (RFC 3261 §18.2.2, RFC 3581 §4). Over a stream the request's connection is taken while it stands.
/// `maddr`, which is for multicast, is not followed.
pub(super) fn reply_flow(flow: Flow, message: &Message<'_>) -> Flow {
    let Some(via) = message.list(Name::Via).next().and_then(Via::parse) else { return flow };
    let asked = flow.transport == Transport::Udp && via.wants_port();
    let default = if flow.transport == Transport::Tls { 5061 } else { 5060 };
    let port = if asked { flow.remote.port() } else { via.port.unwrap_or(default) };
    Flow { remote: SocketAddr::new(flow.remote.ip(), port), ..flow }
}
