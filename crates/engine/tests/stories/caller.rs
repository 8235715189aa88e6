//! A caller behind the carrier, who writes requests.

use crate::node::Sent;
use crate::settings::LINE;

/// The caller's number, an invented one.
pub(crate) const NUMBER: &str = "13900000001";

pub(crate) const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n";

/// One call, with what its requests share.
pub(crate) struct Caller {
    id: &'static str,
    /// Further header lines of its INVITE.
    extra: &'static str,
}

impl Caller {
    pub(crate) fn new(id: &'static str) -> Self {
        Caller { id, extra: "" }
    }

    pub(crate) fn with(id: &'static str, extra: &'static str) -> Self {
        Caller { id, extra }
    }

    pub(crate) fn call_id(&self) -> String {
        format!("{}@192.0.2.10", self.id)
    }

    pub(crate) fn invite(&self) -> String {
        self.request("INVITE", 1, "1", "", "application/sdp", SDP)
    }

    /// An INVITE without SDP.
    pub(crate) fn late_invite(&self) -> String {
        self.request("INVITE", 1, "1", "", "", "")
    }

    pub(crate) fn cancel(&self) -> String {
        self.request("CANCEL", 1, "1", "", "", "")
    }

    /// ACK to a 200.
    pub(crate) fn ack(&self, answer: &Sent) -> String {
        self.within("ACK", 1, answer, "", "")
    }

    /// Another request of the dialog that this 200 made.
    pub(crate) fn within(&self, method: &str, cseq: u32, answer: &Sent, kind: &str, body: &str) -> String {
        self.request(method, cseq, &format!("{method}{cseq}"), &format!(";tag={}", answer.to_tag()), kind, body)
    }

    fn request(&self, method: &str, cseq: u32, branch: &str, to_tag: &str, kind: &str, body: &str) -> String {
        let id = self.id;
        let lines = if body.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let extra = if method == "INVITE" { self.extra } else { "" };
        format!(
            "{method} sip:{LINE}@198.51.100.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK{id}-{branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: \"{NUMBER}\" <sip:{NUMBER}@192.0.2.10>;tag=f{id}\r\n\
             To: <sip:{LINE}@198.51.100.1>{to_tag}\r\n\
             P-Asserted-Identity: <tel:+86{NUMBER}>\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: {cseq} {method}\r\n\
             Contact: <sip:{NUMBER}@192.0.2.10:5060>\r\n\
             {extra}{lines}Content-Length: {length}\r\n\r\n{body}",
            call_id = self.call_id(),
            length = body.len(),
        )
    }
}
