//! Calls to numbers, by a trunk: from place to place until one says something (RFC 3263 §4.3).

use std::collections::VecDeque;

use base::{LegId, Mono, Pii};

use super::UserAgent;
use crate::dialog::Dialog;
use crate::leg::{ByTrunk, Cancel, Leg, LegTimer, Stage};
use crate::transaction::Purpose;
use crate::{Event, Flow, Outbound};

/// What a place is told that answers after we have gone on (RFC 3326).
const WENT_ON: &str = "SIP;cause=408;text=\"No answer in time\"";

/// A call that waits until it is known where its trunk is.
#[derive(Debug)]
pub(super) struct Unsent {
    by: ByTrunk,
    sdp: Vec<u8>,
}

impl UserAgent {
    /// INVITE to a number by a trunk.
    pub(super) fn dial_number(&mut self, id: LegId, trunk: &str, number: &str, from: &str, sdp: Vec<u8>, now: Mono) {
        if self.legs.contains_key(&id) || self.unsent.contains_key(&id) {
            return;
        }
        let by = self.outbound(trunk).and_then(|out| {
            let (uri, from) = (Pii::new(out.uri(number)?), out.uri(from)?);
            Some(ByTrunk { trunk: trunk.to_owned(), uri, from, hops: VecDeque::new(), patience: out.patience })
        });
        let Some(by) = by else {
            return self.wire.event(Event::Failed { leg: id, status: 503 });
        };
        self.timers.set(LegTimer::NoWord(id), now + by.patience);
        self.unsent.insert(id, Unsent { by, sdp });
        self.send_off(id, now);
    }

    /// The INVITE leaves, if it is known where to.
    pub(super) fn send_off(&mut self, id: LegId, now: Mono) {
        let Some(out) = self.unsent.get(&id).and_then(|unsent| self.outbound(&unsent.by.trunk).cloned()) else {
            return;
        };
        let Some(hops) = self.places(&out, now) else { return };
        let Some(Unsent { by, sdp }) = self.unsent.remove(&id) else { return };
        let Some((by, flow)) = self.next_way(ByTrunk { hops: hops.into(), ..by }) else {
            self.timers.cancel(&LegTimer::NoWord(id));
            return self.wire.event(Event::Failed { leg: id, status: 503 });
        };
        let dialog = self.dialog_to(&by, flow);
        self.add(id, Leg { described: sdp, by: Some(by), ..Leg::new(dialog, Stage::Calling(Cancel::No)) });
        self.knock(id, now);
    }

    /// The call is not wanted any more; nothing of it has left.
    pub(super) fn call_off(&mut self, id: LegId) {
        if self.unsent.remove(&id).is_some() {
            self.timers.cancel(&LegTimer::NoWord(id));
        }
    }

    /// The INVITE failed where it went: on to the next place, if there is one. False: there is none, or the call is over.
    pub(super) fn go_on(&mut self, id: LegId, now: Mono) -> bool {
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        let wanted = matches!(leg.stage, Stage::Calling(Cancel::No | Cancel::May)) && !leg.rang;
        let Some(by) = leg.by.take_if(|_| wanted) else { return false };
        self.doubt(&by.trunk, now);
        let Some((by, flow)) = self.next_way(by) else { return false };
        let dialog = self.dialog_to(&by, flow);
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        self.tags.remove(&leg.dialog.local_tag);
        self.tags.insert(dialog.local_tag.clone(), id);
        leg.dialog = dialog;
        leg.by = Some(by);
        leg.stage = Stage::Calling(Cancel::No);
        leg.early.clear();
        leg.credentials.clear();
        self.knock(id, now);
        true
    }

    /// A place has said nothing: on to the next. Should the first wake up yet, its call is taken back (§9.1 forbids to cancel it now).
    pub(super) fn no_word(&mut self, id: LegId, now: Mono) {
        if self.unsent.remove(&id).is_some() {
            return self.wire.event(Event::Failed { leg: id, status: 503 });
        }
        let waits = |leg: &Leg| leg.stage == Stage::Calling(Cancel::No) && leg.by.is_some();
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| waits(leg)) else { return };
        let Some(invite) = leg.invite.take() else { return };
        let left =
            Leg { invite: Some(invite), ..Leg::new(leg.dialog.clone(), Stage::Calling(Cancel::Wanted(Some(WENT_ON)))) };
        let shadow = self.mint();
        self.clients.hand_over(invite, Purpose::Invite(shadow));
        if !self.go_on(id, now) {
            self.end(id, Some(Event::Failed { leg: id, status: 408 }));
        }
        self.add(shadow, left);
    }

    /// The INVITE leaves, and is given its time.
    fn knock(&mut self, id: LegId, now: Mono) {
        self.invite(id, now);
        if let Some(by) = self.legs.get(&id).and_then(|leg| leg.by.as_ref()) {
            self.timers.set(LegTimer::NoWord(id), now + by.patience);
        }
    }

    fn outbound(&self, trunk: &str) -> Option<&Outbound> {
        self.settings.trunks.iter().find(|line| line.name == trunk)?.out.as_ref()
    }

    fn next_way(&self, mut by: ByTrunk) -> Option<(ByTrunk, Flow)> {
        loop {
            let hop = by.hops.pop_front()?;
            if let Some(flow) = self.network.way(hop) {
                return Some((by, flow));
            }
        }
    }

    fn dialog_to(&mut self, by: &ByTrunk, flow: Flow) -> Dialog {
        let (tag, call_id) = (self.tokens.next(), self.tokens.next());
        Dialog::of_call(by.uri.reveal(), format!("<{}>", by.from), tag, call_id, flow)
    }
}
