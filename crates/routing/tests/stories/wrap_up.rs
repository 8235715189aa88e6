use std::time::Duration;

use routing::*;

use crate::settings::with_queue;
use crate::world::World;

fn talk(world: &mut World, seconds: u64) -> base::LegId {
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(seconds);
    caller
}

#[test]
fn sixty_seconds_both_ways_keep_it_without_an_outcome() {
    let mut world = World::new();
    let caller = talk(&mut world, 60);
    world.hang_up(caller);
    assert_eq!(world.board.open_obligations(), 1, "until wrap-up is over");
    world.wait_s(120);
    assert_eq!(world.discharged(), ["sixty_seconds_both_ways"]);
    assert!(world.is_ready("mei"));
}

#[test]
fn a_second_less_does_not() {
    let mut world = World::new();
    let caller = talk(&mut world, 59);
    world.hang_up(caller);
    world.wait_s(120);
    assert_eq!(world.owed()[0].1, "too_short");
}

#[test]
fn time_on_hold_is_not_audio_both_ways() {
    let mut world = World::new();
    let caller = talk(&mut world, 30);
    world.ask("mei", RequestKind::Hold { on: true }).unwrap();
    world.wait_s(40);
    world.ask("mei", RequestKind::Hold { on: false }).unwrap();
    world.wait_s(29);
    world.hang_up(caller);
    world.wait_s(120);
    assert_eq!(world.owed()[0].1, "too_short");
}

#[test]
fn not_spoken_is_open_again_however_long_it_was() {
    let mut world = World::new();
    let caller = talk(&mut world, 600);
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    assert_eq!(world.ended(caller), Some((TerminalCause::Conversed, Party::Operator)));
    assert_eq!(world.hung_up(caller), Some(HangUpReason::Done));
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::NotSpoken }).unwrap();
    assert_eq!(world.owed()[0].1, "not_spoken");
}

#[test]
fn a_cut_by_the_trunk_is_open_again_at_any_length() {
    let mut world = World::new();
    let caller = talk(&mut world, 600);
    world.fact(Fact::LegEnded { leg: caller, by: Party::Trunk });
    assert_eq!(world.owed()[0].1, "cut_off_by_trunk");
    world.wait_s(120);
    assert_eq!(world.owed()[0].1, "cut_off_by_trunk");
    assert_eq!(world.discharged(), [""; 0]);
}

#[test]
fn an_outcome_can_be_corrected_until_wrap_up_ends() {
    let mut world = World::new();
    let caller = talk(&mut world, 10);
    world.hang_up(caller);
    let outcome = |outcome| RequestKind::Outcome { outcome };
    world.ask("mei", outcome(Outcome::Spoken)).unwrap();
    assert_eq!(world.board.open_obligations(), 0);
    world.ask("mei", outcome(Outcome::NotSpoken)).unwrap();
    assert_eq!(world.owed()[0].1, "outcome_corrected");
    world.ask("mei", outcome(Outcome::Spoken)).unwrap();
    assert_eq!(world.board.open_obligations(), 0);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.ask("mei", outcome(Outcome::NotSpoken)), Err(RequestError::WrongState));
}

#[test]
fn an_outcome_said_in_the_call_counts_at_its_end() {
    let mut world = World::new();
    let caller = talk(&mut world, 10);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.board.open_obligations(), 1);
    world.hang_up(caller);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.discharged(), ["spoken"]);
}

#[test]
fn a_break_asked_for_in_the_call_follows_it() {
    let mut world = World::new();
    let caller = talk(&mut world, 10);
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    let mei = crate::world::operator("mei");
    assert_eq!(world.board.operator(&mei).unwrap().next, Some(Reason::new("meal")));
    assert_eq!(world.ask("mei", RequestKind::EndShift {}), Err(RequestError::WrongState));
    world.hang_up(caller);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.not_ready("mei").as_deref(), Some("meal"));
    assert_eq!(world.board.operator(&mei).unwrap().next, None);
}

#[test]
fn more_time_is_given_once_for_each_press() {
    let mut world = World::new();
    let caller = talk(&mut world, 10);
    world.hang_up(caller);
    world.ask("mei", RequestKind::ExtendWrapUp {}).unwrap();
    world.wait_s(239);
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
    world.wait_s(1);
    assert!(world.is_ready("mei"));
    assert_eq!(world.ask("mei", RequestKind::ExtendWrapUp {}), Err(RequestError::WrongState));
}

#[test]
fn it_is_drawn_out_so_far_and_no_further() {
    let mut world = World::with(Settings {
        limits: Limits { wrap_up_most: Duration::from_secs(300), ..crate::settings::settings().limits },
        ..crate::settings::settings()
    });
    let caller = talk(&mut world, 10);
    world.hang_up(caller);
    world.wait_s(60);
    world.ask("mei", RequestKind::ExtendWrapUp {}).unwrap();
    world.ask("mei", RequestKind::ExtendWrapUp {}).unwrap();
    assert_eq!(world.ask("mei", RequestKind::ExtendWrapUp {}), Err(RequestError::LongEnough));
    world.wait_s(239);
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
    world.wait_s(1);
    assert!(world.is_ready("mei"), "five minutes after the call");
}

#[test]
fn without_wrap_up_the_operator_is_ready_at_once() {
    let mut world = World::with(with_queue(|queue| queue.wrap_up = Duration::ZERO));
    let caller = talk(&mut world, 61);
    world.hang_up(caller);
    assert!(world.is_ready("mei"));
    assert_eq!(world.discharged(), ["sixty_seconds_both_ways"]);
}

#[test]
fn nobody_is_rung_in_wrap_up() {
    let mut world = World::new();
    let caller = talk(&mut world, 10);
    world.hang_up(caller);
    let next = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("mei"), None);
    world.wait_s(120);
    assert_eq!(world.rings("mei"), Some(next));
}
