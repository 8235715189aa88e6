//! Dialogs (RFC 3261 §12): what two parties keep of each other, and how they reach each other.

mod early;
mod exchange;
mod route;
mod session;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use base::Pii;

use crate::message::{Address, Head, Message, Method, Name, RequestText, Scheme, Uri};
use crate::network::{Network, transport_name};
use crate::{DialogRecord, Flow};

pub(crate) use early::{Early, Provisional};
pub(crate) use exchange::{Exchange, Verdict, Wish, verdict};
pub(crate) use session::{LEAST_S, MOST_S, Outcome, Refresher, Said, Term, outcome, retry_after_s};

/// Longest route set that is followed.
const MAX_ROUTES: usize = 20;

/// One side of a dialog.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    /// None until the other side has answered.
    pub(crate) remote_tag: Option<String>,
    /// From of our requests.
    local: Pii<String>,
    /// To of our requests.
    remote: Pii<String>,
    /// Contact of theirs.
    target: Pii<String>,
    routes: Vec<String>,
    /// Our last CSeq.
    pub(crate) local_cseq: u32,
    /// Their last CSeq.
    pub(crate) remote_cseq: Option<u32>,
    pub(crate) flow: Flow,
    /// Asked for by a SIPS URI: all of it goes over TLS, and our Contact is a SIPS URI.
    pub(crate) secure: bool,
    ours: bool,
}

impl Dialog {
    /// What an INVITE makes at the side that receives it (RFC 3261 §12.1.1).
    pub(crate) fn of_invite(invite: &Message<'_>, head: &Head<'_>, tag: String, flow: Flow) -> Self {
        let from = header(head.from.uri, head.from.tag());
        let to = header(head.to.uri, Some(&tag));
        Dialog {
            call_id: head.call_id.to_owned(),
            local_tag: tag,
            remote_tag: head.from.tag().map(str::to_owned),
            local: Pii::new(to),
            remote: Pii::new(from),
            // RFC 2543 callers may send no Contact (RFC 4475 §3.4.1).
            target: Pii::new(contact(invite).unwrap_or(head.from.uri).to_owned()),
            routes: routes(invite),
            local_cseq: 0,
            remote_cseq: Some(head.cseq.number),
            flow,
            secure: asks_for_sips(invite),
            ours: false,
        }
    }

    /// What we know of a dialog before our INVITE is answered.
    pub(crate) fn of_call(uri: &str, from: String, tag: String, call_id: String, flow: Flow) -> Self {
        Dialog {
            call_id,
            local: Pii::new(format!("{from};tag={tag}")),
            local_tag: tag,
            remote_tag: None,
            remote: Pii::new(header(uri, None)),
            target: Pii::new(uri.to_owned()),
            routes: Vec::new(),
            local_cseq: 1,
            remote_cseq: None,
            flow,
            secure: is_secure(uri),
            ours: true,
        }
    }

    /// What a response to our INVITE makes of it (§12.1.2, §13.2.2.4): the route set is theirs, backwards.
    pub(crate) fn answered(&self, response: &Message<'_>, head: &Head<'_>) -> Self {
        let mut routes = routes(response);
        routes.reverse();
        let target = contact(response).map(|uri| Pii::new(uri.to_owned()));
        Dialog {
            remote_tag: head.to.tag().map(str::to_owned),
            remote: Pii::new(header(head.to.uri, head.to.tag())),
            target: target.unwrap_or_else(|| self.target.clone()),
            routes,
            ..self.clone()
        }
    }

    /// A dialog of a run that is over, as far as a BYE needs it.
    pub(crate) fn of_record(record: DialogRecord) -> Self {
        let tag = |value: &Pii<String>| {
            Address::parse(value.reveal().as_bytes()).and_then(|address| address.tag().map(str::to_owned))
        };
        Dialog {
            call_id: record.call_id,
            local_tag: tag(&record.local).unwrap_or_default(),
            remote_tag: tag(&record.remote),
            local: record.local,
            remote: record.remote,
            target: record.target,
            routes: record.routes,
            local_cseq: record.cseq,
            remote_cseq: None,
            flow: record.flow,
            secure: false,
            ours: false,
        }
    }

    /// What a BYE needs after a crash.
    pub(crate) fn record(&self) -> DialogRecord {
        DialogRecord {
            call_id: self.call_id.clone(),
            local: self.local.clone(),
            remote: self.remote.clone(),
            target: self.target.clone(),
            routes: self.routes.clone(),
            cseq: self.local_cseq,
            flow: self.flow,
        }
    }

