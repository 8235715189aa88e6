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

/// A request of ours once more, in a new transaction (RFC 3261 §22.2): another branch, the next CSeq, and these credentials in place of
/// those of the same kind. With its CSeq number. None: it had such credentials already, and `stale` does not excuse them.
pub(crate) fn again(
    request: &[u8],
    (old, new): (&str, &str),
    credentials: &str,
    stale: bool,
) -> Option<(u32, Vec<u8>)> {
    let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = request.split_at_checked(end)?;
    let head = std::str::from_utf8(head).ok()?;
    let kind = credentials.split_once(':')?.0;
    let is_kind = |line: &str| line.split_once(':').is_some_and(|(name, _)| name == kind);
    if !stale && head.lines().any(is_kind) {
        return None;
    }
    let mut number = None;
    let mut out = Vec::with_capacity(request.len() + credentials.len() + 8);
    for line in head.lines().filter(|line| !is_kind(line)) {
        match line.strip_prefix("CSeq: ").and_then(|value| value.split_once(' ')) {
            Some((count, method)) => {
                let count = count.parse::<u32>().ok()?.saturating_add(1);
                number = Some(count);
                out.extend_from_slice(format!("CSeq: {count} {method}\r\n{credentials}").as_bytes());
            }
            None if line.starts_with("Via: ") => {
                out.extend_from_slice(line.replace(old, new).as_bytes());
                out.extend_from_slice(b"\r\n");
            }
            None => {
                out.extend_from_slice(line.as_bytes());
                out.extend_from_slice(b"\r\n");
            }
        }
    }
    out.extend_from_slice(rest.get(2..)?);
    Some((number?, out))
}

/// The lines of a request by which it is believed: its ACK must have them, too (RFC 3261 §22.1).
pub(crate) fn credentials(request: &[u8]) -> String {
    let end = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(request.len());
    let head = request.get(..end).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
    let ours =
        head.lines().filter(|line| line.starts_with("Authorization:") || line.starts_with("Proxy-Authorization:"));
    ours.flat_map(|line| [line, "\r\n"]).collect()
}
