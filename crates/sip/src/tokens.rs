use std::fmt::Write;

use md5::{Digest, Md5};

/// Tags, branches and Call-IDs: unguessable without the seed, never the same twice (RFC 3261 §19.3).
#[derive(Debug)]
pub(crate) struct Tokens {
    seed: [u8; 32],
    count: u64,
}

impl Tokens {
    /// From handed-in randomness.
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Tokens { seed, count: 0 }
    }

    /// The next one: 20 hex digits.
    pub(crate) fn next(&mut self) -> String {
        self.count += 1;
        self.hash(&self.count.to_be_bytes())
    }

    /// A branch.
    pub(crate) fn branch(&mut self) -> String {
        format!("z9hG4bK{}", self.next())
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        let text = self.next();
        let drawn = text.get(..8).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or_default();
        drawn % limit.max(1)
    }

    /// Always the same for the same text, for answers that are kept nowhere (§8.2.7).
    pub(crate) fn fixed(&self, text: &[u8]) -> String {
        self.hash(text)
    }

    fn hash(&self, text: &[u8]) -> String {
        let digest = Md5::new().chain_update(self.seed).chain_update(text).finalize();
        let mut out = String::with_capacity(28);
        for byte in digest.iter().take(10) {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}
