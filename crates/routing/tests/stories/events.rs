//! The bytes of every variant, as released: a journal of years ago must still be read.

use std::collections::BTreeSet;

use base::{Boot, JourneyId, LegId, NodeId, NumberClass, ObligationId, OfferId, PersonId, Sealed, Timestamp};
use routing::*;

use crate::callback_events;
use crate::world::{NODE, operator, word};

#[test]
fn every_released_event_keeps_its_bytes_and_is_read_back() {
    let events = one_of_each();
    let lines: Vec<String> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    for (line, event) in lines.iter().zip(&events) {
        assert_eq!(serde_json::from_str::<Event>(line).unwrap(), *event, "{line}");
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_language_of_which_nobody_told_who_chose_it_is_the_services() {
    let line = r#"{"type":"language_chosen","journey":"j1.3.42","language":"yue"}"#;
    let event: Event = serde_json::from_str(line).unwrap();
    assert!(matches!(event, Event::LanguageChosen { by: ChosenBy::Service, .. }));
}

#[test]
fn the_list_names_every_event() {
    let events = one_of_each();
    let kinds: BTreeSet<String> = events.iter().map(word).collect();
    let last = events.iter().map(place_in_release).max().unwrap();
    assert_eq!(kinds.len(), last + 1, "a new event needs a place and a line in the list");
}

#[test]
fn a_record_of_before_a_field_was_added_is_read() {
    let line = r#"{"seq":7,"utc":"2026-03-04T02:00:00Z","node":1,"boot":3,"event":{"type":"journey_opened","journey":"j1.3.1","leg":"l1.3.1",
        "caller":{"person":null,"number":null,"masked":"","class":"withheld"},"dialled":"4001","trunk":"carrier","service":"line","open":true,
        "flow":"open","calendar_version":"c","settings_version":"s"}}"#;
    let record: Record = serde_json::from_str(line).unwrap();
    let Event::JourneyOpened { synthetic, caller, .. } = record.event else { panic!("a journey") };
    assert!(!synthetic && !caller.private);
}

/// Counted in the order of release. A match without `_`: a new event does not compile until it has its place.
fn place_in_release(event: &Event) -> usize {
    match event {
        Event::Started { .. } => 0,
        Event::NodeLost { .. } => 1,
        Event::Stopped {} => 2,
        Event::Configured { .. } => 3,
        Event::UserAdded { .. } => 4,
        Event::UserDisabled { .. } => 5,
        Event::PasswordSet { .. } => 6,
        Event::ServiceSwitched { .. } => 7,
        Event::JourneyOpened { .. } => 8,
        Event::ObligationOpened { .. } => 9,
        Event::ObligationJoined { .. } => 10,
        Event::NumberShared { .. } => 11,
        Event::ObligationInHand { .. } => 12,
        Event::ObligationReopened { .. } => 13,
        Event::ObligationDischarged { .. } => 14,
        Event::Answered { .. } => 15,
        Event::DialogConfirmed { .. } => 16,
        Event::StepEntered { .. } => 17,
        Event::LanguageChosen { .. } => 18,
        Event::TopicChosen { .. } => 19,
        Event::DangerPressed { .. } => 20,
        Event::InputMissed { .. } => 21,
        Event::NoticeHeard { .. } => 22,
        Event::Queued { .. } => 23,
        Event::Offered { .. } => 24,
        Event::OfferEnded { .. } => 25,
        Event::Conversing { .. } => 26,
        Event::Held { .. } => 27,
        Event::Muted { .. } => 28,
        Event::Reconnecting { .. } => 29,
        Event::CallerSilent { .. } => 30,
        Event::Requeued { .. } => 31,
        Event::Dialled { .. } => 32,
        Event::LegMeasured { .. } => 33,
        Event::Ended { .. } => 34,
        Event::OperatorChanged { .. } => 35,
        Event::DeskAudio { .. } => 36,
        Event::BreakAsked { .. } => 37,
        Event::OutcomeGiven { .. } => 38,
        Event::WrappedUp { .. } => 39,
        Event::LegLost { .. } => 40,
        Event::ConsultOpened { .. } => 56,
        Event::ConsultAnswered { .. } => 57,
        Event::ConsultSwapped { .. } => 58,
        Event::ConsultClosed { .. } => 59,
        Event::Transferred { .. } => 60,
        Event::CallbackWanted { .. } => 41,
        Event::PartWanted { .. } => 42,
        Event::ContactGiven { .. } => 43,
        Event::PromiseMade { .. } => 44,
        Event::PromiseSettled { .. } => 45,
        Event::CallbackPlanned { .. } => 46,
        Event::CallbackHeld { .. } => 47,
        Event::CallbackClaimed { .. } => 48,
        Event::CallbackOffered { .. } => 49,
        Event::CallbackOfferEnded { .. } => 50,
        Event::AttemptOpened { .. } => 51,
        Event::AttemptDialled { .. } => 52,
        Event::AttemptRinging { .. } => 53,
        Event::AttemptFailed { .. } => 54,
        Event::NumberFlagged { .. } => 55,
        Event::AttemptCounted { .. } => 61,
        Event::SamePerson { .. } => 62,
        Event::TrunkChanged { .. } => 63,
        Event::HolidayConfirmed { .. } => 64,
        Event::RotaSet { .. } => 65,
        Event::LineClosed { .. } => 66,
        Event::LineReopened { .. } => 67,
        Event::NobodyFree { .. } => 68,
        Event::LineLeft { .. } => 69,
        Event::CarrierCallFound { .. } => 70,
        Event::WaitTold { .. } => 71,
        Event::ConferenceOpened { .. } => 72,
    }
}

