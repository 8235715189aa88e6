//! Whom we call back by ourselves, and when (rules 3, 4, 6, 7).

use base::{NumberClass, Sealed};
use routing::*;

use crate::settings::settings;
use crate::world::World;

fn at_night() -> World {
    World::at("2026-03-03T22:00:00+08:00", settings())
}

#[test]
fn who_heard_that_we_call_is_planned_for_the_next_calling_hours() {
    let mut world = at_night();
    let caller = world.calls_after_hours("13800000001");
    let plan = world.plan(caller).expect("a plan");
    assert_eq!(world.due(caller).unwrap(), "03-04 09:00:00");
    assert_eq!((plan.priority, plan.reason.0.as_ref()), (Priority::CALLBACK, "called"));
    assert_eq!(plan.until.to_string(), "2026-03-04T12:30:00Z", "calling hours end at half past eight in the evening");
}

#[test]
fn who_hung_up_before_the_notice_is_tried_once_at_noon_or_in_the_evening() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(5);
    world.hang_up(caller);
    assert_eq!(world.due(caller).unwrap(), "03-04 12:00:00");
    assert_eq!(world.plan(caller).unwrap().reason.0, "notice_not_heard");
    world.until("2026-03-04T13:29:59");
    assert_eq!(world.due(caller).unwrap(), "03-04 12:00:00");
    world.until("2026-03-04T13:30:00");
    assert_eq!(world.due(caller).unwrap(), "03-04 18:00:00", "nobody was free: the evening is next");
}

#[test]
fn a_fixed_line_is_never_dialled_unasked() {
    let mut world = at_night();
    let caller = world.calls_after_hours("076922345678");
    assert_eq!(world.held(caller), Some((HoldList::Supervisor, "not_unasked".to_owned())));
    assert_eq!(world.plan(caller), None);
}

#[test]
fn a_number_that_the_caller_withheld_is_never_dialled_unasked() {
    let mut world = at_night();
    let caller = world.call_as("13800000001", |caller| caller.private = true);
    world.wait_s(1);
    world.hears_to_the_end(caller);
    assert_eq!(world.held(caller), Some((HoldList::Supervisor, "withheld".to_owned())));
}

#[test]
fn a_shared_number_is_never_dialled_unasked() {
    let mut world = World::new();
    let first = world.call("13800000001");
    let second = world.call("13800000001");
    world.hang_up(first);
    world.hang_up(second);
    for caller in [first, second] {
        assert_eq!(world.held(caller), Some((HoldList::Supervisor, "number_shared".to_owned())));
    }
}

#[test]
fn what_was_planned_is_held_once_the_number_is_found_shared() {
    let mut world = at_night();
    let yesterday = world.calls_after_hours("13800000001");
    assert!(world.plan(yesterday).is_some());
    world.call("13800000001");
    world.call("13800000001");
    assert_eq!(world.held(yesterday), Some((HoldList::Supervisor, "number_shared".to_owned())));
}

#[test]
fn foreign_and_service_numbers_go_to_review() {
    for class in [NumberClass::Foreign, NumberClass::Service] {
        let mut world = at_night();
        let caller = world.call_as("95588", |caller| caller.class = class);
        world.wait_s(1);
        world.hears_to_the_end(caller);
        assert_eq!(world.held(caller), Some((HoldList::Review, "noise_number".to_owned())));
    }
}

#[test]
fn five_calls_under_three_seconds_within_an_hour_go_to_review() {
    let mut world = World::new();
    let mut last = None;
    for n in 0..5 {
        let caller = world.call("13800000001");
        world.wait(std::time::Duration::from_millis(2_999));
        world.hang_up(caller);
        assert_eq!(world.held(caller).is_some(), n == 4, "call {n}");
        world.wait_s(600);
        last = Some(caller);
    }
    let last = last.unwrap();
    assert_eq!(world.held(last), Some((HoldList::Review, "short_calls".to_owned())));
    world.wait_s(7_200);
    assert!(world.held(last).is_some(), "it stays there until they are heard");
}

#[test]
fn calls_of_three_seconds_or_of_another_hour_are_none() {
    for (lasts_ms, apart_s) in [(3_000, 60), (2_000, 900)] {
        let mut world = World::new();
        for _ in 0..5 {
            let caller = world.call("13800000001");
            world.wait(std::time::Duration::from_millis(lasts_ms));
            world.hang_up(caller);
            assert_eq!(world.held(caller), None);
            world.wait_s(apart_s);
        }
    }
}

#[test]
fn a_declined_callback_ends_this_journeys_obligation_only() {
    let mut world = at_night();
    let caller = world.call("13800000001");
    world.wait_s(1);
    let journey = world.journey(caller);
    world.says(Event::CallbackWanted { journey, wanted: false });
    world.crash(settings());
    assert_eq!(world.discharged(), ["caller_declined"]);
    let again = world.calls_after_hours("13800000001");
    assert!(world.plan(again).is_some(), "the next call is owed as any");
}

