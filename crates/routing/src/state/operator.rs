use base::{JourneyId, ObligationId, Timestamp};
use jiff::SignedDuration;

use super::State;
use crate::{Event, OperatorState, Outcome, Party, Reason, TerminalCause, User};

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
}

/// A conversation that is over and not wrapped up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Which.
    pub journey: JourneyId,
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
        }
    }
}

impl Operator {
    /// On shift: at work, whether or not they take calls at this moment.
    pub fn on_shift(&self) -> bool {
        self.state != OperatorState::Offline
    }

    fn change(&mut self, state: &OperatorState, reason: &Reason, utc: Timestamp) {
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
}

impl State {
    pub(super) fn fold_operator(&mut self, event: &Event, utc: Timestamp) {
        if let Event::UserAdded { user, password } = event {
            let account = Account { user: user.clone(), password: password.clone(), disabled: false };
            self.accounts.insert(user.operator.clone(), account);
        }
        if let Event::UserDisabled { operator, .. } = event {
            if let Some(account) = self.accounts.get_mut(operator) {
                account.disabled = true;
            }
        }
        if let Event::PasswordSet { operator, password } = event {
            if let Some(account) = self.accounts.get_mut(operator) {
                account.password.clone_from(password);
            }
        }
        if let Event::OperatorChanged { operator, state, reason } = event {
            self.operators.entry(operator.clone()).or_default().change(state, reason, utc);
        }
        if let Event::DeskAudio { operator, up } = event {
            self.operators.entry(operator.clone()).or_default().audio = *up;
        }
        if let Event::BreakAsked { operator, reason } = event {
            self.operators.entry(operator.clone()).or_default().next.clone_from(reason);
        }
        if let Event::OutcomeGiven { journey, operator, outcome } = event {
            let after = self.operators.get_mut(operator).and_then(|operator| operator.after.as_mut());
            if let Some(after) = after.filter(|after| after.journey == *journey) {
                after.outcome = Some(*outcome);
            }
            self.fold_journey(event, utc);
        }
        if let Event::WrappedUp { operator, .. } = event {
            self.operators.entry(operator.clone()).or_default().after = None;
        }
    }
}
