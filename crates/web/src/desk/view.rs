use base::{OperatorId, Timestamp};
use routing::{Board, Journey, Operator, OperatorState, Outcome, Party};

use crate::wire::{CallView, CallerView, DeskView, OfferView, QueueView, WrapUpView};

/// All that an operator's desk shows at this moment.
pub(super) fn view(board: &Board, operator: &OperatorId, now: Timestamp) -> DeskView {
    let never = Operator::default();
    let at_work = board.operator(operator).unwrap_or(&never);
    DeskView {
        state: state_name(&at_work.state).to_owned(),
        reason: reason(at_work),
        since: at_work.since.to_string(),
        audio: at_work.audio,
        next: next(at_work),
        offer: offer(board, operator),
        call: call(board, operator),
        wrap_up: wrap_up(at_work),
        queue: queue(board),
        now: now.to_string(),
    }
}

fn state_name(state: &OperatorState) -> &'static str {
    match state {
        OperatorState::Offline => "offline",
        OperatorState::NotReady { .. } => "not_ready",
        OperatorState::Ready { .. } => "ready",
        OperatorState::Offered { .. } => "offered",
        OperatorState::OnCall { .. } => "on_call",
        OperatorState::WrapUp { .. } => "wrap_up",
    }
}

fn reason(operator: &Operator) -> Option<String> {
    match &operator.state {
        OperatorState::NotReady { reason } => Some(reason.0.clone().into_owned()),
        OperatorState::Offline
        | OperatorState::Ready { .. }
        | OperatorState::Offered { .. }
        | OperatorState::OnCall { .. }
        | OperatorState::WrapUp { .. } => None,
    }
}

fn next(operator: &Operator) -> Option<String> {
    match operator.state {
        OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => {
            Some(operator.next.as_ref().map_or_else(|| "ready".to_owned(), |reason| reason.0.clone().into_owned()))
        }
        OperatorState::Offline
        | OperatorState::NotReady { .. }
        | OperatorState::Ready { .. }
        | OperatorState::Offered { .. } => None,
    }
}

fn offer(board: &Board, operator: &OperatorId) -> Option<OfferView> {
    let (id, journey, ringing) = board.offer(operator)?;
    Some(OfferView {
        offer: ringing.offer.to_string(),
        journey: id.to_string(),
        caller: caller(journey),
        until: ringing.until.to_string(),
    })
}

fn call(board: &Board, operator: &OperatorId) -> Option<CallView> {
    let (id, journey, talk) = board.call(operator)?;
    Some(CallView {
        journey: id.to_string(),
        caller: caller(journey),
        since: talk.since.to_string(),
        conversing: talk.conversing,
        held: talk.held,
        muted: talk.muted,
        reconnecting: talk.reconnecting,
        caller_silent: journey.silent,
    })
}

fn caller(journey: &Journey) -> CallerView {
    let waiting_since = journey.line.as_ref().map_or(journey.opened, |line| line.since);
    CallerView {
        masked: journey.caller.masked.clone(),
        language: journey.language.as_ref().map(ToString::to_string).unwrap_or_default(),
        topic: journey.topic.clone(),
        danger: journey.danger,
        waiting_since: waiting_since.to_string(),
        returned: journey.returned,
    }
}

fn wrap_up(operator: &Operator) -> Option<WrapUpView> {
    let OperatorState::WrapUp { journey, until } = &operator.state else { return None };
    let after = operator.after.as_ref().filter(|after| after.journey == *journey);
    Some(WrapUpView {
        journey: journey.to_string(),
        until: until.to_string(),
        outcome: after.and_then(|after| after.outcome).map(|outcome| outcome_name(outcome).to_owned()),
        ended_by: after.map(|after| party_name(after.by).to_owned()),
    })
}

fn queue(board: &Board) -> QueueView {
    let card = board.queue();
    QueueView {
        waiting: card.waiting,
        longest_since: card.longest_since.map(|since| since.to_string()),
        ready: card.ready,
        on_shift: card.on_shift,
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Spoken => "spoken",
        Outcome::NotSpoken => "not_spoken",
    }
}

fn party_name(party: Party) -> &'static str {
    match party {
        Party::Caller => "caller",
        Party::Operator => "operator",
        Party::Engine => "engine",
        Party::Trunk => "trunk",
    }
}
