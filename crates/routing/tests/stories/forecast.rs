//! How long it may take is told from what calls took of late, and never longer than before without a reason (Q3).

use std::time::Duration;

use base::LegId;
use routing::*;

use crate::settings::with_queue;
use crate::world::World;

/// Every half minute those in line hear how long it may take.
fn telling() -> Settings {
    with_queue(|queue| queue.comfort = vec!["still_here".to_owned(), "{wait}".to_owned()])
}

/// A call that takes its operator so long, wrap-up included.
fn a_call_of(world: &mut World, who: &str, number: &str, seconds: u64) {
    let leg = world.call_to_line(number, '1');
    world.accept(who).unwrap();
    world.wait_s(seconds - 10);
    world.hang_up(leg);
    world.wait_s(10);
    world.ask(who, RequestKind::FinishWrapUp {}).unwrap();
}

/// Mei took some calls of a hundred seconds, and is in one more; two wait behind it.
fn busy(calls: u64) -> (World, LegId, LegId) {
    let mut world = World::with(telling());
    world.ready("mei", &["lang:zh-CN"]);
    for call in 0..calls {
        a_call_of(&mut world, "mei", &format!("1380000{call:04}"), 100);
    }
    world.call_to_line("13900000000", '1');
    world.accept("mei").unwrap();
    let first = world.call_to_line("13900000001", '1');
    let second = world.call_to_line("13900000002", '1');
    (world, first, second)
}

fn waits(world: &World, leg: LegId) -> Vec<String> {
    let id = world.journey(leg);
    let told = |event: &Event| match event {
        Event::WaitTold { journey, minutes, ahead, operators, takes_s } if *journey == id => {
            Some(format!("{minutes} min: {ahead} ahead, {operators} there, {takes_s} s"))
        }
        _ => None,
    };
    world.events().filter_map(told).collect()
}

#[test]
fn a_wait_is_told_from_what_calls_took_and_who_is_there() {
    let (mut world, first, second) = busy(5);
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here", "zh-CN/wait.2"]);
    assert_eq!(world.played(second), ["zh-CN/still_here", "zh-CN/wait.4"]);
    assert_eq!(waits(&world, second), ["4 min: 1 ahead, 1 there, 100 s"]);
}

#[test]
fn what_too_few_calls_tell_is_not_told() {
    let (mut world, first, _) = busy(4);
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here"]);
}

#[test]
fn more_operators_make_it_shorter_and_that_is_told() {
    let (mut world, _, second) = busy(5);
    world.wait_s(30);
    world.ready("lin", &["lang:zh-CN"]);
    world.accept("lin").unwrap();
    world.wait_s(30);
    assert_eq!(waits(&world, second), ["4 min: 1 ahead, 1 there, 100 s", "1 min: 0 ahead, 2 there, 100 s"]);
}

#[test]
fn nothing_is_said_where_it_became_longer_without_a_reason() {
    let mut world = World::with(telling());
    world.ready("mei", &["lang:zh-CN"]);
    (0..5).for_each(|call| a_call_of(&mut world, "mei", &format!("1380000{call:04}"), 100));
    world.ready("lin", &["lang:zh-CN"]);
    for number in ["13900000000", "13900000001"] {
        world.call_to_line(number, '1');
    }
    world.accept("mei").unwrap();
    world.accept("lin").unwrap();
    let first = world.call_to_line("13900000002", '1');
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here", "zh-CN/wait.1"]);
    world.ask("lin", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    world.ask("lin", RequestKind::HangUp {}).unwrap();
    world.ask("lin", RequestKind::FinishWrapUp {}).unwrap();
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here"], "lin went to eat: two minutes now, and no word of it");
    assert_eq!(waits(&world, first).len(), 1);
}

#[test]
fn who_is_passed_hears_so_with_the_longer_wait() {
    let (mut world, first, _) = busy(5);
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here", "zh-CN/wait.2"]);
    world.call_to_line("13900000003", '9');
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here", "zh-CN/ahead.passed", "zh-CN/wait.4"]);
}

#[test]
fn nobody_hears_a_wait_that_they_will_not_wait() {
    let mut world = World::with({
        let mut settings = telling();
        settings.queues.get_mut("main").unwrap().max_wait = Some(Duration::from_secs(120));
        settings
    });
    world.ready("mei", &["lang:zh-CN"]);
    (0..5).for_each(|call| a_call_of(&mut world, "mei", &format!("1380000{call:04}"), 100));
    world.call_to_line("13900000000", '1');
    world.accept("mei").unwrap();
    let first = world.call_to_line("13900000001", '1');
    world.wait_s(30);
    assert_eq!(world.played(first), ["zh-CN/still_here"], "a call back is promised before the 100 s are over");
}

#[test]
fn a_desk_that_failed_says_nothing_of_how_long_calls_take() {
    let (mut world, first, _) = busy(4);
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    let leg = world.desk_leg_of("mei");
    world.mute.insert(leg);
    world.fact(Fact::Silent { leg });
    world.wait_s(30);
    assert!(waits(&world, first).is_empty());
}
