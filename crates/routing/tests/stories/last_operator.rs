//! Whoever spoke with a person last is asked first, for a while, where the settings say so (I5, Q1). As shipped they do not.

use std::time::Duration;

use base::LegId;
use routing::*;

use crate::settings::with_queue;
use crate::world::World;

fn held_for_20_s() -> Settings {
    let step = Relax { after: Duration::from_secs(20), what: Relaxes::LastOperator, level: 0 };
    with_queue(|queue| queue.relax = vec![step])
}

/// Mei spoke with 13800000001; lin has been ready for longer since.
fn spoke_with_mei(settings: Settings) -> World {
    let mut world = World::with(settings);
    world.ready("mei", &["lang:zh-CN"]);
    world.desk("lin", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(70);
    world.ask("lin", RequestKind::Ready {}).unwrap();
    world.hang_up(caller);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    world.wait_s(60);
    world
}

/// Another caller has mei.
fn mei_is_busy(world: &mut World) -> LegId {
    world.ask("lin", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    let other = world.call_to_line("13800000009", '1');
    world.accept("mei").unwrap();
    world.ask("lin", RequestKind::Ready {}).unwrap();
    other
}

#[test]
fn the_operator_who_spoke_with_them_last_is_rung_first() {
    let mut world = spoke_with_mei(held_for_20_s());
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("mei"), Some(caller), "though lin is ready for longer");
    let picked = world.events().filter_map(|event| match event {
        Event::Offered { pick: Some(pick), .. } => Some(pick.rule),
        _ => None,
    });
    assert_eq!(picked.last(), Some(PickRule::SpokeLast));
}

#[test]
fn as_shipped_the_longest_ready_is() {
    let mut world = spoke_with_mei(crate::settings::settings());
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("lin"), Some(caller));
}

#[test]
fn they_are_held_for_no_longer_than_the_settings_say() {
    let mut world = spoke_with_mei(held_for_20_s());
    mei_is_busy(&mut world);
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(19);
    assert_eq!(world.rings("lin"), None);
    world.wait_s(1);
    assert_eq!(world.rings("lin"), Some(caller));
}

#[test]
fn they_are_held_for_nobody_who_takes_no_calls() {
    let mut world = spoke_with_mei(held_for_20_s());
    let other = mei_is_busy(&mut world);
    let caller = world.call_to_line("13800000001", '1');
    world.hang_up(other);
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.rings("lin"), Some(caller), "mei went to eat");
}

#[test]
fn who_declines_or_misses_is_asked_first_no_more() {
    let mut world = spoke_with_mei(held_for_20_s());
    let caller = world.call_to_line("13800000001", '1');
    world.decline("mei").unwrap();
    assert_eq!(world.rings("lin"), Some(caller));

    let mut world = spoke_with_mei(held_for_20_s());
    world.ask("lin", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    let caller = world.call_to_line("13800000001", '1');
    world.ask("lin", RequestKind::Ready {}).unwrap();
    world.wait_s(20);
    assert_eq!(world.not_ready("mei").as_deref(), Some("no_answer"), "lin is there, too");
    assert_eq!(world.rings("lin"), Some(caller));
}

#[test]
fn in_danger_nobody_is_held() {
    let mut world = spoke_with_mei(held_for_20_s());
    mei_is_busy(&mut world);
    let caller = world.call_to_line("13800000001", '1');
    world.press(caller, '9');
    assert_eq!(world.rings("lin"), Some(caller));
}

#[test]
fn a_shared_number_is_nobody_who_was_spoken_with() {
    let mut world = spoke_with_mei(held_for_20_s());
    let one = world.call("13800000001");
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("lin"), Some(caller));
    world.hang_up(one);
}

#[test]
fn a_month_later_it_is_forgotten() {
    let mut world = spoke_with_mei(held_for_20_s());
    world.wait(Duration::from_secs(30 * 24 * 3600));
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("lin"), Some(caller));
}
