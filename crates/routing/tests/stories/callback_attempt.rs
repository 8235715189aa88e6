//! An attempt from the offer to its outcome (rules 4, 8, 9, 10, 13).

use base::LegId;
use routing::*;

use crate::settings::{settings, sim, with_callbacks};
use crate::world::{World, operator};

/// Someone called last evening and heard that we call; it is nine, and mei is there.
fn morning() -> (World, LegId) {
    morning_with(settings())
}

fn morning_with(settings: Settings) -> (World, LegId) {
    let mut world = World::at("2026-03-03T22:00:00+08:00", settings);
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.hears_to_the_end(caller);
    world.until("2026-03-04T09:00:00");
    world.ready("mei", &["lang:zh-CN"]);
    (world, caller)
}

/// Taken: the leg that is dialled.
fn dialled(world: &mut World) -> LegId {
    world.accept("mei").unwrap();
    world.dialled()
}

/// They answer and speak for a while.
fn talk(world: &mut World, leg: LegId, seconds: u64) {
    world.fact(Fact::LegUp { leg });
    world.wait_s(seconds);
}

fn hung_up_by_worker(world: &mut World, leg: LegId) {
    world.fact(Fact::LegEnded { leg, by: Party::Operator });
}

fn outcome(world: &mut World, outcome: Outcome) {
    world.ask("mei", RequestKind::Outcome { outcome }).unwrap();
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
}

fn fails(world: &mut World, failure: LegFailure) {
    let leg = dialled(world);
    world.fact(Fact::LegFailed { leg, failure });
}

#[test]
fn it_is_offered_when_due_dialled_when_accepted_and_closed_when_spoken() {
    let (mut world, caller) = morning();
    let (obligation, _) = world.owed_for(caller).unwrap();
    assert_eq!(world.rings_for("mei"), Some(obligation));
    assert_eq!(world.count("attempt_opened"), 0, "nobody is dialled before an operator takes it");
    let leg = dialled(&mut world);
    let number = Command::Dial {
        leg,
        journey: world.attempt(),
        target: DialTarget::Number {
            trunk: "sim".to_owned(),
            number: base::Sealed(vec![1, 2, 3]),
            from: "4002".to_owned(),
        },
    };
    assert!(world.was_told(&number));
    world.fact(Fact::Ringing { leg });
    talk(&mut world, leg, 10);
    assert_eq!(world.board.obligation(obligation).unwrap().owed, Owed::InHand { journey: world.attempt() });
    hung_up_by_worker(&mut world, leg);
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
    outcome(&mut world, Outcome::Spoken);
    assert_eq!(world.discharged(), ["spoken"]);
    assert_eq!(world.count("journey_opened"), 1, "an attempt is no call that came in");
    assert_eq!((world.count("offered"), world.count("obligation_opened")), (0, 1));
}

#[test]
fn the_attempt_is_written_before_the_dialling() {
    let (mut world, _) = morning();
    dialled(&mut world);
    let words: Vec<String> =
        world.records.iter().rev().take(4).map(|record| crate::world::word(&record.event)).collect();
    assert_eq!(words, ["attempt_dialled", "operator_changed", "attempt_opened", "callback_offer_ended"]);
}

#[test]
fn a_minute_of_talk_discharges_without_an_outcome_and_less_does_not() {
    for (seconds, kept) in [(61, true), (59, false)] {
        let (mut world, _) = morning();
        let leg = dialled(&mut world);
        talk(&mut world, leg, seconds);
        hung_up_by_worker(&mut world, leg);
        world.wait_s(121);
        assert_eq!(world.discharged().len(), usize::from(kept), "{seconds} s");
    }
}

#[test]
fn ringing_is_an_attempt_after_fifteen_seconds() {
    for (rings_ms, counts) in [(14_999, false), (15_000, true)] {
        let (mut world, caller) = morning();
        let leg = dialled(&mut world);
        world.fact(Fact::Ringing { leg });
        world.wait(std::time::Duration::from_millis(rings_ms));
        world.ask("mei", RequestKind::HangUp {}).unwrap();
        let tried = &world.owed_for(caller).unwrap().1.callback.tried;
        assert_eq!((tried.len(), tried[0].counts), (1, counts), "{rings_ms} ms");
        assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    }
}

