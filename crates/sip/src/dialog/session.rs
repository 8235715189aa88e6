//! Session timers (RFC 4028): how long a session stands, who refreshes it, and what comes of a refresh.

use std::time::Duration;

use crate::message::{Message, Method, Name, Params, number, trim};

/// The least that anyone may ask for (§4), and the least that we take.
pub(crate) const LEAST_S: u32 = 90;

/// The most that a 422 may raise our wish to: a day.
pub(crate) const MOST_S: u32 = 86_400;

/// Who sends the next refresh: the sender of the request that agreed on it, or its receiver (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refresher {
    Uac,
    Uas,
}

/// What a message says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its sender knows session timers.
    pub(crate) supported: bool,
    pub(crate) expires: Option<(u32, Option<Refresher>)>,
    /// The least that all on the way take.
    pub(crate) least_s: Option<u32>,
}

/// What both agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) interval_s: u32,
    pub(crate) refresher: Refresher,
}

impl Said {
    /// Reads a request or a response. What cannot be read was not said.
    pub(crate) fn of(message: &Message<'_>) -> Self {
        Said {
            supported: message.lists(Name::Supported, "timer") || message.lists(Name::Require, "timer"),
            expires: message.value(Name::SessionExpires).and_then(expires),
            least_s: message.value(Name::MinSe).and_then(seconds),
        }
    }

    /// §9: what asks for less than we take gets 422, where its sender can understand that.
    pub(crate) fn is_too_small(&self) -> bool {
        self.supported && self.expires.is_some_and(|(asked, _)| asked < LEAST_S)
    }

    /// Our answer to a request (§9, table 2). `wish_s`: what we want ourselves, 0 for nothing.
    ///
    /// The choice being ours, we refresh: a session then never ends because the other side forgot to. Who knows no session timers gets
    /// none, unless a proxy on the way asked for one; then we refresh, too.
    pub(crate) fn answer(&self, wish_s: u32) -> Option<Term> {
        let least_s = self.least_s.unwrap_or(LEAST_S).max(LEAST_S);
        let (interval_s, refresher) = match self.expires {
            Some((asked, _)) if asked < LEAST_S => return None,
            // The interval may be lowered, but not below Min-SE, and never raised.
            Some((asked, refresher)) if wish_s == 0 => (asked, refresher),
            Some((asked, refresher)) => (asked.min(wish_s.max(least_s)), refresher),
            None if wish_s == 0 || !self.supported => return None,
            None => (wish_s.max(least_s), None),
        };
        let refresher = refresher.filter(|_| self.supported).unwrap_or(Refresher::Uas);
        Some(Term { interval_s, refresher })
    }

    /// What a 2xx to a request of ours settles (§7.2): nothing said, nothing agreed.
    pub(crate) fn settled(&self) -> Option<Term> {
        let (interval_s, refresher) = self.expires.filter(|(agreed, _)| *agreed >= LEAST_S)?;
        Some(Term { interval_s, refresher: refresher.unwrap_or(Refresher::Uac) })
    }
}

impl Term {
    /// The lines of our 2xx. §9: where the other side is to refresh, `Require: timer` is a must.
    pub(crate) fn headers(self) -> String {
        let (refresher, require) = match self.refresher {
            Refresher::Uac => ("uac", "Require: timer\r\n"),
            Refresher::Uas => ("uas", ""),
        };
        format!("{require}Session-Expires: {};refresher={refresher}\r\n", self.interval_s)
    }

    /// §7.2: "it is RECOMMENDED that this refresh be sent once half the session interval has elapsed".
    pub(crate) fn refresh_after(self) -> Duration {
        Duration::from_secs(u64::from(self.interval_s)) / 2
    }

    /// When who waits for a refresh gives up (§10): "slightly before the session expiration. The minimum of 32 seconds and one third of the
    /// session interval". Who refreshes may try until the interval is over.
    pub(crate) fn ends_after(self, ours: bool) -> Duration {
        let whole = Duration::from_secs(u64::from(self.interval_s));
        if ours { whole } else { whole.saturating_sub((whole / 3).min(Duration::from_secs(32))) }
    }
}

/// What a final response to our refresh comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The session stands for another interval.
    Renewed,
    /// §10: 408 and 481 end the dialog (RFC 3261 §12.2.1.2).
    Gone,
    /// §7.4: once more, with the Min-SE that the 422 names.
    TooSmall,
    /// Both asked at once: once more after a chance wait (RFC 3261 §14.1).
    Glare,
    /// UPDATE is not taken here: by re-INVITE, at once.
    ByInvite,
    /// The peer lives, but does not want it now: later, while the session stands.
    Later,
}

/// The table.
pub(crate) fn outcome(method: Method, status: u16) -> Outcome {
    match status {
        ..300 => Outcome::Renewed,
        408 | 481 => Outcome::Gone,
        422 => Outcome::TooSmall,
        491 => Outcome::Glare,
        405 | 501 if method == Method::Update => Outcome::ByInvite,
        300.. => Outcome::Later,
    }
}

fn expires(value: &[u8]) -> Option<(u32, Option<Refresher>)> {
    let end = value.iter().position(|b| *b == b';').unwrap_or(value.len());
    let (interval, params) = value.split_at_checked(end)?;
    let refresher = Params::parse(params)?.text("refresher").and_then(|who| {
        let is = |name: &str| who.eq_ignore_ascii_case(name);
        is("uac").then_some(Refresher::Uac).or_else(|| is("uas").then_some(Refresher::Uas))
    });
    Some((number(trim(interval))?, refresher))
}

/// A number of seconds, before any parameter.
fn seconds(value: &[u8]) -> Option<u32> {
    number(trim(value.split(|b| *b == b';').next()?))
}

/// The seconds of Retry-After (RFC 3261 §20.33), which a comment or parameters may follow.
pub(crate) fn retry_after_s(message: &Message<'_>) -> Option<u32> {
    let value = message.value(Name::RetryAfter)?;
    number(value.split(|b| matches!(b, b';' | b'(' | b' ')).next()?)
}
