//! The caller, the operator, and whom they asked talk together (Q6).

use base::{JourneyId, LegId, Now, OperatorId};

use crate::state::Talk;
use crate::switchboard::Switchboard;
use crate::{Event, Reply, RequestError, Source};

impl Switchboard {
    /// From any side of a consultation, once whom the operator asked has answered.
    pub(crate) fn conference(&mut self, by: &OperatorId, now: Now) -> Result<Reply, RequestError> {
        let (id, talk) = self.own_call(by)?;
        let consult = talk.consult.as_ref().filter(|consult| consult.answered).ok_or(RequestError::WrongState)?;
        self.hold_over(id, &talk, now);
        if !consult.conference {
            self.emit(Event::ConferenceOpened { journey: id, operator: by.clone() }, now);
        }
        self.bridge(id);
        Ok(Reply::Done)
    }

    /// Who changes sides takes the caller back: from then on it is the side that says whom they hear.
    pub(super) fn hold_over(&mut self, id: JourneyId, talk: &Talk, now: Now) {
        if talk.held {
            self.emit(Event::Held { journey: id, operator: talk.operator.clone(), on: false }, now);
        }
    }
}

/// The legs of a talk, and how it stands between them.
pub(super) struct Sides<'a> {
    pub(super) caller: LegId,
    pub(super) operator: Option<LegId>,
    /// Who was asked, and has answered.
    pub(super) asked: Option<LegId>,
    pub(super) talk: &'a Talk,
}

impl Sides<'_> {
    /// What each side hears of the others. The caller on hold is out of it, and so is an operator whose desk is away; those who are left
    /// go on.
    pub(super) fn hear(&self) -> Vec<(LegId, Vec<Source>)> {
        let with = self.together();
        let all = [Some(self.caller), self.operator, self.asked].into_iter().flatten();
        let others = |leg: LegId| with.iter().filter(move |other| **other != leg).map(|other| Source::Leg(*other));
        all.map(|leg| (leg, if with.contains(&leg) { others(leg).collect() } else { Vec::new() })).collect()
    }

    /// Who talk together.
    fn together(&self) -> Vec<LegId> {
        let consult = self.talk.consult.as_ref();
        let aside = consult.is_some_and(|consult| !consult.with_caller);
        let conference = consult.is_some_and(|consult| consult.conference);
        let caller = Some(self.caller).filter(|_| !aside && !self.talk.held);
        let operator = self.operator.filter(|_| !self.talk.reconnecting);
        let asked = self.asked.filter(|_| aside || conference);
        [caller, operator, asked].into_iter().flatten().collect()
    }
}
