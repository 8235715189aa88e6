//! Requests within a dialog (RFC 3261 §12.2.2, §14.2).

use base::{LegId, Mono};

use super::request::Arrived;
use super::{UserAgent, validate};
use crate::Event;
use crate::ladder::What;
use crate::leg::Stage;
use crate::message::Method;
use crate::unanswered::Unacked;

impl UserAgent {
    /// A request that belongs to this leg's dialog.
    pub(super) fn within(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        if arrived.method() == Method::Ack {
            return self.acknowledged(id, &arrived, now);
        }
        if let Err(refusal) = validate::within(&arrived) {
            return self.answer_at_once(arrived, refusal.status, &refusal.headers, Some(id), now);
        }
        let number = arrived.head.cseq.number;
        let dialog = self.legs.get_mut(&id).and_then(|leg| leg.dialog_of(&arrived.head));
        match dialog {
            // §9.2: a CANCEL has its INVITE's number.
            _ if arrived.method() == Method::Cancel => {}
            // §12.2.2: "If the remote sequence number … the request is out of order and MUST be rejected with a 500".
            Some(dialog) if dialog.remote_cseq.is_some_and(|last| number < last) => {
                return self.answer_at_once(arrived, 500, "", Some(id), now);
            }
            Some(dialog) => dialog.remote_cseq = Some(number),
            // Of a fork that is no more.
            None => return self.answer_at_once(arrived, 481, "", Some(id), now),
        }
        match arrived.method() {
            Method::Invite => self.reinvited(id, arrived, now),
            Method::Update => self.updated(id, arrived, now),
            Method::Prack => self.pracked(id, arrived, now),
            Method::Bye => self.bye_came(id, arrived, now),
            Method::Options => self.options(arrived, Some(id), now),
            Method::Info => self.informed(id, arrived, now),
            Method::Cancel => match self.servers.invite_of(arrived.message, &arrived.head) {
                Some((invite, leg)) => self.cancelled(invite, leg, arrived, now),
                None => self.answer_at_once(arrived, 481, "", Some(id), now),
            },
            // Refused above.
            Method::Ack
            | Method::Register
            | Method::Subscribe
            | Method::Notify
            | Method::Refer
            | Method::Message
            | Method::Publish
            | Method::Other => {}
        }
    }

    /// ACK to our 2xx (§13.3.1.4).
    fn acknowledged(&mut self, id: LegId, arrived: &Arrived<'_>, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let awaited = leg.unacked.as_ref().is_some_and(|unacked| unacked.cseq == arrived.head.cseq.number);
        self.wire.rung(id, true, arrived.flow.remote, What::Request(Method::Ack), !awaited);
        if !awaited {
            return;
        }
        let offered = leg.unacked.take().is_some_and(|unacked| unacked.offers);
        let over = leg.stage == Stage::Over;
        Unacked::disarm(id, &mut self.timers);
        if leg.stage == Stage::Answered {
            leg.stage = Stage::Up;
            let dialog = leg.dialog.record();
            self.wire.event(Event::Confirmed { leg: id, dialog });
        }
        // §13.2.1: where the INVITE brought no offer, the ACK brings the answer.
        if offered && !over {
            self.wire.event(Event::AnswerCame { leg: id, sdp: validate::sdp(arrived.message) });
        }
        // §15: now that the dialog is confirmed on both sides, it may be ended.
        if let Some(reason) = leg.parting.take() {
            self.send_bye(id, reason, now);
        }
        self.settle(id);
    }

    /// Our 2xx once more.
    pub(super) fn repeat(&mut self, id: LegId, now: Mono) {
        let Some(unacked) = self.legs.get_mut(&id).and_then(|leg| leg.unacked.as_mut()) else { return };
        unacked.again(id, now, &mut self.timers);
        let rung = Some((id, What::Response(200, Method::Invite)));
        self.wire.send(unacked.flow, unacked.bytes.clone(), rung, true);
    }
}
