use super::Dialog;
use crate::message::{Head, Message, Name, number};

/// A dialog that a provisional answer to our INVITE has made (RFC 3261 §12.1.2).
#[derive(Debug)]
pub(crate) struct Early {
    pub(crate) dialog: Dialog,
    /// The RSeq of the last reliable provisional that was acknowledged (RFC 3262 §4).
    rseq: Option<u32>,
    /// Their SDP, as it was last said.
    pub(crate) sdp: Option<Vec<u8>>,
    /// It answers our offer for good: it came in a reliable provisional (RFC 3262 §5).
    pub(crate) answered: bool,
}

/// What a provisional response is to its dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provisional {
    /// It asks for no PRACK.
    Plain,
    /// It is the next in order and wants a PRACK with this RSeq.
    Next(u32),
    /// It is a copy, or one before it is missing: it "MUST NOT be acknowledged" (RFC 3262 §4), and comes again.
    Stray,
}

impl Early {
    /// What the first provisional of a fork makes.
    pub(crate) fn new(dialog: Dialog) -> Self {
        Early { dialog, rseq: None, sdp: None, answered: false }
    }

    /// Whether a response comes from this fork.
    pub(crate) fn is_of(&self, head: &Head<'_>) -> bool {
        self.dialog.remote_tag.as_deref() == head.to.tag()
    }

    /// Takes a provisional response of this fork. RFC 3261 §13.2.1: once our offer is answered, further SDP in answers to it is ignored.
    pub(crate) fn take(&mut self, response: &Message<'_>, sdp: Option<Vec<u8>>) -> Provisional {
        let reliable = response.lists(Name::Require, "100rel");
        let rseq = response.value(Name::RSeq).and_then(number::<u32>).filter(|_| reliable);
        let taken = match (rseq, self.rseq) {
            (None, _) => Provisional::Plain,
            (Some(rseq), None) => Provisional::Next(rseq),
            (Some(rseq), Some(last)) if last.checked_add(1) == Some(rseq) => Provisional::Next(rseq),
            (Some(_), Some(_)) => Provisional::Stray,
        };
        if taken != Provisional::Stray && !self.answered && sdp.is_some() {
            self.sdp = sdp;
            self.answered = taken != Provisional::Plain;
        }
        if let Provisional::Next(rseq) = taken {
            self.rseq = Some(rseq);
        }
        taken
    }
}
