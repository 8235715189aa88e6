//! Callbacks and callers in one line (rule 12).

use base::LegId;
use routing::*;

use crate::settings::settings;
use crate::world::World;

fn closed_calls(world: &mut World, numbers: &[&str]) -> Vec<LegId> {
    let calls = numbers.iter().map(|number| {
        let leg = world.call(number);
        world.wait_s(1);
        world.hears_to_the_end(leg);
        leg
    });
    calls.collect()
}

fn at_night() -> World {
    World::at("2026-03-03T22:00:00+08:00", settings())
}

/// Who rings at mei: a caller, or a callback of this call.
fn rings(world: &World, calls: &[LegId]) -> Option<LegId> {
    let of = world.rings_for("mei");
    let due = calls.iter().find(|leg| of.is_some() && world.owed_for(**leg).map(|(id, _)| id) == of).copied();
    world.rings("mei").or(due)
}

#[test]
fn live_callers_go_before_due_callbacks_and_the_oldest_first() {
    let mut world = at_night();
    let owed = closed_calls(&mut world, &["13800000001", "13800000002"]);
    world.until("2026-03-04T09:00:00");
    world.desk("mei", &["lang:zh-CN"]);
    let live = world.call_to_line("13800000003", '1');
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(rings(&world, &owed), Some(live));
    world.hang_up(live);
    assert_eq!(rings(&world, &owed), Some(owed[0]), "the older of the two");
}

#[test]
fn a_promise_goes_before_live_callers_a_quarter_of_an_hour_before_its_time() {
    for (moment, first) in [("2026-03-04T09:44:59", false), ("2026-03-04T09:45:00", true)] {
        let mut world = at_night();
        let owed = closed_calls(&mut world, &["13800000001"]);
        let (obligation, journey) = (world.owed_for(owed[0]).unwrap().0, world.journey(owed[0]));
        let by = "2026-03-04T10:00:00+08:00".parse().unwrap();
        world.says(Event::PromiseMade { obligation, journey, by });
        world.crash(settings());
        world.desk("mei", &["lang:zh-CN"]);
        world.until("2026-03-04T09:44:00");
        let live = world.call_to_line("13800000003", '1');
        world.until(moment);
        world.ask("mei", RequestKind::Ready {}).unwrap();
        assert_eq!(rings(&world, &owed), Some(if first { owed[0] } else { live }), "{moment}");
    }
}

#[test]
fn neither_callbacks_nor_callers_starve() {
    let mut world = at_night();
    let numbers: Vec<String> = (0..8).map(|n| format!("1390000000{n}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let owed = closed_calls(&mut world, &numbers);
    world.until("2026-03-04T09:31:00");
    world.desk("mei", &["lang:zh-CN"]);
    let live: Vec<LegId> = (0..8).map(|n| world.call_to_line(&format!("1370000000{n}"), '1')).collect();
    world.ask("mei", RequestKind::Ready {}).unwrap();
    let mut served = String::new();
    for _ in 0..12 {
        match rings(&world, &owed) {
            Some(leg) if live.contains(&leg) => {
                served.push('l');
                world.hang_up(leg);
            }
            Some(_) => {
                served.push('c');
                world.accept("mei").unwrap();
                world.ask("mei", RequestKind::HangUp {}).unwrap();
                world.ask("mei", RequestKind::Outcome { outcome: Outcome::NoAnswer }).unwrap();
                world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
            }
            None => served.push('-'),
        }
    }
    assert_eq!(served, "lllclllcllcc", "three live callers between two callbacks");
}

#[test]
fn a_callback_in_a_language_that_nobody_here_speaks_is_made_by_any() {
    let settings = crate::settings::with_queue(|queue| queue.relax = crate::settings::relax_language(90));
    let mut world = World::new();
    let caller = world.call_to_line("13800000001", '2');
    world.press(caller, '7');
    world.hears_to_the_end(caller);
    world.crash(settings);
    world.ready("mei", &["lang:zh-CN"]);
    assert!(world.rings_for("mei").is_some());
}

#[test]
fn a_callback_waits_for_those_who_speak_its_language_however_long_they_are_away() {
    let settings = crate::settings::with_queue(|queue| queue.relax = crate::settings::relax_language(90));
    let mut world = World::with(settings);
    let caller = world.call_to_line("13800000001", '2');
    world.press(caller, '7');
    world.hears_to_the_end(caller);
    world.desk("hua", &["lang:yue"]);
    world.socket("hua", false);
    world.ready("mei", &["lang:zh-CN"]);
    world.wait_s(3 * 3_600);
    assert_eq!(world.rings_for("mei"), None);
    assert!(matches!(world.alarms[..], [.., Alarm::CallbackOverdue { .. }]), "a supervisor knows: {:?}", world.alarms);
    world.ready("hua", &["lang:yue"]);
    assert!(world.rings_for("hua").is_some());
}

#[test]
fn who_wants_a_callback_is_offered_it_in_whatever_language() {
    let mut world = World::new();
    let caller = world.call_to_line("13800000001", '2');
    world.press(caller, '7');
    world.hears_to_the_end(caller);
    world.desk("hua", &["lang:yue"]);
    world.ready("mei", &["lang:zh-CN"]);
    let (obligation, _) = world.owed_for(caller).unwrap();
    world.ask("mei", RequestKind::ClaimObligation { obligation }).unwrap();
    assert_eq!(world.rings_for("mei"), Some(obligation));
}

#[test]
fn a_step_of_the_wall_clock_sets_what_is_due_anew() {
    let mut world = at_night();
    closed_calls(&mut world, &["13800000001"]);
    world.ready("mei", &["lang:zh-CN"]);
    world.now.utc = "2026-03-04T09:00:00+08:00".parse().unwrap();
    world.wait_s(1);
    world.socket("mei", true);
    assert!(world.rings_for("mei").is_some());
}

#[test]
fn what_is_due_for_long_wakes_a_supervisor_once() {
    let mut world = at_night();
    let owed = closed_calls(&mut world, &["13800000001"]);
    let obligation = world.owed_for(owed[0]).unwrap().0;
    world.until("2026-03-04T10:59:59");
    assert!(world.alarms.is_empty());
    world.until("2026-03-04T15:00:00");
    assert_eq!(world.alarms, [Alarm::CallbackOverdue { obligation }]);
}
