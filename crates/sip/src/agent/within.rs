//! Requests within a dialog (RFC 3261 §12.2.2, §14.2).

use base::{LegId, Mono};

use super::request::Arrived;
use super::{Response, UserAgent, validate};
use crate::Event;
use crate::ladder::What;
use crate::leg::{Leg, Stage, Unacked};
use crate::message::Method;

impl UserAgent {
    /// A request that belongs to this leg's dialog.
    pub(super) fn within(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        if arrived.method() == Method::Ack {
            return self.acknowledged(id, &arrived, now);
        }
        if let Err(refusal) = validate::within(&arrived) {
            return self.answer_at_once(arrived, refusal.status, &refusal.headers, Some(id), now);
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        // §12.2.2: "If the remote sequence number … the request is out of order and MUST be rejected with a 500".
        if leg.dialog.remote_cseq.is_some_and(|last| arrived.head.cseq.number < last)
            && arrived.method() != Method::Cancel
        {
            return self.answer_at_once(arrived, 500, "", Some(id), now);
        }
        if arrived.method() != Method::Cancel {
            leg.dialog.remote_cseq = Some(arrived.head.cseq.number);
        }
        match arrived.method() {
            Method::Invite => self.reinvited(id, arrived, now),
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
            | Method::Update
            | Method::Prack
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
        leg.unacked = None;
        Unacked::disarm(id, &mut self.timers);
        if leg.stage == Stage::Answered {
            leg.stage = Stage::Up;
            let dialog = leg.dialog.record();
            self.wire.event(Event::Confirmed { leg: id, dialog });
        }
        // §15: now that the dialog is confirmed on both sides, it may be ended.
        if let Some(reason) = leg.parting.take() {
            self.send_bye(id, reason, now);
        }
        self.settle(id);
    }

    /// A re-INVITE: the engine answers it (§14.2).
    fn reinvited(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match reoffer_refusal(leg) {
            Some((status, headers)) => self.answer_at_once(arrived, status, headers, Some(id), now),
            None => {
                leg.dialog.refresh(arrived.message, arrived.flow);
                let sdp = validate::sdp(arrived.message);
                let tx = self.open(arrived, Some(id));
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.reoffer = tx;
                }
                self.wire.event(Event::Reoffered { leg: id, sdp });
            }
        }
    }

    /// 200 to a re-INVITE.
    pub(super) fn reanswer(&mut self, id: LegId, sdp: &[u8], now: Mono) {
        let Some(tx) = self.legs.get_mut(&id).and_then(|leg| leg.reoffer.take()) else { return };
        self.accept(id, tx, sdp, now);
    }

    /// A refusal of a re-INVITE.
    pub(super) fn refuse_reoffer(&mut self, id: LegId, status: u16, now: Mono) {
        let Some(tx) = self.legs.get_mut(&id).and_then(|leg| leg.reoffer.take()) else { return };
        self.respond(tx, Response { status, ..Response::default() }, now);
    }

    /// 200 with SDP to an INVITE, and again until ACK.
    pub(super) fn accept(&mut self, id: LegId, tx: crate::transaction::TxId, sdp: &[u8], now: Mono) {
        let Some((flow, cseq)) = self.servers.flow_and_cseq(tx) else { return };
        let Some(leg) = self.legs.get(&id) else { return };
        let tag = leg.dialog.local_tag.clone();
        let contact = self.contact(&leg.dialog);
        let headers = format!("{contact}{}{}", validate::allow(), self.server_header());
        let response = Response { status: 200, tag: &tag, headers: &headers, body: sdp, words: None };
        let Some(bytes) = self.respond(tx, response, now) else { return };
        let unacked = Unacked::new(id, cseq, flow, bytes, now, &mut self.timers);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.unacked = Some(unacked);
        }
    }

    /// Our 2xx once more.
    pub(super) fn repeat(&mut self, id: LegId, now: Mono) {
        let Some(unacked) = self.legs.get_mut(&id).and_then(|leg| leg.unacked.as_mut()) else { return };
        unacked.again(id, now, &mut self.timers);
        let rung = Some((id, What::Response(200, Method::Invite)));
        self.wire.send(unacked.flow, unacked.bytes.clone(), rung, true);
    }
}

/// Why a re-INVITE cannot be dealt with now.
fn reoffer_refusal(leg: &Leg) -> Option<(u16, &'static str)> {
    if leg.reoffer.is_some() {
        // §14.2: "a second INVITE before it sends the final response to a first INVITE … MUST return a 500 … Retry-After … 0 and 10".
        Some((500, "Retry-After: 3\r\n"))
    } else if leg.unacked.is_some() {
        // Glare: an INVITE of this dialog is not over yet (§14.2, RFC 5407 §3.1.4).
        Some((491, ""))
    } else if leg.stage == Stage::Up {
        None
    } else {
        Some((481, ""))
    }
}
