//! Their INVITE: it comes, it is cancelled (RFC 3261 §9.2, §13.3).

use base::{LegId, Mono};

use super::identity;
use super::request::Arrived;
use super::{Response, UserAgent, validate};
use crate::Event;
use crate::dialog::{Dialog, Said};
use crate::leg::{Leg, Peer, Refusal, Stage, Theirs};
use crate::transaction::TxId;

impl UserAgent {
    /// A call from a trunk. Nothing is answered, and nothing refused: the engine says when.
    pub(super) fn invited(&mut self, arrived: Arrived<'_>, refusal: Option<Refusal>) {
        let leg = self.mint();
        let tag = self.tokens.next();
        let dialog = Dialog::of_invite(arrived.message, &arrived.head, tag, arrived.flow);
        let (method, peer, said) = (arrived.method(), Peer::of(arrived.message), Said::of(arrived.message));
        let sdp = validate::sdp(arrived.message);
        let offers = sdp.is_some();
        let Some(line) = self.trunk_at(arrived.flow) else { return };
        let event = Event::Incoming {
            leg,
            trunk: line.name.clone(),
            dialled: identity::dialled(arrived.message, line.dialled),
            identity: identity::identity(arrived.message, line),
            sdp,
            source: arrived.flow.remote,
            refusal: refusal.as_ref().map(|refusal| refusal.status),
        };
        let Some(tx) = self.open(arrived, Some(leg)) else { return };
        let invite = Theirs { tx, method, offers, said };
        self.add(leg, Leg { refusal, peer, ..Leg::new(dialog, Stage::Invited(invite)) });
        self.wire.event(event);
    }

    /// CANCEL: 200 to itself; 487 to its INVITE, if that has no final answer yet.
    pub(super) fn cancelled(&mut self, invite: TxId, leg: Option<LegId>, arrived: Arrived<'_>, now: Mono) {
        let known = leg.and_then(|id| self.legs.get(&id));
        // §9.2: the To tag of both answers should be the same.
        let tag = known.map_or_else(String::new, |leg| leg.dialog.local_tag.clone());
        let waiting = known.is_some_and(|leg| matches!(leg.stage, Stage::Invited(theirs) if theirs.tx == invite));
        let reoffer = known.is_some_and(|leg| leg.reoffer.is_some_and(|theirs| theirs.tx == invite));
        let tag = if tag.is_empty() { self.tokens.next() } else { tag };
        if let Some(tx) = self.open(arrived, leg) {
            self.respond(tx, Response { status: 200, tag: &tag, ..Response::default() }, now);
        }
        if waiting || reoffer {
            self.respond(invite, Response { status: 487, tag: &tag, ..Response::default() }, now);
        }
        let Some(id) = leg else { return };
        if waiting {
            self.end(id, Some(Event::Cancelled { leg: id }));
        } else if let Some(leg) = self.legs.get_mut(&id).filter(|_| reoffer) {
            leg.reoffer = None;
        }
    }
}
