//! `[media]`: where voices travel.

use std::ops::RangeInclusive;

use super::document::Places;
use super::fault::Fault;
use super::read::{OneOrMore, section};
use super::values::{Address, PortNumber, PortRange};

section! {
    /// `[media]`: where voices travel. A change needs a restart.
    MediaSection {
        /// First and last UDP port for callers' RTP: two per call, the even one RTP, the odd one RTCP.
        rtp_ports: PortRange = PortRange { first: 10_000, last: 19_999 },
        /// Addresses for callers' RTP, at most one of each family: an IP address, or `own`.
        rtp_addresses: OneOrMore<Address> = OneOrMore(vec![Address::Own]),
        /// The one UDP port of all browsers.
        browser_port: PortNumber = PortNumber(9_000),
        /// Addresses that browsers are told: IP addresses, or `own`.
        browser_addresses: OneOrMore<Address> = OneOrMore(vec![Address::Own]),
    }
}

/// Where voices travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    /// RTP and RTCP in pairs, RTP even: a whole number of pairs.
    pub(crate) rtp_ports: RangeInclusive<u16>,
    /// Where RTP is bound and what SDP says.
    pub(crate) rtp_addresses: Vec<Address>,
    /// The one UDP port of all browser legs.
    pub(crate) browser_port: u16,
    /// Candidates of browser legs.
    pub(crate) browser_addresses: Vec<Address>,
}

impl MediaSection {
    /// Checks ports against each other.
    pub(super) fn settings(self, places: &Places, faults: &mut Vec<Fault>) -> Media {
        let PortRange { first, last } = self.rtp_ports;
        let even = first + first % 2;
        let odd = if last % 2 == 1 { last } else { last - 1 };
        if odd <= even {
            faults.push(places.fault("media.rtp_ports", "holds no pair of an even and the next odd port"));
        }
        let rtp_ports = even..=odd;
        if rtp_ports.contains(&self.browser_port.0) {
            faults.push(places.fault("media.browser_port", "lies within media.rtp_ports; choose one outside"));
        }
        Media {
            rtp_ports,
            rtp_addresses: self.rtp_addresses.0,
            browser_port: self.browser_port.0,
            browser_addresses: self.browser_addresses.0,
        }
    }
}
