use std::net::IpAddr;

use crate::Trunk;

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
        let trunk =
            Trunk { name: "t".into(), addresses: vec![(network.parse().unwrap(), prefix)], session_expires_s: None };
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
}
