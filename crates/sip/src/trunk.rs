//! Carriers' lines: where they are, how they write numbers, and how our calls leave by them.

use std::net::IpAddr;
use std::time::Duration;

use crate::Login;
use crate::message::Uri;

/// A carrier's line to us.
#[derive(Clone, Debug, Default)]
pub struct Trunk {
    /// Its name.
    pub name: String,
    /// Addresses that calls come from: network and prefix length.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Where it writes the number that was dialled.
    pub dialled: DialledFrom,
    /// What is changed in its callers' numbers before they are read; the first that fits.
    pub rewrite: Vec<Rewrite>,
    /// In place of [`crate::Settings::session_expires_s`].
    pub session_expires_s: Option<u32>,
    /// How our own calls leave by it. None: they do not.
    pub out: Option<Outbound>,
}

/// How our own calls leave by a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// The `sip:` or `sips:` URI that requests go to; a host name is looked up (RFC 3263).
    pub send_to: String,
    /// The host in request line, From and To. None: that of `send_to`.
    pub domain: Option<String>,
    /// What is changed in numbers on the way out, from their canonical form; the first that fits.
    pub format: Vec<Rewrite>,
    /// How long a request may go without any answer at all before another place is tried.
    pub patience: Duration,
    /// How often it is asked by OPTIONS whether it answers. None: never.
    pub options_every: Option<Duration>,
    /// After how many that were missed it counts as down.
    pub misses: u32,
    /// What we answer its challenges with.
    pub login: Option<Login>,
    /// Register there, for calls to come by the same way.
    pub register: Option<Register>,
}

/// A registration that is kept up (RFC 3261 §10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The user of the address that is registered.
    pub user: String,
    /// For how long it is asked, in seconds.
    pub expires_s: u32,
}

impl Default for Outbound {
    fn default() -> Self {
        Outbound {
            send_to: String::new(),
            domain: None,
            format: Vec::new(),
            patience: Duration::from_secs(5),
            options_every: None,
            misses: 3,
            login: None,
            register: None,
        }
    }
}

/// Where a trunk writes the number that was dialled. Where it does not, the Request-URI stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialledFrom {
    /// The Request-URI.
    #[default]
    RequestUri,
    /// To.
    To,
    /// The first that was dialled, by Diversion: its last entry (RFC 5806 §5).
    Diversion,
    /// The first that was dialled, by History-Info: the lowest index (RFC 7044 §5).
    HistoryInfo,
}

/// `prefix` at the front of a caller's number becomes `put`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// What it begins with; empty fits all.
    pub prefix: String,
    /// How many characters it has in all. None: any.
    pub length: Option<usize>,
    /// What stands there instead.
    pub put: String,
}

impl Trunk {
    /// A caller's number as it should have been written.
    pub(crate) fn rewritten(&self, number: String) -> String {
        rewritten(&self.rewrite, number)
    }
}

impl Outbound {
    /// The URI of a number by this trunk, without what is no digit; None where nothing is left of it.
    pub(crate) fn uri(&self, number: &str) -> Option<String> {
        let number = rewritten(&self.format, number.to_owned());
        let sound = |(at, byte): (usize, u8)| byte.is_ascii_digit() || (byte == b'+' && at == 0);
        if number.trim_start_matches('+').is_empty() || !number.bytes().enumerate().all(sound) {
            return None;
        }
        Some(format!("{}:{number}@{};user=phone", self.scheme(), self.host()?))
    }

    /// `sip` or `sips`.
    pub(crate) fn scheme(&self) -> &'static str {
        if crate::dialog::is_secure(&self.send_to) { "sips" } else { "sip" }
    }

    /// The host that its URIs have, with the port where `send_to` names one.
    pub(crate) fn host(&self) -> Option<String> {
        let uri = Uri::parse(&self.send_to)?;
        let whole = || uri.port.map_or_else(|| uri.host.to_owned(), |port| format!("{}:{port}", uri.host));
        Some(self.domain.clone().unwrap_or_else(whole))
    }
}

/// The first rule that fits rewrites a number.
fn rewritten(rules: &[Rewrite], number: String) -> String {
    let fits = |rule: &&Rewrite| {
        number.starts_with(&rule.prefix) && rule.length.is_none_or(|length| length == number.chars().count())
    };
    match rules.iter().find(fits) {
        Some(rule) => format!("{}{}", rule.put, number.get(rule.prefix.len()..).unwrap_or_default()),
        None => number,
    }
}

/// The trunk that an address belongs to.
pub(crate) fn trunk_of(trunks: &[Trunk], source: IpAddr) -> Option<&Trunk> {
    trunks.iter().find(|trunk| trunk.holds(source))
}

impl Trunk {
    /// Whether an address is one of its.
    pub fn holds(&self, source: IpAddr) -> bool {
        let source = source.to_canonical();
        self.addresses.iter().any(|(network, prefix)| contains(*network, *prefix, source))
    }
}

fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    match (network.to_canonical(), address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let shift = 32_u32.saturating_sub(u32::from(prefix));
            same_above(network.to_bits().into(), address.to_bits().into(), shift)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            same_above(network.to_bits(), address.to_bits(), 128_u32.saturating_sub(u32::from(prefix)))
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

fn same_above(a: u128, b: u128, shift: u32) -> bool {
    a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(network: &str, prefix: u8, address: &str) -> bool {
        let trunk = Trunk { name: "t".into(), addresses: vec![(network.parse().unwrap(), prefix)], ..Trunk::default() };
        trunk_of(&[trunk], address.parse().unwrap()).is_some()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        assert!(found("192.0.2.0", 24, "192.0.2.255"));
        assert!(!found("192.0.2.0", 24, "192.0.3.0"));
        assert!(found("192.0.2.7", 32, "192.0.2.7"));
        assert!(!found("192.0.2.7", 32, "192.0.2.6"));
        assert!(found("0.0.0.0", 0, "203.0.113.1"));
        assert!(found("2001:db8::", 32, "2001:db8:ffff::1"));
        assert!(!found("2001:db8::", 32, "2001:db9::1"));
        assert!(found("::1", 128, "::1"));
        assert!(!found("0.0.0.0", 0, "2001:db8::1"));
    }

    #[test]
    fn an_address_mapped_into_ipv6_is_the_same_address() {
        assert!(found("192.0.2.0", 24, "::ffff:192.0.2.9"));
    }

    #[test]
    fn the_first_rule_that_fits_rewrites_a_number() {
        let rule = |prefix: &str, length, put: &str| Rewrite { prefix: prefix.into(), length, put: put.into() };
        let rules = vec![rule("+1", Some(12), "+861"), rule("9", None, ""), rule("", Some(8), "0769")];
        let trunk = Trunk { rewrite: rules, ..Trunk::default() };
        for (came, read) in [
            ("+13900000001", "+8613900000001"),
            ("913900000001", "13900000001"),
            ("22345678", "076922345678"),
            ("13900000001", "13900000001"),
            ("", ""),
        ] {
            assert_eq!(trunk.rewritten(came.into()), read);
        }
    }
}
