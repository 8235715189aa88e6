use std::net::SocketAddr;

use super::header::Name;
use super::parse::Message;
use super::status::phrase;
use super::text::{find_outside, trim};
use super::uri::host_ip;
use super::via::Via;

/// What every response to a request repeats of it (RFC 3261 §8.2.6.2), kept for as long as the request may be answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Via lines, the top one marked with where the request came from.
    vias: Vec<u8>,
    /// Record-Route lines, for responses that make a dialog (§12.1.1).
    routes: Vec<u8>,
    /// From, Call-ID and CSeq lines.
    middle: Vec<u8>,
    to: Vec<u8>,
    tagged: bool,
}

impl Reply {
    /// Takes what a response needs, as far as it is there. None without any Via.
    pub(crate) fn new(request: &Message<'_>, source: SocketAddr) -> Option<Self> {
        let mut vias = Vec::with_capacity(128);
        for (at, value) in request.values(Name::Via).enumerate() {
            vias.extend_from_slice(b"Via: ");
            match at {
                0 => marked(&mut vias, value, source),
                _ => vias.extend_from_slice(value),
            }
            vias.extend_from_slice(b"\r\n");
        }
        if vias.is_empty() {
            return None;
        }
        let (mut routes, mut middle) = (Vec::new(), Vec::with_capacity(128));
        for route in request.values(Name::RecordRoute) {
            line(&mut routes, "Record-Route", route);
        }
        for (name, text) in [(Name::From, "From"), (Name::CallId, "Call-ID"), (Name::CSeq, "CSeq")] {
            if let Some(value) = request.value(name) {
                line(&mut middle, text, value);
            }
        }
        let to = request.value(Name::To).unwrap_or_default();
        let tagged = super::Address::parse(to).is_some_and(|to| to.tag().is_some());
        Some(Reply { vias, routes, middle, to: to.to_vec(), tagged })
    }

    /// Writes a response. `tag` goes into To where the request brought none; `headers` are whole lines; `body` is SDP.
    pub(crate) fn write(&self, status: u16, words: Option<&str>, tag: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        let mut out =
            Vec::with_capacity(self.vias.len() + self.middle.len() + self.to.len() + headers.len() + body.len() + 160);
        let standard;
        let words = match words {
            Some(words) => words,
            None => {
                standard = phrase(status);
                &standard
            }
        };
        let push = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());
        push(&mut out, "SIP/2.0 ");
        push(&mut out, &status.to_string());
        push(&mut out, " ");
        push(&mut out, words);
        push(&mut out, "\r\n");
        out.extend_from_slice(&self.vias);
        if (101..300).contains(&status) {
            out.extend_from_slice(&self.routes);
        }
        if !self.to.is_empty() {
            push(&mut out, "To: ");
            out.extend_from_slice(&self.to);
            // RFC 3261 §8.2.6.2: any response but 100 carries a To tag.
            if status > 100 && !self.tagged {
                push(&mut out, ";tag=");
                push(&mut out, tag);
            }
            push(&mut out, "\r\n");
        }
        out.extend_from_slice(&self.middle);
        push(&mut out, headers);
        if !body.is_empty() {
            push(&mut out, "Content-Type: application/sdp\r\n");
        }
        push(&mut out, "Content-Length: ");
        push(&mut out, &body.len().to_string());
        push(&mut out, "\r\n\r\n");
        out.extend_from_slice(body);
        out
    }
}

fn line(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// A Via line whose first element says where the request came from (RFC 3261 §18.2.1, RFC 3581 §4). One that cannot be read is
/// repeated as it is: its sender may still know it.
fn marked(out: &mut Vec<u8>, value: &[u8], source: SocketAddr) {
    let end = find_outside(value, b',').unwrap_or(value.len());
    let (first, rest) = value.split_at_checked(end).unwrap_or((value, &[]));
    let first = trim(first);
    let Some(via) = Via::parse(first) else { return out.extend_from_slice(value) };
    let semicolon = first.iter().position(|b| *b == b';').unwrap_or(first.len());
    out.extend_from_slice(trim(first.get(..semicolon).unwrap_or_default()));
    let ours = |name: &[u8]| name.eq_ignore_ascii_case(b"received") || name.eq_ignore_ascii_case(b"rport");
    for (name, value) in via.params.iter().filter(|(name, _)| !ours(name)) {
        out.push(b';');
        out.extend_from_slice(name);
        if let Some(value) = value {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }
    let host = host_ip(via.host).map(|ip| ip.to_canonical());
    let source_ip = source.ip().to_canonical();
    if host != Some(source_ip) || via.wants_port() {
        out.extend_from_slice(format!(";received={source_ip}").as_bytes());
    }
    if via.wants_port() {
        out.extend_from_slice(format!(";rport={}", source.port()).as_bytes());
    }
    out.extend_from_slice(rest);
}
