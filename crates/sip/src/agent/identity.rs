//! Who a trunk says is calling, and what was dialled (RFC 3323, RFC 3325, RFC 5806, RFC 7044).

use base::{NumberClass, PhoneNumber, Pii};

use crate::message::{Address, Message, Name, trim};
use crate::{DialledFrom, Identity, Trunk};

/// The most that is kept of what the headers say.
const MAX_RAW: usize = 4_096;

/// Who calls, from what is trusted most to least.
const CALLER: [Name; 3] = [Name::PAssertedIdentity, Name::RemotePartyId, Name::From];

/// Reads who is calling.
pub(super) fn identity(invite: &Message<'_>, trunk: &Trunk) -> Identity {
    Identity {
        number: number(invite, trunk).map(Pii::new),
        private: is_private(invite),
        raw: raw(invite).map(Pii::new),
    }
}

/// The number that was dialled.
pub(super) fn dialled(invite: &Message<'_>, from: DialledFrom) -> String {
    let first = |name: Name| user(invite.list(name).next()?);
    let named = match from {
        DialledFrom::RequestUri => None,
        DialledFrom::To => first(Name::To),
        DialledFrom::Diversion => invite.list(Name::Diversion).filter_map(user).last(),
        DialledFrom::HistoryInfo => invite
            .list(Name::HistoryInfo)
            .filter_map(|entry| Some((index(entry)?, user(entry)?)))
            .min()
            .map(|(_, user)| user),
    };
    named.unwrap_or_else(|| invite.target().map(|uri| uri.user_text()).unwrap_or_default())
}

/// The first header that names a number says who calls; within it, a `tel:` before the rest.
fn number(invite: &Message<'_>, trunk: &Trunk) -> Option<String> {
    CALLER.into_iter().find_map(|name| {
        let mut numbers: Vec<(bool, String)> = invite.list(name).filter_map(calling).collect();
        numbers.sort_by_key(|(is_tel, _)| !is_tel);
        numbers.into_iter().map(|(_, number)| trunk.rewritten(number)).find(|number| is_number(number))
    })
}

/// The number of one entry, and whether it is a `tel:`.
fn calling(entry: &[u8]) -> Option<(bool, String)> {
    let address = Address::parse(entry)?;
    // A Remote-Party-ID may be the called party's.
    if address.params.text("party").is_some_and(|party| !party.eq_ignore_ascii_case("calling")) {
        return None;
    }
    let uri = address.parsed()?;
    Some((uri.scheme == crate::message::Scheme::Tel, uri.number()))
}

fn is_number(text: &str) -> bool {
    PhoneNumber::parse(text).class() != NumberClass::Withheld
}

/// RFC 3323 §4.2, RFC 3325 §9.3: `none` asks for nothing to be hidden, whatever From looks like.
fn is_private(invite: &Message<'_>) -> bool {
    let asked = |words: &[&str]| {
        let mut values = invite.values(Name::Privacy).flat_map(|line| line.split(|b| matches!(b, b';' | b',')));
        values.any(|value| words.iter().any(|word| trim(value).eq_ignore_ascii_case(word.as_bytes())))
    };
    let full = |entry: &[u8]| {
        let privacy = Address::parse(entry)?.params.text("privacy")?;
        Some(["full", "uri"].iter().any(|word| privacy.eq_ignore_ascii_case(word)))
    };
    asked(&["id", "user", "header"])
        || (!asked(&["none"])
            && (invite.list(Name::RemotePartyId).any(|entry| full(entry).unwrap_or(false))
                || has_anonymous_from(invite)))
}

/// RFC 3323 §4.1.1.3.
fn has_anonymous_from(invite: &Message<'_>) -> bool {
    let from = invite.value(Name::From).and_then(Address::parse).and_then(|from| from.parsed());
    from.is_some_and(|uri| {
        uri.host.eq_ignore_ascii_case("anonymous.invalid") || uri.user_text().eq_ignore_ascii_case("anonymous")
    })
}

/// The user of one entry. None where it is empty.
fn user(entry: &[u8]) -> Option<String> {
    let user = Address::parse(entry)?.parsed()?.user_text();
    (!user.is_empty()).then_some(user)
}

/// `1.2.1` of History-Info, to be ordered by (RFC 7044 §5).
fn index(entry: &[u8]) -> Option<Vec<u32>> {
    Address::parse(entry)?.params.text("index")?.split('.').map(|part| part.parse().ok()).collect()
}

fn raw(invite: &Message<'_>) -> Option<Vec<u8>> {
    let kept = [
        ("From", Name::From),
        ("To", Name::To),
        ("P-Asserted-Identity", Name::PAssertedIdentity),
        ("Remote-Party-ID", Name::RemotePartyId),
        ("Privacy", Name::Privacy),
        ("Diversion", Name::Diversion),
        ("History-Info", Name::HistoryInfo),
    ];
    let lines = kept
        .into_iter()
        .flat_map(|(text, name)| invite.values(name).map(move |value| [text.as_bytes(), b": ", value, b"\n"].concat()));
    let raw = lines.take(64).fold(Vec::new(), |mut all, line| {
        if all.len() + line.len() <= MAX_RAW {
            all.extend(line);
        }
        all
    });
    (!raw.is_empty()).then_some(raw)
}
