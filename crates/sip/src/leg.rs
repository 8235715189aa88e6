use std::collections::VecDeque;
use std::time::Duration;

use base::{LegId, Mono, Pii, Timers};

use crate::Flow;
use crate::dialog::{Dialog, Early, Exchange, Said};
use crate::message::{Head, Message, Method, Name};
use crate::network::Hop;
use crate::transaction::TxId;
use crate::unanswered::{Reliable, Unacked};

/// The value of a Reason header (RFC 3326).
pub(crate) type Reason = Option<&'static str>;

/// One party's connection, from its INVITE until nothing more can come for it.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) dialog: Dialog,
    pub(crate) stage: Stage,
    /// What their INVITE must be refused with.
    pub(crate) refusal: Option<Refusal>,
    /// What they say that they can do.
    pub(crate) peer: Peer,
    /// Our provisional that waits for its PRACK.
    pub(crate) reliable: Option<Reliable>,
    /// Our 2xx that waits for its ACK.
    pub(crate) unacked: Option<Unacked>,
    /// Their re-INVITE or UPDATE that waits for the engine.
    pub(crate) reoffer: Option<Theirs>,
    /// Our INVITE, while answers to it may come.
    pub(crate) invite: Option<TxId>,
    /// The dialogs that provisional answers to it have made, one per fork.
    pub(crate) early: Vec<Early>,
    /// An 18x has been told, or sent.
    pub(crate) rang: bool,
    /// The ACKs we sent, one per fork, for 2xx that come again.
    pub(crate) acks: Vec<SentAck>,
    /// Our refresh of the session, while answers to it may come.
    pub(crate) refresh: Option<Refresh>,
    /// How long the session stands, where that was agreed on.
    pub(crate) session_s: Option<u32>,
    /// The least that the session may be asked to stand, by a 422 that came.
    pub(crate) least_s: Option<u32>,
    /// Our SDP, as it was last said.
    pub(crate) described: Vec<u8>,
    /// Our BYE is under way.
    pub(crate) leaving: bool,
    /// A BYE that waits for the ACK to our 2xx (RFC 3261 §15).
    pub(crate) parting: Option<Reason>,
    /// The trunk by which we call a number.
    pub(crate) by: Option<ByTrunk>,
    /// Lines that our INVITE was believed by.
    pub(crate) credentials: String,
}

/// A call of ours to a number, as a trunk takes it.
#[derive(Debug)]
pub(crate) struct ByTrunk {
    /// The trunk's name.
    pub(crate) trunk: String,
    /// The number's URI.
    pub(crate) uri: Pii<String>,
    /// Ours, for From and P-Asserted-Identity.
    pub(crate) from: String,
    /// Where it may go yet, best first (RFC 3263 §4.3).
    pub(crate) hops: VecDeque<Hop>,
    /// How long a place may say nothing.
    pub(crate) patience: Duration,
}

/// How far a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Their INVITE waits for the engine.
    Invited(Theirs),
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

/// A request of theirs that waits for the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Theirs {
    pub(crate) tx: TxId,
    pub(crate) method: Method,
    /// It carries an offer; else ours goes with the 2xx.
    pub(crate) offers: bool,
    /// Its session timer.
    pub(crate) said: Said,
}

/// What a peer can do, by its last word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peer {
    /// UPDATE stands in its Allow.
    pub(crate) update: bool,
    /// 100rel stands in its Supported or Require.
    pub(crate) reliable: bool,
}

/// A request of ours that refreshes the session (RFC 4028 §7.4).
#[derive(Debug)]
pub(crate) struct Refresh {
    pub(crate) tx: TxId,
    pub(crate) method: Method,
    pub(crate) sent: Mono,
    /// The ACK of its 2xx; from then on it only waits for copies of that.
    pub(crate) ack: Option<SentAck>,
}

/// A refusal by the book.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Whole lines that belong to this status: `Unsupported`, `Accept` …
    pub(crate) headers: String,
}

/// An ACK to a 2xx.
#[derive(Clone, Debug)]
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
    /// Our reliable provisional goes out again.
    RingAgain(LegId),
    /// No PRACK has come for it.
    NoPrack(LegId),
    /// Our CANCEL, or our BYE in the midst of a re-INVITE, has led to nothing (RFC 3261 §9.1).
    NoEnd(LegId),
    /// The session is to be refreshed by us.
    Refresh(LegId),
    /// The session was not refreshed.
    Expired(LegId),
    /// Our INVITE by a trunk has had no answer at all.
    NoWord(LegId),
}

