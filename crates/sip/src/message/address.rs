use super::text::{Params, trim};
use super::uri::Uri;

/// `"name" <uri>;params`, of From, To, Contact, Route and their like (RFC 3261 §20.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// As it stands, quotes and all; any bytes, GBK too.
    pub(crate) display: &'a [u8],
    /// The URI's text.
    pub(crate) uri: &'a str,
    /// The header's parameters.
    pub(crate) params: Params<'a>,
}

impl<'a> Address<'a> {
    /// Reads one address. None where quotes or brackets do not close, or there is no URI.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = trim(text);
        let (display, uri, params) = match open_bracket(text)? {
            Some(open) => {
                let (display, rest) = text.split_at_checked(open)?;
                let rest = rest.get(1..)?;
                let close = rest.iter().position(|b| *b == b'>')?;
                let (uri, params) = rest.split_at_checked(close)?;
                (trim(display), trim(uri), params.get(1..)?)
            }
            // RFC 3261 §20.10: without brackets, what follows a semicolon belongs to the header.
            None => {
                let end = text.iter().position(|b| *b == b';').unwrap_or(text.len());
                let (uri, params) = text.split_at_checked(end)?;
                (&[][..], trim(uri), params)
            }
        };
        let uri = std::str::from_utf8(uri).ok()?;
        Uri::parse(uri)?;
        Some(Address { display, uri, params: Params::parse(params)? })
    }

    /// Its URI in parts.
    pub(crate) fn parsed(&self) -> Option<Uri<'a>> {
        Uri::parse(self.uri)
    }

    /// The tag parameter.
    pub(crate) fn tag(&self) -> Option<&'a str> {
        self.params.text("tag")
    }
}

/// Where the URI's bracket opens, if there is one. None where a quoted name does not close.
fn open_bracket(text: &[u8]) -> Option<Option<usize>> {
    if !text.starts_with(b"\"") {
        return Some(text.iter().position(|b| *b == b'<'));
    }
    // A quoted display name must be followed by a bracket.
    let mut escaped = false;
    let close = text.iter().enumerate().skip(1).find_map(|(at, byte)| match byte {
        _ if escaped => {
            escaped = false;
            None
        }
        b'\\' => {
            escaped = true;
            None
        }
        b'"' => Some(at),
        _ => None,
    })?;
    let after = text.get(close..)?;
    let open = after.iter().position(|b| *b == b'<')?;
    Some(Some(close + open))
}