#[test]
fn a_part_of_the_day_is_kept_to() {
    let mut world = at_night();
    let caller = world.call("13800000001");
    world.wait_s(1);
    let journey = world.journey(caller);
    world.says(Event::PartWanted { journey, part: Part::Evening });
    world.crash(settings());
    assert_eq!(world.plan(caller).map(|plan| plan.reason.0.into_owned()).as_deref(), Some("notice_not_heard"));
    let mut world = at_night();
    let caller = world.call("13800000001");
    world.wait_s(1);
    let journey = world.journey(caller);
    world.says(Event::PartWanted { journey, part: Part::Afternoon });
    let journey = world.journey(caller);
    world.says(Event::CallbackWanted { journey, wanted: true });
    world.crash(settings());
    assert_eq!(world.due(caller).unwrap(), "03-04 13:30:00");
}

#[test]
fn a_fixed_line_is_dialled_with_an_extension_a_time_and_permission() {
    let contact = || Contact {
        key: None,
        number: None,
        masked: String::new(),
        class: NumberClass::Fixed,
        extension: Some(Sealed(vec![8])),
    };
    for (geographic, part, list) in
        [(true, true, None), (true, false, Some("no_time_given")), (false, true, Some("no_fixed_lines"))]
    {
        let mut settings = settings();
        settings.dial_plan.geographic = geographic;
        let mut world = World::at("2026-03-03T22:00:00+08:00", settings.clone());
        let caller = world.call("076922345678");
        world.wait_s(1);
        let journey = world.journey(caller);
        world.says(Event::ContactGiven { journey, contact: contact() });
        if part {
            world.says(Event::PartWanted { journey, part: Part::Midday });
        }
        world.crash(settings);
        let held = world.held(caller).map(|(_, reason)| reason);
        assert_eq!(held.as_deref(), list);
        assert_eq!(world.due(caller).as_deref(), list.is_none().then_some("03-04 12:00:00"));
    }
}

#[test]
fn a_blocked_number_hears_the_crisis_words_and_goes_to_review() {
    let mut world = World::new();
    world.supervisor("sun");
    let caller = world.call("13800000001");
    world.hang_up(caller);
    let obligation = world.owed_for(caller).unwrap().0;
    let block = |on, reason| RequestKind::FlagNumber { obligation, flag: NumberFlag::Blocked, on, reason };
    assert_eq!(world.ask("sun", block(true, Reason::new("He said 13800000001"))), Err(RequestError::ReasonNeeded));
    assert_eq!(world.ask("sun", block(true, Reason::new("abusive"))), Ok(Reply::Done));
    assert_eq!(world.held(caller), Some((HoldList::Review, "blocked".to_owned())));
    let again = world.call("13800000001");
    world.wait_s(1);
    assert_eq!(world.played(again)[0], "zh-CN/closed", "though it is open");
    world.hang_up(again);
    world.wait_s(24 * 3600);
    let tomorrow = world.call("13800000001");
    world.wait_s(1);
    assert_eq!(world.played(tomorrow)[0], "zh-CN/welcome", "for a day, no longer");
}

#[test]
fn do_not_call_stops_dialling_and_never_answering() {
    let mut world = at_night();
    world.supervisor("sun");
    let caller = world.calls_after_hours("13800000001");
    let obligation = world.owed_for(caller).unwrap().0;
    let flag =
        |on| RequestKind::FlagNumber { obligation, flag: NumberFlag::DoNotCall, on, reason: Reason::new("asked") };
    assert_eq!(world.ask("sun", flag(true)), Ok(Reply::Done));
    assert_eq!(world.held(caller), Some((HoldList::DoNotCall, "do_not_call".to_owned())));
    assert_eq!(world.ask("sun", RequestKind::PlanCallback { obligation, due: None }), Err(RequestError::MayNotDial));
    let again = world.calls_after_hours("13800000001");
    assert_eq!(world.ended(again).unwrap().0, TerminalCause::Closed, "answered as ever");
    assert_eq!(world.held(again).unwrap().0, HoldList::DoNotCall);
    assert_eq!(world.ask("sun", flag(false)), Ok(Reply::Done));
    assert_eq!(world.due(again).unwrap(), "03-04 09:00:00");
}

#[test]
fn a_shared_number_is_not_blocked() {
    let mut world = World::new();
    world.supervisor("sun");
    let first = world.call("13800000001");
    world.call("13800000001");
    world.hang_up(first);
    let obligation = world.owed_for(first).unwrap().0;
    let block =
        RequestKind::FlagNumber { obligation, flag: NumberFlag::Blocked, on: true, reason: Reason::new("abusive") };
    assert_eq!(world.ask("sun", block), Err(RequestError::NotOnePerson));
}

