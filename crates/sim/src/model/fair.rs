//! Who goes first, and that nobody waits in vain (rules 12 and 13).

use std::time::Duration;

use base::{JourneyId, Mono, OperatorId};

use super::Ruling;
use super::call::Call;
use super::calls::Calls;
use super::roster::Roster;

/// Whoever declined a call is asked again within this when nobody else fits.
const ASKED_AGAIN_WITHIN: Duration = Duration::from_secs(30);

/// An offer goes to someone who is free and fits, to the first in line, and from the longest ready.
pub(super) fn offer(roster: &Roster, calls: &Calls, id: JourneyId, operator: &OperatorId) -> Ruling {
    let Some(call) = calls.get(id) else { return Err(format!("{id} was never opened")) };
    let Some(worker) = roster.operators.get(operator) else { return Err(format!("{operator} does not work here")) };
    // They are with whoever dialled them (rule 9), whatever stands in line.
    if calls.rang_back(call.person) {
        return Ok(());
    }
    if !worker.fits(call) {
        return Err(format!("{id} is offered to {operator}, who does not fit"));
    }
    let before = |other: &Call, their: JourneyId| other.rank(their) < call.rank(id) && worker.fits(other);
    let passed_over = calls
        .waiting()
        .find(|(their, other)| *their != id && before(other, *their) && !other.unwilling.contains(operator));
    if let Some((passed, _)) = passed_over {
        return Err(format!("{id} is offered to {operator}, though {passed} is before it (rule 12)"));
    }
    longest_ready(roster, call, id, operator, calls)
}

fn longest_ready(roster: &Roster, call: &Call, id: JourneyId, operator: &OperatorId, calls: &Calls) -> Ruling {
    let known = call.person.is_some_and(|person| {
        let before = calls.known(person).is_some_and(|known| known.spoke_with.contains(operator));
        let wraps_up = roster.operators.get(operator).and_then(|worker| worker.wraps_up);
        before || wraps_up.and_then(|of| calls.get(of)).is_some_and(|call| call.person == Some(person))
    });
    if known || call.spoke_with.as_ref() == Some(operator) {
        return Ok(());
    }
    let since = roster.operators.get(operator).map(|worker| worker.since);
    let longer = roster.free().find(|(other, worker)| {
        *other != operator && worker.fits(call) && Some(worker.since) < since && !call.unwilling.contains(*other)
    });
    longer
        .map_or(Ok(()), |(other, _)| Err(format!("{id} is offered to {operator}, though {other} is ready for longer")))
}

/// Nobody waits while someone who fits is free and never said no to them, nor for long when all did.
pub(super) fn nobody_waits_in_vain(roster: &Roster, calls: &mut Calls, now: Mono) -> Ruling {
    let mut turns = Vec::new();
    for (id, call) in calls.waiting() {
        let mut free = roster.free().filter(|(_, worker)| worker.fits(call)).peekable();
        let only_unwilling = free.peek().is_some();
        if let Some((operator, _)) = free.find(|(operator, _)| !call.unwilling.contains(*operator)) {
            return Err(format!("{id} waits while {operator} is free and fits"));
        }
        let in_vain = call.in_vain.or(Some(now)).filter(|_| only_unwilling);
        if in_vain.is_some_and(|since| now.since(since) > ASKED_AGAIN_WITHIN) {
            return Err(format!("{id} starves: all who fit declined, and nobody is asked again (rule 13)"));
        }
        if in_vain != call.in_vain {
            turns.push((id, in_vain));
        }
    }
    turns.into_iter().for_each(|(id, since)| calls.waits_in_vain(id, since));
    Ok(())
}
