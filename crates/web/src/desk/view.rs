use base::{OperatorId, Timestamp};
use routing::{Board, Journey, Operator, OperatorState, Outcome, Party};

use super::{callbacks, hand_over, number};
use crate::wire::{CallView, CallerView, DeskView, OfferView, QueueView, WrapUpView};

/// All that an operator's desk shows at this moment.
pub(super) fn view(board: &Board, operator: &OperatorId, now: Timestamp) -> DeskView {
    let never = Operator::default();
    let at_work = board.operator(operator).unwrap_or(&never);
    let (due, due_more) = callbacks::due(board, now);
    DeskView {
        state: state_name(&at_work.state).to_owned(),
        reason: reason(at_work),
        since: at_work.since.to_string(),
        audio: at_work.audio,
        next: next(at_work),
        offer: offer(board, operator),
        callback: callbacks::offer(board, operator),
        call: call(board, operator, now).or_else(|| callbacks::calling(board, operator, now)),
        asked: hand_over::asked(board, operator),
        colleagues: hand_over::colleagues(board, operator),
        wrap_up: wrap_up(board, at_work, now),
        queue: queue(board),
        due,
        due_more,
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

fn call(board: &Board, operator: &OperatorId, now: Timestamp) -> Option<CallView> {
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
        consult: talk.consult.as_ref().map(|consult| hand_over::consult(board, consult)),
        attempt: callbacks::attempt(board, journey, None),
        number: number::of_call(board, journey, now),
    })
}

pub(super) fn caller(journey: &Journey) -> CallerView {
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

fn wrap_up(board: &Board, operator: &Operator, now: Timestamp) -> Option<WrapUpView> {
    let OperatorState::WrapUp { journey, until } = &operator.state else { return None };
    let after = operator.after.as_ref().filter(|after| after.journey == *journey);
    let attempt = after.and_then(|after| after.attempt.as_ref());
    Some(WrapUpView {
        journey: journey.to_string(),
        until: until.to_string(),
        outcome: after.and_then(|after| after.outcome).map(|outcome| Outcome::word(outcome).to_owned()),
        handed_on: after.is_none(),
        ended_by: after.map(|after| party_name(after.by).to_owned()),
        attempt: attempt.is_some(),
        told: attempt.and_then(|attempt| attempt.failed.as_ref()).map(|told| told.0.clone().into_owned()),
        number: after.map(|after| number::after_call(board, after, now)).unwrap_or_default(),
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

fn party_name(party: Party) -> &'static str {
    match party {
        Party::Caller => "caller",
        Party::Operator => "operator",
        Party::Engine => "engine",
        Party::Trunk => "trunk",
    }
}

#[cfg(test)]
mod tests {
    use routing::{Event, OfferOutcome, Reason, TerminalCause, TransferTarget};

    use super::*;
    use crate::fake::{arrived, at, changed, committed, journey, leg, offer, queued, ringing};

    fn li() -> OperatorId {
        OperatorId("li".into())
    }

    fn accepted() -> Vec<Event> {
        let (journey, operator) = (journey(1), li());
        let mut events = vec![arrived(1, leg(1))];
        events.extend(queued(1));
        events.extend(ringing(1, "li"));
        events.extend([
            Event::OfferEnded { offer: offer(1), journey, operator, outcome: OfferOutcome::Accepted },
            changed("li", OperatorState::OnCall { journey }),
            Event::Conversing { journey, offer: offer(1), operator: li() },
            Event::Held { journey, operator: li(), on: true },
            Event::BreakAsked { operator: li(), reason: Some(Reason::new("meal")) },
        ]);
        events
    }

    #[test]
    fn a_call_is_shown_with_what_the_caller_hears_and_what_follows() {
        let view = view(&committed(accepted()), &li(), at(5));
        let call = view.call.unwrap();
        assert_eq!((view.state.as_str(), view.next.as_deref(), view.offer), ("on_call", Some("meal"), None));
        assert_eq!((call.journey.as_str(), call.since), ("j1.1.1", at(0).to_string()));
        assert_eq!((call.conversing, call.held, call.muted, call.reconnecting), (true, true, false, false));
        assert_eq!((call.caller.masked.as_str(), call.caller.language.as_str()), ("139****8096", "yue"));
    }

    #[test]
    fn wrap_up_says_until_when_and_who_hung_up() {
        let mut events = accepted();
        events.extend([
            Event::Ended { journey: journey(1), cause: TerminalCause::Conversed, by: Party::Caller },
            changed("li", OperatorState::WrapUp { journey: journey(1), until: at(120) }),
            Event::OutcomeGiven { journey: journey(1), operator: li(), outcome: Outcome::Spoken },
        ]);
        let view = view(&committed(events), &li(), at(5));
        let wrap_up = view.wrap_up.unwrap();
        assert_eq!((view.state.as_str(), view.call, view.next.as_deref()), ("wrap_up", None, Some("meal")));
        assert_eq!((wrap_up.journey.as_str(), wrap_up.until), ("j1.1.1", at(120).to_string()));
        assert_eq!((wrap_up.outcome.as_deref(), wrap_up.ended_by.as_deref()), (Some("spoken"), Some("caller")));
        assert!(!wrap_up.handed_on);
    }

    #[test]
    fn who_handed_a_caller_on_is_asked_for_no_outcome() {
        let queue = || "main".to_owned();
        let mut events = accepted();
        events.extend([
            Event::Transferred {
                journey: journey(1),
                operator: li(),
                to: TransferTarget::Queue { queue: queue() },
                colleague: None,
            },
            Event::Queued { journey: journey(1), queue: queue(), skills: Vec::new(), priority: 1, since: at(0) },
            changed("li", OperatorState::WrapUp { journey: journey(1), until: at(120) }),
        ]);
        let wrap_up = view(&committed(events), &li(), at(5)).wrap_up.unwrap();
        assert_eq!((wrap_up.handed_on, wrap_up.outcome, wrap_up.ended_by), (true, None, None));
    }

    #[test]
    fn whoever_was_never_on_shift_is_offline() {
        let view = view(&Board::default(), &li(), at(5));
        assert_eq!((view.state.as_str(), view.audio, view.next), ("offline", false, None));
    }
}
