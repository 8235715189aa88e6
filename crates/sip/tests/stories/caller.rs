//! A caller behind the carrier, who writes requests.

use crate::support::{CARRIER, SDP, Sent, Story, incoming, udp};
use base::LegId;
use sip::Order;

/// One call of a caller, with what its requests share.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) id: String,
    pub(crate) to_tag: Option<String>,
    pub(crate) cseq: u32,
    pub(crate) invite_branch: String,
    /// Further header lines of every request.
    pub(crate) extra: String,
    pub(crate) branches: u32,
}

impl Caller {
    pub(crate) fn new(id: &str) -> Self {
        Caller {
            id: id.into(),
            to_tag: None,
            cseq: 1,
            invite_branch: format!("z9hG4bK{id}-1"),
            extra: String::new(),
            branches: 1,
        }
    }

    pub(crate) fn branch(&mut self) -> String {
        self.branches += 1;
        format!("z9hG4bK{}-{}", self.id, self.branches)
    }

    pub(crate) fn request(&self, method: &str, cseq: u32, branch: &str, body: &str) -> String {
        let tag = self.to_tag.as_ref().map(|tag| format!(";tag={tag}")).unwrap_or_default();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} sip:4008169580@198.51.100.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.10;branch={branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:13900000001@192.0.2.10>;tag=f{id}\r\n\
             To: <sip:4008169580@198.51.100.1>{tag}\r\n\
             Call-ID: {id}@192.0.2.10\r\n\
             CSeq: {cseq} {method}\r\n\
             Contact: <sip:13900000001@192.0.2.10:5060>\r\n\
             {extra}{kind}Content-Length: {length}\r\n\r\n{body}",
            id = self.id,
            extra = self.extra,
            length = body.len(),
        )
    }

    pub(crate) fn invite(&self) -> String {
        self.request("INVITE", 1, &self.invite_branch, SDP)
    }

    pub(crate) fn cancel(&self) -> String {
        self.request("CANCEL", 1, &self.invite_branch, "")
    }

    /// ACK to a refusal: within the INVITE's transaction.
    pub(crate) fn ack_refusal(&self, refusal: &Sent) -> String {
        let with_tag = Caller { to_tag: Some(refusal.to_tag()), ..self.clone() };
        with_tag.request("ACK", 1, &self.invite_branch, "")
    }

    pub(crate) fn ack(&mut self) -> String {
        let branch = self.branch();
        self.request("ACK", self.cseq, &branch, "")
    }

    /// The next request of the dialog, with SDP or without.
    pub(crate) fn next_with(&mut self, method: &str, sdp: &str) -> String {
        self.cseq += 1;
        let branch = self.branch();
        self.request(method, self.cseq, &branch, sdp)
    }

    /// ACK to a 2xx, with an answer in it.
    pub(crate) fn ack_with(&mut self, sdp: &str) -> String {
        let branch = self.branch();
        self.request("ACK", self.cseq, &branch, sdp)
    }

    /// The next request of the dialog.
    pub(crate) fn next(&mut self, method: &str) -> String {
        self.cseq += 1;
        let branch = self.branch();
        self.request(method, self.cseq, &branch, if method == "INVITE" { SDP } else { "" })
    }
}

/// A caller in a call that stands.
pub(crate) fn talking(story: &mut Story, id: &str) -> (Caller, LegId) {
    let (mut caller, leg) = answered(story, id);
    story.receive(udp(CARRIER), caller.ack());
    story.event();
    (caller, leg)
}

/// A caller whose INVITE was answered, who has not yet sent ACK.
pub(crate) fn answered(story: &mut Story, id: &str) -> (Caller, LegId) {
    let mut caller = Caller::new(id);
    story.carrier(caller.invite());
    let leg = incoming(story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    caller.to_tag = Some(story.next().to_tag());
    (caller, leg)
}

/// 200 of an operator's phone to our INVITE, or to a BYE.
pub(crate) fn response(request: &Sent, status: &str, tag: &str, contact: &str, body: &str) -> String {
    let to = request.header("To");
    let to = if to.contains(";tag=") || tag.is_empty() { to } else { format!("{to};tag={tag}") };
    let contact = if contact.is_empty() { String::new() } else { format!("Contact: <{contact}>\r\n") };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "SIP/2.0 {status}\r\nVia: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call}\r\nCSeq: {cseq}\r\n\
         {contact}{kind}Content-Length: {length}\r\n\r\n{body}",
        via = request.headers("Via")[0],
        from = request.header("From"),
        call = request.header("Call-ID"),
        cseq = request.header("CSeq"),
        length = body.len(),
    )
}
