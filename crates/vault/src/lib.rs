//! Seals what must not be read and hashes what must be recognised again: callers' numbers, pressed digits, notes.
//!
//! Pure: keys and entropy are handed in. [`Vault::seal`] needs a fresh random nonce each time; the context names the place that the
//! sealed bytes belong to (`caller`, `dialog`, …), so that bytes moved elsewhere do not open.

mod error;
mod hash;
mod keys;
mod seal;

pub use error::{KeyFileError, VaultError};
pub use hash::BlindIndex;
pub use keys::Keys;
pub use seal::{NONCE_LEN, Nonce};

/// Seals, opens and recognises, under the keys given to it.
pub struct Vault {
    keys: Keys,
}

impl Vault {
    /// A vault under these keys.
    pub fn new(keys: Keys) -> Self {
        Vault { keys }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}
