//! From what the trunk says of the caller to what the rest of the house may know (rule 2, rule 20).

use base::{NumberClass, PhoneNumber, Pii, Sealed};
use routing::Caller;
use vault::Vault;

/// The context under which numbers are sealed.
pub(crate) const CONTEXT: &str = "number";

/// Seals the number at arrival. `ours` tells whether a number is one of ours: such a caller ID names nobody.
pub(crate) fn caller(identity: &sip::Identity, ours: impl Fn(&str) -> bool, vault: &Vault, nonce: [u8; 24]) -> Caller {
    let raw = identity.number.as_ref().map_or("", |number| number.reveal());
    let number = Pii::new(PhoneNumber::parse(raw));
    let hidden = identity.private || ours(number.reveal().canonical());
    let known = number.reveal().class() != NumberClass::Withheld || identity.raw.is_some();
    Caller {
        person: if hidden { None } else { vault.person(number.reveal()) },
        number: known.then(|| sealed(number.reveal(), identity, vault, nonce)),
        masked: if identity.private { String::new() } else { number.reveal().masked() },
        class: if identity.private { NumberClass::Withheld } else { number.reveal().class() },
        private: identity.private,
    }
}

/// What is dialled to reach whom a sealed number names: the line, without an extension. None where it cannot be opened.
pub(crate) fn dialled_number(sealed: &Sealed, vault: &Vault) -> Option<Pii<String>> {
    let opened = vault.open(sealed, CONTEXT).ok()?;
    let first = opened.split(|byte| *byte == b'\n').next()?;
    let number = PhoneNumber::parse(std::str::from_utf8(first).ok()?);
    (!number.line().is_empty()).then(|| Pii::new(number.line().to_owned()))
}

/// The same of a number that stands in a list, and of which no header tells more.
pub fn caller_of(raw: &str, vault: &Vault, nonce: [u8; 24]) -> Caller {
    let number = PhoneNumber::parse(raw);
    let known = number.class() != NumberClass::Withheld;
    Caller {
        person: vault.person(&number),
        number: known.then(|| vault.seal(&[number.canonical().as_bytes(), b"\n"].concat(), CONTEXT, nonce)),
        masked: number.masked(),
        class: number.class(),
        private: false,
    }
}

/// A sealed number's canonical form; none: sealed under other keys, or nothing was known.
pub fn canonical_of(caller: &Caller, vault: &Vault) -> Option<Pii<String>> {
    let opened = vault.open(caller.number.as_ref()?, CONTEXT).ok()?;
    let line = opened.split(|byte| *byte == b'\n').next()?;
    String::from_utf8(line.to_vec()).ok().map(Pii::new)
}

/// First line the canonical number, empty where there is none; then what came, byte for byte (S8: the raw is kept).
fn sealed(number: &PhoneNumber, identity: &sip::Identity, vault: &Vault, nonce: [u8; 24]) -> Sealed {
    let raw = identity.raw.as_ref().map_or(&[][..], |raw| raw.reveal());
    vault.seal(&[number.canonical().as_bytes(), b"\n", raw].concat(), CONTEXT, nonce)
}

/// The number of ours that was dialled: as it came, or the one that it is another form of (`+86 400 …`).
pub(crate) fn dialled(came: String, ours: &[String]) -> String {
    let canonical = PhoneNumber::parse(&came);
    let same = |number: &&String| PhoneNumber::parse(number).canonical() == canonical.canonical();
    let known = ours.contains(&came) || canonical.class() == NumberClass::Withheld;
    if known { came } else { ours.iter().find(same).cloned().unwrap_or(came) }
}
