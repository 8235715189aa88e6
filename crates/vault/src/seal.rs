use base::Sealed;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::{Vault, VaultError};

/// Length of a nonce.
pub const NONCE_LEN: usize = 24;

/// Fresh random bytes for one sealing. Long enough to be drawn at random for ever (XChaCha20).
pub type Nonce = [u8; NONCE_LEN];

/// The layout: this byte, the key's number (4 bytes, big-endian), the nonce, ciphertext and tag. Byte, number and context are
/// authenticated with it.
const LAYOUT: u8 = 1;
const HEADER_LEN: usize = 5;

impl Vault {
    /// Seals under the newest key. `nonce` must be drawn afresh for each call.
    pub fn seal(&self, plain: &[u8], context: &str, nonce: Nonce) -> Sealed {
        let (number, key) = self.keys.newest();
        let [a, b, c, d] = number.to_be_bytes();
        let header = [LAYOUT, a, b, c, d];
        let aad = associated(&header, context);
        let body = XChaCha20Poly1305::new((&**key).into())
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &aad })
            // Only beyond 256 GiB, the cipher's limit: then nothing is kept rather than kept in clear.
            .unwrap_or_default();
        Sealed([&header[..], &nonce, &body].concat())
    }

    /// Opens what was sealed for the same context under any key that is here.
    pub fn open(&self, sealed: &Sealed, context: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (header, rest) = sealed.0.split_at_checked(HEADER_LEN).ok_or(VaultError::Layout)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(VaultError::Layout)?;
        let number = match *header {
            [LAYOUT, a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
            _ => return Err(VaultError::Layout),
        };
        let key = self.keys.sealing(number).ok_or(VaultError::UnknownKey { key: number })?;
        let aad = associated(header, context);
        XChaCha20Poly1305::new((&**key).into())
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Refused)
    }
}

fn associated(header: &[u8], context: &str) -> Vec<u8> {
    [header, context.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Keys;

    fn vault() -> Vault {
        Vault::new(Keys::generate(&[7; 64]))
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let sealed = vault().seal(b"13912348096", "caller", [1; 24]);
        assert_eq!(vault().open(&sealed, "caller").unwrap().as_slice(), b"13912348096");
        assert_eq!(vault().open(&sealed, "dialog"), Err(VaultError::Refused));
        assert!(!sealed.0.windows(5).any(|window| window == b"13912"), "the number stands in clear");
    }

    #[test]
    fn after_a_rotation_old_seals_open_and_new_ones_carry_the_new_key() {
        let mut keys = Keys::generate(&[7; 64]);
        let old = Vault::new(keys.clone()).seal(b"old", "note", [1; 24]);
        keys.rotate(&[8; 32]);
        let rotated = Vault::new(keys);
        let new = rotated.seal(b"new", "note", [2; 24]);
        assert_eq!(rotated.open(&old, "note").unwrap().as_slice(), b"old");
        assert_eq!(rotated.open(&new, "note").unwrap().as_slice(), b"new");
        assert_eq!(vault().open(&new, "note"), Err(VaultError::UnknownKey { key: 2 }));
        assert_eq!((&old.0[..5], &new.0[..5]), (&[1, 0, 0, 0, 1][..], &[1, 0, 0, 0, 2][..]));
    }

    #[test]
    fn a_key_of_the_same_number_from_elsewhere_opens_nothing() {
        let sealed = vault().seal(b"13912348096", "caller", [1; 24]);
        let other = Vault::new(Keys::generate(&[9; 64]));
        assert_eq!(other.open(&sealed, "caller"), Err(VaultError::Refused));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let sealed = vault().seal(b"13912348096", "caller", [1; 24]);
        for at in 0..sealed.0.len() {
            let mut changed = sealed.clone();
            changed.0[at] ^= 1;
            assert!(vault().open(&changed, "caller").is_err(), "byte {at}");
            assert!(vault().open(&Sealed(sealed.0[..at].to_vec()), "caller").is_err(), "cut at {at}");
        }
    }

    #[test]
    fn nothing_of_a_vault_is_printed() {
        assert_eq!(format!("{:?}", vault()), "Vault");
    }

    proptest! {
        #[test]
        fn opens_what_it_sealed_and_never_panics(plain: Vec<u8>, context in "\\PC{0,8}", nonce: [u8; 24], noise: Vec<u8>) {
            let sealed = vault().seal(&plain, &context, nonce);
            let opened = vault().open(&sealed, &context).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            prop_assert!(vault().open(&Sealed(noise), &context).is_err());
        }
    }
}