#[test]
fn a_phone_rings_no_longer_than_three_quarters_of_a_minute() {
    let (mut world, caller) = morning();
    let leg = dialled(&mut world);
    world.fact(Fact::Ringing { leg });
    world.wait_s(45);
    assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    let tried = &world.owed_for(caller).unwrap().1.callback.tried;
    assert_eq!(tried[0].result, Some(Reason::new("no_answer")));
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
}

#[test]
fn the_operator_hears_ringing_and_early_media_is_never_bridged() {
    let (mut world, _) = morning();
    let desk = world.desk_leg_of("mei");
    let leg = dialled(&mut world);
    assert_eq!(world.hears(desk), [Source::Music("ringing".into())]);
    world.fact(Fact::Ringing { leg });
    world.fact(Fact::Flowing { leg });
    assert_eq!(world.hears(desk), [Source::Music("ringing".into())]);
    assert_eq!(world.count("conversing"), 0);
    world.fact(Fact::LegUp { leg });
    assert_eq!((world.hears(desk), world.hears(leg)), (vec![Source::Leg(leg)], vec![Source::Leg(desk)]));
}

#[test]
fn whoever_picks_up_hears_no_music_while_the_desk_reloads() {
    let (mut world, _) = morning();
    let desk = world.desk_leg_of("mei");
    let leg = dialled(&mut world);
    world.mute.insert(leg);
    world.fact(Fact::LegUp { leg });
    world.fact(Fact::LegEnded { leg: desk, by: Party::Operator });
    assert_eq!(world.hears(leg), []);
}

#[test]
fn busy_again_in_a_quarter_of_an_hour() {
    let (mut world, caller) = morning();
    fails(&mut world, LegFailure::Busy);
    assert_eq!(world.due(caller).unwrap(), "03-04 09:15:00");
    assert_eq!(world.plan(caller).unwrap().reason.0, "busy");
}

#[test]
fn no_answer_and_off_in_the_next_part_of_the_day() {
    for failure in [LegFailure::Timeout, LegFailure::Unobtainable, LegFailure::Declined, LegFailure::Refused] {
        let (mut world, caller) = morning();
        fails(&mut world, failure);
        assert_eq!(world.due(caller).unwrap(), "03-04 12:00:00", "{failure:?}");
    }
}

#[test]
fn a_machine_in_another_part_of_the_day() {
    let (mut world, caller) = morning();
    let leg = dialled(&mut world);
    talk(&mut world, leg, 5);
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    outcome(&mut world, Outcome::Machine);
    assert_eq!(world.due(caller).unwrap(), "03-04 12:00:00");
    assert!(world.discharged().is_empty());
}

#[test]
fn the_operators_word_corrects_what_the_line_told() {
    let (mut world, caller) = morning();
    fails(&mut world, LegFailure::Busy);
    assert_eq!(world.due(caller).unwrap(), "03-04 09:15:00");
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Invalid }).unwrap();
    assert_eq!(world.held(caller), Some((HoldList::Supervisor, "invalid".to_owned())));
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::NoAnswer }).unwrap();
    assert_eq!(world.due(caller).unwrap(), "03-04 12:00:00");
}

#[test]
fn refused_and_invalid_are_a_supervisors_and_another_person_twice() {
    for word in [Outcome::Refused, Outcome::Invalid] {
        let (mut world, caller) = morning();
        let leg = dialled(&mut world);
        talk(&mut world, leg, 5);
        world.ask("mei", RequestKind::HangUp {}).unwrap();
        outcome(&mut world, word);
        assert_eq!(world.held(caller), Some((HoldList::Supervisor, word.word().to_owned())));
    }
    let (mut world, caller) = morning();
    for n in 1..=2 {
        let leg = dialled(&mut world);
        talk(&mut world, leg, 5);
        world.ask("mei", RequestKind::HangUp {}).unwrap();
        outcome(&mut world, Outcome::OtherPerson);
        assert_eq!(world.held(caller).is_some(), n == 2);
        if n == 1 {
            world.until("2026-03-04T12:00:00");
        }
    }
    assert_eq!(world.held(caller), Some((HoldList::Supervisor, "other_person".to_owned())));
}

