//! SRTP with keys in the SDP (RFC 4568): what `a=crypto` says, and the session that follows from it.

mod line;
mod session;

use std::fmt;

use rtc::crypto::providers::RingCrypto;
use rtc::crypto::{HashAlgorithm, RTCCrypto};
use rtc::srtp::protection_profile::ProtectionProfile;

pub(crate) use session::Session;

/// Master key and salt of the AES_CM_128 suites (RFC 4568 §6.2).
const KEY: usize = 16;
const SALT: usize = 14;

/// A suite that we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// AES_CM_128_HMAC_SHA1_80.
    Tag80,
    /// AES_CM_128_HMAC_SHA1_32.
    Tag32,
}

impl Suite {
    /// In the order that we prefer them.
    const ALL: [Suite; 2] = [Suite::Tag80, Suite::Tag32];

    const fn name(self) -> &'static str {
        match self {
            Suite::Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::Tag32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    const fn profile(self) -> ProtectionProfile {
        match self {
            Suite::Tag80 => ProtectionProfile::Aes128CmHmacSha1_80,
            Suite::Tag32 => ProtectionProfile::Aes128CmHmacSha1_32,
        }
    }
}

/// Master key and salt. They print as nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key([u8; KEY + SALT]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What one `a=crypto` line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crypto {
    pub(crate) tag: u32,
    pub(crate) suite: Suite,
    pub(crate) key: Key,
}

/// Draws keys from the secret that was handed in: the hash of it and a number, never the same twice.
pub(crate) struct Keyring {
    secret: [u8; 32],
    drawn: u64,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

impl Keyring {
    pub(crate) const fn new(secret: [u8; 32]) -> Self {
        Keyring { secret, drawn: 0 }
    }

    /// Our lines of one leg, one for each suite. None: the hash would not have it, and there is no SRTP.
    pub(crate) fn offer(&mut self) -> Option<[Crypto; 2]> {
        let [first, second] = Suite::ALL;
        Some([Crypto { tag: 1, suite: first, key: self.draw()? }, Crypto { tag: 2, suite: second, key: self.draw()? }])
    }

    fn draw(&mut self) -> Option<Key> {
        self.drawn += 1;
        let seed = [&self.secret[..], &self.drawn.to_be_bytes()].concat();
        let hash = RingCrypto.hash(HashAlgorithm::Sha256, &seed).ok()?;
        hash.first_chunk().copied().map(Key)
    }
}