fn one_of_each() -> Vec<Event> {
    let boot = Boot(3);
    let journey = JourneyId::new(NODE, boot, 42);
    let (leg, dialled) = (LegId::new(NODE, boot, 7), LegId::new(NODE, boot, 8));
    let obligation = ObligationId::new(NODE, boot, 5);
    let offer = OfferId::new(NODE, boot, 9);
    let person = PersonId([0xab; 16]);
    let utc: Timestamp = "2026-03-04T02:00:00.25Z".parse().unwrap();
    let mei = || operator("mei");
    let why = Reason::new;
    let pick = Pick { rule: PickRule::LongestReady, ready: 2, since: utc };
    let crew = Crew {
        declined: 1,
        unproven: 1,
        offered: 1,
        on_call: 2,
        wrap_up: 1,
        not_ready: 3,
        unfit: 4,
        lacking: vec![Skill("lang:yue".to_owned())],
    };
    let user = User {
        operator: mei(),
        name: "美".to_owned(),
        roles: vec![Role::Operator, Role::Supervisor, Role::Administrator],
        skills: vec![Skill("lang:yue".to_owned())],
    };
    let caller = Caller {
        person: Some(person),
        number: Some(Sealed(vec![1, 2, 3, 4])),
        masked: "139****8096".to_owned(),
        class: NumberClass::Mobile,
        private: true,
    };
    let opened = |synthetic| Event::JourneyOpened {
        journey,
        leg,
        caller: caller.clone(),
        dialled: "4001".to_owned(),
        trunk: "carrier".to_owned(),
        service: "line".to_owned(),
        synthetic,
        open: true,
        flow: "open".to_owned(),
        calendar_version: "hours-1".to_owned(),
        settings_version: "settings-1".to_owned(),
    };
    let switched = |closed, by, until: Option<Timestamp>| Event::ServiceSwitched {
        service: "line".to_owned(),
        closed,
        by,
        until,
        reason: until.map(|_| why("typhoon")),
        waiting: until.map(|_| AtClosing::Callback),
    };
    let day = |text: &str| text.parse().unwrap();
    let mut rota = Rota::default();
    rota.week[0] = vec!["09:00-12:00".parse().unwrap(), "13:00-24:00".parse().unwrap()];
    rota.days.insert(day("2026-03-11"), Vec::new());
    let hours = vec![
        switched(Some(true), Some(operator("boss")), Some(utc)),
        Event::HolidayConfirmed {
            calendar: "hours".to_owned(),
            holiday: "chinese_new_year.2027".to_owned(),
            from: day("2027-02-05"),
            to: day("2027-02-12"),
            by: Some(operator("boss")),
        },
        Event::RotaSet { operator: mei(), rota, by: Some(operator("boss")) },
        Event::LineClosed { journey, served_until: Some(utc), reason: why("calendar") },
        Event::LineClosed { journey, served_until: None, reason: why("last_call_over") },
        Event::LineReopened { journey },
        Event::WaitTold { journey, minutes: 5, ahead: 2, operators: 3, takes_s: 300 },
    ];
    let mut events = vec![
        Event::Started { version: "0.1.0".to_owned() },
        Event::NodeLost { node: NodeId(1), boot: Boot(2) },
        Event::Stopped {},
        Event::Configured { version: "settings-1".to_owned(), calendar_version: "hours=hours-1".to_owned() },
        Event::UserAdded { user, password: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned() },
        Event::UserDisabled { operator: mei(), by: Some(operator("admin")) },
        Event::PasswordSet { operator: mei(), password: "$argon2id$v=19$x".to_owned() },
        switched(Some(true), Some(operator("boss")), None),
        switched(None, None, None),
        opened(false),
        opened(true),
        Event::ObligationJoined { obligation, journey },
        Event::NumberShared { person },
        Event::ObligationInHand { obligation, journey, operator: mei() },
        Event::ObligationReopened { obligation, reason: why("not_spoken") },
        Event::ObligationDischarged { obligation, reason: why("spoken"), by: Some(mei()) },
        Event::Answered { journey, leg },
        Event::StepEntered { journey, step: "welcome".to_owned() },
        Event::LanguageChosen { journey, language: Language("yue".to_owned()), by: ChosenBy::Key },
        Event::TopicChosen { journey, topic: "wages".to_owned() },
        Event::DangerPressed { journey },
        Event::InputMissed { journey, step: "topic".to_owned(), reason: why("no_input") },
        Event::NoticeHeard { journey, opens: Some(utc) },
        Event::NoticeHeard { journey, opens: None },
        Event::Queued {
            journey,
            queue: "main".to_owned(),
            skills: vec![Skill("lang:yue".to_owned())],
            priority: Priority::LIVE,
            since: utc,
        },
        Event::Offered { offer, journey, operator: mei(), leg: None, until: utc, pick: None },
        Event::Offered { offer, journey, operator: mei(), leg: Some(dialled), until: utc, pick: Some(pick) },
        Event::NobodyFree { journey, crew },
        Event::NobodyFree { journey, crew: Crew::default() },
        Event::LineLeft { journey, queue: "main".to_owned(), reason: why("waited_enough") },
        Event::CarrierCallFound {
            journey,
            caller: caller.clone(),
            dialled: "4001".to_owned(),
            service: "line".to_owned(),
            began: utc,
            lasted_s: 65,
            settings_version: "settings-1".to_owned(),
        },
        Event::Conversing { journey, offer, operator: mei() },
        Event::Held { journey, operator: mei(), on: true },
        Event::Muted { journey, operator: mei(), on: true },
        Event::Reconnecting { journey, operator: mei(), on: true },
        Event::CallerSilent { journey, on: true },
        Event::Requeued { journey, queue: "main".to_owned(), reason: why("desk_silent") },
        Event::Dialled { journey, leg: dialled, step: "call".to_owned() },
        Event::DeskAudio { operator: mei(), up: true },
        Event::BreakAsked { operator: mei(), reason: Some(why("meal")) },
        Event::BreakAsked { operator: mei(), reason: None },
        Event::OutcomeGiven { journey, operator: mei(), outcome: Outcome::Spoken },
        Event::WrappedUp { journey, operator: mei(), outcome: Some(Outcome::NotSpoken) },
        Event::WrappedUp { journey, operator: mei(), outcome: None },
    ];
    let kinds =
        [ObligationKind::Reach, ObligationKind::Crisis, ObligationKind::Verification, ObligationKind::ReportBack];
    events.extend(kinds.map(|kind| Event::ObligationOpened {
        obligation,
        journey,
        person: Some(person),
        kind,
        reason: why("called"),
        from: Some(obligation).filter(|_| kind == ObligationKind::Crisis),
    }));
    let plain = LegQuality { received: 1500, lost: 3, sent: 1498, jitter_ms: 1.5, ..LegQuality::default() };
    let told = LegQuality {
        rtt_ms: Some(42.5),
        mos: Some(4.25),
        far_lost: Some(7),
        far_jitter_ms: Some(2.5),
        far_mos: Some(4.0),
        ..plain
    };
    for role in [LegRole::Caller, LegRole::Operator, LegRole::Dialled, LegRole::Consulted] {
        events.push(Event::DialogConfirmed { journey, leg, role, dialog: Sealed(vec![9, 8, 7]) });
        events.extend([plain, told].map(|quality| Event::LegMeasured { journey, leg, role, quality }));
        events.push(Event::LegLost { journey, leg, role, reason: why("session_expired") });
    }
    let withdrawn = [
        WithdrawReason::CallerLeft,
        WithdrawReason::DeskGone,
        WithdrawReason::CallerChose,
        WithdrawReason::Stopping,
        WithdrawReason::EngineLost,
    ];
    let outcomes = [OfferOutcome::Accepted, OfferOutcome::Declined, OfferOutcome::NoAnswer, OfferOutcome::Failed];
    let outcomes = outcomes.into_iter().chain(withdrawn.map(|why| OfferOutcome::Withdrawn { why }));
    events.extend(outcomes.map(|outcome| Event::OfferEnded { offer, journey, operator: mei(), outcome }));
    let causes = [
        TerminalCause::Cancelled,
        TerminalCause::LeftInMenu,
        TerminalCause::Abandoned,
        TerminalCause::Closed,
        TerminalCause::Conversed,
        TerminalCause::NoAudio,
        TerminalCause::PromisedCallback,
        TerminalCause::FlowEnded,
        TerminalCause::Incompatible,
        TerminalCause::Overload,
        TerminalCause::TrunkLost,
        TerminalCause::EngineLost,
        TerminalCause::EngineStopped,
        TerminalCause::NotReached,
        TerminalCause::RangBack,
        TerminalCause::CalledOff,
        TerminalCause::DeskLost,
        TerminalCause::CarrierOnly,
    ];
    let parties = [Party::Caller, Party::Operator, Party::Engine, Party::Trunk];
    events.extend(causes.into_iter().zip(parties.into_iter().cycle()).map(|(cause, by)| {
        assert_eq!(serde_json::to_value(cause).unwrap(), cause.word(), "a cause's word is its JSON");
        Event::Ended { journey, cause, by }
    }));
    let states = [
        OperatorState::Offline,
        OperatorState::NotReady { reason: why("meal") },
        OperatorState::Ready { since: utc },
        OperatorState::Offered { offer },
        OperatorState::OnCall { journey },
        OperatorState::WrapUp { journey, until: utc },
    ];
    events.extend(states.map(|state| Event::OperatorChanged { operator: mei(), state, reason: why("asked") }));
    events.extend(callback_events::one_of_each(&caller));
    events.extend(transfer_events());
    events.extend(trunk_events());
    events.extend(hours);
    events
}

