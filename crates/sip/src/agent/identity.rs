//! Who a trunk says is calling (RFC 3325, RFC 3323, RFC 5806, RFC 7044).

use base::Pii;

use crate::Identity;
use crate::message::{Address, Message, Name, trim};

/// The most that is kept of what the headers say.
const MAX_RAW: usize = 4_096;

/// Reads who is calling.
pub(super) fn identity(invite: &Message<'_>) -> Identity {
    Identity {
        number: number(invite).map(Pii::new),
        private: invite.values(Name::Privacy).flat_map(|value| value.split(|b| *b == b';')).any(is_private),
        raw: raw(invite).map(Pii::new),
    }
}

fn is_private(value: &[u8]) -> bool {
    [&b"id"[..], b"user", b"header"].iter().any(|word| trim(value).eq_ignore_ascii_case(word))
}

/// P-Asserted-Identity, else Remote-Party-ID, else From.
fn number(invite: &Message<'_>) -> Option<String> {
    [Name::PAssertedIdentity, Name::RemotePartyId, Name::From].into_iter().find_map(|name| {
        invite.list(name).find_map(|value| {
            let user = Address::parse(value)?.parsed()?.user_text();
            (!user.is_empty()).then_some(user)
        })
    })
}

fn raw(invite: &Message<'_>) -> Option<String> {
    let kept = [
        ("From", Name::From),
        ("P-Asserted-Identity", Name::PAssertedIdentity),
        ("Remote-Party-ID", Name::RemotePartyId),
        ("Diversion", Name::Diversion),
        ("History-Info", Name::HistoryInfo),
    ];
    let lines = kept.into_iter().flat_map(|(text, name)| {
        invite.values(name).map(move |value| format!("{text}: {}\n", String::from_utf8_lossy(value)))
    });
    let raw = lines.take(64).fold(String::new(), |mut all, line| {
        if all.len() + line.len() <= MAX_RAW {
            all.push_str(&line);
        }
        all
    });
    (!raw.is_empty()).then_some(raw)
}
