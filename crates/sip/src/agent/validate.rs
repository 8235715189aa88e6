//! What a request must be, to be looked at (RFC 3261 §8.2).

use super::request::Arrived;
use crate::dialog::{LEAST_S, Said, contact_is_sound};
use crate::leg::Refusal;
use crate::message::{Message, Method, Name, Scheme, trim};

/// The methods that we take.
pub(super) const METHODS: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, INFO, UPDATE";

/// The extensions that we know (RFC 4028, RFC 3262).
pub(super) const SUPPORTED: &str = "timer, 100rel";

/// The line that says so.
pub(super) fn allow() -> String {
    format!("Allow: {METHODS}\r\n")
}

fn refusal(status: u16, headers: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal { status, headers: headers.into() })
}

/// Looks at a request outside any dialog.
pub(super) fn outside(arrived: &Arrived<'_>) -> Result<(), Refusal> {
    method(arrived.method())?;
    // §8.2.2.1: a URI scheme that we do not know.
    if arrived.message.target().is_some_and(|uri| uri.scheme == Scheme::Other) {
        return refusal(416, "");
    }
    // RFC 7332 §4: a user agent that sends the call on minds the hops, as a proxy does. OPTIONS to ourselves may arrive with none left.
    if arrived.method() == Method::Invite && arrived.head.max_forwards == 0 {
        return refusal(483, "");
    }
    rest(arrived)
}

/// Looks at a request within a dialog.
pub(super) fn within(arrived: &Arrived<'_>) -> Result<(), Refusal> {
    method(arrived.method())?;
    rest(arrived)
}

/// §8.2.1: known but not taken is 405, unknown 501.
fn method(method: Method) -> Result<(), Refusal> {
    match method {
        Method::Invite
        | Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::Options
        | Method::Prack
        | Method::Info
        | Method::Update => Ok(()),
        Method::Register | Method::Subscribe | Method::Notify | Method::Refer | Method::Message | Method::Publish => {
            refusal(405, allow())
        }
        Method::Other => refusal(501, allow()),
    }
}

fn rest(arrived: &Arrived<'_>) -> Result<(), Refusal> {
    let message = arrived.message;
    // §8.2.2.3: an extension that we do not know.
    if let Some(unsupported) = required(message) {
        return refusal(420, format!("Unsupported: {unsupported}\r\n"));
    }
    if matches!(arrived.method(), Method::Invite | Method::Update) {
        if !contact_is_sound(message) {
            return refusal(400, "");
        }
        // §8.2.3, §20.1: SDP is all that we could answer with.
        if message.value(Name::Accept).is_some() && !message.list(Name::Accept).any(takes_sdp) {
            return refusal(406, "");
        }
        body(message)?;
        // RFC 4028 §9: "If the Session-Expires interval is too small".
        if Said::of(message).is_too_small() {
            return refusal(422, format!("Min-SE: {LEAST_S}\r\n"));
        }
    }
    Ok(())
}

fn takes_sdp(range: &[u8]) -> bool {
    [&b"application/sdp"[..], b"application/*", b"*/*"]
        .iter()
        .any(|known| media_type(range).eq_ignore_ascii_case(known))
}

fn required(message: &Message<'_>) -> Option<String> {
    let tags: Vec<&str> = message.list(Name::Require).filter_map(|tag| std::str::from_utf8(tag).ok()).collect();
    let known = |tag: &str| SUPPORTED.split(", ").any(|known| known.eq_ignore_ascii_case(tag));
    let tags: Vec<&str> = tags.into_iter().filter(|tag| !tag.is_empty() && !known(tag)).collect();
    (!tags.is_empty()).then(|| tags.join(", "))
}

/// §8.2.3: a body must be SDP, in clear, unless it may be ignored.
fn body(message: &Message<'_>) -> Result<(), Refusal> {
    if message.body().is_empty() || is_optional(message) {
        return Ok(());
    }
    let encoded = message.list(Name::ContentEncoding).any(|coding| !coding.eq_ignore_ascii_case(b"identity"));
    if encoded {
        return refusal(415, "Accept-Encoding: identity\r\n");
    }
    if is_sdp(message) { Ok(()) } else { refusal(415, "Accept: application/sdp\r\n") }
}

fn is_sdp(message: &Message<'_>) -> bool {
    message.value(Name::ContentType).is_none_or(|value| media_type(value).eq_ignore_ascii_case(b"application/sdp"))
}

/// `application/sdp`, without what follows a semicolon.
pub(super) fn media_type(value: &[u8]) -> &[u8] {
    trim(value.split(|b| *b == b';').next().unwrap_or_default())
}

/// RFC 3261 §20.11: `handling=optional`.
fn is_optional(message: &Message<'_>) -> bool {
    message.value(Name::ContentDisposition).is_some_and(|value| {
        value.split(|b| *b == b';').any(|param| trim(param).eq_ignore_ascii_case(b"handling=optional"))
    })
}

/// The SDP that a message carries.
pub(super) fn sdp(message: &Message<'_>) -> Option<Vec<u8>> {
    (!message.body().is_empty() && is_sdp(message)).then(|| message.body().to_vec())
}