#[test]
fn noise_closes_with_its_reason() {
    let (mut world, _) = morning();
    let leg = dialled(&mut world);
    talk(&mut world, leg, 5);
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    outcome(&mut world, Outcome::WrongNumber);
    assert_eq!(world.discharged(), ["wrong_number"]);
}

#[test]
fn three_a_day_eight_in_all_over_different_parts_and_then_a_supervisor() {
    let (mut world, caller) = morning();
    let mut tried = Vec::new();
    while world.held(caller).is_none() {
        assert!(tried.len() < 9, "{tried:?}");
        let due = world.plan(caller).unwrap().due;
        let due = due.max(world.now.utc);
        world.wait(std::time::Duration::try_from(due.duration_since(world.now.utc)).unwrap());
        tried.push(world.due(caller).unwrap());
        let leg = dialled(&mut world);
        world.fact(Fact::Ringing { leg });
        world.wait_s(45);
        world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    }
    let expected = [
        "03-04 09:00:00",
        "03-04 12:00:00",
        "03-04 13:30:00",
        "03-05 18:00:00",
        "03-06 09:00:00",
        "03-06 12:00:00",
        "03-06 13:30:00",
        "03-07 18:00:00",
    ];
    assert_eq!(tried, expected);
    assert_eq!(world.held(caller), Some((HoldList::Supervisor, "exhausted".to_owned())));
    let obligation = world.owed_for(caller).unwrap().0;
    assert!(world.alarms.contains(&Alarm::CallbackExhausted { obligation }));
    world.supervisor("sun");
    assert_eq!(world.ask("sun", RequestKind::PlanCallback { obligation, due: None }), Err(RequestError::MayNotDial));
}

#[test]
fn the_next_trunk_is_tried_when_one_says_nothing() {
    let mut settings = settings();
    settings.trunks.insert("spare".to_owned(), OutboundTrunk { priority: 9, ..sim() });
    let (mut world, caller) = morning_with(settings);
    let leg = dialled(&mut world);
    world.fact(Fact::LegFailed { leg, failure: LegFailure::TrunkDown });
    let trunks: Vec<String> = world.events().filter_map(trunk).collect();
    assert_eq!(trunks, ["sim", "spare"]);
    let second = world.dialled();
    world.fact(Fact::LegFailed { leg: second, failure: LegFailure::TrunkDown });
    let tried = &world.owed_for(caller).unwrap().1.callback.tried;
    assert!(!tried[0].dialled && !tried[0].counts, "their phone never rang");
    assert_eq!(world.due(caller).unwrap(), "03-04 09:05:00");
    assert!(world.is_ready("mei"), "there is nothing to wrap up");
    assert!(world.alarms.iter().any(|alarm| matches!(alarm, Alarm::NoCallbackTrunk { .. })));
}

fn trunk(event: &Event) -> Option<String> {
    if let Event::AttemptDialled { trunk, .. } = event { Some(trunk.clone()) } else { None }
}

#[test]
fn without_a_trunk_nobody_is_rung_for_and_somebody_is_woken_once() {
    let mut settings = settings();
    settings.trunks.clear();
    let (mut world, _) = morning_with(settings);
    world.wait_s(600);
    assert_eq!(world.rings_for("mei"), None);
    let alarms = world.alarms.iter().filter(|alarm| matches!(alarm, Alarm::NoCallbackTrunk { .. }));
    assert_eq!(alarms.count(), 1);
}

/// Others call the same person twice, because their own call counts as one that was missed.
#[test]
fn a_call_of_ours_that_nobody_answers_owes_nothing_more() {
    let (mut world, _) = morning();
    fails(&mut world, LegFailure::Timeout);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!((world.count("obligation_opened"), world.count("obligation_joined")), (1, 0));
    assert_eq!((world.board.open_obligations(), world.count("journey_opened")), (1, 1));
}

#[test]
fn who_phones_in_while_it_rings_is_a_live_caller_and_resumes() {
    let (mut world, caller) = morning();
    let obligation = world.owed_for(caller).unwrap().0;
    assert_eq!(world.rings_for("mei"), Some(obligation));
    let live = world.call_to_line("13800000002", '1');
    let again = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings_for("mei"), None, "taken back at once");
    let _ = live;
    world.hang_up(again);
    assert_eq!(world.board.open_obligations(), 2);
}

