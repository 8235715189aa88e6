//! Which legs' voice may be encrypted, with keys that stand in the SDP (RFC 4568).

use std::net::IpAddr;

use media::Srtp;

use crate::engine::Engine;
use crate::io::Encryption;

impl Engine {
    /// What a trunk's caller may use. None: the trunk asks for keys that everybody on the way could read.
    pub(crate) fn encryption_of(&self, trunk: &str, secure: bool) -> Option<Srtp> {
        let rule = self.encryption.iter().find(|rule| rule.trunk.name == trunk);
        rule.map_or(Some(Srtp::Off), |rule| rule.allows(secure))
    }

    /// What we offer to a URI: what the trunk at that address wants.
    pub(crate) fn encryption_towards(&self, uri: &str, peer: Option<IpAddr>) -> Option<Srtp> {
        let rule = peer.and_then(|peer| self.encryption.iter().find(|rule| rule.trunk.holds(peer)));
        let secure = sip::uri_transport(uri) == Some(sip::Transport::Tls);
        rule.map_or(Some(Srtp::Off), |rule| rule.allows(secure))
    }
}

impl Encryption {
    /// RFC 4568 §4.3: keys in a description are secret only as long as the description is.
    fn allows(&self, secure: bool) -> Option<Srtp> {
        match self.srtp {
            srtp if secure || self.without_tls => Some(srtp),
            Srtp::Off | Srtp::Offered => Some(Srtp::Off),
            Srtp::Required => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_for_signalling_that_nobody_reads() {
        for (srtp, without_tls, secure, allowed) in [
            (Srtp::Off, false, true, Some(Srtp::Off)),
            (Srtp::Offered, false, true, Some(Srtp::Offered)),
            (Srtp::Offered, false, false, Some(Srtp::Off)),
            (Srtp::Offered, true, false, Some(Srtp::Offered)),
            (Srtp::Required, false, true, Some(Srtp::Required)),
            (Srtp::Required, true, false, Some(Srtp::Required)),
            (Srtp::Required, false, false, None),
        ] {
            let rule = Encryption { trunk: sip::Trunk::default(), srtp, without_tls };
            assert_eq!(rule.allows(secure), allowed, "{srtp:?} {without_tls} {secure}");
        }
    }
}
