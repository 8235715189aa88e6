//! Our refresh of a session: UPDATE where the peer takes it, else a re-INVITE that says again what we said last (RFC 4028 §7.4, §10).

use std::time::Duration;

use base::{LegId, Mono};

use super::session::with_session;
use super::{UserAgent, validate};
use crate::dialog::{Dialog, MOST_S, Outcome, Said, Verdict, Wish, outcome, retry_after_s, verdict};
use crate::ladder::What;
use crate::leg::{LegTimer, Refresh, SentAck, Stage};
use crate::message::{Head, Message, Method};
use crate::transaction::{Purpose, TxId};
use crate::{EndCause, Event};

/// How long after another exchange, or a peer's refusal, we try again.
const SOON: Duration = Duration::from_secs(1);
const LATER_S: u32 = 10;
/// The longest Retry-After that is followed: the session ends meanwhile.
const LATEST_S: u32 = 30;

impl UserAgent {
    /// Half of the interval is over.
    pub(super) fn refresh_due(&mut self, id: LegId, now: Mono) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (method, wish) =
            if leg.peer.update { (Method::Update, Wish::OwnUpdate) } else { (Method::Invite, Wish::OwnInvite) };
        match verdict(leg.exchange(None), wish) {
            Verdict::Granted => self.refresh(id, method, now),
            Verdict::Wait => self.timers.set(LegTimer::Refresh(id), now + SOON),
            Verdict::Busy | Verdict::Glare | Verdict::Gone => {}
        }
    }

    fn refresh(&mut self, id: LegId, method: Method, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(interval_s) = leg.session_s else { return };
        let (branch, cseq) = (self.tokens.branch(), leg.dialog.next_cseq());
        let (flow, text) = leg.dialog.request(method, cseq, &branch, &self.network);
        let body = if method == Method::Invite { leg.described.clone() } else { Vec::new() };
        let (least_s, secure) = (leg.least_s, leg.dialog.secure);
        let text = text
            .header("Contact", &self.contact_value(flow, secure))
            .header("Allow", validate::METHODS)
            .header("Supported", validate::SUPPORTED);
        // §7.4: "the refresher parameter … set to 'uac' if the sender is the current refresher".
        let text = self.signed(with_session(text, interval_s, ";refresher=uac", least_s)).finish(&body);
        let tx = self.clients.open((method, &branch), flow, text, Purpose::Refresh(id), now, &mut self.wire);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.refresh = Some(Refresh { tx, method, sent: now, ack: None });
        }
    }

    /// A response to our refresh.
    pub(super) fn refreshed(
        &mut self,
        id: LegId,
        tx: TxId,
        (message, head, status): (&Message<'_>, &Head<'_>, u16),
        now: Mono,
    ) {
        let Some(method) = self.legs.get(&id).and_then(|leg| leg.refresh.as_ref()).filter(|refresh| refresh.tx == tx)
        else {
            return;
        };
        let method = method.method;
        match outcome(method, status) {
            Outcome::Renewed if status < 200 => {}
            Outcome::Renewed => self.renewed(id, method, message, head),
            Outcome::Gone => self.refresh_failed(id, tx, now),
            Outcome::TooSmall => self.refresh_too_small(id, message, now),
            Outcome::Glare => {
                let ours = self.legs.get(&id).is_some_and(|leg| leg.dialog.is_ours());
                // RFC 3261 §14.1: "a randomly chosen value between 2.1 and 4 seconds in units of 10 ms" for who owns the Call-ID, else
                // "between 0 and 2 seconds".
                let units = if ours { 210 + self.tokens.below(191) } else { self.tokens.below(201) };
                self.again(id, Duration::from_millis(u64::from(units) * 10), now);
            }
            Outcome::ByInvite => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.peer.update = false;
                }
                self.again(id, Duration::ZERO, now);
            }
            Outcome::Later => {
                let wait_s = retry_after_s(message).unwrap_or(LATER_S).clamp(1, LATEST_S);
                self.again(id, Duration::from_secs(u64::from(wait_s)), now);
            }
        }
    }

    /// No answer at all, 408 or 481: the dialog is over (RFC 3261 §12.2.1.2).
    pub(super) fn refresh_failed(&mut self, id: LegId, tx: TxId, now: Mono) {
        self.refresh_over(id, tx);
        self.lose(id, "SIP;cause=408;text=\"Session refresh failed\"", EndCause::Lost, now);
        self.settle(id);
    }

    /// It could not be sent: later, while the session stands.
    pub(super) fn refresh_unsent(&mut self, id: LegId, tx: TxId, now: Mono) {
        self.refresh_over(id, tx);
        self.again(id, Duration::from_secs(u64::from(LATER_S)), now);
        self.settle(id);
    }

    /// Nothing more can come for it.
    pub(super) fn refresh_over(&mut self, id: LegId, tx: TxId) {
        if let Some(leg) = self.legs.get_mut(&id)
            && leg.refresh.as_ref().is_some_and(|refresh| refresh.tx == tx)
        {
            leg.refresh = None;
        }
    }

    fn renewed(&mut self, id: LegId, method: Method, message: &Message<'_>, head: &Head<'_>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(sent) = leg.refresh.as_ref().map(|refresh| refresh.sent) else { return };
        if method != Method::Invite {
            leg.refresh = None;
        } else if let Some(ack) = leg.refresh.as_ref().and_then(|refresh| refresh.ack.clone()) {
            // §13.2.2.4: a 2xx that comes again gets its ACK again.
            return self.wire.send(ack.flow, ack.bytes, Some((id, What::Request(Method::Ack))), true);
        }
        leg.dialog.retarget(message);
        leg.peer.learn(message);
        if method == Method::Invite {
            let dialog = leg.dialog.clone();
            let ack = self.ack(id, head, &dialog);
            if let Some(refresh) = self.legs.get_mut(&id).and_then(|leg| leg.refresh.as_mut()) {
                refresh.ack = Some(ack);
            }
        }
        self.settled(id, &Said::of(message), sent);
        let over = self.legs.get(&id).is_none_or(|leg| leg.stage == Stage::Over);
        match validate::sdp(message).filter(|_| method == Method::Invite && !over) {
            Some(sdp) => self.wire.event(Event::AnswerCame { leg: id, sdp: Some(sdp) }),
            None => self.settle(id),
        }
    }

    /// 422: at once with what it asks for, unless that is no more than we asked (§7.4).
    fn refresh_too_small(&mut self, id: LegId, message: &Message<'_>, now: Mono) {
        let asked = Said::of(message).least_s;
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match asked.filter(|asked| (leg.session_s.unwrap_or(MOST_S) + 1..=MOST_S).contains(asked)) {
            Some(least_s) => {
                (leg.session_s, leg.least_s) = (Some(least_s), Some(least_s));
                self.again(id, Duration::ZERO, now);
            }
            None => self.again(id, Duration::from_secs(u64::from(LATER_S)), now),
        }
    }

    /// This refresh was refused; the next one goes after `wait`. When the session ends does not change.
    fn again(&mut self, id: LegId, wait: Duration, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.refresh = None;
        if self.timers.get(&LegTimer::Expired(id)).is_some() {
            self.timers.set(LegTimer::Refresh(id), now + wait);
        }
        self.settle(id);
    }

    /// ACK of a 2xx to an INVITE of ours: sent, and to be kept for when that comes again.
    pub(super) fn ack(&mut self, id: LegId, head: &Head<'_>, dialog: &Dialog) -> SentAck {
        let branch = self.tokens.branch();
        // §13.2.2.4: "The sequence number of the CSeq header field MUST be the same as the INVITE being acknowledged".
        let (flow, text) = dialog.request(Method::Ack, head.cseq.number, &branch, &self.network);
        let credentials = self.legs.get(&id).map(|leg| leg.credentials.as_str()).unwrap_or_default();
        let bytes = self.signed(text.lines(credentials)).finish(&[]);
        self.wire.send(flow, bytes.clone(), Some((id, What::Request(Method::Ack))), false);
        SentAck { tag: head.to.tag().unwrap_or_default().to_owned(), flow, bytes }
    }
}