#[test]
fn ringing_back_while_we_dial_joins_that_operator() {
    let (mut world, _) = morning();
    let leg = dialled(&mut world);
    world.fact(Fact::Ringing { leg });
    let attempt = world.attempt();
    let back = world.dial("13800000001", "4002");
    assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    let ended = world.events().any(
        |event| matches!(event, Event::Ended { journey, cause: TerminalCause::RangBack, .. } if *journey == attempt),
    );
    assert!(ended);
    assert_eq!(world.state("mei"), OperatorState::OnCall { journey: world.journey(back) });
    world.wait_s(20);
    world.hang_up(back);
    outcome(&mut world, Outcome::Spoken);
    assert_eq!((world.discharged().len(), world.board.open_obligations()), (1, 0));
    assert_eq!(world.count("number_shared"), 0);
}

/// Someone keyed in a number; at noon mei dials it, and it rings us back at that moment. What is owed, and the leg of who rang back.
fn a_given_number_rings_back() -> (World, base::ObligationId, LegId) {
    let (mut world, caller) = crate::called_back::told_closed("076922345678");
    world.keys(caller, "1137123456781");
    world.press(caller, '2');
    world.hears_to_the_end(caller);
    world.hears_to_the_end(caller);
    let obligation = world.owed_for(caller).unwrap().0;
    world.until("2026-03-05T12:00:00");
    world.ready("mei", &["lang:zh-CN"]);
    let leg = dialled(&mut world);
    world.fact(Fact::Ringing { leg });
    let back = world.call_as("13712345678", |caller| caller.person = Some(base::PersonId([9; 16])));
    world.wait_s(20);
    (world, obligation, back)
}

/// Rule 7: a keyed-in number shares no history, so nobody but the operator can say who rang back from it.
#[test]
fn ringing_back_from_a_number_that_was_given_joins_the_operator_and_says_nothing_of_who_it_is() {
    let (mut world, obligation, back) = a_given_number_rings_back();
    assert_eq!(world.state("mei"), OperatorState::OnCall { journey: world.journey(back) });
    assert_eq!(world.count("same_person"), 0);
    world.hang_up(back);
    outcome(&mut world, Outcome::Spoken);
    assert_eq!(world.discharged(), ["spoken"], "their own call");
    assert!(world.board.obligation(obligation).is_some(), "still owed");
}

#[test]
fn an_operator_may_say_that_who_rang_back_from_a_given_number_is_the_same_person() {
    let (mut world, obligation, back) = a_given_number_rings_back();
    let (caller, own) = world
        .board
        .journeys()
        .find(|(id, _)| *id == world.journey(back))
        .map(|(_, journey)| (journey.caller.clone(), journey.obligation))
        .unwrap();
    let shown: Vec<_> = world.board.same_number(&caller, own).map(|(id, _)| id).collect();
    assert_eq!(shown, [obligation], "they are asked");
    assert_eq!(world.ask("mei", RequestKind::SamePerson { obligation }), Ok(Reply::Done));
    world.hang_up(back);
    outcome(&mut world, Outcome::Spoken);
    assert_eq!((world.discharged().len(), world.board.open_obligations()), (2, 0));
}

#[test]
fn ringing_back_and_hanging_up_before_the_answer_leaves_the_obligation_open() {
    let (mut world, caller) = morning();
    let leg = dialled(&mut world);
    world.answers = false;
    let back = world.dial("13800000001", "4002");
    world.fact(Fact::LegFailed { leg: back, failure: LegFailure::Cancelled });
    assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    assert_eq!(world.board.open_obligations(), 1);
    assert!(world.plan(caller).is_some());
    assert_eq!(world.board.journeys().count(), 0);
}

#[test]
fn the_desk_is_lost_while_we_dial() {
    let (mut world, caller) = morning();
    let desk = world.desk_leg_of("mei");
    let leg = dialled(&mut world);
    world.fact(Fact::LegEnded { leg: desk, by: Party::Operator });
    assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    assert_eq!(world.plan(caller).unwrap().priority, Priority::CUT_OFF);
    assert!(world.not_ready("mei").is_some());
}

