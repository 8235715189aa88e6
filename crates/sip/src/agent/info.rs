//! INFO: keys that travel as signalling. No RFC defines these bodies; RFC 6086 §2 leaves such legacy use as it was.

use base::{LegId, Mono, Pii};

use super::UserAgent;
use super::request::Arrived;
use super::validate::media_type;
use crate::Event;
use crate::leg::Stage;
use crate::message::{Message, Name, trim};

/// What an INFO says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Key(Pii<char>),
    /// Nothing that matters: an empty body, a hook flash.
    Nothing,
    Refused(u16, &'static str),
}

impl UserAgent {
    /// INFO within a dialog: 200, and the key is told.
    pub(super) fn informed(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        let stands = self.legs.get(&id).is_some_and(|leg| matches!(leg.stage, Stage::Answered | Stage::Up));
        let said = if stands { said(arrived.message) } else { Said::Refused(481, "") };
        let (status, headers) = match said {
            Said::Key(_) | Said::Nothing => (200, ""),
            Said::Refused(status, headers) => (status, headers),
        };
        self.answer_at_once(arrived, status, headers, Some(id), now);
        if let Said::Key(digit) = said {
            self.wire.event(Event::Digit { leg: id, digit });
        }
    }
}

fn said(info: &Message<'_>) -> Said {
    // RFC 6086 §4.2.2: a package that we did not ask for. Recv-Info names those that we take: none.
    if info.value(Name::InfoPackage).is_some() {
        return Said::Refused(469, "Recv-Info: \r\n");
    }
    if info.body().is_empty() {
        return Said::Nothing;
    }
    let kind = info.value(Name::ContentType).map(media_type).unwrap_or_default();
    let keys = [&b"application/dtmf-relay"[..], b"application/dtmf"];
    if !keys.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Said::Refused(415, "Accept: application/dtmf-relay, application/dtmf\r\n");
    }
    signal(info.body()).map_or(Said::Refused(400, ""), key)
}

/// The value of `Signal=`, else a body that is nothing but the key.
fn signal(body: &[u8]) -> Option<&[u8]> {
    let lines = || body.split(|b| matches!(b, b'\r' | b'\n')).map(trim).filter(|line| !line.is_empty());
    let named = lines().find_map(|line| {
        let equals = line.iter().position(|b| *b == b'=')?;
        let (name, value) = line.split_at_checked(equals)?;
        trim(name).eq_ignore_ascii_case(b"signal").then(|| trim(value.get(1..).unwrap_or_default()))
    });
    named.or_else(|| lines().next().filter(|line| line.len() <= 2))
}

/// A key by its sign, or as some senders write it, by the event code of RFC 4733 §3.2.
fn key(signal: &[u8]) -> Said {
    let digit = match signal {
        [digit @ (b'0'..=b'9' | b'*' | b'#')] => *digit,
        [letter @ (b'A'..=b'D' | b'a'..=b'd')] => letter.to_ascii_uppercase(),
        b"10" => b'*',
        b"11" => b'#',
        b"12" => b'A',
        b"13" => b'B',
        b"14" => b'C',
        b"15" => b'D',
        b"16" | b"!" => return Said::Nothing,
        flash if flash.eq_ignore_ascii_case(b"flash") || flash.eq_ignore_ascii_case(b"hf") => return Said::Nothing,
        _ => return Said::Refused(400, ""),
    };
    Said::Key(Pii::new(char::from(digit)))
}
