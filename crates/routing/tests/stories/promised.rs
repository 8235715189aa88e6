//! The time that a caller is told rests on those who are planned (rule 11); where no rota was ever given, on a setting.

use jiff::civil::time;
use routing::*;

use crate::settings::{relax_language, settings, with_phones, with_queue};
use crate::world::{World, operator};

/// Works every day from one full hour to another.
fn works(world: &mut World, name: &str, skills: &[&str], from: i8, to: i8) {
    world.employs(name, skills);
    let hours = Hours { from: time(from, 0, 0, 0), to: TimeOfDay::At(time(to, 0, 0, 0)) };
    let rota = Rota { week: std::array::from_fn(|_| vec![hours]), ..Rota::default() };
    world.ask_as(None, RequestKind::SetRota { operator: operator(name), rota }).unwrap();
}

fn at_night(settings: Settings, owed: u32) -> World {
    let mut world = World::at("2026-03-03T22:00:00+08:00", settings);
    for n in 0..owed {
        world.calls_after_hours(&format!("1390000{n:04}"));
    }
    world
}

/// What someone who calls now would be told, by the clock in China.
fn told(world: &mut World, part: Option<Part>) -> Option<String> {
    let leg = world.call("13800000001");
    let by = world.switchboard.time_for(world.journey(leg), part, world.now.utc);
    world.hang_up(leg);
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    by.map(|by| by.to_zoned(zone).strftime("%m-%d %H:%M").to_string())
}

#[test]
fn nobody_is_promised_a_time_at_which_nobody_works() {
    let mut world = at_night(settings(), 0);
    works(&mut world, "mei", &["lang:zh-CN"], 14, 18);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 14:30"), "calling hours begin at nine, and mei at two");
    assert_eq!(told(&mut world, Some(Part::Morning)), None, "never in the morning");
    assert_eq!(told(&mut world, Some(Part::Afternoon)).as_deref(), Some("03-04 14:30"));
}

#[test]
fn more_who_work_make_it_sooner() {
    let mut world = at_night(settings(), 12);
    works(&mut world, "mei", &["lang:zh-CN"], 9, 21);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 11:30"), "twelve before, one after the other");
    works(&mut world, "lin", &["lang:zh-CN"], 9, 21);
    works(&mut world, "hua", &["lang:zh-CN"], 9, 21);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 10:00"), "three at a time");
}

#[test]
fn who_works_a_stretch_makes_its_callbacks_and_no_more() {
    let mut world = at_night(settings(), 12);
    works(&mut world, "mei", &["lang:zh-CN"], 9, 10);
    works(&mut world, "lin", &["lang:zh-CN"], 15, 18);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 16:30"), "six before ten, the other six from three on");
}

#[test]
fn who_does_not_speak_the_language_keeps_no_promise() {
    let mut world = at_night(settings(), 0);
    works(&mut world, "hua", &["lang:yue"], 9, 21);
    assert_eq!(told(&mut world, None), None, "no time at all, and none is told");
    let mut world = at_night(with_queue(|queue| queue.relax = relax_language(90)), 0);
    works(&mut world, "hua", &["lang:yue"], 9, 21);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 09:30"), "where the language is given up in the end");
}

#[test]
fn a_phone_at_a_fixed_address_calls_nobody_back() {
    let mut world = at_night(with_phones(&["desk1"]), 0);
    works(&mut world, "mei", &["lang:zh-CN"], 14, 18);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 14:30"));
}

#[test]
fn without_a_rota_the_setting_says_how_many() {
    let mut world = at_night(settings(), 12);
    world.employs("mei", &["lang:zh-CN"]);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 11:30"));
    let mut world = at_night(crate::settings::with_callbacks(|callbacks| callbacks.operators = 3), 12);
    ["mei", "lin", "hua"].into_iter().for_each(|name| world.employs(name, &["lang:zh-CN"]));
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 10:00"));
}

#[test]
fn without_a_rota_no_more_are_taken_to_be_at_work_than_there_are_who_can() {
    let mut world = at_night(crate::settings::with_callbacks(|callbacks| callbacks.operators = 3), 12);
    assert_eq!(told(&mut world, None), None, "there is no operator at all");
    world.employs("hua", &["lang:yue"]);
    assert_eq!(told(&mut world, None), None, "nor one who speaks the language");
    world.employs("mei", &["lang:zh-CN"]);
    assert_eq!(told(&mut world, None).as_deref(), Some("03-04 11:30"), "one, whatever the setting says");
}

#[test]
fn where_nobody_knows_who_works_when_no_time_is_told() {
    let settings = crate::settings::with_callbacks(|callbacks| callbacks.operators = 0);
    let mut world = at_night(settings.clone(), 0);
    world.employs("mei", &["lang:zh-CN"]);
    assert_eq!(told(&mut world, None), None);
    let caller = world.calls_after_hours("13800000002");
    assert_eq!(world.due(caller).as_deref(), Some("03-04 09:00:00"), "they are called all the same");
    let span = (world.now.utc, world.now.utc + jiff::SignedDuration::from_hours(24));
    assert_eq!(world.board.unpromised(&settings, "line", span).len(), 1, "and whoever plans sees it");
    works(&mut world, "mei", &[], 9, 21);
    assert!(told(&mut world, None).is_some());
}

#[test]
fn who_works_here_and_is_not_planned_is_waited_for_and_promised_nothing_from() {
    let mut world = at_night(with_queue(|queue| queue.relax = relax_language(90)), 0);
    works(&mut world, "hua", &["lang:yue"], 9, 21);
    world.employs("mei", &["lang:zh-CN"]);
    assert_eq!(told(&mut world, None), None, "the callback waits for mei, and nobody knows when she comes");
}

#[test]
fn stretches_in_which_a_promise_rests_on_nobody_are_told() {
    let gaps = |world: &World| {
        let span = (world.now.utc, world.now.utc + jiff::SignedDuration::from_hours(24));
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        let clock = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%d %H:%M").to_string();
        let gaps = world.board.unpromised(&settings(), "line", span).into_iter();
        gaps.map(|(from, to)| format!("{} to {}", clock(from), clock(to))).collect::<Vec<_>>()
    };
    let mut world = at_night(settings(), 0);
    assert_eq!(gaps(&world), ["04 09:00 to 04 20:30"], "there is no operator");
    world.desk("mei", &["lang:zh-CN"]);
    assert_eq!(gaps(&world), [""; 0], "without a rota the setting counts");
    works(&mut world, "mei", &[], 14, 18);
    assert_eq!(gaps(&world), ["04 09:00 to 04 14:00", "04 18:00 to 04 20:30"]);
}
