//! What a caller keyed in, sealed: a number on which they can be called, or an extension behind their own.

use base::{Dialling, NumberClass, PhoneNumber, Pii};
use routing::{Contact, Digits};
use vault::Vault;

use crate::caller::CONTEXT;

/// The context under which extensions are sealed.
pub(crate) const EXTENSION: &str = "extension";

/// Seals a number; none where nobody may be called by it (rule 7), or where it is one of ours.
pub(crate) fn number(digits: &Digits, ours: impl Fn(&str) -> bool, vault: &Vault, nonce: [u8; 24]) -> Option<Contact> {
    let number = Pii::new(PhoneNumber::parse(&digits.0));
    let class = number.reveal().class();
    // Without its area code a line leads wherever the trunk happens to be.
    let whole = class == NumberClass::Mobile || number.reveal().canonical().starts_with('0');
    let may_be_dialled = class.dialling() != Dialling::Never && whole && !ours(number.reveal().canonical());
    let key = vault.contact(number.reveal()).filter(|_| may_be_dialled)?;
    let canonical = [number.reveal().canonical().as_bytes(), b"\n"].concat();
    Some(Contact {
        key: Some(key),
        number: Some(vault.seal(&canonical, CONTEXT, nonce)),
        masked: number.reveal().masked(),
        class,
        extension: None,
    })
}

/// Seals an extension behind the caller's own number.
pub(crate) fn extension(digits: &Digits, vault: &Vault, nonce: [u8; 24]) -> Option<Contact> {
    let sealed = vault.seal(digits.0.as_bytes(), EXTENSION, nonce);
    let class = NumberClass::Switchboard;
    Some(Contact { key: None, number: None, masked: String::new(), class, extension: Some(sealed) })
}
