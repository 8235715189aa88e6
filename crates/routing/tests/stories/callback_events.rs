//! One of each event of callbacks, for the bytes that are kept.

use base::{Boot, JourneyId, LegId, NumberClass, ObligationId, OfferId, PersonId, Sealed, Timestamp};
use routing::*;

use crate::world::{NODE, operator};

pub(crate) fn one_of_each(caller: &Caller) -> Vec<Event> {
    let boot = Boot(3);
    let (journey, attempt) = (JourneyId::new(NODE, boot, 42), JourneyId::new(NODE, boot, 43));
    let (leg, obligation) = (LegId::new(NODE, boot, 10), ObligationId::new(NODE, boot, 5));
    let (offer, person) = (OfferId::new(NODE, boot, 11), PersonId([0xab; 16]));
    let utc: Timestamp = "2026-03-04T02:00:00.25Z".parse().unwrap();
    let mei = || operator("mei");
    let why = Reason::new;
    let mut events = vec![
        Event::CallbackWanted { journey, wanted: true },
        Event::PromiseMade { obligation, journey, by: utc },
        Event::PromiseSettled { obligation, by: utc, kept: true },
        Event::CallbackPlanned {
            obligation,
            due: utc,
            until: utc,
            priority: Priority::CALLBACK,
            since: utc,
            reason: why("called"),
        },
        Event::CallbackClaimed { obligation, operator: mei() },
        Event::CallbackOffered { offer, obligation, operator: mei(), until: utc },
        Event::CallbackOfferEnded { offer, obligation, operator: mei(), outcome: OfferOutcome::Accepted },
        Event::AttemptDialled { attempt, leg, trunk: "sim".to_owned(), from: "13925278096".to_owned() },
        Event::AttemptRinging { attempt, leg },
        Event::AttemptFailed { attempt, leg, reason: why("busy") },
        Event::AttemptCounted { attempt },
        Event::SamePerson { obligation, journey, operator: mei() },
    ];
    events.extend([false, true].map(|given| Event::AttemptOpened {
        attempt,
        obligation,
        offer,
        operator: mei(),
        service: "line".to_owned(),
        caller: caller.clone(),
        given,
        language: Language("yue".to_owned()),
        calendar_version: "hours-1".to_owned(),
        settings_version: "settings-1".to_owned(),
    }));
    let own =
        Contact { key: None, number: None, masked: String::new(), class: NumberClass::Switchboard, extension: None };
    let safe = Contact {
        key: Some(person),
        number: Some(Sealed(vec![1, 2])),
        masked: "138****0000".to_owned(),
        class: NumberClass::Mobile,
        extension: None,
    };
    let contacts = [Contact { extension: Some(Sealed(vec![3])), ..own }, safe];
    events.extend(contacts.map(|contact| Event::ContactGiven { journey, contact }));
    events.extend([WithdrawReason::PhonedIn, WithdrawReason::Replanned].map(|why| {
        let outcome = OfferOutcome::Withdrawn { why };
        Event::CallbackOfferEnded { offer, obligation, operator: mei(), outcome }
    }));
    events.extend(Part::ALL.map(|part| {
        assert_eq!(serde_json::to_value(part).unwrap(), part.word(), "a part's word is its JSON");
        Event::PartWanted { journey, part }
    }));
    let lists = [HoldList::Review, HoldList::Supervisor, HoldList::DoNotCall];
    events.extend(lists.map(|list| Event::CallbackHeld { obligation, list, reason: why("noise"), by: Some(mei()) }));
    let flags = [NumberFlag::Shared, NumberFlag::DoNotCall, NumberFlag::Blocked];
    events.extend(flags.map(|flag| {
        let (reason, by) = (why("asked"), Some(mei()));
        Event::NumberFlagged { person, flag, on: true, until: Some(utc), reason, by }
    }));
    events.extend(OUTCOMES.map(|outcome| {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word(), "an outcome's word is its JSON");
        Event::OutcomeGiven { journey: attempt, operator: mei(), outcome }
    }));
    events
}

const OUTCOMES: [Outcome; 14] = [
    Outcome::Spoken,
    Outcome::NotSpoken,
    Outcome::Busy,
    Outcome::NoAnswer,
    Outcome::Off,
    Outcome::Machine,
    Outcome::OtherPerson,
    Outcome::Invalid,
    Outcome::Refused,
    Outcome::Silent,
    Outcome::WrongNumber,
    Outcome::Prank,
    Outcome::Abusive,
    Outcome::Test,
];
