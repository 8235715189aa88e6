//! Symmetric RTP that cannot be hijacked: only the address that SDP named may send, from one port at a time.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base::Mono;

/// After this long without a packet from the port in use, another port of the same address may take over.
pub(crate) const LATCH_IDLE: Duration = Duration::from_secs(5);

/// Who may send to one of our RTP sockets, and where we answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latch {
    named: SocketAddr,
    latched: Option<(SocketAddr, Mono)>,
}

impl Latch {
    /// Allows the address that the peer's SDP names: `c=` and the port of `m=`.
    pub(crate) fn new(named: SocketAddr) -> Self {
        Latch { named: canonical(named), latched: None }
    }

    /// Whether a packet from `from` may come in. The very port that SDP named always may; another port of that address (a NAT) only while
    /// no one else holds the latch. Never another address: that would be rtpbleed.
    pub(crate) fn admit(&mut self, from: SocketAddr, now: Mono) -> bool {
        let from = canonical(from);
        if from.ip() != self.named.ip() {
            return false;
        }
        let free = match self.latched {
            None => true,
            Some((holder, last)) => holder == from || from == self.named || now - last >= LATCH_IDLE,
        };
        if free {
            self.latched = Some((from, now));
        }
        free
    }

    /// Where to send: back to where packets come from, before that to what SDP named.
    pub(crate) fn target(&self) -> SocketAddr {
        self.latched.map_or(self.named, |(holder, _)| holder)
    }

    /// Who sends.
    pub(crate) fn holder(&self) -> Option<SocketAddr> {
        self.latched.map(|(holder, _)| holder)
    }

    /// The one address that may send.
    pub(crate) fn ip(&self) -> IpAddr {
        self.named.ip()
    }

    /// What the SDP named.
    pub(crate) fn named(&self) -> SocketAddr {
        self.named
    }
}

/// IPv4 in IPv6 clothes is IPv4.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Mono {
        Mono(Duration::from_secs(s))
    }

    fn latch() -> (Latch, SocketAddr, SocketAddr) {
        let named = "127.0.0.2:4000".parse().unwrap();
        (Latch::new(named), named, "127.0.0.2:5000".parse().unwrap())
    }

    #[test]
    fn another_address_never_gets_in() {
        let (mut latch, named, _) = latch();
        assert!(!latch.admit("127.0.0.3:4000".parse().unwrap(), at(0)));
        assert!(!latch.admit("127.0.0.3:4000".parse().unwrap(), at(100)));
        assert_eq!(latch.target(), named);
    }

    #[test]
    fn the_first_port_of_the_address_holds_until_it_falls_silent() {
        let (mut latch, _, nat) = latch();
        let intruder = "127.0.0.2:6000".parse().unwrap();
        assert!(latch.admit(nat, at(0)));
        assert!(!latch.admit(intruder, at(4)));
        assert_eq!(latch.target(), nat);
        assert!(latch.admit(intruder, at(5)));
        assert_eq!(latch.target(), intruder);
    }

    #[test]
    fn the_port_that_sdp_named_takes_over_at_once() {
        let (mut latch, named, nat) = latch();
        assert!(latch.admit(nat, at(0)));
        assert!(latch.admit(named, at(0)));
        assert!(!latch.admit(nat, at(1)));
    }

    #[test]
    fn an_ipv4_address_mapped_into_ipv6_is_the_same_address() {
        let (mut latch, named, _) = latch();
        assert!(latch.admit("[::ffff:127.0.0.2]:4000".parse().unwrap(), at(0)));
        assert_eq!(latch.target(), named);
    }
}
