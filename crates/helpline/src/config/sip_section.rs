//! `[sip]` and `[trunk.<name>]`: where calls come in.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::document::Places;
use super::fault::Fault;
use super::read::{OneOrMore, section};
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
        /// Local socket → host that others are told instead of its address, where a router stands between.
        advertise: BTreeMap<String, String> = BTreeMap::new(),
    }
}

section! {
    /// `[trunk.<name>]`: a carrier's line to us. Calls from any other address are not taken.
    TrunkSection {
        /// Addresses or networks that its calls come from.
        addresses: OneOrMore<Network>,
        /// Who it is over TLS.
        tls: Option<TlsSection> = None,
    }
}

impl TrunkSection {
    /// Where it is.
    pub(super) fn at(&self, name: &str) -> sip::Trunk {
        let addresses = self.addresses.0.iter().map(|network| (network.0, network.1)).collect();
        sip::Trunk { name: name.to_owned(), addresses }
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
        list.push(trunk.at(name));
    }
    let sockets = |transport, list: &[SocketAddr]| list.iter().map(|socket| (transport, *socket)).collect::<Vec<_>>();
    sip::Settings {
        trunks: list,
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