impl Peer {
    /// What a request that makes a dialog says.
    pub(crate) fn of(message: &Message<'_>) -> Self {
        let mut peer = Peer::default();
        peer.learn(message);
        peer
    }

    /// Takes what a message says of it; what it does not speak of stays.
    pub(crate) fn learn(&mut self, message: &Message<'_>) {
        if message.value(Name::Allow).is_some() {
            self.update = message.lists(Name::Allow, "UPDATE");
        }
        self.reliable |= message.lists(Name::Supported, "100rel") || message.lists(Name::Require, "100rel");
    }
}

impl LegTimer {
    /// Stops all that a leg waits for.
    pub(crate) fn stop_all(leg: LegId, timers: &mut Timers<LegTimer>) {
        LegTimer::stop_session(leg, timers);
        Unacked::disarm(leg, timers);
        Reliable::disarm(leg, timers);
        timers.cancel(&LegTimer::NoEnd(leg));
        timers.cancel(&LegTimer::NoWord(leg));
    }

    /// Stops the session timer.
    pub(crate) fn stop_session(leg: LegId, timers: &mut Timers<LegTimer>) {
        timers.cancel(&LegTimer::Refresh(leg));
        timers.cancel(&LegTimer::Expired(leg));
    }
}

impl Leg {
    /// A leg at its beginning.
    pub(crate) fn new(dialog: Dialog, stage: Stage) -> Self {
        Leg {
            dialog,
            stage,
            refusal: None,
            peer: Peer::default(),
            reliable: None,
            unacked: None,
            reoffer: None,
            invite: None,
            early: Vec::new(),
            rang: false,
            acks: Vec::new(),
            refresh: None,
            session_s: None,
            least_s: None,
            described: Vec::new(),
            leaving: false,
            parting: None,
            by: None,
            credentials: String::new(),
        }
    }

    /// The next request of ours in any of its dialogs has a higher number than this one.
    pub(crate) fn count_on(&mut self, cseq: u32) {
        let early = self.early.iter_mut().map(|early| &mut early.dialog);
        for dialog in early.chain([&mut self.dialog]) {
            dialog.local_cseq = dialog.local_cseq.max(cseq);
        }
    }

    /// Whether nothing more can come for it, and nothing is owed.
    pub(crate) fn is_settled(&self) -> bool {
        let open = self.unacked.is_some() || self.invite.is_some() || self.refresh.is_some() || self.leaving;
        self.stage == Stage::Over && !open
    }

    /// Whether a request that carries our tag belongs to it: by its dialog, or by that of a fork (RFC 3261 §12.2.2).
    pub(crate) fn holds(&self, head: &Head<'_>) -> bool {
        self.dialog.holds(head) || self.early.iter().any(|early| early.dialog.holds(head))
    }

    /// The dialog that a request of theirs belongs to; `None` where that of another fork became the call.
    pub(crate) fn dialog_of(&mut self, head: &Head<'_>) -> Option<&mut Dialog> {
        if self.dialog.holds(head) {
            return Some(&mut self.dialog);
        }
        let calling = matches!(self.stage, Stage::Calling(_));
        let early = self.early.iter_mut().find(|early| calling && early.dialog.holds(head))?;
        Some(&mut early.dialog)
    }

    /// How far offer and answer are, in the dialog that a request of theirs belongs to.
    pub(crate) fn exchange(&self, head: Option<&Head<'_>>) -> Exchange {
        let answered = |head: &Head<'_>| self.early.iter().any(|early| early.dialog.holds(head) && early.answered);
        match self.stage {
            Stage::Invited(_) => Exchange::Invited,
            Stage::Over => Exchange::Over,
            Stage::Calling(_) | Stage::Answered | Stage::Up => match (&self.reoffer, &self.unacked, &self.refresh) {
                (Some(Theirs { method: Method::Update, .. }), _, _) => Exchange::TheirUpdate,
                (Some(_), _, _) => Exchange::TheirInvite,
                _ if matches!(self.stage, Stage::Calling(_)) => match head.is_some_and(answered) {
                    true => Exchange::Early,
                    false => Exchange::Calling,
                },
                (None, Some(unacked), _) if unacked.offers => Exchange::Offered,
                (None, Some(_), _) => Exchange::Unacked,
                (None, None, Some(Refresh { ack: None, method: Method::Update, .. })) => Exchange::OurUpdate,
                (None, None, Some(Refresh { ack: None, .. })) => Exchange::OurInvite,
                (None, None, Some(Refresh { ack: Some(_), .. }) | None) => Exchange::Still,
            },
        }
    }
}
