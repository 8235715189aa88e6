//! New offers within a call (RFC 3261 §14, RFC 3311): theirs waits for the engine, who answers it.

use base::{LegId, Mono};

use super::request::Arrived;
use super::{Response, UserAgent, validate};
use crate::Event;
use crate::dialog::{Said, Verdict, Wish, verdict};
use crate::leg::Theirs;
use crate::message::Method;
use crate::unanswered::Unacked;

impl UserAgent {
    /// A re-INVITE: the engine answers it (RFC 3261 §14.2).
    pub(super) fn reinvited(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        if let Some(arrived) = self.granted(id, Wish::Invite, arrived, now) {
            self.hand_on(id, arrived);
        }
    }

    /// An UPDATE (RFC 3311 §5.2): the engine answers an offer; without one it refreshes target and session, and is answered at once.
    pub(super) fn updated(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        let offers = validate::sdp(arrived.message).is_some();
        let wish = if offers { Wish::UpdateWithOffer } else { Wish::Update };
        let Some(arrived) = self.granted(id, wish, arrived, now) else { return };
        if offers {
            return self.hand_on(id, arrived);
        }
        self.follow(id, &arrived);
        let said = Said::of(arrived.message);
        let headers = self.update_headers(id, &said, now);
        self.answer_at_once(arrived, 200, &headers, Some(id), now);
    }

    /// 200 to their re-INVITE or UPDATE.
    pub(super) fn reanswer(&mut self, id: LegId, sdp: &[u8], now: Mono) {
        let Some(theirs) = self.legs.get_mut(&id).and_then(|leg| leg.reoffer.take()) else { return };
        if theirs.method == Method::Invite {
            return self.accept(id, theirs, sdp, now);
        }
        self.describe(id, sdp);
        let headers = self.update_headers(id, &theirs.said, now);
        self.respond(theirs.tx, Response { status: 200, headers: &headers, body: sdp, ..Response::default() }, now);
    }

    /// A refusal of their re-INVITE or UPDATE.
    pub(super) fn refuse_reoffer(&mut self, id: LegId, status: u16, now: Mono) {
        let Some(theirs) = self.legs.get_mut(&id).and_then(|leg| leg.reoffer.take()) else { return };
        self.respond(theirs.tx, Response { status, ..Response::default() }, now);
    }

    /// 200 with SDP to an INVITE, and again until ACK.
    pub(super) fn accept(&mut self, id: LegId, theirs: Theirs, sdp: &[u8], now: Mono) {
        let Some(to) = self.servers.flow_and_cseq(theirs.tx) else { return };
        let Some(leg) = self.legs.get(&id) else { return };
        let tag = leg.dialog.local_tag.clone();
        let contact = self.contact(&leg.dialog);
        self.describe(id, sdp);
        self.stop_ringing(id);
        let session = self.agree(id, &theirs.said, now);
        let headers = format!("{contact}{}{session}{}", abilities(), self.server_header());
        let response = Response { status: 200, tag: &tag, headers: &headers, body: sdp, words: None };
        let Some(bytes) = self.respond(theirs.tx, response, now) else { return };
        let unacked = Unacked::new(id, to, bytes, !theirs.offers, now, &mut self.timers);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.unacked = Some(unacked);
        }
    }

    /// Keeps what we said last, for a re-INVITE that repeats it.
    pub(super) fn describe(&mut self, id: LegId, sdp: &[u8]) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.described = sdp.to_vec();
        }
    }

    /// The request, if it may be taken now; else it is refused.
    fn granted<'m>(&mut self, id: LegId, wish: Wish, arrived: Arrived<'m>, now: Mono) -> Option<Arrived<'m>> {
        let exchange = self.legs.get(&id)?.exchange(Some(&arrived.head));
        let (status, headers) = match verdict(exchange, wish) {
            Verdict::Granted => return Some(arrived),
            // "a Retry-After header field with a randomly chosen value of between 0 and 10 seconds".
            Verdict::Busy => (500, format!("Retry-After: {}\r\n", self.tokens.below(11))),
            Verdict::Glare => (491, String::new()),
            Verdict::Gone | Verdict::Wait => (481, String::new()),
        };
        self.answer_at_once(arrived, status, &headers, Some(id), now);
        None
    }

    fn hand_on(&mut self, id: LegId, arrived: Arrived<'_>) {
        self.follow(id, &arrived);
        let (method, said, sdp) = (arrived.method(), Said::of(arrived.message), validate::sdp(arrived.message));
        let offers = sdp.is_some();
        // In an early dialog this takes the place of what they said before.
        let early = self.legs.get_mut(&id).map(|leg| leg.early.iter_mut()).into_iter().flatten();
        early.filter(|early| early.dialog.holds(&arrived.head)).for_each(|early| early.sdp.clone_from(&sdp));
        let Some(tx) = self.open(arrived, Some(id)) else { return };
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.reoffer = Some(Theirs { tx, method, offers, said });
        }
        self.wire.event(Event::Reoffered { leg: id, sdp });
    }

    /// A target refresh request was taken (RFC 3261 §12.2.2).
    fn follow(&mut self, id: LegId, arrived: &Arrived<'_>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.peer.learn(arrived.message);
        if let Some(dialog) = leg.dialog_of(&arrived.head) {
            dialog.refresh(arrived.message, arrived.flow);
        }
    }

    /// The lines of our 2xx to an UPDATE (RFC 3311 §5.2, §6: a Contact is a must).
    fn update_headers(&mut self, id: LegId, said: &Said, now: Mono) -> String {
        let Some(contact) = self.legs.get(&id).map(|leg| self.contact(&leg.dialog)) else { return String::new() };
        let session = self.agree(id, said, now);
        format!("{contact}{}{session}{}", abilities(), self.server_header())
    }
}

/// What we can do.
pub(super) fn abilities() -> String {
    format!("{}Supported: {}\r\n", validate::allow(), validate::SUPPORTED)
}
