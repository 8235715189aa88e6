//! The end of a leg: theirs, ours, or for want of an ACK (RFC 3261 §15).

use base::{LegId, Mono};

use super::request::Arrived;
use super::{Response, UserAgent};
use crate::dialog::Dialog;
use crate::leg::{Cancel, LegTimer, Reason, Refresh, Stage, Theirs};
use crate::message::Method;
use crate::transaction::Purpose;
use crate::unanswered::Unacked;
use crate::{EndCause, Event, Flow};

impl UserAgent {
    /// Their BYE: 200, also when ours is under way.
    pub(super) fn bye_came(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        // §15: "the callee's UA MUST NOT send a BYE on early dialogs".
        if self.legs.get(&id).is_some_and(|leg| matches!(leg.stage, Stage::Calling(_))) {
            return self.answer_at_once(arrived, 481, "", Some(id), now);
        }
        let headers = self.server_header();
        self.answer_at_once(arrived, 200, &headers, Some(id), now);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.unacked = None;
        leg.parting = None;
        Unacked::disarm(id, &mut self.timers);
        let event = match leg.stage {
            // §15: a caller may end an early dialog by BYE, too.
            Stage::Invited(_) => Some(Event::Cancelled { leg: id }),
            Stage::Calling(_) | Stage::Answered | Stage::Up => Some(Event::Ended { leg: id, cause: EndCause::Bye }),
            Stage::Over => None,
        };
        self.give_up_pending(id, now);
        self.end(id, event);
    }

    /// §15.1.2: "MUST still respond to any pending requests … RECOMMENDED that a 487".
    fn give_up_pending(&mut self, id: LegId, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let invite = if let Stage::Invited(invite) = leg.stage { Some(invite) } else { None };
        let tag = leg.dialog.local_tag.clone();
        for theirs in leg.reoffer.take().into_iter().chain(invite) {
            self.respond(theirs.tx, Response { status: 487, tag: &tag, ..Response::default() }, now);
        }
        self.await_refresh(id, now);
    }

    /// A re-INVITE of ours that is under way as the call ends may never be answered: it is waited for no longer than a CANCEL is.
    fn await_refresh(&mut self, id: LegId, now: Mono) {
        let pending = |refresh: &Refresh| refresh.method == Method::Invite && refresh.ack.is_none();
        if self.legs.get(&id).and_then(|leg| leg.refresh.as_ref()).is_some_and(pending) {
            self.timers.set(LegTimer::NoEnd(id), now + crate::transaction::PATIENCE);
        }
    }

    /// Ends a leg as its state asks.
    pub(super) fn hang_up(&mut self, id: LegId, reason: Reason, now: Mono) {
        self.call_off(id);
        let Some(stage) = self.legs.get(&id).map(|leg| leg.stage) else { return };
        match stage {
            Stage::Invited(_) => self.reject(id, 480, None, now),
            Stage::Calling(Cancel::No) => self.set_stage(id, Stage::Calling(Cancel::Wanted(reason))),
            Stage::Calling(Cancel::May) => self.send_cancel(id, reason, now),
            Stage::Calling(Cancel::Wanted(_) | Cancel::Sent) | Stage::Over => {}
            Stage::Answered | Stage::Up => {
                self.leave(id, reason, now);
                self.end(id, Some(Event::Ended { leg: id, cause: EndCause::ByUs }));
            }
        }
    }

    /// A final refusal of their INVITE. One that we knew of from the start takes its headers along.
    pub(super) fn reject(&mut self, id: LegId, status: u16, words: Option<&'static str>, now: Mono) {
        let Some(leg) = self.legs.get(&id) else { return };
        let Stage::Invited(Theirs { tx, .. }) = leg.stage else { return };
        let tag = leg.dialog.local_tag.clone();
        let known = leg.refusal.as_ref().filter(|refusal| refusal.status == status);
        let headers = format!("{}{}", known.map_or("", |refusal| &refusal.headers), self.server_header());
        self.respond(tx, Response { status, words, tag: &tag, headers: &headers, body: &[] }, now);
        self.end(id, None);
    }

    /// BYE now, or as soon as our 2xx is acknowledged: "MUST NOT send a BYE … until it has received an ACK for its 2xx response or until
    /// the server transaction times out" (§15).
    pub(super) fn leave(&mut self, id: LegId, reason: Reason, now: Mono) {
        self.give_up_pending(id, now);
        match self.legs.get_mut(&id) {
            Some(leg) if leg.unacked.is_some() => leg.parting = Some(reason),
            Some(_) => self.send_bye(id, reason, now),
            None => {}
        }
    }

    /// No ACK came in 64 × T1: the session is ended (§13.3.1.4).
    pub(super) fn no_ack(&mut self, id: LegId, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.unacked = None;
        Unacked::disarm(id, &mut self.timers);
        let reason = leg.parting.take().unwrap_or(Some("SIP;cause=408;text=\"ACK did not come\""));
        let over = leg.stage == Stage::Over;
        self.send_bye(id, reason, now);
        self.end(id, (!over).then_some(Event::Ended { leg: id, cause: EndCause::AckTimeout }));
    }

    /// BYE of a leg's dialog.
    pub(super) fn send_bye(&mut self, id: LegId, reason: Reason, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.leaving = true;
        leg.dialog.next_cseq();
        let dialog = leg.dialog.clone();
        let flow = dialog.way(&self.network);
        self.bye(&dialog, flow, reason, Purpose::Bye(id), now);
    }

    /// BYE of any dialog.
    pub(super) fn bye(&mut self, dialog: &Dialog, flow: Flow, reason: Reason, purpose: Purpose, now: Mono) {
        let branch = self.tokens.branch();
        let text = dialog.request_by(flow, Method::Bye, dialog.local_cseq, &branch, &self.network);
        let text = self.signed(text);
        let text = match reason {
            Some(reason) => text.header("Reason", reason),
            None => text,
        };
        self.clients.open((Method::Bye, &branch), flow, text.finish(&[]), purpose, now, &mut self.wire);
    }

    /// CANCEL, now that something has answered our INVITE (§9.1).
    pub(super) fn send_cancel(&mut self, id: LegId, reason: Reason, now: Mono) {
        self.set_stage(id, Stage::Calling(Cancel::Sent));
        let Some(invite) = self.legs.get(&id).and_then(|leg| leg.invite) else { return };
        let headers = reason.map(|reason| format!("Reason: {reason}\r\n")).unwrap_or_default();
        self.clients.cancel(invite, &headers, now, &mut self.wire);
        self.timers.set(LegTimer::NoEnd(id), now + crate::transaction::PATIENCE);
    }

    /// No final answer came after our CANCEL: "the client SHOULD then consider the original transaction cancelled" (§9.1).
    pub(super) fn no_end(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Stage::Calling(_) = leg.stage {
            leg.invite.take().into_iter().for_each(|invite| self.clients.forget(invite));
            return self.end(id, Some(Event::Failed { leg: id, status: 487 }));
        }
        leg.refresh.take().into_iter().for_each(|refresh| self.clients.forget(refresh.tx));
        self.settle(id);
    }

    pub(super) fn set_stage(&mut self, id: LegId, stage: Stage) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.stage = stage;
        }
    }
}
