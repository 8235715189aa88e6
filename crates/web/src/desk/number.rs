//! What a desk may say of the number that it speaks with.

use base::{ObligationId, PersonId, Timestamp};
use routing::{After, Board, Caller, Journey, NumberFlag};

use crate::wire::{NumberView, SameView};

/// The most that is listed of one number.
const LISTED: usize = 5;

/// Of a call under way.
pub(super) fn of_call(board: &Board, journey: &Journey, now: Timestamp) -> NumberView {
    // A number that was keyed in shares no history (rule 7).
    let caller = Some(&journey.caller).filter(|_| journey.attempt.as_ref().is_none_or(|attempt| !attempt.given));
    let about = About { person: journey.spoken_with(), caller, own: journey.obligation };
    about.view(board, now, |id| journey.is_same(id))
}

/// Of a call that is over and not wrapped up.
pub(super) fn after_call(board: &Board, after: &After, now: Timestamp) -> NumberView {
    let caller = Some(&after.caller).filter(|_| after.attempt.as_ref().is_none_or(|attempt| !attempt.given));
    let about = About { person: after.person, caller, own: after.obligation };
    about.view(board, now, |id| after.is_same(id))
}

struct About<'a> {
    person: Option<PersonId>,
    caller: Option<&'a Caller>,
    own: Option<ObligationId>,
}

impl About<'_> {
    fn view(&self, board: &Board, now: Timestamp, said: impl Fn(ObligationId) -> bool) -> NumberView {
        let owed = self.caller.into_iter().flat_map(|caller| board.same_number(caller, self.own));
        let row = |(id, owed): (ObligationId, &routing::Obligation)| SameView {
            obligation: id.to_string(),
            opened: owed.opened.to_string(),
            language: owed.callback.language.as_ref().map(ToString::to_string),
            said: said(id),
        };
        NumberView {
            known: self.person.is_some(),
            do_not_call: self.person.is_some_and(|person| board.is_marked(person, NumberFlag::DoNotCall, now)),
            owed: owed.map(row).take(LISTED).collect(),
        }
    }
}
