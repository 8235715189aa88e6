use super::parse::{MAX_HEAD, MAX_MESSAGE, Message, may_be_sip};

/// What stands at the front of a stream (RFC 3261 §18.3).
#[derive(Debug)]
pub(crate) enum Frame<'a> {
    /// A whole message, and how many bytes it takes.
    Message(Message<'a>, usize),
    /// A keep-alive that wants its answer (RFC 5626 §3.5.1); four bytes.
    Ping,
    /// This many bytes of empty lines (RFC 3261 §7.5).
    Skip(usize),
    /// Nothing to be done before there are `wanted` bytes; the first `searched` hold no end of headers.
    Incomplete { wanted: usize, searched: usize },
    /// Where the next message starts cannot be known. The message, as far as it could be read, for a 400.
    Broken(Option<Message<'a>>),
}

/// Looks at the front of a stream. `searched` is how much of it was seen before to hold no end of headers.
pub(crate) fn frame(buffer: &[u8], searched: usize) -> Frame<'_> {
    if buffer.starts_with(b"\r\n\r\n") {
        return Frame::Ping;
    }
    if b"\r\n\r\n".starts_with(buffer) {
        return Frame::Incomplete { wanted: buffer.len() + 1, searched: 0 };
    }
    let empty = buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    if empty > 0 {
        return Frame::Skip(empty);
    }
    // What does not begin as SIP will not become it: where it ends cannot be known.
    if !may_be_sip(buffer, searched) {
        return Frame::Broken(None);
    }
    let from = searched.saturating_sub(3);
    if !buffer.get(from..).unwrap_or_default().windows(4).any(|four| four == b"\r\n\r\n") {
        let (wanted, searched) = (buffer.len() + 1, buffer.len());
        return if buffer.len() > MAX_HEAD { Frame::Broken(None) } else { Frame::Incomplete { wanted, searched } };
    }
    let Some(mut message) = Message::parse(buffer) else { return Frame::Broken(None) };
    // RFC 3261 §20.14: over a stream Content-Length is a must.
    let Some(Ok(length)) = message.length() else { return Frame::Broken(Some(message)) };
    let end = message.body_start() + length;
    if end > MAX_MESSAGE {
        Frame::Broken(Some(message))
    } else if message.body_len() < length {
        Frame::Incomplete { wanted: end, searched: 0 }
    } else {
        message.cut();
        Frame::Message(message, end)
    }
}
