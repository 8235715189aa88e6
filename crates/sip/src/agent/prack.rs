//! Provisional answers to our INVITE: early dialogs, and the PRACK that reliable ones want (RFC 3261 §12.1.2, RFC 3262 §4).

use base::{LegId, Mono};

use super::outbound::MAX_FORKS;
use super::{UserAgent, validate};
use crate::Event;
use crate::dialog::{Early, Provisional};
use crate::leg::{Cancel, Leg, LegTimer, Stage};
use crate::message::{Head, Message, Method};
use crate::transaction::Purpose;

impl UserAgent {
    /// A 1xx to our INVITE.
    pub(super) fn progressed(&mut self, id: LegId, message: &Message<'_>, head: &Head<'_>, status: u16, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !matches!(leg.stage, Stage::Calling(_)) {
            return;
        }
        self.timers.cancel(&LegTimer::NoWord(id));
        let fork = if status > 100 { fork_of(leg, message, head) } else { None };
        let taken = fork.and_then(|fork| Some((fork, leg.early.get_mut(fork)?.take(message, validate::sdp(message)))));
        if let Some((fork, Provisional::Next(rseq))) = taken {
            self.prack(id, fork, rseq, head.cseq.number, now);
        }
        self.rings(id, status, now);
    }

    fn rings(&mut self, id: LegId, status: u16, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match leg.stage {
            Stage::Calling(Cancel::Wanted(reason)) => return self.send_cancel(id, reason, now),
            Stage::Calling(Cancel::No) => leg.stage = Stage::Calling(Cancel::May),
            Stage::Calling(Cancel::May | Cancel::Sent)
            | Stage::Invited(_)
            | Stage::Answered
            | Stage::Up
            | Stage::Over => {}
        }
        if status > 100 && !leg.rang && leg.stage == Stage::Calling(Cancel::May) {
            leg.rang = true;
            self.wire.event(Event::Ringing { leg: id });
        }
    }

    /// PRACK within the early dialog (RFC 3262 §7.2: RAck names the response and its request).
    fn prack(&mut self, id: LegId, fork: usize, rseq: u32, invite_cseq: u32, now: Mono) {
        let Some(early) = self.legs.get_mut(&id).and_then(|leg| leg.early.get_mut(fork)) else { return };
        let (branch, cseq) = (self.tokens.branch(), early.dialog.next_cseq());
        let (flow, text) = early.dialog.request(Method::Prack, cseq, &branch, &self.network);
        let text = self.signed(text.header("RAck", &format!("{rseq} {invite_cseq} INVITE"))).finish(&[]);
        self.clients.open((Method::Prack, &branch), flow, text, Purpose::Aside(id), now, &mut self.wire);
    }
}

/// The early dialog that a provisional belongs to; the first of a fork makes it. Without a To tag there is none.
fn fork_of(leg: &mut Leg, message: &Message<'_>, head: &Head<'_>) -> Option<usize> {
    head.to.tag()?;
    leg.peer.learn(message);
    if let Some(known) = leg.early.iter().position(|early| early.is_of(head)) {
        return Some(known);
    }
    let room = leg.early.len() < MAX_FORKS;
    room.then(|| {
        leg.early.push(Early::new(leg.dialog.answered(message, head)));
        leg.early.len() - 1
    })
}
