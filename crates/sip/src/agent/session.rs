//! How long a session stands (RFC 4028): what is said of it in INVITE, UPDATE and their answers, and its end.

use std::net::IpAddr;

use base::{LegId, Mono};

use super::UserAgent;
use crate::dialog::{LEAST_S, Refresher, Said, Term};
use crate::leg::{LegTimer, Stage};
use crate::message::RequestText;
use crate::trunk::trunk_of;
use crate::{EndCause, Event};

impl UserAgent {
    /// The lines of our 2xx to an INVITE or UPDATE. From now on the session stands for what they say.
    pub(super) fn agree(&mut self, id: LegId, said: &Said, now: Mono) -> String {
        let Some(peer) = self.legs.get(&id).map(|leg| leg.dialog.flow.remote.ip()) else { return String::new() };
        let term = said.answer(self.wish_s(peer));
        self.stand(id, term, |refresher| refresher == Refresher::Uas, now);
        term.map(Term::headers).unwrap_or_default()
    }

    /// What a 2xx to an INVITE or UPDATE of ours settles. `since`: from when it counts. The other side counts from its 2xx, copies of which
    /// may have been lost: who counts a refresh from its request is never later than that.
    pub(super) fn settled(&mut self, id: LegId, said: &Said, since: Mono) {
        self.stand(id, said.settled(), |refresher| refresher == Refresher::Uac, since);
    }

    /// §7.1: what our INVITE asks for.
    pub(super) fn asking(&self, text: RequestText, peer: IpAddr, least_s: Option<u32>) -> RequestText {
        match self.wish_s(peer) {
            0 => text,
            wish_s => with_session(text, wish_s.max(least_s.unwrap_or_default()), "", least_s),
        }
    }

    /// Nobody refreshed the session: it is over (§10).
    pub(super) fn expired(&mut self, id: LegId, now: Mono) {
        self.lose(id, "SIP;cause=408;text=\"Session expired\"", EndCause::Expired, now);
    }

    /// A call that stands is lost: BYE, and the engine is told why.
    pub(super) fn lose(&mut self, id: LegId, reason: &'static str, cause: EndCause, now: Mono) {
        if self.legs.get(&id).is_some_and(|leg| matches!(leg.stage, Stage::Answered | Stage::Up)) {
            self.leave(id, Some(reason), now);
            self.end(id, Some(Event::Ended { leg: id, cause }));
        }
    }

    /// The session stands for another interval; its timers begin anew.
    fn stand(&mut self, id: LegId, term: Option<Term>, is_us: impl Fn(Refresher) -> bool, since: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !matches!(leg.stage, Stage::Answered | Stage::Up) {
            return;
        }
        LegTimer::stop_session(id, &mut self.timers);
        leg.session_s = term.map(|term| term.interval_s);
        let Some(term) = term else { return };
        let ours = is_us(term.refresher);
        self.timers.set(LegTimer::Expired(id), since + term.ends_after(ours));
        if ours {
            self.timers.set(LegTimer::Refresh(id), since + term.refresh_after());
        }
    }

    /// What we want towards a peer, by its trunk; 0 for nothing.
    fn wish_s(&self, peer: IpAddr) -> u32 {
        let own = trunk_of(&self.settings.trunks, peer).and_then(|trunk| trunk.session_expires_s);
        own.unwrap_or(self.settings.session_expires_s)
    }
}

/// Session-Expires, and Min-SE where a 422 has taught us one (§7.4: "MUST contain the Min-SE").
pub(super) fn with_session(text: RequestText, interval_s: u32, role: &str, least_s: Option<u32>) -> RequestText {
    let text = text.header("Session-Expires", &format!("{}{role}", interval_s.max(LEAST_S)));
    match least_s {
        Some(least_s) => text.header("Min-SE", &least_s.to_string()),
        None => text,
    }
}
