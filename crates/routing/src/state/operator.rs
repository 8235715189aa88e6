use std::collections::BTreeSet;

use base::{JourneyId, ObligationId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;

use super::{Attempt, Callback, Journey, State};
use crate::{Caller, OperatorState, Outcome, Party, Reason, Role, TerminalCause, User};

/// Someone who may sign in, or might once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name, roles, skills.
    pub user: User,
    /// An Argon2id PHC string.
    pub password: String,
    /// May not sign in any more.
    pub disabled: bool,
}

impl Account {
    /// May sign in and take calls.
    pub(crate) fn works(&self) -> bool {
        !self.disabled && self.user.roles.contains(&Role::Operator)
    }
}

/// An operator on shift or off, at a desk or at a static SIP address.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    /// Theirs.
    pub state: OperatorState,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: Reason,
    /// The desk's audio leg is up and packets come.
    pub audio: bool,
    /// The break that follows the call or wrap-up under way; none: ready again.
    pub next: Option<Reason>,
    /// The conversation that the wrap-up is about.
    pub after: Option<After>,
    /// Since when they take calls, kept while one rings.
    pub(crate) ready_since: Option<Timestamp>,
    /// From which line the call that they are at was taken, and when.
    pub(super) taken: Option<(String, Timestamp)>,
}

/// A conversation that is over and not wrapped up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Which.
    pub journey: JourneyId,
    /// With whom, where a number tells.
    pub person: Option<PersonId>,
    /// Whose number was on the line.
    pub caller: Caller,
    /// What it was about to keep.
    pub obligation: Option<ObligationId>,
    /// Audio both ways.
    pub both_ways: SignedDuration,
    /// Who ended it.
    pub by: Party,
    /// How.
    pub cause: TerminalCause,
    /// What came of it, if the operator said so.
    pub outcome: Option<Outcome>,
    /// An attempt of ours: what the line told of it.
    pub attempt: Option<Attempt>,
    /// What else is owed to the same person, by the operator's word (rule 5).
    pub(crate) same: BTreeSet<ObligationId>,
    /// What was known for calling them back, where that obligation is closed.
    pub(crate) known: Option<Callback>,
}

impl After {
    /// What is left to say of a journey that an operator talked in, or waited in for an answer.
    pub(super) fn of(
        id: JourneyId,
        journey: &Journey,
        cause: TerminalCause,
        by: Party,
        utc: Timestamp,
    ) -> Option<(OperatorId, After)> {
        let talk = journey.talk();
        let operator = talk.map(|talk| &talk.operator).or(journey.attempt.as_ref().map(|attempt| &attempt.operator))?;
        let after = After {
            journey: id,
            person: journey.spoken_with(),
            caller: journey.caller.clone(),
            obligation: journey.obligation,
            both_ways: talk.map(|talk| talk.both_ways(utc)).unwrap_or_default(),
            by,
            cause,
            // What was said before a cut is no word on a conversation that was cut.
            outcome: match talk {
                Some(talk) => talk.outcome.filter(|_| !cause.is_cut_off()),
                None => journey.attempt.as_ref().and_then(Attempt::outcome),
            },
            attempt: journey.attempt.clone(),
            same: journey.same.clone(),
            known: None,
        };
        Some((operator.clone(), after))
    }
}

impl After {
    /// The operator said that this is owed to the same person, too.
    pub fn is_same(&self, obligation: ObligationId) -> bool {
        self.same.contains(&obligation)
    }
}

impl Default for Operator {
    fn default() -> Self {
        Operator {
            state: OperatorState::Offline,
            since: Timestamp::UNIX_EPOCH,
            reason: Reason::new("never_on_shift"),
            audio: false,
            next: None,
            after: None,
            ready_since: None,
            taken: None,
        }
    }
}

impl Operator {
    /// On shift: at work, whether or not they take calls at this moment.
    pub fn on_shift(&self) -> bool {
        self.state != OperatorState::Offline
    }

    pub(super) fn change(&mut self, state: &OperatorState, reason: &Reason, utc: Timestamp) {
        match state {
            OperatorState::Ready { since } => {
                self.ready_since = Some(*since);
                self.next = None;
            }
            OperatorState::Offline | OperatorState::NotReady { .. } => {
                self.ready_since = None;
                self.next = None;
            }
            OperatorState::Offered { .. } => {}
            OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => self.ready_since = None,
        }
        let extended = matches!((&self.state, state), (OperatorState::WrapUp { .. }, OperatorState::WrapUp { .. }));
        if !extended {
            self.since = utc;
        }
        self.state = state.clone();
        self.reason = reason.clone();
    }

    pub(super) fn outcome_given(&mut self, journey: JourneyId, outcome: Outcome) {
        if let Some(after) = self.after.as_mut().filter(|after| after.journey == journey) {
            after.outcome = Some(outcome);
        }
    }
}

impl State {
    pub(super) fn operator(&mut self, id: &OperatorId) -> &mut Operator {
        self.operators.entry(id.clone()).or_default()
    }

    pub(super) fn account(&mut self, id: &OperatorId, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.accounts.get_mut(id) {
            change(account);
        }
    }

    pub(super) fn add_account(&mut self, user: &User, password: &str) {
        let account = Account { user: user.clone(), password: password.to_owned(), disabled: false };
        self.accounts.insert(user.operator.clone(), account);
    }
}
