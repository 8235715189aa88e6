//! What an operator says of the number that they speak with (rules 5 and 6), and what wakes somebody when a promise is not kept.

use base::{LegId, NumberClass};
use routing::*;

use crate::settings::{settings, with_callback_flow};
use crate::world::{World, operator};

fn in_a_call(number: &str) -> (World, LegId) {
    let mut world = World::with(settings());
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line(number, '1');
    world.accept("mei").unwrap();
    world.wait_s(10);
    (world, caller)
}

fn not_spoken(world: &mut World) {
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::NotSpoken }).unwrap();
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
}

#[test]
fn an_operator_marks_a_number_that_is_not_to_be_called() {
    let (mut world, caller) = in_a_call("13800000001");
    world.ask("mei", RequestKind::DoNotCall { on: true }).unwrap();
    world.ask("mei", RequestKind::DoNotCall { on: true }).unwrap();
    assert_eq!(world.count("number_flagged"), 1, "said twice is said once");
    world.hang_up(caller);
    not_spoken(&mut world);
    assert_eq!(world.held(caller), Some((HoldList::DoNotCall, "do_not_call".to_owned())));
    let again = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("mei"), Some(again), "it stops dialling, never answering");
}

#[test]
fn a_slip_is_taken_back_in_the_time_after_the_call() {
    let (mut world, caller) = in_a_call("13800000001");
    world.hang_up(caller);
    world.ask("mei", RequestKind::DoNotCall { on: true }).unwrap();
    world.ask("mei", RequestKind::DoNotCall { on: false }).unwrap();
    not_spoken(&mut world);
    assert!(world.plan(caller).is_some(), "called as before");
}

#[test]
fn a_number_that_nobody_knows_is_not_marked_nor_any_without_a_call() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    assert_eq!(world.ask("mei", RequestKind::DoNotCall { on: true }), Err(RequestError::WrongState));
    let caller = world.of_class(NumberClass::Withheld);
    world.wait_s(1);
    world.hears_to_the_end(caller);
    world.keys(caller, "11");
    world.accept("mei").unwrap();
    assert_eq!(world.ask("mei", RequestKind::DoNotCall { on: true }), Err(RequestError::NotOnePerson));
}

#[test]
fn what_else_is_owed_to_a_shared_number_is_shown_and_closes_by_the_operators_word() {
    let mut world = World::new();
    let calls = [world.call("13800000001"), world.call("13800000001")];
    calls.into_iter().for_each(|leg| world.hang_up(leg));
    world.ready("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    let listed = |world: &World| {
        let (_, journey, _) = world.board.call(&operator("mei")).unwrap();
        let same = world.board.same_number(&journey.caller, journey.obligation).map(|(id, _)| id);
        same.map(|id| (id, journey.is_same(id))).collect::<Vec<_>>()
    };
    let first = world.owed_for(calls[0]).unwrap().0;
    assert_eq!(listed(&world).len(), 2, "both, and not what this call is owed");
    world.ask("mei", RequestKind::SamePerson { obligation: first }).unwrap();
    assert!(listed(&world).contains(&(first, true)));
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    let after = world.board.operator(&operator("mei")).unwrap().after.clone().unwrap();
    assert!(after.is_same(first));
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.board.open_obligations(), 1, "the other one is somebody else's");
}

#[test]
fn nothing_is_asked_of_a_mobile_that_is_one_persons() {
    let (mut world, caller) = in_a_call("13800000001");
    world.hang_up(caller);
    not_spoken(&mut world);
    let again = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    let (_, journey, _) = world.board.call(&operator("mei")).unwrap();
    assert_eq!((journey.leg, world.board.same_number(&journey.caller, None).count()), (again, 0));
}

#[test]
fn a_promise_that_is_not_kept_wakes_somebody_and_is_counted() {
    let mut world = World::at("2026-03-03T22:00:00+08:00", with_callback_flow());
    world.employs("mei", &["lang:zh-CN"]);
    let caller = world.call("13800000001");
    world.wait_s(1);
    for key in ['1', '1'] {
        world.hears_to_the_end(caller);
        world.press(caller, key);
    }
    world.hears_to_the_end(caller);
    world.hears_to_the_end(caller);
    let (obligation, owed) = world.owed_for(caller).unwrap();
    let by = owed.callback.promise.expect("a time was told");
    assert_eq!((world.board.late_promises(), world.alarms.len()), (0, 0));
    world.until("2026-03-04T12:30:00");
    assert!(by < world.now.utc);
    assert_eq!(world.board.late_promises(), 1);
    assert!(world.alarms.contains(&Alarm::PromiseMissed { obligation }));
    assert_eq!(world.alarms.iter().filter(|alarm| matches!(alarm, Alarm::PromiseMissed { .. })).count(), 1);
}
