use std::net::SocketAddr;

use crate::Flow;
use crate::message::{Address, Uri};
use crate::network::{Network, address_of, default_port, transport_to};

/// How a request within a dialog is addressed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    /// For the request line.
    pub(crate) uri: &'a str,
    /// For Route, in order.
    pub(crate) routes: Vec<String>,
    /// The URI that the request is sent to.
    pub(crate) hop: &'a str,
}

/// Request line and Route of a request within a dialog (RFC 3261 §12.2.1.1).
pub(crate) fn path<'a>(target: &'a str, routes: &'a [String]) -> Path<'a> {
    let first = routes.first().and_then(|route| Address::parse(route.as_bytes())).map(|route| route.uri);
    match first {
        None => Path { uri: target, routes: Vec::new(), hop: target },
        Some(hop) if Uri::parse(hop).is_some_and(|uri| uri.param("lr").is_some()) => {
            Path { uri: target, routes: routes.to_vec(), hop }
        }
        // A strict router: it stands in the request line, and the target at the end of the route.
        Some(hop) => {
            let uri = Uri::parse(hop).map_or(hop, |uri| uri.without_headers());
            let rest = routes.iter().skip(1).cloned();
            Path { uri, routes: rest.chain([format!("<{target}>")]).collect(), hop }
        }
    }
}

/// The way to `hop`. Its host is not looked up: a name is reached where the dialog came from. An open connection is used again.
pub(crate) fn flow(hop: &str, known: Flow, network: &Network) -> Flow {
    let Some(uri) = Uri::parse(hop) else { return known };
    let transport = transport_to(&uri, known.transport).unwrap_or(known.transport);
    let remote = address_of(&uri, transport).unwrap_or(known.remote);
    if transport.is_stream() && known.transport == transport {
        return Flow { remote, ..known };
    }
    let local = network.local(transport, Some(known.local), remote.ip()).unwrap_or(known.local);
    Flow { transport, local, remote, connection: None }
}

/// Where whoever a dialog's messages came from may be reached, its connection gone: where they are called at, and where they sent from,
/// which over a stream is the same only if we called them.
pub(crate) fn behind(known: Flow) -> impl Iterator<Item = Flow> {
    let called_at = SocketAddr::new(known.remote.ip(), default_port(known.transport));
    let at = |remote| Flow { remote, connection: None, ..known };
    known.transport.is_stream().then(|| at(called_at)).into_iter().chain([at(known.remote)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transport;

    fn routes(all: &[&str]) -> Vec<String> {
        all.iter().map(|route| (*route).to_owned()).collect()
    }

    #[test]
    fn without_routes_the_target_is_the_next_hop() {
        let path = path("sip:a@192.0.2.1", &[]);
        assert_eq!((path.uri, path.hop, path.routes.len()), ("sip:a@192.0.2.1", "sip:a@192.0.2.1", 0));
    }

    #[test]
    fn a_loose_router_leaves_the_target_in_the_request_line() {
        let set = routes(&["<sip:p1.example;lr>", "<sip:p2.example;lr>"]);
        let path = path("sip:a@192.0.2.1", &set);
        assert_eq!((path.uri, path.hop), ("sip:a@192.0.2.1", "sip:p1.example;lr"));
        assert_eq!(path.routes, set);
    }

    #[test]
    fn a_strict_router_takes_the_request_line_and_the_target_goes_last() {
        let set = routes(&["<sip:192.0.2.9?x=y>", "<sip:p2.example;lr>"]);
        let path = path("sip:a@192.0.2.1", &set);
        assert_eq!((path.uri, path.hop), ("sip:192.0.2.9", "sip:192.0.2.9?x=y"));
        assert_eq!(path.routes, routes(&["<sip:p2.example;lr>", "<sip:a@192.0.2.1>"]));
    }

    #[test]
    fn a_name_is_reached_where_the_dialog_came_from_and_a_number_where_it_says() {
        let known = Flow {
            transport: Transport::Udp,
            local: "192.0.2.5:5060".parse().unwrap(),
            remote: "192.0.2.77:5070".parse().unwrap(),
            connection: None,
        };
        let network = Network::default();
        assert_eq!(flow("sip:proxy.example;lr", known, &network), known);
        assert_eq!(flow("sip:192.0.2.1;lr", known, &network).remote, "192.0.2.1:5060".parse().unwrap());
        assert_eq!(flow("sip:a@192.0.2.1:99", known, &network).remote.port(), 99);
    }

    #[test]
    fn a_call_over_tls_stays_on_tls() {
        let known = Flow {
            transport: Transport::Tls,
            local: "192.0.2.5:5061".parse().unwrap(),
            remote: "192.0.2.77:40000".parse().unwrap(),
            connection: Some(crate::ConnectionId(7)),
        };
        let network = Network::default();
        for target in ["sip:a@192.0.2.77", "sip:a@192.0.2.77;transport=tls", "sips:a@192.0.2.77;transport=tcp"] {
            let way = flow(target, known, &network);
            assert_eq!((way.transport, way.connection), (known.transport, known.connection), "{target}");
            assert_eq!(way.remote.port(), 5061, "{target}");
        }
        let udp = Flow { transport: Transport::Udp, connection: None, ..known };
        assert_eq!(flow("sips:a@192.0.2.77", udp, &network).transport, Transport::Tls);
    }
}
