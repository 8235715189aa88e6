use base::{OperatorId, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The cookie's name. The prefix holds it to this host, to Secure and to `/` (RFC 6265bis §4.1.3.2); browsers count localhost as secure.
pub(crate) const NAME: &str = "__Host-helpline";
/// A shift.
const LIFETIME: SignedDuration = SignedDuration::from_hours(12);
/// Used when older than this, it is renewed.
const RENEW_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// The longest value that is looked at.
const LONGEST: usize = 1024;

/// What a signed cookie says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// Who.
    pub(crate) operator: OperatorId,
    /// Names this session from log-in to log-out, through all renewals.
    pub(crate) session: String,
    /// When this cookie was made.
    pub(crate) issued: Timestamp,
    /// Until when it counts.
    pub(crate) expires: Timestamp,
    /// Of the password that it was got with: a new password ends it.
    pub(crate) password: String,
}

impl Ticket {
    /// A ticket for one shift from now.
    pub(crate) fn new(operator: OperatorId, session: String, password: String, now: Timestamp) -> Self {
        let expires = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        Ticket { operator, session, issued: now, expires, password }
    }

    /// Whether it is time for a fresh one.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.issued) > RENEW_AFTER
    }

    /// The same session, for one shift from now.
    pub(crate) fn renewed(&self, now: Timestamp) -> Self {
        Ticket::new(self.operator.clone(), self.session.clone(), self.password.clone(), now)
    }
}

/// The version of a password: changes when it is set anew, tells nothing about it.
pub(crate) fn password_version(phc: &str) -> String {
    BASE64.encode(Sha256::digest(phc).get(..12).unwrap_or_default())
}

/// Signs tickets and reads them back.
pub(crate) struct Signer {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let mut block = [0; 64]; // a shorter key is padded with zeros (RFC 2104 §2)
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Signer { mac: Hmac::new(&block.into()) }
    }

    /// The value of `Set-Cookie`.
    pub(crate) fn set_cookie(&self, ticket: &Ticket) -> String {
        let seconds = LIFETIME.as_secs();
        format!("{NAME}={}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict", self.sign(ticket))
    }

    /// Reads the value of a `Cookie` header: ours, unaltered and in time, or none.
    pub(crate) fn read(&self, cookies: &str, now: Timestamp) -> Option<Ticket> {
        let values = cookies.split(';').filter_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='));
        values.filter_map(|value| self.verify(value)).find(|ticket| now < ticket.expires)
    }

    fn sign(&self, ticket: &Ticket) -> String {
        let body = BASE64.encode(serde_json::to_vec(ticket).unwrap_or_default());
        let tag = self.mac.clone().chain_update(&body).finalize().into_bytes();
        format!("{body}.{}", BASE64.encode(tag))
    }

    fn verify(&self, value: &str) -> Option<Ticket> {
        let (body, tag) = (value.len() <= LONGEST).then(|| value.split_once('.')).flatten()?;
        let tag = BASE64.decode(tag).ok()?;
        self.mac.clone().chain_update(body).verify_slice(&tag).ok()?;
        serde_json::from_slice(&BASE64.decode(body).ok()?).ok()
    }
}

/// The value of `Set-Cookie` that takes it away.
pub(crate) fn clear_cookie() -> String {
    format!("{NAME}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + s).unwrap()
    }

    fn signed(signer: &Signer) -> (Ticket, String) {
        let ticket = Ticket::new(OperatorId("li".into()), "s1".into(), password_version("phc"), at(0));
        let value = signer.set_cookie(&ticket);
        (ticket, value.split(';').next().unwrap().to_owned())
    }

    #[test]
    fn reads_its_own_among_others_and_nobody_elses() {
        let signer = Signer::new(&[7; 32]);
        let (ticket, cookie) = signed(&signer);
        assert_eq!(signer.read(&cookie, at(1)), Some(ticket.clone()));
        assert_eq!(signer.read(&format!("a=b; {NAME}=x.y; {cookie}; c=d"), at(1)), Some(ticket));
        assert_eq!(Signer::new(&[8; 32]).read(&cookie, at(1)), None);
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let signer = Signer::new(&[7; 32]);
        let (_, cookie) = signed(&signer);
        for n in NAME.len() + 1..cookie.len() {
            let mut altered = cookie.clone().into_bytes();
            altered[n] = if altered[n] == b'A' { b'B' } else { b'A' };
            assert_eq!(signer.read(&String::from_utf8(altered).unwrap(), at(1)), None, "byte {n}");
        }
    }

    #[test]
    fn lives_for_a_shift_and_is_renewed_within_it() {
        let signer = Signer::new(&[7; 32]);
        let (ticket, cookie) = signed(&signer);
        assert!(signer.read(&cookie, at(12 * 3600 - 1)).is_some());
        assert!(signer.read(&cookie, at(12 * 3600)).is_none());
        assert!(!ticket.is_stale(at(600)));
        assert!(ticket.is_stale(at(601)));
        assert_eq!(ticket.renewed(at(601)).expires, at(601 + 12 * 3600));
    }

    #[test]
    fn holds_what_browsers_ask_of_the_prefix() {
        let signer = Signer::new(&[7; 32]);
        let value = signer.set_cookie(&signed(&signer).0);
        for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
            assert!(value.contains(part) && clear_cookie().contains(part), "{part}");
        }
        assert!(!value.contains("Domain"));
    }
}
