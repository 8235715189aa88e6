use std::borrow::Cow;
use std::ops::Range;

use super::header::Name;
use super::method::Method;
use super::text::{Split, is_token, number, split, trim};

/// The longest message that is read.
pub(crate) const MAX_MESSAGE: usize = 65_536;
/// The longest start line and headers together.
pub(crate) const MAX_HEAD: usize = 32_768;
const MAX_HEADERS: usize = 200;

/// What is wrong with a message: the status and phrase that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) words: &'static str,
}

impl Fault {
    /// Malformed: 400.
    pub(super) const fn bad(words: &'static str) -> Self {
        Fault { status: 400, words }
    }
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// `INVITE sip:400@host SIP/2.0`. `current`: it is SIP/2.0.
    Request { method: Method, token: Range<usize>, uri: Range<usize>, current: bool },
    /// `200 OK`, with any phrase. A status that is none is 0, and a fault.
    Response { status: u16 },
}

/// A message as it came: byte ranges over the bytes, read when asked for.
///
/// Copied only where a header was folded; a fold becomes spaces of the same length (RFC 3261 §7.3.1).
#[derive(Debug)]
pub(crate) struct Message<'a> {
    bytes: Cow<'a, [u8]>,
    pub(crate) start: Start,
    headers: Vec<(Name, Range<usize>)>,
    body: Range<usize>,
    pub(super) fault: Option<Fault>,
}

impl<'a> Message<'a> {
    /// Reads a message. None where the first line is not SIP; other faults are told by [`Message::head`].
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let skipped = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let bytes = bytes.get(skipped..)?;
        let end = find_head_end(bytes);
        let head_end = end.unwrap_or(bytes.len());
        let bytes = unfold(bytes, head_end);
        let head = bytes.get(..head_end)?;
        let first = line_end(head, 0);
        let (start, mut fault) = parse_start(head.get(..first)?)?;
        if end.is_none() {
            fault = fault.or(Some(Fault::bad("Incomplete Headers")));
        }
        if head_end > MAX_HEAD || bytes.len() > MAX_MESSAGE {
            fault = Some(Fault::bad("Message Too Large"));
        }
        let (headers, broken) = parse_headers(head, first);
        let body = (head_end + 4).min(bytes.len())..bytes.len();
        Some(Message { start, headers, body, fault: fault.or(broken), bytes })
    }

    /// Where the message ends in the bytes it was read from, by its Content-Length. None without one; an error where it is none, or
    /// where several might each be meant (RFC 4475 §3.3.9).
    pub(crate) fn length(&self) -> Option<Result<usize, Fault>> {
        let mut all = self.values(Name::ContentLength);
        let value = trim(all.next()?);
        if all.next().is_some() {
            return Some(Err(Fault::bad("Repeated Header")));
        }
        Some(number::<usize>(value).filter(|n| *n <= MAX_MESSAGE).ok_or(Fault::bad("Bad Content-Length")))
    }

    /// Cuts the body to its Content-Length (RFC 3261 §18.3). Too short a datagram is a fault.
    pub(crate) fn cut(&mut self) {
        match self.length() {
            None => {}
            Some(Err(fault)) => self.fault = self.fault.or(Some(fault)),
            Some(Ok(length)) if length > self.body.len() => {
                self.fault = self.fault.or(Some(Fault::bad("Content-Length Beyond The Message")));
            }
            Some(Ok(length)) => self.body.end = self.body.start + length,
        }
    }

    /// Where the body starts in the bytes.
    pub(crate) fn body_start(&self) -> usize {
        self.body.start
    }

    /// How many bytes of body are there.
    pub(crate) fn body_len(&self) -> usize {
        self.body.len()
    }

    /// The body.
    pub(crate) fn body(&self) -> &[u8] {
        self.slice(&self.body)
    }

    /// The Request-URI's text, empty for a response or where it is no text.
    pub(crate) fn request_uri(&self) -> &str {
        match &self.start {
            Start::Request { uri, .. } => std::str::from_utf8(self.slice(uri)).unwrap_or_default(),
            Start::Response { .. } => "",
        }
    }

    /// The first value of a header, unsplit.
    pub(crate) fn value(&self, name: Name) -> Option<&[u8]> {
        self.values(name).next()
    }

    /// Every line of a header, unsplit.
    pub(crate) fn values(&self, name: Name) -> impl Iterator<Item = &[u8]> {
        self.headers.iter().filter(move |(header, _)| *header == name).map(|(_, range)| self.slice(range))
    }

    /// Every element of a header that is a list, over all its lines (RFC 3261 §7.3.1).
    pub(crate) fn list(&self, name: Name) -> impl Iterator<Item = &[u8]> {
        self.values(name).flat_map(|value| -> Split<'_> { split(value, b',') }).map(trim)
    }

    /// Whether a list has this token, in any case.
    pub(crate) fn lists(&self, name: Name, token: &str) -> bool {
        self.list(name).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}

fn find_head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}

