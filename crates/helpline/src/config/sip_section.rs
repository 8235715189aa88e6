//! `[sip]` and `[trunk.<name>]`: where calls come in.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::document::Places;
use super::fault::Fault;
use super::numbering::{self, Dialled, RewriteSection};
use super::read::{Node, OneOrMore, Read, section};
use super::tls_section::TlsSection;
use super::values::{Network, is_name};

section! {
    /// `[sip]`: where SIP is listened for. A change needs a restart.
    SipSection {
        /// UDP sockets.
        udp: Vec<SocketAddr> = everywhere(5060),
        /// TCP sockets.
        tcp: Vec<SocketAddr> = everywhere(5060),
        /// TLS sockets, usually of port 5061.
        tls: Vec<SocketAddr> = Vec::new(),
        /// PEM file of the certificate, with its chain, that they show. Without one: that of the pages.
        certificate: Option<PathBuf> = None,
        /// PEM file of its key.
        key: Option<PathBuf> = None,
        /// How long a session stands without a refresh (RFC 4028), in seconds. 0: we ask for none.
        session_expires_s: SessionInterval = SessionInterval(1800),
        /// Local socket → host that others are told instead of its address, where a router stands between.
        advertise: BTreeMap<String, String> = BTreeMap::new(),
    }
}

section! {
    /// `[trunk.<name>]`: a carrier's line to us. Calls from any other address are not taken.
    TrunkSection {
        /// Addresses or networks that its calls come from.
        addresses: OneOrMore<Network>,
        /// In place of `sip.session_expires_s`.
        session_expires_s: Option<SessionInterval> = None,
        /// Where it writes the number that was dialled.
        dialled: Dialled = Dialled(sip::DialledFrom::RequestUri),
        /// Changes to its callers' numbers; the first that fits is made.
        rewrite: Vec<RewriteSection> = Vec::new(),
        /// Whether its voice is encrypted, with keys in the SDP (RFC 4568).
        srtp: Encrypted = Encrypted(media::Srtp::Offered),
        /// Even where its calls do not come over TLS, and everybody on the way can read the keys.
        srtp_without_tls: bool = false,
        /// Who it is over TLS.
        tls: Option<TlsSection> = None,
    }
}

impl TrunkSection {
    /// Where it is, how it writes numbers, and how long its sessions stand.
    pub(super) fn at(&self, name: &str) -> sip::Trunk {
        sip::Trunk {
            name: name.to_owned(),
            addresses: self.addresses.0.iter().map(|network| (network.0, network.1)).collect(),
            dialled: self.dialled.0,
            rewrite: self.rewrite.iter().map(RewriteSection::rule).collect(),
            session_expires_s: self.session_expires_s.map(|interval| interval.0),
        }
    }
}

/// Whether voice is encrypted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encrypted(media::Srtp);

impl Read for Encrypted {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let srtp = node.parsed("\"off\", \"offered\" or \"required\"", faults, |text| match text {
            "off" => Some(media::Srtp::Off),
            "offered" => Some(media::Srtp::Offered),
            "required" => Some(media::Srtp::Required),
            _ => None,
        });
        srtp.map(Encrypted)
    }
}

/// Whose voice may be encrypted.
pub(super) fn encryption(
    sip: &SipSection,
    trunks: &BTreeMap<String, TrunkSection>,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> Vec<engine::Encryption> {
    let rules = trunks.iter().map(|(name, trunk)| {
        let (srtp, without_tls) = (trunk.srtp.0, trunk.srtp_without_tls);
        if srtp == media::Srtp::Required && !without_tls && sip.tls.is_empty() {
            let message = "no call could come: keys are only taken over TLS, and sip.tls names no socket. Name one, or set srtp_without_tls where \
                           nobody can read what is on the way";
            faults.push(places.fault(&format!("trunk.{name}.srtp"), message));
        }
        engine::Encryption { trunk: trunk.at(name), srtp, without_tls }
    });
    rules.collect()
}

/// Seconds that a session stands: none at all, or what RFC 4028 §4 allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct SessionInterval(u32);

impl Read for SessionInterval {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let seconds = node.whole(0, 86_400, faults).and_then(|n| u32::try_from(n).ok())?;
        if (1..90).contains(&seconds) {
            faults
                .push(node.fault("must be 0, or from 90 to 86400: no session may stand for less than 90 s (RFC 4028)"));
            return None;
        }
        Some(SessionInterval(seconds))
    }
}

/// All interfaces, both families.
pub(super) fn everywhere(port: u16) -> Vec<SocketAddr> {
    vec![(Ipv4Addr::UNSPECIFIED, port).into(), (Ipv6Addr::UNSPECIFIED, port).into()]
}

/// What the user agent is configured with.
pub(super) fn settings(
    sip: &SipSection,
    trunks: &BTreeMap<String, TrunkSection>,
    numbers: Vec<String>,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> sip::Settings {
    if !places.knows("trunk") {
        faults.push(places.fault("trunk", "there is no trunk: nobody can call").into_warning());
    }
    let mut list = Vec::new();
    for (name, trunk) in trunks {
        let key = format!("trunk.{name}");
        if !is_name(name) {
            faults.push(places.fault(&key, "a name has small letters, digits, _, - and . only"));
        }
        numbering::check(&trunk.rewrite, &key, places, faults);
        list.push(trunk.at(name));
    }
    let sockets = |transport, list: &[SocketAddr]| list.iter().map(|socket| (transport, *socket)).collect::<Vec<_>>();
    sip::Settings {
        trunks: list,
        session_expires_s: sip.session_expires_s.0,
        numbers,
        product: concat!("helpline/", env!("CARGO_PKG_VERSION")).to_owned(),
        sockets: [
            sockets(sip::Transport::Udp, &sip.udp),
            sockets(sip::Transport::Tcp, &sip.tcp),
            sockets(sip::Transport::Tls, &sip.tls),
        ]
        .concat(),
        advertised: advertised(sip, places, faults),
    }
}

fn advertised(sip: &SipSection, places: &Places, faults: &mut Vec<Fault>) -> Vec<(SocketAddr, String)> {
    let mut list = Vec::new();
    for (local, host) in &sip.advertise {
        let ours = |socket: &SocketAddr| [&sip.udp, &sip.tcp, &sip.tls].iter().any(|list| list.contains(socket));
        let socket = local.parse().ok().filter(ours);
        match socket {
            Some(socket) => list.push((socket, host.clone())),
            None => {
                let message = "is none of the sockets under sip.udp, sip.tcp and sip.tls";
                faults.push(places.fault(&format!("sip.advertise.{local}"), message));
            }
        }
    }
    list
}
