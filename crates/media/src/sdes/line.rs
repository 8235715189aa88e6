use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::{Crypto, KEY, Key, SALT, Suite};

impl Crypto {
    /// Reads the value of `a=crypto` (RFC 4568 §9.1). None for what we cannot speak: another suite, several keys, an MKI, or a session parameter
    /// that changes what packets look like; an offerer may have another line.
    pub(crate) fn read(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag: u32 = words.next()?.parse().ok().filter(|tag| *tag <= 999_999_999)?;
        let name = words.next()?;
        let suite = Suite::ALL.into_iter().find(|suite| suite.name() == name)?;
        let key = read_key(words.next()?)?;
        // RFC 4568 §6.3.7: of parameters that we do not know only those that begin with a hyphen may be passed over; a window size is a hint.
        words.all(|word| word.starts_with('-') || word.starts_with("WSH=")).then_some(Crypto { tag, suite, key })
    }

    /// The value of `a=crypto`.
    pub(crate) fn write(&self) -> String {
        format!("{} {} inline:{}", self.tag, self.suite.name(), STANDARD.encode(self.key.0))
    }
}

/// `inline:<key and salt>`, maybe with a lifetime; a third field would be an MKI (§6.1).
fn read_key(word: &str) -> Option<Key> {
    let (method, inline) = word.split_once(':')?;
    if !method.eq_ignore_ascii_case("inline") || inline.contains(';') {
        return None;
    }
    let mut fields = inline.split('|');
    let text = fields.next()?.trim_end_matches('=');
    if fields.clone().count() > 1 || fields.any(|field| field.contains(':')) {
        return None;
    }
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    <[u8; KEY + SALT]>::try_from(bytes).ok().map(Key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC_4568: &str = "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20";

    #[test]
    fn the_example_of_the_rfc_is_read_and_written_without_its_lifetime() {
        let crypto = Crypto::read(RFC_4568).unwrap();
        assert_eq!((crypto.tag, crypto.suite), (1, Suite::Tag80));
        assert_eq!(crypto.write(), RFC_4568.trim_end_matches("|2^20"));
        assert_eq!(Crypto::read(&crypto.write()), Some(crypto));
        assert_eq!(format!("{crypto:?}"), "Crypto { tag: 1, suite: Tag80, key: Key(…) }");
    }

    #[test]
    fn what_we_cannot_speak_is_passed_over() {
        let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
        let suite = "AES_CM_128_HMAC_SHA1_32";
        for good in [
            format!("2 {suite} inline:{key}"),
            format!("2 {suite} INLINE:{key}=="),
            format!("2 {suite} inline:{key}|2^31 WSH=64 -X=1"),
        ] {
            assert_eq!(Crypto::read(&good).unwrap().suite, Suite::Tag32, "{good}");
        }
        for bad in [
            String::new(),
            format!("x {suite} inline:{key}"),
            format!("1 F8_128_HMAC_SHA1_80 inline:{key}"),
            format!("1 AES_256_CM_HMAC_SHA1_80 inline:{key}"),
            format!("1 {suite}"),
            format!("1 {suite} uri:{key}"),
            format!("1 {suite} inline:{key}|2^20|1:4"),
            format!("1 {suite} inline:{key}|1:4"),
            format!("1 {suite} inline:{key};inline:{key}"),
            format!("1 {suite} inline:{}", &key[..38]),
            format!("1 {suite} inline:{key} UNENCRYPTED_SRTP"),
            format!("1 {suite} inline:{key} UNAUTHENTICATED_SRTP"),
            format!("1 {suite} inline:{key} KDR=1"),
        ] {
            assert_eq!(Crypto::read(&bad), None, "{bad}");
        }
    }
}
