//! Our provisional answer, reliable where the caller can (RFC 3262 §3).

use base::{LegId, Mono};

use super::offer::abilities;
use super::request::Arrived;
use super::{Response, UserAgent};
use crate::ladder::What;
use crate::leg::{Stage, Theirs};
use crate::message::{Message, Method, Name, number};
use crate::unanswered::Reliable;
use crate::{EndCause, Event};

impl UserAgent {
    /// 180, once. §3: with `Require: 100rel` above 100 everything must be reliable; with `Supported: 100rel` it may be.
    pub(super) fn ring(&mut self, id: LegId, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| !leg.rang) else { return };
        let Stage::Invited(Theirs { tx, .. }) = leg.stage else { return };
        leg.rang = true;
        let (reliable, dialog) = (leg.peer.reliable, leg.dialog.clone());
        // §3: "The value of the header field for the first reliable provisional response … SHOULD be chosen uniformly from 1 to 2**31 - 1".
        let rseq = reliable.then(|| 1 + self.tokens.below((1 << 31) - 1));
        let rel = rseq.map(|rseq| format!("Require: 100rel\r\nRSeq: {rseq}\r\n")).unwrap_or_default();
        let headers = format!("{rel}{}{}{}", self.contact(&dialog), abilities(), self.server_header());
        let response = Response { status: 180, tag: &dialog.local_tag, headers: &headers, ..Response::default() };
        let (Some(to), Some(bytes)) = (self.servers.flow_and_cseq(tx), self.respond(tx, response, now)) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.reliable = rseq.map(|rseq| Reliable::new(id, (rseq, 180), to, bytes, now, &mut self.timers));
    }

    /// Our provisional once more.
    pub(super) fn ring_again(&mut self, id: LegId, now: Mono) {
        let Some(reliable) = self.legs.get_mut(&id).and_then(|leg| leg.reliable.as_mut()) else { return };
        reliable.again(id, now, &mut self.timers);
        let rung = Some((id, What::Response(reliable.status, Method::Invite)));
        self.wire.send(reliable.flow, reliable.bytes.clone(), rung, true);
    }

    /// A final response is out: the provisional is sent no more, though its PRACK may still come (§3).
    pub(super) fn stop_ringing(&mut self, id: LegId) {
        Reliable::disarm(id, &mut self.timers);
    }

    /// PRACK: 200 where it matches, else 481 (§3).
    pub(super) fn pracked(&mut self, id: LegId, arrived: Arrived<'_>, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let wanted = leg.reliable.as_ref().map(|reliable| (reliable.rseq, reliable.cseq));
        if wanted.is_none() || wanted != acknowledged(arrived.message) {
            return self.answer_at_once(arrived, 481, "", Some(id), now);
        }
        leg.reliable = None;
        Reliable::disarm(id, &mut self.timers);
        // §5: we offered nothing in the provisional, and their own offer waits in the INVITE: SDP has no place here.
        let status = if arrived.message.body().is_empty() { 200 } else { 488 };
        let headers = self.server_header();
        self.answer_at_once(arrived, status, &headers, Some(id), now);
    }

    /// §3: "If a reliable provisional response is retransmitted for 64*T1 seconds without reception of a corresponding PRACK, the UAS
    /// SHOULD reject the original request with a 5xx response."
    pub(super) fn no_prack(&mut self, id: LegId, now: Mono) {
        if self.legs.get(&id).is_some_and(|leg| matches!(leg.stage, Stage::Invited(_))) {
            let event = Event::Ended { leg: id, cause: EndCause::PrackTimeout };
            self.wire.event(event);
            self.reject(id, 504, None, now);
        }
    }
}

/// RSeq and CSeq number of RAck, where it means an INVITE (§7.2).
fn acknowledged(prack: &Message<'_>) -> Option<(u32, u32)> {
    let mut words = prack.value(Name::RAck)?.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (rseq, cseq) = (number(words.next()?)?, number(words.next()?)?);
    (words.next()? == b"INVITE").then_some((rseq, cseq))
}