fn trunk_events() -> Vec<Event> {
    let (journey, leg) = (JourneyId::new(NODE, Boot(3), 42), LegId::new(NODE, Boot(3), 12));
    let changed = |up, reason| Event::TrunkChanged { trunk: "mobile".to_owned(), up, reason: Reason::new(reason) };
    vec![
        changed(true, "answers"),
        changed(false, "silent"),
        Event::ConsultOpened {
            journey,
            operator: operator("mei"),
            to: TransferTarget::Referral { name: "mind".to_owned() },
            colleague: None,
            offer: None,
            leg: Some(leg),
            trunk: Some("mobile".to_owned()),
            until: "2026-03-04T02:00:00.25Z".parse().unwrap(),
        },
    ]
}

fn transfer_events() -> Vec<Event> {
    let (journey, leg, offer) =
        (JourneyId::new(NODE, Boot(3), 42), LegId::new(NODE, Boot(3), 12), OfferId::new(NODE, Boot(3), 9));
    let until: Timestamp = "2026-03-04T02:00:00.25Z".parse().unwrap();
    let (mei, lin) = (operator("mei"), operator("lin"));
    let targets = [
        TransferTarget::Operator { operator: lin.clone() },
        TransferTarget::Queue { queue: "main".to_owned() },
        TransferTarget::Referral { name: "mind".to_owned() },
    ];
    let opened = targets.iter().map(|to| {
        let outside = matches!(to, TransferTarget::Referral { .. });
        Event::ConsultOpened {
            journey,
            operator: mei.clone(),
            to: to.clone(),
            colleague: (!outside).then(|| lin.clone()),
            offer: (!outside).then_some(offer),
            leg: outside.then_some(leg),
            trunk: None,
            until,
        }
    });
    let mut events: Vec<Event> = opened.collect();
    events.extend([
        Event::ConsultAnswered { journey, operator: mei.clone() },
        Event::ConsultSwapped { journey, operator: mei.clone(), with_caller: true },
        Event::ConferenceOpened { journey, operator: mei.clone() },
        Event::ConsultClosed { journey, operator: mei.clone(), reason: Reason::new("cancelled") },
    ]);
    let [first, second, _] = targets;
    events.push(Event::Transferred { journey, operator: mei.clone(), to: first, colleague: Some(lin) });
    events.push(Event::Transferred { journey, operator: mei, to: second, colleague: None });
    events
}
