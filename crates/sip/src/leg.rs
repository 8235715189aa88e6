use std::time::Duration;

use base::{LegId, Mono, Timers};

use crate::Flow;
use crate::dialog::Dialog;
use crate::transaction::{PATIENCE, T1, T2, TxId};

/// The value of a Reason header (RFC 3326).
pub(crate) type Reason = Option<&'static str>;

/// One party's connection, from its INVITE until nothing more can come for it.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) dialog: Dialog,
    pub(crate) stage: Stage,
    /// What their INVITE must be refused with.
    pub(crate) refusal: Option<Refusal>,
    /// Our 2xx that waits for its ACK.
    pub(crate) unacked: Option<Unacked>,
    /// Their re-INVITE that waits for the engine.
    pub(crate) reoffer: Option<TxId>,
    /// Our INVITE, while answers to it may come.
    pub(crate) invite: Option<TxId>,
    /// An 18x has been told.
    pub(crate) rang: bool,
    /// The ACKs we sent, one per fork, for 2xx that come again.
    pub(crate) acks: Vec<SentAck>,
    /// Our BYE is under way.
    pub(crate) leaving: bool,
    /// A BYE that waits for the ACK to our 2xx (RFC 3261 §15).
    pub(crate) parting: Option<Reason>,
}

/// How far a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Their INVITE waits for the engine.
    Invited(TxId),
    /// Our INVITE waits for them.
    Calling(Cancel),
    /// Our 200 is out, not yet acknowledged.
    Answered,
    /// The call stands.
    Up,
    /// For the engine it is over; SIP may still owe something.
    Over,
}

/// Whether we want our INVITE back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancel {
    No,
    /// Before any answer a CANCEL must wait (RFC 3261 §9.1).
    Wanted(Reason),
    /// An answer has come: a CANCEL may go at once.
    May,
    Sent,
}

/// A refusal by the book.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Whole lines that belong to this status: `Unsupported`, `Accept` …
    pub(crate) headers: String,
}

/// Our 2xx, sent until acknowledged (RFC 3261 §13.3.1.4).
#[derive(Debug)]
pub(crate) struct Unacked {
    pub(crate) cseq: u32,
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
    gap: Duration,
}

/// An ACK to a 2xx.
#[derive(Debug)]
pub(crate) struct SentAck {
    pub(crate) tag: String,
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
}

/// What a leg may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LegTimer {
    /// Our 2xx goes out again.
    Repeat(LegId),
    /// No ACK has come for our 2xx.
    NoAck(LegId),
    /// Our CANCEL has led to nothing (RFC 3261 §9.1).
    NoEnd(LegId),
}

impl Leg {
    /// A leg at its beginning.
    pub(crate) fn new(dialog: Dialog, stage: Stage) -> Self {
        Leg {
            dialog,
            stage,
            refusal: None,
            unacked: None,
            reoffer: None,
            invite: None,
            rang: false,
            acks: Vec::new(),
            leaving: false,
            parting: None,
        }
    }

    /// Whether nothing more can come for it, and nothing is owed.
    pub(crate) fn is_settled(&self) -> bool {
        self.stage == Stage::Over && self.unacked.is_none() && self.invite.is_none() && !self.leaving
    }
}

impl Unacked {
    /// Just sent; arms what it waits for.
    pub(crate) fn new(
        leg: LegId,
        cseq: u32,
        flow: Flow,
        bytes: Vec<u8>,
        now: Mono,
        timers: &mut Timers<LegTimer>,
    ) -> Self {
        timers.set(LegTimer::Repeat(leg), now + T1);
        timers.set(LegTimer::NoAck(leg), now + PATIENCE);
        Unacked { cseq, flow, bytes, gap: T1 }
    }

    /// Sent once more: doubles the gap up to T2, over any transport.
    pub(crate) fn again(&mut self, leg: LegId, now: Mono, timers: &mut Timers<LegTimer>) {
        self.gap = self.gap.saturating_mul(2).min(T2);
        timers.set(LegTimer::Repeat(leg), now + self.gap);
    }

    /// Acknowledged, or given up.
    pub(crate) fn disarm(leg: LegId, timers: &mut Timers<LegTimer>) {
        timers.cancel(&LegTimer::Repeat(leg));
        timers.cancel(&LegTimer::NoAck(leg));
    }
}
