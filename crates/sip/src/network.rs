use std::net::{IpAddr, SocketAddr};

use crate::message::{Scheme, Uri};
use crate::{Flow, Settings, Transport};

/// Where a request goes next, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hop {
    pub(crate) transport: Transport,
    pub(crate) remote: SocketAddr,
}

/// Our side of the network: which socket to use, and what to call it.
#[derive(Debug, Default)]
pub(crate) struct Network {
    sockets: Vec<(Transport, SocketAddr)>,
    advertised: Vec<(SocketAddr, String)>,
}

impl Network {
    /// As configured.
    pub(crate) fn new(settings: &Settings) -> Self {
        Network { sockets: settings.sockets.clone(), advertised: settings.advertised.clone() }
    }

    /// The socket that a request to `remote` leaves from: `wish` where it fits, else one of ours that does. A connection that we
    /// accepted or opened may have another local address than the socket that we listen on; this is always the one to call us at.
    pub(crate) fn local(&self, transport: Transport, wish: Option<SocketAddr>, remote: IpAddr) -> Option<SocketAddr> {
        let same_family = |local: &&SocketAddr| local.is_ipv4() == remote.is_ipv4();
        let fits = || self.sockets.iter().filter(|(t, _)| *t == transport).map(|(_, local)| local).filter(same_family);
        let exact = fits().find(|local| Some(**local) == wish);
        let same_host = || fits().find(|local| Some(local.ip()) == wish.map(|wish| wish.ip()));
        let loopback = || fits().find(|local| local.ip().is_loopback() == remote.is_loopback());
        let chosen = exact.or_else(same_host).or_else(loopback).or_else(|| fits().next());
        chosen.copied().or_else(|| wish.filter(|wish| same_family(&wish)))
    }

    /// Whether a socket of ours takes this transport.
    pub(crate) fn uses(&self, transport: Transport) -> bool {
        self.sockets.iter().any(|(ours, _)| *ours == transport)
    }

    /// The way to a place; None where no socket of ours leads there.
    pub(crate) fn way(&self, hop: Hop) -> Option<Flow> {
        let local = self.local(hop.transport, None, hop.remote.ip())?;
        Some(Flow { transport: hop.transport, local, remote: hop.remote, connection: None })
    }

    /// Host and port to be written into Via and Contact of what goes by `flow`.
    pub(crate) fn sent_by(&self, flow: Flow) -> String {
        let local = self.local(flow.transport, Some(flow.local), flow.remote.ip()).unwrap_or(flow.local);
        match self.host(local) {
            Some(host) if has_port(host) => host.to_owned(),
            Some(host) => format!("{}:{}", bracketed(host), local.port()),
            None => local.to_string(),
        }
    }

    /// Host for the URI in From of our own calls.
    pub(crate) fn domain(&self, local: SocketAddr) -> String {
        match self.host(local) {
            Some(host) if has_port(host) => host.rsplit_once(':').map_or(host, |(host, _)| host).to_owned(),
            Some(host) => bracketed(host),
            None if local.is_ipv6() => format!("[{}]", local.ip()),
            None => local.ip().to_string(),
        }
    }

    fn host(&self, local: SocketAddr) -> Option<&str> {
        self.advertised.iter().find(|(socket, _)| *socket == local).map(|(_, host)| host.as_str())
    }
}

fn has_port(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(rest) => rest.contains("]:"),
        None => host.bytes().filter(|b| *b == b':').count() == 1,
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

/// The transport's name in Via.
pub(crate) fn transport_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
    }
}

/// How requests to a URI travel; `otherwise` where it does not say. None: in a way that we cannot.
pub(crate) fn transport_to(uri: &Uri<'_>, otherwise: Transport) -> Option<Transport> {
    let is = |name: &str, known: &str| name.eq_ignore_ascii_case(known);
    match (uri.scheme, uri.param("transport")) {
        // RFC 3261 §26.2.2: a SIPS URI asks for TLS; its transport is the one below ("sips:alice@atlanta.com;transport=tcp").
        (Scheme::Sips, Some(name)) => (is(name, "tcp") || is(name, "tls")).then_some(Transport::Tls),
        (Scheme::Sips, None) => Some(Transport::Tls),
        (Scheme::Sip, Some(name)) if is(name, "udp") => Some(Transport::Udp),
        (Scheme::Sip, Some(name)) if is(name, "tcp") => Some(Transport::Tcp),
        // §26.2.2 calls this deprecated; carriers write it, and RFC 3261's grammar keeps it.
        (Scheme::Sip, Some(name)) if is(name, "tls") => Some(Transport::Tls),
        (Scheme::Sip, Some(_)) => None,
        (Scheme::Sip, None) => Some(otherwise),
        (Scheme::Tel | Scheme::Other, _) => None,
    }
}

/// Where requests to a URI go, where its host is an address: its port, else the transport's own (RFC 3261 §19.1.2).
pub(crate) fn address_of(uri: &Uri<'_>, transport: Transport) -> Option<SocketAddr> {
    Some(SocketAddr::new(uri.ip()?, uri.port.unwrap_or(default_port(transport))))
}

/// The transport's own port (RFC 3261 §19.1.2).
pub(crate) fn default_port(transport: Transport) -> u16 {
    match transport {
        Transport::Udp | Transport::Tcp => 5060,
        Transport::Tls => 5061,
    }
}
