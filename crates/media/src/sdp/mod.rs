//! Offer and answer (RFC 3264) over sdp-types: what the peer wants, and what we say to it.

mod local;
mod remote;

pub(crate) use local::Local;
pub(crate) use remote::Remote;
use sdp_types::Session;

use crate::io::RefuseReason;

/// Larger descriptions are not audio calls.
const MAX_SDP: usize = 16 * 1024;

/// Parses a description. Names in GBK and the like are no UTF-8: they are cleaned first, for nothing of them is used.
pub(crate) fn parse(bytes: &[u8]) -> Result<Session, RefuseReason> {
    if bytes.len() > MAX_SDP {
        return Err(RefuseReason::BadSdp);
    }
    Session::parse(String::from_utf8_lossy(bytes).as_bytes()).map_err(|_| RefuseReason::BadSdp)
}

/// The encodings of `a=rtpmap`, with what static payload types mean without one.
pub(crate) struct Encodings<'a>(pub(crate) &'a sdp_types::Media);

impl Encodings<'_> {
    /// The first payload type of `m=` with this encoding at 8 kHz: 48 kHz telephone events are another thing (RFC 4733 §7.1).
    pub(crate) fn find(&self, name: &str, fallback: Option<u8>) -> Option<u8> {
        self.0.fmt.split_ascii_whitespace().filter_map(|format| format.parse().ok()).find(|payload_type| {
            match self.mapped(*payload_type) {
                Some(encoding) => is_mono_8k(&encoding, name),
                None => fallback == Some(*payload_type),
            }
        })
    }

    fn mapped(&self, payload_type: u8) -> Option<String> {
        self.0.get_attribute_values("rtpmap").flatten().find_map(|value| {
            let (format, encoding) = value.trim().split_once(' ')?;
            (format.parse() == Ok(payload_type)).then(|| encoding.trim().to_owned())
        })
    }
}

fn is_mono_8k(encoding: &str, name: &str) -> bool {
    let mut parts = encoding.split('/');
    parts.next().is_some_and(|given| given.eq_ignore_ascii_case(name))
        && parts.next() == Some("8000")
        && parts.next().is_none_or(|channels| channels == "1")
}