#[test]
fn a_callback_that_was_cut_off_goes_first_and_to_the_same_operator() {
    let (mut world, caller) = morning();
    world.ready("hua", &["lang:zh-CN"]);
    let leg = dialled(&mut world);
    talk(&mut world, leg, 300);
    world.fact(Fact::LegEnded { leg, by: Party::Trunk });
    let plan = world.plan(caller).expect("open again at once");
    assert_eq!((plan.priority, plan.due), (Priority::CUT_OFF, world.now.utc));
    assert!(world.rings_for("hua").is_some());
    let offered = world.board.obligation(world.owed_for(caller).unwrap().0).unwrap().callback.prefer.clone();
    assert_eq!(offered, Some(operator("mei")));
}

/// A caller and mei did not hear each other; it rings at them for hua, while mei wraps up.
fn dialled_beside_a_wrap_up() -> (World, LegId, LegId) {
    let mut world = World::at("2026-03-04T12:05:00+08:00", settings());
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.mute.insert(caller);
    world.accept("mei").unwrap();
    world.ready("hua", &["lang:zh-CN"]);
    world.hang_up(caller);
    world.accept("hua").unwrap();
    let leg = world.dialled();
    world.fact(Fact::Ringing { leg });
    (world, caller, leg)
}

#[test]
fn a_word_on_the_call_before_leaves_open_whom_we_dial_and_owes_it_no_second_time() {
    let (mut world, caller, leg) = dialled_beside_a_wrap_up();
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.discharged(), [""; 0], "what comes of our call will say");
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::NotSpoken }).unwrap();
    talk(&mut world, leg, 10);
    let obligation = world.owed_for(caller).unwrap().0;
    assert_eq!(world.board.obligation(obligation).unwrap().owed, Owed::InHand { journey: world.attempt() });
    hung_up_by_worker(&mut world, leg);
    world.ask("hua", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!((world.discharged(), world.count("obligation_opened")), (vec!["spoken".to_owned()], 1));
}

#[test]
fn a_word_on_the_call_before_counts_when_our_call_came_to_nothing() {
    let (mut world, _, leg) = dialled_beside_a_wrap_up();
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    world.fact(Fact::LegFailed { leg, failure: LegFailure::Timeout });
    assert_eq!(world.board.open_obligations(), 1);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.discharged(), ["spoken"]);
}

#[test]
fn a_decline_goes_to_another_and_a_miss_takes_the_operator_out() {
    let (mut world, caller) = morning();
    world.ready("hua", &["lang:zh-CN"]);
    world.decline("mei").unwrap();
    assert!(world.rings_for("hua").is_some());
    world.wait_s(20);
    assert_eq!(world.not_ready("hua").as_deref(), Some("no_answer"));
    assert!(world.is_ready("mei"));
    assert_eq!(world.rings_for("mei"), None, "not at once");
    world.wait_s(280);
    assert_eq!(world.rings_for("mei"), Some(world.owed_for(caller).unwrap().0));
    world.wait_s(20);
    assert_eq!(world.not_ready("mei").as_deref(), Some("no_answer"), "nobody waits on the line");
}

#[test]
fn calling_hours_end_at_their_moment() {
    let (mut world, caller) = morning();
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    world.until("2026-03-04T20:29:50");
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert!(world.rings_for("mei").is_some());
    world.until("2026-03-04T20:30:00");
    assert_eq!(world.rings_for("mei"), None);
    assert_eq!(world.due(caller).unwrap(), "03-05 09:00:00");
}

#[test]
fn a_static_phone_is_not_offered_a_callback() {
    let mut settings = crate::settings::with_phones(&["phone1"]);
    settings.callbacks = with_callbacks(|_| {}).callbacks;
    let mut world = World::at("2026-03-03T22:00:00+08:00", settings);
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.hears_to_the_end(caller);
    world.until("2026-03-04T09:30:00");
    assert_eq!(world.count("callback_offered"), 0);
}

#[test]
fn a_crash_at_any_record_of_an_attempt_leaves_it_open_and_planned() {
    let (mut day, _) = morning();
    let leg = dialled(&mut day);
    day.fact(Fact::Ringing { leg });
    day.wait_s(20);
    talk(&mut day, leg, 30);
    hung_up_by_worker(&mut day, leg);
    outcome(&mut day, Outcome::NotSpoken);
    for cut in 1..=day.records.len() {
        let mut world = World::at("2026-03-04T09:10:00+08:00", settings());
        world.records = day.records[..cut].to_vec();
        world.board = Board::default();
        world.records.iter().for_each(|record| world.board.apply(record));
        world.crash(settings());
        assert_eq!(world.board.journeys().count(), 0, "cut at {cut}");
        for (id, owed) in world.board.obligations() {
            assert_eq!(owed.owed, Owed::Open, "cut at {cut}");
            let callback = &owed.callback;
            assert!(callback.plan.is_some() != callback.held.is_some(), "{id}: cut at {cut}: {callback:?}");
            assert!(callback.offer.is_none() && callback.attempt.is_none(), "cut at {cut}");
        }
    }
}

