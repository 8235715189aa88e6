//! Single values, each of a type that cannot be wrong.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use routing::{Language, Skill};
use toml::Value;

use super::fault::Fault;
use super::read::{Node, Read};

impl Read for bool {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let value = match node.value {
            Value::Boolean(value) => Some(*value),
            Value::String(text) if node.places.in_environment(&node.key) => text.trim().parse().ok(),
            Value::String(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Datetime(_)
            | Value::Array(_)
            | Value::Table(_) => None,
        };
        if value.is_none() {
            faults.push(node.fault("must be true or false, without quotes"));
        }
        value
    }
}

impl Read for String {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.text("text", faults).map(str::to_owned)
    }
}

impl Read for PathBuf {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.text("a path", faults).map(PathBuf::from)
    }
}

impl Read for SocketAddr {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("an address with a port, like 127.0.0.1:5060 or [::1]:5060", faults, |text| text.parse().ok())
    }
}

/// A port that is not 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct PortNumber(pub(super) u16);

impl Read for PortNumber {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.whole(1, 65_535, faults).and_then(|port| u16::try_from(port).ok()).map(PortNumber)
    }
}

/// The first and the last port of a range.
#[derive(Clone, Copy, Debug)]
pub(super) struct PortRange {
    pub(super) first: u16,
    pub(super) last: u16,
}

impl Read for PortRange {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let ports: Vec<PortNumber> = Vec::read(node, faults)?;
        match ports.as_slice() {
            [first, last] if u32::from(last.0) > u32::from(first.0) => Some(PortRange { first: first.0, last: last.0 }),
            _ => {
                faults.push(node.fault("must be two ports, the lower one first, like [10000, 19999]"));
                None
            }
        }
    }
}

/// An address of this machine that others are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// The machine's own, of whichever family, found when the engine starts.
    Own,
    /// This one.
    Ip(IpAddr),
}

impl Read for Address {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("an IP address, or own", faults, |text| match text {
            "own" => Some(Address::Own),
            address => address.parse().ok().filter(|ip: &IpAddr| !ip.is_unspecified()).map(Address::Ip),
        })
    }
}

/// A network: an address with its prefix length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Network(pub(super) IpAddr, pub(super) u8);

impl Read for Network {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let network = node.parsed("an address or a network, like 203.0.113.7 or 10.1.0.0/16", faults, network)?;
        let least = if network.0.is_ipv4() { 8 } else { 16 };
        if network.1 < least {
            faults.push(node.fault("would let half the internet in; name the carrier's own addresses"));
            return None;
        }
        Some(network)
    }
}

fn network(text: &str) -> Option<Network> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits: u8 = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Some(bits), |length| length.parse().ok()).filter(|length| *length <= bits)?;
    let value = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    let host_bits = u32::from(bits - length);
    let clean = value.checked_shr(host_bits).unwrap_or(0).checked_shl(host_bits).unwrap_or(0) == value;
    clean.then_some(Network(address, length))
}

/// Whole seconds between two bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds<const LEAST: u32, const MOST: u32>(pub(super) Duration);

impl<const LEAST: u32, const MOST: u32> Seconds<LEAST, MOST> {
    /// For defaults.
    pub(super) const fn new(seconds: u64) -> Self {
        Seconds(Duration::from_secs(seconds))
    }
}

impl<const LEAST: u32, const MOST: u32> Read for Seconds<LEAST, MOST> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.whole(LEAST.into(), MOST.into(), faults).and_then(|n| u64::try_from(n).ok()).map(Self::new)
    }
}

/// A time after which something happens, or `"never"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrNever<T>(pub(super) Option<T>);

impl<T: Read> Read for OrNever<T> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        if node.value.as_str() == Some("never") {
            return Some(OrNever(None));
        }
        let before = faults.len();
        let value = T::read(node, faults);
        for fault in faults.iter_mut().skip(before) {
            fault.message.push_str(", or \"never\"");
        }
        value.map(|value| OrNever(Some(value)))
    }
}

/// A count between two bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count<const LEAST: u32, const MOST: u32>(pub(super) u32);

impl<const LEAST: u32, const MOST: u32> Read for Count<LEAST, MOST> {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.whole(LEAST.into(), MOST.into(), faults).and_then(|n| u32::try_from(n).ok()).map(Count)
    }
}

/// A dialled number of ours: digits only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DialledNumber(pub(super) String);

impl Read for DialledNumber {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a number of 3 to 15 digits as the trunk sends it", faults, |text| {
            let good = (3..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            good.then(|| DialledNumber(text.to_owned()))
        })
    }
}

impl Read for Language {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a language tag, like zh-CN, yue or en", faults, |text| {
            is_language(text).then(|| Language(text.to_owned()))
        })
    }
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl Read for Skill {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a skill, like lang:yue or topic:wages, with a level like topic:wages=2", faults, |text| {
            is_skill(text).then(|| Skill(text.to_owned()))
        })
    }
}

/// `lang:yue`, `topic:wages`, `topic:wages=2`.
pub(crate) fn is_skill(text: &str) -> bool {
    let (skill, level) = text.split_once('=').unwrap_or((text, "1"));
    let good = match skill.split_once(':') {
        Some(("lang", what)) => is_language(what),
        Some((kind, what)) => is_name(kind) && is_name(what),
        None => false,
    };
    good && level.parse().is_ok_and(|level| (1..=9u8).contains(&level))
}

/// Small letters, digits, `_`, `-` and `.`: fits a file name, a key, a log line.
pub(super) fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('.')
}

/// The name of a flow, calendar, queue, step, prompt, music or topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub(super) String);

impl Read for Name {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a name of small letters, digits, _, - and .", faults, |text| {
            is_name(text).then(|| Name(text.to_owned()))
        })
    }
}

/// A `sip:` or `sips:` URI that we may call: user, host, optional port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SipUri(pub(super) String);

impl Read for SipUri {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a SIP address, like sip:desk1@10.0.0.5:5060", faults, |text| {
            let rest = text.strip_prefix("sip:").or_else(|| text.strip_prefix("sips:"))?;
            let (user, host) = rest.split_once('@')?;
            let clean = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
            (clean(user) && clean(host) && !host.contains(['@', '<', '>', '"'])).then(|| SipUri(text.to_owned()))
        })
    }
}
