//! How a caller says whether, when and where they want to be called back, and what they are promised.

use base::{NumberClass, Timestamp};
use routing::*;

use crate::settings::with_callback_flow;
use crate::world::World;

const MOBILE: &str = "13800000001";

/// Late in the evening; the caller has heard that the line is closed.
pub(crate) fn told_closed(number: &str) -> (World, base::LegId) {
    let mut world = World::at("2026-03-04T22:15:00+08:00", with_callback_flow());
    world.employs("mei", &["lang:zh-CN"]);
    let caller = calls(&mut world, number);
    (world, caller)
}

fn calls(world: &mut World, number: &str) -> base::LegId {
    let caller = world.call(number);
    world.wait_s(1);
    assert_eq!(world.played(caller)[0], "zh-CN/danger_words");
    world.hears_to_the_end(caller);
    caller
}

fn reasons(world: &World) -> Vec<String> {
    world.owed().into_iter().map(|(_, why)| why).collect()
}

#[test]
fn two_keys_lead_to_a_promise_with_its_time() {
    let (mut world, caller) = told_closed(MOBILE);
    assert_eq!(world.played(caller), ["zh-CN/own"]);
    world.keys(caller, "14");
    assert_eq!(world.played(caller), ["zh-CN/part.evening"]);
    world.hears_to_the_end(caller);
    assert_eq!(world.played(caller)[0], "zh-CN/promise.by");
    assert_eq!(world.count("promise_made"), 0, "what was not heard to its end was not promised");
    world.hears_to_the_end(caller);
    let journey = world.journey(caller);
    let told: Vec<&Event> = world.events().filter(|event| event.journey() == Some(journey)).collect();
    assert!(told.contains(&&Event::CallbackWanted { journey, wanted: true }));
    assert!(told.contains(&&Event::PartWanted { journey, part: Part::Evening }));
    let by = |event: &&&Event| matches!(event, Event::PromiseMade { by, .. } if *by > world.now.utc);
    assert_eq!(told.iter().filter(by).count(), 1);
    assert_eq!(world.count("notice_heard"), 1);
    assert_eq!(world.ended(caller), Some((TerminalCause::Closed, Party::Engine)));
    assert_eq!(reasons(&world), ["closed"]);
}

#[test]
fn silence_is_a_yes_where_we_may_call_unasked() {
    let (mut world, caller) = told_closed(MOBILE);
    world.stays_silent(caller, 5);
    assert!(world.played(caller)[0].starts_with("zh-CN/promise."));
    world.hears_to_the_end(caller);
    assert_eq!((world.count("promise_made"), world.count("notice_heard")), (1, 1));
    assert_eq!(world.count("callback_wanted"), 0, "nothing was pressed");
}

#[test]
fn a_promise_that_was_not_heard_to_its_end_is_none() {
    let (mut world, caller) = told_closed(MOBILE);
    world.stays_silent(caller, 5);
    world.hang_up(caller);
    assert_eq!((world.count("promise_made"), world.count("notice_heard")), (0, 0));
    assert_eq!(reasons(&world), ["left_in_menu"]);
}

#[test]
fn who_wants_no_call_is_owed_none() {
    let (mut world, caller) = told_closed(MOBILE);
    world.press(caller, '3');
    assert_eq!(world.played(caller), ["zh-CN/declined"]);
    assert_eq!(world.board.open_obligations(), 1, "until the call is over they may think otherwise");
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::Closed, Party::Engine)));
    assert_eq!(world.discharged(), ["caller_declined"]);
    assert_eq!(world.board.open_obligations(), 0);
    assert_eq!(world.count("notice_heard"), 0);
}

#[test]
fn their_own_no_ends_nothing_but_what_this_call_is_owed() {
    let (mut world, first) = told_closed(MOBILE);
    world.hang_up(first);
    let second = calls(&mut world, MOBILE);
    world.press(second, '3');
    world.hang_up(second);
    assert_eq!(world.discharged(), Vec::<String>::new());
    assert_eq!(world.board.open_obligations(), 1, "yesterday's call is owed still");
}

#[test]
fn who_asks_for_a_person_after_a_no_is_owed_a_call_again() {
    for key in ['0', '9'] {
        let (mut world, caller) = told_closed(MOBILE);
        world.press(caller, '3');
        world.press(caller, key);
        assert_eq!(world.progress(caller), Progress::Waiting);
        world.hang_up(caller);
        assert_eq!(world.discharged(), Vec::<String>::new(), "{key}");
        assert_eq!(reasons(&world), ["abandoned"], "{key}");
    }
}

#[test]
fn a_fixed_line_is_asked_and_promised_nothing_without_a_number() {
    let (mut world, caller) = told_closed("076922345678");
    assert_eq!(world.played(caller), ["zh-CN/line"]);
    world.stays_silent(caller, 5);
    assert_eq!(world.played(caller), ["zh-CN/no_number"]);
    world.hears_to_the_end(caller);
    assert_eq!((world.count("promise_made"), world.count("notice_heard")), (0, 0));
    assert_eq!(world.ended(caller), Some((TerminalCause::Closed, Party::Engine)));
    assert_eq!(reasons(&world), ["closed"], "it is owed all the same: a person decides");
}

