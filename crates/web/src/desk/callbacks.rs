//! What a desk shows of callbacks: the one that rings, the one that is dialled, those that are due. By token, never by number.

use std::collections::BTreeMap;

use base::{ObligationId, OperatorId, Timestamp};
use jiff::SignedDuration;
use routing::{Board, Calling, Journey, Obligation, Owed, Tried};

use super::number;
use crate::wire::{AttemptView, CallView, CallbackOfferView, CallbackView, DueView, TriedView};

/// Callbacks that fall due within this are shown too: the next ones.
const SOON: SignedDuration = SignedDuration::from_mins(60);
/// The most that a desk lists.
const LISTED: usize = 12;

/// The callback that rings here.
pub(super) fn offer(board: &Board, operator: &OperatorId) -> Option<CallbackOfferView> {
    let (id, owed, ringing) = board.callback_offer(operator)?;
    Some(CallbackOfferView {
        offer: ringing.offer.to_string(),
        until: ringing.until.to_string(),
        callback: callback(id, owed),
    })
}

/// The attempt that one waits in until somebody answers.
pub(super) fn calling(board: &Board, operator: &OperatorId, now: Timestamp) -> Option<CallView> {
    let (id, journey, calling) = board.calling(operator)?;
    Some(CallView {
        journey: id.to_string(),
        caller: super::view::caller(journey),
        since: calling.since.to_string(),
        conversing: false,
        held: false,
        muted: false,
        reconnecting: false,
        caller_silent: false,
        consult: None,
        attempt: attempt(board, journey, Some(calling)),
        number: number::of_call(board, journey, now),
    })
}

/// What a call that we began is for.
pub(super) fn attempt(board: &Board, journey: &Journey, calling: Option<&Calling>) -> Option<AttemptView> {
    let attempt = journey.attempt.as_ref()?;
    let owed = board.obligation(attempt.obligation)?;
    let stage = match calling {
        Some(calling) if calling.ringing => "ringing",
        Some(_) => "dialling",
        None => "answered",
    };
    Some(AttemptView { stage: stage.to_owned(), callback: callback(attempt.obligation, owed) })
}

/// Those that are due or soon are, as they stand in line; and how many more there are.
pub(super) fn due(board: &Board, now: Timestamp) -> (Vec<DueView>, u32) {
    let soon = now.checked_add(SOON).unwrap_or(Timestamp::MAX);
    let (mut first, mut count) = (BTreeMap::new(), 0_usize);
    for (due, id) in board.plans().take_while(|(due, _)| *due <= soon) {
        let Some(owed) = board.obligation(id) else { continue };
        let idle = owed.owed == Owed::Open && owed.callback.attempt.is_none();
        let Some(plan) = owed.callback.plan.as_ref().filter(|_| idle) else { continue };
        count += 1;
        first.insert((due > now, plan.priority, plan.since, id), (owed, plan));
        if first.len() > LISTED {
            first.pop_last();
        }
    }
    let more = u32::try_from(count.saturating_sub(LISTED)).unwrap_or(u32::MAX);
    let row = |(id, owed, plan): (ObligationId, &Obligation, &routing::Plan)| DueView {
        obligation: id.to_string(),
        masked: masked(owed),
        language: owed.callback.language.as_ref().map(ToString::to_string),
        topic: owed.callback.topic.clone(),
        danger: owed.callback.danger,
        due: plan.due.to_string(),
        promise: owed.callback.promise.map(|by| by.to_string()),
        tried: u32::try_from(owed.callback.tried.len()).unwrap_or(u32::MAX),
        claimed_by: owed.callback.claimed.as_ref().map(ToString::to_string),
        ringing: owed.callback.offer.is_some(),
    };
    (first.into_iter().map(|((_, _, _, id), (owed, plan))| row((id, owed, plan))).collect(), more)
}

fn callback(id: ObligationId, owed: &Obligation) -> CallbackView {
    let known = &owed.callback;
    CallbackView {
        obligation: id.to_string(),
        masked: masked(owed),
        class: known.caller.as_ref().map(|caller| class(owed, caller)).unwrap_or_default(),
        given: known.contact.is_some(),
        language: known.language.as_ref().map(ToString::to_string),
        topic: known.topic.clone(),
        danger: known.danger,
        wanted: known.wanted,
        part: known.part.map(|part| part.word().to_owned()),
        promise: known.promise.map(|by| by.to_string()),
        opened: owed.opened.to_string(),
        journeys: owed.journeys,
        tried: known.tried.iter().map(tried).collect(),
    }
}

/// Whose number is dialled: the one that they gave, else their own.
fn masked(owed: &Obligation) -> String {
    let given = owed.callback.contact.as_ref().map(|contact| &contact.masked).filter(|masked| !masked.is_empty());
    given.or(owed.callback.caller.as_ref().map(|caller| &caller.masked)).cloned().unwrap_or_default()
}

fn class(owed: &Obligation, caller: &routing::Caller) -> String {
    let given = owed.callback.contact.as_ref().filter(|contact| contact.number.is_some()).map(|contact| contact.class);
    let class = serde_json::to_value(given.unwrap_or(caller.class)).unwrap_or_default();
    class.as_str().unwrap_or_default().to_owned()
}

fn tried(tried: &Tried) -> TriedView {
    TriedView {
        at: tried.at.to_string(),
        operator: tried.operator.to_string(),
        result: tried
            .result
            .as_ref()
            .map_or_else(|| tried.cause.word().to_owned(), |result| result.0.clone().into_owned()),
    }
}