    /// Whether a request that carries our tag is of this dialog (§12.2.2).
    pub(crate) fn holds(&self, head: &Head<'_>) -> bool {
        self.call_id == head.call_id
            && self.remote_tag.as_deref().unwrap_or_default() == head.from.tag().unwrap_or_default()
    }

    /// Follows their Contact and the path they came by (§12.2.2: a re-INVITE or UPDATE refreshes the target).
    pub(crate) fn refresh(&mut self, request: &Message<'_>, flow: Flow) {
        self.retarget(request);
        self.flow = flow;
    }

    /// Follows their Contact (§12.2.1.2: so does a 2xx to a re-INVITE or UPDATE of ours).
    pub(crate) fn retarget(&mut self, message: &Message<'_>) {
        if let Some(uri) = contact(message) {
            self.target = Pii::new(uri.to_owned());
        }
    }

    /// The number of our next request (§12.2.1.1).
    pub(crate) fn next_cseq(&mut self) -> u32 {
        self.local_cseq = self.local_cseq.saturating_add(1);
        self.local_cseq
    }

    /// Whether we made the call, and with it the Call-ID (§14.1).
    pub(crate) fn is_ours(&self) -> bool {
        self.ours
    }

    /// Where requests within the dialog go: to the first of the route set, else to their Contact (§12.2.1.1).
    pub(crate) fn way(&self, network: &Network) -> Flow {
        route::flow(route::path(self.target.reveal(), &self.routes).hop, self.flow, network)
    }

    /// The same, and where else they may be reached, the best first.
    pub(crate) fn ways(&self, network: &Network) -> VecDeque<Flow> {
        let mut ways = VecDeque::from([self.way(network)]);
        for other in route::behind(self.flow) {
            if ways.iter().all(|way| (way.transport, way.remote) != (other.transport, other.remote)) {
                ways.push_back(other);
            }
        }
        ways
    }

    /// A request within the dialog, its lines up to CSeq, and where it goes.
    pub(crate) fn request(&self, method: Method, cseq: u32, branch: &str, network: &Network) -> (Flow, RequestText) {
        let flow = self.way(network);
        (flow, self.request_by(flow, method, cseq, branch, network))
    }

    /// A request within the dialog, its lines up to CSeq, by this way.
    pub(crate) fn request_by(
        &self,
        flow: Flow,
        method: Method,
        cseq: u32,
        branch: &str,
        network: &Network,
    ) -> RequestText {
        let path = route::path(self.target.reveal(), &self.routes);
        let sent_by = network.sent_by(flow);
        let mut text = RequestText::new(method, path.uri, transport_name(flow.transport), &sent_by, branch);
        for route in &path.routes {
            text = text.header("Route", route);
        }
        text.header("From", self.local.reveal())
            .header("To", self.remote.reveal())
            .header("Call-ID", &self.call_id)
            .cseq(cseq, method)
    }
}

/// From or To of our requests: the URI and the tag; names are not needed again (§12.2.1.1).
fn header(uri: &str, tag: Option<&str>) -> String {
    match tag {
        Some(tag) => format!("<{uri}>;tag={tag}"),
        None => format!("<{uri}>"),
    }
}

/// Whether a URI is a SIPS URI.
pub(crate) fn is_secure(uri: &str) -> bool {
    Uri::parse(uri).is_some_and(|uri| uri.scheme == Scheme::Sips)
}

/// §12.1.1: "If the request … contained a SIPS URI in the Request-URI or in the top Record-Route header field value, if there was any, or
/// the Contact header field if there was no Record-Route header field".
fn asks_for_sips(invite: &Message<'_>) -> bool {
    let top = invite.list(Name::RecordRoute).next().and_then(|value| Some(Address::parse(value)?.uri));
    invite.target().is_some_and(|uri| uri.scheme == Scheme::Sips)
        || top.or_else(|| contact(invite)).is_some_and(is_secure)
}

fn contact<'m>(message: &'m Message<'_>) -> Option<&'m str> {
    Some(Address::parse(message.list(Name::Contact).next()?)?.uri)
}

fn routes(message: &Message<'_>) -> Vec<String> {
    let sound = |value: &[u8]| {
        Address::parse(value)?;
        std::str::from_utf8(value).ok().map(str::to_owned)
    };
    message.list(Name::RecordRoute).filter_map(sound).take(MAX_ROUTES).collect()
}

/// Whether the message may make or refresh a dialog: a Contact, if there is one, is an address (§8.1.1.8).
pub(crate) fn contact_is_sound(message: &Message<'_>) -> bool {
    message.value(Name::Contact).is_none() || contact(message).is_some()
}
