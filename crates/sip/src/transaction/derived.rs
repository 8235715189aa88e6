use crate::message::{Message, Method, Name};

/// ACK to a refusal, or CANCEL: what an INVITE of ours entails, with its URI, top Via, From, Call-ID and CSeq number
/// (RFC 3261 §9.1, §17.1.1.3). `to` is the refusal's To. None if `invite` is no INVITE.
pub(crate) fn from_invite(invite: &[u8], method: Method, to: Option<&[u8]>, headers: &str) -> Option<Vec<u8>> {
    let invite = Message::parse(invite)?;
    let cseq = invite.head().ok()?.cseq.number;
    let mut out = Vec::with_capacity(512);
    let mut line = |name: &str, value: &[u8]| {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    };
    line(method.name(), format!(" {} SIP/2.0", invite.request_uri()).as_bytes());
    line("Via: ", invite.list(Name::Via).next()?);
    line("Max-Forwards: ", b"70");
    line("From: ", invite.value(Name::From)?);
    line("To: ", to.or_else(|| invite.value(Name::To))?);
    line("Call-ID: ", invite.value(Name::CallId)?);
    line("CSeq: ", format!("{cseq} {}", method.name()).as_bytes());
    out.extend_from_slice(headers.as_bytes());
    out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    Some(out)
}
