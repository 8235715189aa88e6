use super::text::{Params, trim};
use super::uri::host_port;

/// The magic that RFC 3261 branches begin with (§8.1.1.7).
const COOKIE: &str = "z9hG4bK";

/// One Via element (RFC 3261 §20.42).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Via<'a> {
    /// `SIP/2.0/UDP` as it stands, white space and all.
    pub(crate) protocol: &'a [u8],
    /// Who sent it, by its own account.
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    pub(crate) params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one element of a Via header.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = trim(text);
        let end = text.iter().position(|b| *b == b';').unwrap_or(text.len());
        let (front, params) = text.split_at_checked(end)?;
        let transport = nth_slash(front)?;
        let (_, after) = front.split_at_checked(transport + 1)?;
        let skipped = after.len() - after.trim_ascii_start().len();
        let word = after.trim_ascii_start().iter().position(u8::is_ascii_whitespace)?;
        let (protocol, sent_by) = front.split_at_checked(transport + 1 + skipped + word)?;
        let (host, port) = host_port(std::str::from_utf8(trim(sent_by)).ok()?)?;
        Some(Via { protocol, host, port, params: Params::parse(params)? })
    }

    /// The branch, where it is one that names a transaction (RFC 3261 §17.2.3).
    pub(crate) fn branch(&self) -> Option<&'a str> {
        let branch = self.params.text("branch")?;
        let unique = branch.get(COOKIE.len()..)?;
        let magic = branch.get(..COOKIE.len())?.eq_ignore_ascii_case(COOKIE);
        (magic && !unique.is_empty()).then_some(branch)
    }

    /// Whether the sender asks for its port (RFC 3581 §3).
    pub(crate) fn wants_port(&self) -> bool {
        self.params.get("rport").is_some()
    }
}

/// Where the second slash of `SIP/2.0/UDP` stands.
fn nth_slash(text: &[u8]) -> Option<usize> {
    text.iter().enumerate().filter(|(_, b)| **b == b'/').nth(1).map(|(at, _)| at)
}
