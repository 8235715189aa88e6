//! `[sip]` and `[trunk.<name>]`: where calls come in.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::document::Places;
use super::fault::Fault;
use super::numbering::{self, Dialled, RewriteSection};
use super::read::{Node, OneOrMore, Read, section};
use super::tls_section::TlsSection;
use super::trunk_out::{Domain, LoginSection, RegisterSection, SendTo};
use super::values::{Count, DialledNumber, Network, Seconds, is_name};

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
        /// Who is asked for the names of trunks. Empty: those that the system asks.
        name_servers: Vec<SocketAddr> = Vec::new(),
        /// Local socket → host that others are told instead of its address, where a router stands between.
        advertise: BTreeMap<String, String> = BTreeMap::new(),
    }
}

section! {
    /// `[trunk.<name>]`: a carrier's line. Calls from any other address are not taken.
    TrunkSection {
        /// Addresses or networks that its calls come from. Without them: only from where we are registered.
        addresses: Option<OneOrMore<Network>> = None,
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
        /// Where calls of ours go: `sip:sbc.carrier.example;transport=tcp`. A name is looked up (NAPTR, SRV, A, AAAA).
        send_to: Option<SendTo> = None,
        /// The host in its SIP addresses. Without it: that of `send_to`.
        domain: Option<Domain> = None,
        /// Changes to numbers on the way out, from 13912345678 and 076912345678; the first that fits is made.
        format: Vec<RewriteSection> = Vec::new(),
        /// The number of ours that whom we call is shown. Without it: nobody is called by this trunk.
        presents: Option<DialledNumber> = None,
        /// Trunks of the lowest number are taken first.
        priority: Count<0, 100> = Count(10),
        /// Among those of one priority, its share.
        weight: Count<1, 1_000> = Count(1),
        /// Calls at one time, those that come in counted; 0: no such bound.
        channels: Count<0, 10_000> = Count(0),
        /// Calls in any hour; 0: no such bound.
        calls_per_hour: Count<0, 10_000> = Count(60),
        /// Seconds from the start of one call to the start of the next.
        pace_s: Seconds<0, 3_600> = Seconds::new(0),
        /// Minutes begun in a day; 0: no such bound.
        minutes_per_day: Count<0, 100_000> = Count(600),
        /// Money in a day, in hundredths; 0: no such bound.
        cents_per_day: Count<0, 10_000_000> = Count(0),
        /// What numbers begin with → hundredths for each minute begun.
        cents_per_minute: BTreeMap<String, Count<0, 100_000>> = BTreeMap::new(),
        /// Seconds without any answer after which the next place, or the next trunk, is tried.
        patience_s: Seconds<1, 32> = Seconds::new(5),
        /// Seconds from one OPTIONS to the next; 0: it is not asked.
        options_every_s: Count<0, 3_600> = Count(30),
        /// After so many missed in a row it counts as down.
        options_misses: Count<1, 20> = Count(3),
        /// What it knows us by.
        login: Option<LoginSection> = None,
        /// Register there.
        register: Option<RegisterSection> = None,
    }
}

impl TrunkSection {
    /// Where it is, how it writes numbers, and how long its sessions stand.
    pub(super) fn at(&self, name: &str) -> sip::Trunk {
        sip::Trunk {
            name: name.to_owned(),
            addresses: self.addresses.iter().flat_map(|all| &all.0).map(|network| (network.0, network.1)).collect(),
            dialled: self.dialled.0,
            rewrite: self.rewrite.iter().map(RewriteSection::rule).collect(),
            session_expires_s: self.session_expires_s.map(|interval| interval.0),
            out: self.out(),
        }
    }

    /// Where connections to and from it lead: its calls come from there, and ours go there.
    pub(super) fn both_ways(&self, name: &str) -> sip::Trunk {
        let whole = |ip: std::net::IpAddr| (ip, if ip.is_ipv4() { 32 } else { 128 });
        let mut trunk = self.at(name);
        trunk.addresses.extend(self.send_to.as_ref().and_then(|send_to| sip::uri_address(&send_to.0)).map(whole));
        trunk
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
        let addresses = format!("{key}.addresses");
        let useless = trunk.addresses.is_none() && trunk.register.is_none() && trunk.presents.is_none();
        if useless && !places.knows(&addresses) {
            faults.push(places.fault(&addresses, "is missing: no call can come by this trunk, or leave by it"));
        }
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