/// Turns each fold into spaces, in a copy of the bytes; most messages have none.
fn unfold(bytes: &[u8], head_end: usize) -> Cow<'_, [u8]> {
    let fold = |three: &[u8]| matches!(three, [b'\r', b'\n', b' ' | b'\t']);
    let head = bytes.get(..head_end).unwrap_or_default();
    if !head.windows(3).any(fold) {
        return Cow::Borrowed(bytes);
    }
    let folds: Vec<usize> = head.windows(3).enumerate().filter(|(_, three)| fold(three)).map(|(at, _)| at).collect();
    let mut copy = bytes.to_vec();
    for at in folds {
        if let Some(three) = copy.get_mut(at..at + 3) {
            three.fill(b' ');
        }
    }
    Cow::Owned(copy)
}

/// Whether the first line may be SIP's; looked at once, when it is whole. `searched`: how much was seen before.
pub(super) fn may_be_sip(bytes: &[u8], searched: usize) -> bool {
    let new = bytes.get(searched.saturating_sub(1)..).unwrap_or_default();
    !new.windows(2).any(|two| two == b"\r\n")
        || bytes.get(..line_end(bytes, 0)).is_some_and(|line| parse_start(line).is_some())
}

fn line_end(head: &[u8], from: usize) -> usize {
    let rest = head.get(from..).unwrap_or_default();
    rest.windows(2).position(|two| two == b"\r\n").map_or(head.len(), |at| from + at)
}

fn parse_start(line: &[u8]) -> Option<(Start, Option<Fault>)> {
    if line.get(..4).is_some_and(|four| four.eq_ignore_ascii_case(b"SIP/")) {
        // The phrase may be anything, or nothing (RFC 4475 §3.1.1.12, §3.1.1.13); the status may not (§3.1.2.19).
        let status = line.get(8..11).and_then(number).filter(|status| (100..700).contains(status)).unwrap_or(0);
        let sound = line.get(..8)?.eq_ignore_ascii_case(b"SIP/2.0 ") && matches!(line.get(11), Some(b' ') | None);
        let fault = (!sound || status == 0).then_some(Fault::bad("Bad Status Line"));
        return Some((Start::Response { status: if fault.is_none() { status } else { 0 } }, fault));
    }
    let trimmed = line.trim_ascii_end();
    let version = trimmed.iter().rposition(|b| *b == b' ')? + 1;
    let token = trimmed.iter().position(u8::is_ascii_whitespace)?;
    let name = trimmed.get(version..)?;
    if !name.get(..4)?.eq_ignore_ascii_case(b"SIP/") || !is_token(trimmed.get(..token)?) {
        return None;
    }
    let uri = token + 1..(version - 1).max(token + 1);
    let bare = |b: &u8| b.is_ascii_whitespace();
    let sound = trimmed.len() == line.len() && !line.get(uri.clone())?.iter().any(bare) && !uri.is_empty();
    let start = Start::Request {
        method: Method::parse(line.get(..token)?),
        token: 0..token,
        uri,
        current: name.eq_ignore_ascii_case(b"SIP/2.0"),
    };
    Some((start, (!sound).then_some(Fault::bad("Bad Request Line"))))
}

/// The headers that we know, as far as they can be read, and the first thing that is wrong.
fn parse_headers(head: &[u8], first: usize) -> (Vec<(Name, Range<usize>)>, Option<Fault>) {
    let (mut headers, mut fault) = (Vec::with_capacity(16), None);
    let (mut from, mut count) = (first + 2, 0);
    while from < head.len() {
        let end = line_end(head, from);
        count += 1;
        if count > MAX_HEADERS {
            return (headers, Some(Fault::bad("Too Many Headers")));
        }
        match parse_line(head, from, end) {
            Err(broken) => fault = fault.or(Some(broken)),
            Ok(None) => {}
            Ok(Some((name, value))) => {
                let repeated = name.is_single() && headers.iter().any(|(known, _)| *known == name);
                fault = fault.or(repeated.then_some(Fault::bad("Repeated Header")));
                headers.push((name, value));
            }
        }
        from = end + 2;
    }
    (headers, fault)
}

fn parse_line(head: &[u8], from: usize, end: usize) -> Result<Option<(Name, Range<usize>)>, Fault> {
    let broken = Fault::bad("Bad Header Line");
    let line = head.get(from..end).ok_or(broken)?;
    // A lone CR or LF would be a line break to a laxer reader further on.
    if line.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        return Err(broken);
    }
    let colon = line.iter().position(|b| *b == b':').ok_or(broken)?;
    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
    if !is_token(name) {
        return Err(broken);
    }
    let value = line.get(colon + 1..).unwrap_or_default();
    let lead = value.len() - value.trim_ascii_start().len();
    let start = from + colon + 1 + lead;
    Ok(Name::parse(name).map(|name| (name, start..start + trim(value).len())))
}
