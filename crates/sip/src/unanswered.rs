//! What we send again until it is answered: a 2xx until its ACK, a reliable provisional until its PRACK.

use std::time::Duration;

use base::{LegId, Mono, Timers};

use crate::Flow;
use crate::leg::LegTimer;
use crate::transaction::{PATIENCE, T1, T2};

/// Our 2xx, sent until acknowledged (RFC 3261 §13.3.1.4).
#[derive(Debug)]
pub(crate) struct Unacked {
    pub(crate) cseq: u32,
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
    /// Its SDP is an offer: the answer comes with the ACK (§13.2.1).
    pub(crate) offers: bool,
    gap: Duration,
}

impl Unacked {
    /// Just sent; arms what it waits for.
    pub(crate) fn new(
        leg: LegId,
        (flow, cseq): (Flow, u32),
        bytes: Vec<u8>,
        offers: bool,
        now: Mono,
        timers: &mut Timers<LegTimer>,
    ) -> Self {
        timers.set(LegTimer::Repeat(leg), now + T1);
        timers.set(LegTimer::NoAck(leg), now + PATIENCE);
        Unacked { cseq, flow, bytes, offers, gap: T1 }
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

/// Our provisional, sent until its PRACK (RFC 3262 §3).
#[derive(Debug)]
pub(crate) struct Reliable {
    pub(crate) rseq: u32,
    /// Of the INVITE.
    pub(crate) cseq: u32,
    pub(crate) status: u16,
    pub(crate) flow: Flow,
    pub(crate) bytes: Vec<u8>,
    gap: Duration,
}

impl Reliable {
    /// Just sent; arms what it waits for.
    pub(crate) fn new(
        leg: LegId,
        (rseq, status): (u32, u16),
        (flow, cseq): (Flow, u32),
        bytes: Vec<u8>,
        now: Mono,
        timers: &mut Timers<LegTimer>,
    ) -> Self {
        timers.set(LegTimer::RingAgain(leg), now + T1);
        timers.set(LegTimer::NoPrack(leg), now + PATIENCE);
        Reliable { rseq, cseq, status, flow, bytes, gap: T1 }
    }

    /// Sent once more: "an interval that starts at T1 seconds, and doubles for each retransmission" (§3), without bound.
    pub(crate) fn again(&mut self, leg: LegId, now: Mono, timers: &mut Timers<LegTimer>) {
        self.gap = self.gap.saturating_mul(2);
        timers.set(LegTimer::RingAgain(leg), now + self.gap);
    }

    /// Acknowledged, or overtaken by a final response.
    pub(crate) fn disarm(leg: LegId, timers: &mut Timers<LegTimer>) {
        timers.cancel(&LegTimer::RingAgain(leg));
        timers.cancel(&LegTimer::NoPrack(leg));
    }
}
