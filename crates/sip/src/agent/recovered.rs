//! BYE of the dialogs of a run that is over (rule 16): by the route set or to the Contact, and where nobody answers there, to where the
//! dialog's messages came from. Connections died with that run, and a Contact may name a place that nobody reaches.

use std::collections::VecDeque;

use base::{LegId, Mono};

use super::UserAgent;
use crate::dialog::Dialog;
use crate::transaction::Purpose;
use crate::{DialogRecord, Flow};

/// How far CSeq leaps in a dialog whose last number is not known for sure.
const LEAP: u32 = 1_000;

/// A dialog that is being ended, and the ways that were not tried.
#[derive(Debug)]
pub(super) struct Recovered {
    dialog: Dialog,
    ways: VecDeque<Flow>,
}

impl UserAgent {
    pub(super) fn bye_recovered(&mut self, id: LegId, record: DialogRecord, now: Mono) {
        let mut dialog = Dialog::of_record(record);
        dialog.local_cseq = dialog.local_cseq.saturating_add(LEAP);
        let ways = dialog.ways(&self.network);
        self.recovered.insert(id, Recovered { dialog, ways });
        self.bye_by_next_way(id, now);
    }

    /// Nobody answered by the last way.
    pub(super) fn bye_by_next_way(&mut self, id: LegId, now: Mono) {
        let Some(kept) = self.recovered.get_mut(&id) else { return };
        let Some(flow) = kept.ways.pop_front() else { return self.bye_answered(id) };
        let dialog = kept.dialog.clone();
        kept.dialog.next_cseq();
        self.bye(&dialog, flow, Some("SIP;cause=500;text=\"Restarted\""), Purpose::Recovered(id), now);
    }

    pub(super) fn bye_answered(&mut self, id: LegId) {
        self.recovered.remove(&id);
    }
}