#[test]
fn a_key_in_line_keeps_the_place() {
    let mut world = World::new();
    let caller = world.call_to_line("13800000001", '1');
    let since = world.now.utc;
    world.desk("mei", &["lang:yue"]);
    world.wait_s(20);
    world.press(caller, '7');
    assert_eq!(world.played(caller)[0], "zh-CN/promise");
    world.hang_up(caller);
    let plan = world.plan(caller).expect("a plan");
    assert_eq!((plan.due, plan.priority, plan.since), (world.now.utc, Priority::LIVE, since));
    assert_eq!(plan.reason.0, "place_kept");
}

#[test]
fn a_place_that_is_kept_after_calling_hours_waits_for_the_morning() {
    let mut world = World::at("2026-03-04T20:40:00+08:00", settings());
    let caller = world.call_to_line("13800000001", '1');
    world.press(caller, '7');
    world.hears_to_the_end(caller);
    assert_eq!(world.due(caller).unwrap(), "03-05 09:00:00");
    assert_eq!(world.plan(caller).unwrap().priority, Priority::LIVE);
}

#[test]
fn who_phones_again_during_a_conversation_is_known_and_planned_on_their_own() {
    let mut world = World::new();
    world.mei_wraps_up();
    let again = world.call_to_line("13800000001", '1');
    world.hang_up(again);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    let (_, owed) = world.board.obligations().next().expect("owed on their own");
    assert!(owed.callback.caller.is_some());
    assert_eq!(owed.callback.plan.as_ref().unwrap().reason.0, "notice_not_heard");
}

#[test]
fn a_correction_owes_again_with_all_that_was_known() {
    let mut world = World::new();
    world.mei_wraps_up();
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Prank }).unwrap();
    assert_eq!(world.discharged(), ["prank"]);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::NotSpoken }).unwrap();
    let (_, owed) = world.board.obligations().next().expect("owed again");
    assert!(owed.callback.caller.is_some() && owed.callback.plan.is_some());
}

#[test]
fn a_supervisor_decides_after_the_one_try_and_not_before() {
    let mut world = World::new();
    world.supervisor("sun");
    let caller = world.call("13800000001");
    world.wait_s(5);
    world.hang_up(caller);
    let obligation = world.owed_for(caller).unwrap().0;
    assert_eq!(world.ask("sun", RequestKind::PlanCallback { obligation, due: None }), Ok(Reply::Done));
    assert_eq!(world.due(caller).unwrap(), "03-04 12:00:00", "at noon or in the evening, whoever asks");
    world.until("2026-03-04T12:00:00");
    world.ready("mei", &["lang:zh-CN"]);
    world.accept("mei").unwrap();
    let leg = world.dialled();
    world.fact(Fact::LegFailed { leg, failure: LegFailure::Timeout });
    assert_eq!(world.held(caller), Some((HoldList::Supervisor, "notice_not_heard".to_owned())));
    assert_eq!(world.ask("sun", RequestKind::PlanCallback { obligation, due: None }), Ok(Reply::Done));
    assert_eq!(world.plan(caller).unwrap().due, world.now.utc);
}

#[test]
fn a_full_disk_still_takes_who_calls_and_begins_nothing() {
    let mut world = at_night();
    let caller = world.calls_after_hours("13800000001");
    world.until("2026-03-04T09:00:00");
    world.ready("mei", &["lang:zh-CN"]);
    assert!(world.rings_for("mei").is_some());
    world.input(Input::DiskFull { on: true });
    assert_eq!((world.rings_for("mei"), world.alarms.as_slice()), (None, &[Alarm::DiskFull][..]));
    let live = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("mei"), Some(live), "who calls is answered and owed as ever");
    world.hang_up(live);
    assert_eq!(world.rings_for("mei"), None);
    world.input(Input::DiskFull { on: false });
    assert_eq!(world.rings_for("mei"), Some(world.owed_for(caller).unwrap().0));
}

#[test]
fn a_time_is_promised_that_can_be_kept() {
    let mut world = at_night();
    world.employs("mei", &["lang:zh-CN"]);
    for n in 0..5 {
        world.calls_after_hours(&format!("1390000000{n}"));
    }
    let caller = world.call("13800000001");
    let id = world.journey(caller);
    let told = |world: &World, part| {
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        let by = world.switchboard.time_for(id, part, world.now.utc).expect("a time");
        by.to_zoned(zone).strftime("%m-%d %H:%M").to_string()
    };
    assert_eq!(told(&world, None), "03-04 10:15", "five are due before, ten minutes each, and what is under way");
    assert_eq!(told(&world, Some(Part::Evening)), "03-04 18:30");
}
