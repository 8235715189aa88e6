//! The machine's own address, where a socket listens on all of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::config::Address;

/// The address that the machine would send from, of the wanted family. Asks the routing table; sends nothing.
pub(crate) fn own_address(like: IpAddr) -> Option<IpAddr> {
    let (bind, towards): (IpAddr, SocketAddr) = match like {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), (Ipv4Addr::new(192, 0, 2, 1), 9).into()),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into()),
    };
    let socket = UdpSocket::bind((bind, 0)).ok()?;
    socket.connect(towards).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// An address to give to others: itself, or for a wildcard the machine's own, or loopback where it has none.
pub(crate) fn reachable(address: IpAddr) -> IpAddr {
    if !address.is_unspecified() {
        return address;
    }
    let loopback = match address {
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    own_address(address).unwrap_or(loopback)
}

/// The addresses that the configuration names; `own` is the machine's own of each family that it has.
pub(crate) fn resolve(addresses: &[Address]) -> Vec<IpAddr> {
    let families = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
    let mut resolved = Vec::new();
    for address in addresses {
        match address {
            Address::Ip(ip) => resolved.push(*ip),
            Address::Own => resolved.extend(families.into_iter().filter_map(own_address)),
        }
    }
    resolved.dedup();
    resolved
}
