//! What operators and supervisors ask about those whom we owe a call (rules 3, 5, 6). Permissions were checked by `web`.

use base::{JourneyId, Now, ObligationId, OperatorId, PersonId, Timestamp};

use super::NumberFlag;
use super::bars::signed;
use crate::state::{Obligation, Owed};
use crate::switchboard::Switchboard;
use crate::{Event, OperatorState, Outcome, Reason, Reply, RequestError};

type Answer = Result<Reply, RequestError>;

/// The longest reason. It is a word that pages translate, never a sentence: free text would stand in the journal in clear.
const LONGEST_REASON: usize = 40;

impl Switchboard {
    /// A named person closes it, for a reason.
    pub(crate) fn close_obligation(&mut self, by: OperatorId, id: ObligationId, reason: Reason, now: Now) -> Answer {
        self.can_save()?;
        word(&reason)?;
        self.idle(id)?;
        self.discharge(id, reason, Some(by), now);
        Ok(Reply::Done)
    }

    /// To be offered to this operator, once it is due.
    pub(crate) fn claim_obligation(&mut self, by: OperatorId, id: ObligationId, now: Now) -> Answer {
        self.can_save()?;
        self.idle(id)?;
        if self.operator_state(&by) == OperatorState::Offline {
            return Err(RequestError::WrongState);
        }
        // A claim moves no time, and takes nothing off a list: that is a supervisor's.
        if self.state.obligations.get(&id).is_none_or(|owed| owed.callback.plan.is_none()) {
            return Err(RequestError::MayNotDial);
        }
        self.emit(Event::CallbackClaimed { obligation: id, operator: by }, now);
        Ok(Reply::Done)
    }

    /// To be called from then on, though it stood on a list.
    pub(crate) fn plan_wanted(&mut self, id: ObligationId, due: Option<Timestamp>, now: Now) -> Answer {
        self.can_save()?;
        self.idle(id)?;
        let case = self.case(id).ok_or(RequestError::ObligationGone)?;
        if case.firm_bar(now.utc).is_some() {
            return Err(RequestError::MayNotDial);
        }
        let plan = case.plan_by_wish(due, now.utc).ok_or(RequestError::MayNotDial)?;
        self.plan_callback(id, plan, now);
        Ok(Reply::Done)
    }

    /// Who is spoken with is owed this, too.
    pub(crate) fn same_person(&mut self, by: &OperatorId, id: ObligationId, now: Now) -> Answer {
        let journey = self.call_spoken_of(by)?;
        self.idle(id)?;
        self.emit(Event::SamePerson { obligation: id, journey, operator: by.clone() }, now);
        let after = self.state.operators.get(by).and_then(|operator| operator.after.clone());
        if let Some(after) = after.filter(|after| after.outcome == Some(Outcome::Spoken)) {
            self.close_same(&after, now);
        }
        Ok(Reply::Done)
    }

    /// The call that an operator is in, or wraps up.
    fn call_spoken_of(&self, by: &OperatorId) -> Result<JourneyId, RequestError> {
        match self.operator_state(by) {
            OperatorState::OnCall { journey } => self.own_call(by).map(|_| journey),
            OperatorState::WrapUp { journey, .. } => Ok(journey),
            OperatorState::Offline
            | OperatorState::NotReady { .. }
            | OperatorState::Ready { .. }
            | OperatorState::Offered { .. } => Err(RequestError::WrongState),
        }
    }

    /// By the word of whom they speak with.
    pub(crate) fn do_not_call(&mut self, by: &OperatorId, on: bool, now: Now) -> Answer {
        self.can_save()?;
        let id = self.call_spoken_of(by)?;
        let after = || self.state.operators.get(by)?.after.as_ref().filter(|after| after.journey == id)?.person;
        let person = match self.state.journeys.get(&id) {
            Some(journey) => journey.spoken_with(),
            None => after(),
        };
        let person = person.ok_or(RequestError::NotOnePerson)?;
        let (flag, reason) = (NumberFlag::DoNotCall, Reason::new("asked_by_caller"));
        if self.state.is_flagged(person, flag, now.utc) != on {
            self.emit(Event::NumberFlagged { person, flag, on, until: None, reason, by: Some(by.clone()) }, now);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn flag_number(
        &mut self,
        by: OperatorId,
        id: ObligationId,
        flag: NumberFlag,
        on: bool,
        reason: Reason,
        now: Now,
    ) -> Answer {
        self.can_save()?;
        word(&reason)?;
        let owed = self.state.obligations.get(&id).ok_or(RequestError::ObligationGone)?;
        let person = person_of(owed).ok_or(RequestError::NotOnePerson)?;
        let shared = self.state.shared.contains(&person);
        let until = match flag {
            NumberFlag::Blocked if shared && on => return Err(RequestError::NotOnePerson),
            NumberFlag::Blocked => self.settings.as_ref().map(|settings| now.utc + signed(settings.callbacks.block)),
            NumberFlag::Shared | NumberFlag::DoNotCall => None,
        };
        let merged = match flag {
            NumberFlag::Shared if on && !shared => self.merged_under_way(person),
            NumberFlag::Shared | NumberFlag::DoNotCall | NumberFlag::Blocked => Default::default(),
        };
        let until = until.filter(|_| on);
        self.emit(Event::NumberFlagged { person, flag, on, until, reason, by: Some(by) }, now);
        for (journey, obligation) in merged {
            self.part_from_merged(journey, obligation, now);
        }
        Ok(Reply::Done)
    }

    /// Open, and in nobody's hand.
    fn idle(&self, id: ObligationId) -> Result<(), RequestError> {
        let idle = |owed: &&Obligation| {
            owed.owed == Owed::Open && owed.callback.attempt.is_none() && owed.under_way.is_empty()
        };
        self.state.obligations.get(&id).filter(idle).map(|_| ()).ok_or(RequestError::ObligationGone)
    }
}

fn person_of(owed: &Obligation) -> Option<PersonId> {
    owed.person.or_else(|| owed.callback.caller.as_ref()?.person)
}

/// A reason is needed, and is one word.
fn word(reason: &Reason) -> Result<(), RequestError> {
    let is_word = (1..=LONGEST_REASON).contains(&reason.0.len())
        && reason.0.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word { Ok(()) } else { Err(RequestError::ReasonNeeded) }
}
