//! `[sip]` and `[trunk.<name>]`: where calls come in.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::document::Places;
use super::fault::Fault;
use super::read::{OneOrMore, section};
use super::values::{Network, is_name};

section! {
    /// `[sip]`: where SIP is listened for. A change needs a restart.
    SipSection {
        /// UDP sockets.
        udp: Vec<SocketAddr> = everywhere(5060),
        /// TCP sockets.
        tcp: Vec<SocketAddr> = everywhere(5060),
        /// Local socket → host that others are told instead of its address, where a router stands between.
        advertise: BTreeMap<String, String> = BTreeMap::new(),
    }
}

section! {
    /// `[trunk.<name>]`: a carrier's line to us. Calls from any other address are not taken.
    TrunkSection {
        /// Addresses or networks that its calls come from.
        addresses: OneOrMore<Network>,
    }
}

/// All interfaces, both families.
pub(super) fn everywhere(port: u16) -> Vec<SocketAddr> {
    vec![(Ipv4Addr::UNSPECIFIED, port).into(), (Ipv6Addr::UNSPECIFIED, port).into()]
}

/// What the user agent is configured with.
pub(super) fn settings(
    sip: &SipSection,
    trunks: BTreeMap<String, TrunkSection>,
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
        if !is_name(&name) {
            faults.push(places.fault(&key, "a name has small letters, digits, _, - and . only"));
        }
        let addresses = trunk.addresses.0.iter().map(|network| (network.0, network.1)).collect();
        list.push(sip::Trunk { name, addresses });
    }
    let sockets = |transport, list: &[SocketAddr]| list.iter().map(|socket| (transport, *socket)).collect::<Vec<_>>();
    sip::Settings {
        trunks: list,
        numbers,
        product: concat!("helpline/", env!("CARGO_PKG_VERSION")).to_owned(),
        sockets: [sockets(sip::Transport::Udp, &sip.udp), sockets(sip::Transport::Tcp, &sip.tcp)].concat(),
        advertised: advertised(sip, places, faults),
    }
}

fn advertised(sip: &SipSection, places: &Places, faults: &mut Vec<Fault>) -> Vec<(SocketAddr, String)> {
    let mut list = Vec::new();
    for (local, host) in &sip.advertise {
        let socket = local.parse().ok().filter(|socket| sip.udp.contains(socket) || sip.tcp.contains(socket));
        match socket {
            Some(socket) => list.push((socket, host.clone())),
            None => {
                let message = "is none of the sockets under sip.udp and sip.tcp";
                faults.push(places.fault(&format!("sip.advertise.{local}"), message));
            }
        }
    }
    list
}
