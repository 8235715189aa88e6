use std::fmt;

use base::{NumberClass, PersonId, PhoneNumber};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Vault;

/// The keyed hash of any number that can be dialled: finds its earlier calls without keeping it. Other than [`PersonId`] it says nothing
/// about who phones: many people stand behind a factory's switchboard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindIndex(pub [u8; 16]);

impl fmt::Display for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Vault {
    /// Who this number belongs to, without saying it: only a mainland mobile identifies a person (obligations, rule 2).
    pub fn person(&self, number: &PhoneNumber) -> Option<PersonId> {
        match number.class() {
            NumberClass::Mobile => Some(PersonId(self.hash("person", number))),
            NumberClass::Fixed
            | NumberClass::Switchboard
            | NumberClass::Service
            | NumberClass::Foreign
            | NumberClass::Short
            | NumberClass::Withheld => None,
        }
    }

    /// Counts how often a number that a caller keyed in is dialled, and finds what it is flagged with: a mobile's is its person's, so that both
    /// count together; that of any other line is its own. None where there is no number. Joins no history (obligations, rule 7).
    pub fn contact(&self, number: &PhoneNumber) -> Option<PersonId> {
        let by_line = || (number.class() != NumberClass::Withheld).then(|| PersonId(self.hash("contact", number)));
        self.person(number).or_else(by_line)
    }

    /// What finds this number again. None for a withheld one.
    pub fn blind_index(&self, number: &PhoneNumber) -> Option<BlindIndex> {
        (number.class() != NumberClass::Withheld).then(|| BlindIndex(self.hash("number", number)))
    }

    /// HMAC-SHA-256 (RFC 2104), cut to 128 bits. The purpose stands before the number, so that the two hashes cannot be joined.
    fn hash(&self, purpose: &str, number: &PhoneNumber) -> [u8; 16] {
        // RFC 2104 §2: a key shorter than a block is filled with zeros.
        let mut block = zeroize::Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.keys.hashing().iter()).for_each(|(to, from)| *to = *from);
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(number.canonical().as_bytes());
        let mut cut = [0; 16];
        cut.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Keys;

    fn vault(byte: u8) -> Vault {
        Vault::new(Keys::generate(&[byte; 64]))
    }

    fn number(raw: &str) -> PhoneNumber {
        PhoneNumber::parse(raw)
    }

    #[test]
    fn one_person_whatever_the_trunk_puts_before_the_number() {
        let shapes = ["13912348096", "013912348096", "8613912348096", "+8613912348096", "008613912348096"];
        let people: Vec<_> = shapes.iter().map(|raw| vault(7).person(&number(raw))).collect();
        assert!(people[0].is_some() && people.iter().all(|person| *person == people[0]), "{people:?}");
        assert_ne!(vault(7).person(&number("13912348097")), people[0]);
    }

    #[test]
    fn only_a_mobile_is_a_person_but_all_that_can_be_dialled_are_found_again() {
        for raw in ["076922345678", "95588", "+85291234567", "8012"] {
            assert_eq!(vault(7).person(&number(raw)), None, "{raw}");
            assert!(vault(7).blind_index(&number(raw)).is_some(), "{raw}");
        }
        assert_eq!((vault(7).person(&number("")), vault(7).blind_index(&number(""))), (None, None));
    }

    #[test]
    fn a_keyed_in_mobile_counts_with_its_person_and_a_line_by_itself() {
        let mobile = number("13912348096");
        assert_eq!(vault(7).contact(&mobile), vault(7).person(&mobile));
        let line = number("076922345678");
        let contact = vault(7).contact(&line).unwrap();
        assert_ne!(Some(contact.0), vault(7).blind_index(&line).map(|id| id.0));
        assert_ne!(vault(7).contact(&number("076922345679")), Some(contact));
        assert_eq!(vault(7).contact(&number("")), None);
    }

    #[test]
    fn hashes_differ_by_key_and_by_purpose() {
        let mobile = number("13912348096");
        assert_ne!(vault(7).person(&mobile), vault(8).person(&mobile));
        let both = (vault(7).person(&mobile).map(|id| id.0), vault(7).blind_index(&mobile).map(|id| id.0));
        assert_ne!(both.0, both.1);
    }

    #[test]
    fn is_hmac_sha_256_by_a_second_opinion() {
        // python3: hmac.new(bytes([7])*32, b"person\x0013912348096", "sha256").hexdigest()[:32]
        let person = vault(7).person(&number("13912348096")).unwrap();
        assert_eq!(person.to_string(), "74dfb474a2a0f8a56137a8323e4e2fa3");
    }
}