#[test]
fn a_mobile_that_is_several_peoples_is_not_called_unasked() {
    let mut world = World::at("2026-03-04T22:15:00+08:00", with_callback_flow());
    let (first, second) = (world.call(MOBILE), world.call(MOBILE));
    world.wait_s(1);
    for caller in [first, second] {
        world.hears_to_the_end(caller);
        assert_eq!(world.played(caller), ["zh-CN/none"]);
    }
}

#[test]
fn a_number_that_was_given_is_promised_a_call() {
    let (mut world, caller) = told_closed("076922345678");
    world.keys(caller, "1137123456781");
    assert_eq!(world.played(caller), ["zh-CN/part"]);
    world.press(caller, '2');
    world.hears_to_the_end(caller);
    assert_eq!(world.played(caller)[0], "zh-CN/promise.by");
    world.hears_to_the_end(caller);
    assert_eq!((world.count("contact_given"), world.count("promise_made")), (1, 1));
}

/// Rule 7: a safe number, and a time.
#[test]
fn a_number_that_was_given_without_a_time_is_promised_nothing() {
    let (mut world, caller) = told_closed("076922345678");
    world.keys(caller, "1137123456781");
    world.stays_silent(caller, 5);
    assert_eq!(world.played(caller), ["zh-CN/no_number"]);
}

#[test]
fn where_fixed_lines_are_not_called_none_is_asked_for_an_extension_or_taken() {
    let mut settings = with_callback_flow();
    settings.dial_plan.geographic = false;
    let mut world = World::at("2026-03-04T22:15:00+08:00", settings);
    let caller = calls(&mut world, "076922345678");
    assert_eq!(world.played(caller), ["zh-CN/none"]);
    world.keys(caller, "1076922345678");
    assert_eq!(world.played(caller), ["zh-CN/unusable", "zh-CN/enter"]);
}

#[test]
fn the_extension_is_keyed_in_by_the_operators_click_and_never_by_itself() {
    let (mut world, caller) = told_closed("076922345678");
    world.keys(caller, "2812#12");
    world.hears_to_the_end(caller);
    world.hears_to_the_end(caller);
    world.until("2026-03-05T12:00:00");
    world.ready("mei", &["lang:zh-CN"]);
    world.accept("mei").unwrap();
    let leg = world.dialled();
    world.fact(Fact::LegUp { leg });
    let keyed = |world: &World| {
        let sent = |command: &&Command| matches!(command, Command::SendSealed { leg: to, .. } if *to == leg);
        world.commands.iter().filter(sent).count()
    };
    world.wait_s(10);
    assert_eq!(keyed(&world), 0, "who picked up may be the person already");
    world.ask("mei", RequestKind::KeyExtension {}).unwrap();
    assert_eq!(keyed(&world), 1);
}

#[test]
fn an_extension_is_sealed_behind_their_own_number() {
    let (mut world, caller) = told_closed("076922345678");
    world.keys(caller, "2812#1");
    let contact = world.events().find_map(|event| match event {
        Event::ContactGiven { contact, .. } => Some(contact.clone()),
        _ => None,
    });
    let contact = contact.unwrap();
    assert_eq!((contact.number, contact.extension.map(|sealed| sealed.0.len())), (None, Some(3)));
}

#[test]
fn who_fails_to_give_another_number_is_asked_again_about_their_own() {
    let (mut world, caller) = told_closed(MOBILE);
    world.press(caller, '2');
    world.stays_silent(caller, 10);
    world.stays_silent(caller, 10);
    assert_eq!(world.played(caller), ["zh-CN/own"]);
    assert_eq!(world.ended(caller), None);
}

/// The opening told and the promise are of the zone of the line.
#[test]
fn the_promise_lies_ahead_and_within_hours() {
    let (mut world, caller) = told_closed(MOBILE);
    world.stays_silent(caller, 5);
    world.hears_to_the_end(caller);
    let by = world.events().find_map(|event| if let Event::PromiseMade { by, .. } = event { Some(*by) } else { None });
    let opens: Timestamp = "2026-03-05T09:00:00+08:00".parse().unwrap();
    assert!(by.unwrap() >= opens, "{by:?}");
}

#[test]
fn who_is_no_mobile_is_asked_for_a_number_and_for_an_extension_only_behind_a_line_that_we_see() {
    for (class, prompt) in [
        (NumberClass::Fixed, "zh-CN/line"),
        (NumberClass::Switchboard, "zh-CN/line"),
        (NumberClass::Service, "zh-CN/none"),
        (NumberClass::Foreign, "zh-CN/none"),
        (NumberClass::Short, "zh-CN/none"),
        (NumberClass::Withheld, "zh-CN/none"),
    ] {
        let mut world = World::at("2026-03-04T22:15:00+08:00", with_callback_flow());
        let caller = world.of_class(class);
        world.wait_s(1);
        world.hears_to_the_end(caller);
        assert_eq!(world.played(caller), [prompt], "{class:?}");
    }
}