#[test]
fn nothing_begins_while_the_journal_does_not_commit_or_the_node_drains() {
    let (mut world, _) = morning();
    assert!(world.rings_for("mei").is_some());
    world.input(Input::Journal { well: false });
    assert_eq!(world.rings_for("mei"), None);
    world.input(Input::Journal { well: true });
    assert!(world.rings_for("mei").is_some());
    let (mut world, _) = morning();
    world.input(Input::Drain);
    assert_eq!(world.count("attempt_opened"), 0);
    assert!(!world.switchboard.running());
    assert_eq!(world.board.open_obligations(), 1);
}

#[test]
fn a_supervisor_closes_with_a_reason_and_nobody_else_does() {
    let (mut world, caller) = morning();
    world.supervisor("sun");
    let obligation = world.owed_for(caller).unwrap().0;
    let close = |reason: &'static str| RequestKind::CloseObligation { obligation, reason: Reason::new(reason) };
    assert_eq!(world.ask("sun", close("")), Err(RequestError::ReasonNeeded));
    assert_eq!(world.ask_as(None, close("settled")), Err(RequestError::UnknownUser));
    assert_eq!(world.ask("sun", close("settled")), Ok(Reply::Done));
    assert_eq!(world.rings_for("mei"), None, "what rang is taken back");
    assert!(world.is_ready("mei"));
    assert_eq!(world.ask("sun", close("settled")), Err(RequestError::ObligationGone));
}

#[test]
fn who_claims_it_is_offered_it_next() {
    let (mut world, caller) = morning();
    world.ready("hua", &["lang:zh-CN"]);
    let obligation = world.owed_for(caller).unwrap().0;
    world.decline("mei").unwrap();
    world.decline("hua").unwrap();
    assert_eq!(world.ask("hua", RequestKind::ClaimObligation { obligation }), Ok(Reply::Done));
    world.wait_s(300);
    assert_eq!((world.rings_for("hua"), world.rings_for("mei")), (Some(obligation), None));
}

#[test]
fn the_same_person_by_an_operators_word() {
    let mut world = World::new();
    let fixed = world.call("076922345678");
    world.hang_up(fixed);
    let obligation = world.owed_for(fixed).unwrap().0;
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(5);
    assert_eq!(world.ask("mei", RequestKind::SamePerson { obligation }), Ok(Reply::Done));
    assert_eq!(world.board.open_obligations(), 2, "not before they were spoken with");
    world.hang_up(caller);
    outcome(&mut world, Outcome::Spoken);
    assert_eq!(world.discharged().len(), 2);
}

#[test]
fn a_promise_is_kept_by_an_attempt_in_time_and_broken_by_none() {
    for (attempt, kept) in [(true, true), (false, false)] {
        let mut world = World::at("2026-03-03T22:00:00+08:00", settings());
        let caller = world.call("13800000001");
        world.wait_s(1);
        let (journey, obligation) = (world.journey(caller), world.owed_for(caller).unwrap().0);
        let by = "2026-03-04T09:30:00+08:00".parse().unwrap();
        world.says(Event::NoticeHeard { journey, opens: None });
        world.says(Event::PromiseMade { obligation, journey, by });
        world.crash(settings());
        world.until("2026-03-04T09:00:00");
        if attempt {
            world.ready("mei", &["lang:zh-CN"]);
            let leg = dialled(&mut world);
            world.fact(Fact::Ringing { leg });
        }
        world.until("2026-03-04T09:31:00");
        let settled: Vec<bool> = world.events().filter_map(settled).collect();
        assert_eq!(settled, [kept]);
    }
}

fn settled(event: &Event) -> Option<bool> {
    if let Event::PromiseSettled { kept, .. } = event { Some(*kept) } else { None }
}
