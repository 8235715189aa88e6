use base::OperatorId;
use routing::{Board, Consult, OperatorState};

use super::view::caller;
use crate::wire::{AskedView, ColleagueView, ConsultView};

/// Whom this operator asks.
pub(super) fn consult(board: &Board, consult: &Consult) -> ConsultView {
    ConsultView {
        to: consult.to.clone(),
        name: consult.colleague.as_ref().map(|colleague| name(board, colleague)),
        answered: consult.answered,
        with_caller: consult.with_caller,
        conference: consult.conference,
    }
}

/// Who asks this operator.
pub(super) fn asked(board: &Board, operator: &OperatorId) -> Option<AskedView> {
    let (_, journey, talk) = board.consulted(operator)?;
    let consult = talk.consult.as_ref()?;
    Some(AskedView {
        offer: consult.offer.filter(|_| !consult.answered).map(|offer| offer.to_string()),
        by: name(board, &talk.operator),
        caller: caller(journey),
        until: consult.until.to_string(),
        with_caller: consult.with_caller,
        conference: consult.conference,
    })
}

/// Colleagues on shift whom one may ask or hand a caller to, those who are free first; outside a call nobody.
pub(super) fn colleagues(board: &Board, operator: &OperatorId) -> Vec<ColleagueView> {
    if board.call(operator).is_none() {
        return Vec::new();
    }
    let at_work = board.operators().filter(|(id, at_work)| *id != operator && at_work.on_shift());
    let mut colleagues: Vec<ColleagueView> = at_work
        .map(|(id, at_work)| ColleagueView {
            operator: id.0.clone(),
            name: name(board, id),
            ready: matches!(at_work.state, OperatorState::Ready { .. }) && at_work.audio,
        })
        .collect();
    colleagues.sort_by(|a, b| (!a.ready, &a.name).cmp(&(!b.ready, &b.name)));
    colleagues
}

fn name(board: &Board, operator: &OperatorId) -> String {
    board.account(operator).map_or_else(|| operator.0.clone(), |account| account.user.name.clone())
}

#[cfg(test)]
mod tests {
    use base::OperatorId;
    use routing::{Event, OperatorState, Reason, TransferTarget};

    use super::super::view::view;
    use crate::fake::{at, changed, committed, journey, leg, offer, queued, ringing};

    fn id(name: &str) -> OperatorId {
        OperatorId(name.into())
    }

    #[test]
    fn both_desks_show_a_consultation_and_who_is_free() {
        let mut events = vec![crate::fake::arrived(1, leg(1))];
        events.extend(queued(1));
        events.extend(ringing(1, "li"));
        let outcome = routing::OfferOutcome::Accepted;
        events.push(Event::OfferEnded { offer: offer(1), journey: journey(1), operator: id("li"), outcome });
        events.push(changed("li", OperatorState::OnCall { journey: journey(1) }));
        events.push(changed("mo", OperatorState::Ready { since: at(0) }));
        events.push(Event::DeskAudio { operator: id("mo"), up: true });
        events.push(changed("an", OperatorState::NotReady { reason: Reason::new("meal") }));
        let free = view(&committed(events.clone()), &id("li"), at(1));
        let shown: Vec<(&str, bool)> = free.colleagues.iter().map(|c| (c.operator.as_str(), c.ready)).collect();
        assert_eq!(shown, [("mo", true), ("an", false)]);
        assert!(view(&committed(events.clone()), &id("mo"), at(1)).colleagues.is_empty(), "outside a call nobody");

        let to = TransferTarget::Operator { operator: id("mo") };
        let (operator, colleague) = (id("li"), Some(id("mo")));
        let until = at(30);
        events.push(Event::ConsultOpened {
            journey: journey(1),
            operator,
            to,
            colleague,
            offer: Some(offer(2)),
            leg: None,
            trunk: None,
            until,
        });
        let board = committed(events.clone());
        let asked = view(&board, &id("mo"), at(1)).asked.expect("Mo is asked");
        assert_eq!((asked.offer.as_deref(), asked.by.as_str()), (Some("o1.1.2"), "li"));
        assert_eq!(asked.caller.masked, "139****8096");
        assert!(!view(&board, &id("li"), at(1)).call.unwrap().consult.unwrap().answered);

        events.push(Event::ConsultAnswered { journey: journey(1), operator: id("li") });
        let board = committed(events.clone());
        assert_eq!(view(&board, &id("mo"), at(1)).asked.unwrap().offer, None);
        assert!(view(&board, &id("li"), at(1)).call.unwrap().consult.unwrap().answered);

        events.push(Event::ConferenceOpened { journey: journey(1), operator: id("li") });
        let board = committed(events);
        assert!(view(&board, &id("mo"), at(1)).asked.unwrap().conference, "both see that all three talk");
        assert!(view(&board, &id("li"), at(1)).call.unwrap().consult.unwrap().conference);
    }
}
