use routing::*;

use crate::world::World;

/// A caller in a talk with mei. Both legs.
fn talking(world: &mut World) -> (base::LegId, base::LegId) {
    let desk = world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    assert_eq!(world.progress(caller), Progress::Talking);
    (caller, desk)
}

fn music() -> Vec<Source> {
    vec![Source::Music("calm".into())]
}

#[test]
fn ready_is_proven_not_claimed() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    world.socket("mei", false);
    assert_eq!(world.ask("mei", RequestKind::Ready {}), Err(RequestError::NoAudio));
    world.socket("mei", true);
    assert_eq!(world.ask("mei", RequestKind::Ready {}), Ok(Reply::Done));
}

#[test]
fn a_silent_desk_loses_the_caller_to_the_head_of_the_line_and_is_told_why() {
    let mut world = World::new();
    let (caller, desk) = talking(&mut world);
    world.falls_silent(desk);
    assert_eq!(world.not_ready("mei").as_deref(), Some("desk_silent"));
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(world.hears(caller), music());
    assert_eq!(world.owed()[0].1, "desk_silent");
    world.call_to_line("13800000002", '1');
    world.ready("lin", &["lang:zh-CN"]);
    assert_eq!(world.rings("lin"), Some(caller), "cut off by us: first in line");
    assert!(world.board.offer(&crate::world::operator("lin")).unwrap().1.returned);
}

#[test]
fn a_desk_from_which_nothing_ever_came_is_out_within_the_limit() {
    let mut world = World::new();
    let desk = world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.mute.insert(desk);
    world.accept("mei").unwrap();
    world.wait_s(4);
    assert_eq!(world.not_ready("mei").as_deref(), Some("desk_silent"));
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(world.count("conversing"), 0);
}

#[test]
fn a_page_that_reloads_in_mid_call_rejoins_and_the_caller_never_leaves() {
    let mut world = World::new();
    let (caller, desk) = talking(&mut world);
    world.ask("mei", RequestKind::Mute { on: true }).unwrap();
    world.socket("mei", false);
    assert_eq!(world.hears(caller), [Source::Leg(desk)], "a socket alone parts nobody");
    world.falls_silent(desk);
    assert_eq!(world.hears(caller), music());
    assert_eq!(world.progress(caller), Progress::Held);
    world.socket("mei", true);
    let anew = world.desk_leg("mei");
    assert_eq!(world.hears(caller), [Source::Leg(anew)]);
    assert_eq!(world.hears(anew), [Source::Leg(caller)]);
    assert!(world.was_told(&Command::Mute { leg: anew, on: true }), "still muted");
    assert_eq!(world.count("requeued"), 0);
    assert_eq!(world.progress(caller), Progress::Talking);
    world.wait_s(60);
    assert_eq!(world.progress(caller), Progress::Talking);
}

#[test]
fn a_quick_reload_replaces_the_leg_before_anyone_noticed() {
    let mut world = World::new();
    let (caller, desk) = talking(&mut world);
    world.socket("mei", false);
    world.socket("mei", true);
    let anew = world.desk_leg("mei");
    assert_eq!(world.hears(caller), [Source::Leg(anew)]);
    assert_eq!(world.hung_up(desk), Some(HangUpReason::Done));
    world.fact(Fact::Silent { leg: desk });
    assert_eq!(world.progress(caller), Progress::Talking, "the old leg has nothing to say");
}

#[test]
fn a_reload_slower_than_silence_is_still_a_reload() {
    let mut world = World::new();
    let (caller, desk) = talking(&mut world);
    world.socket("mei", false);
    world.wait_s(1);
    world.socket("mei", true);
    world.mute.insert(desk);
    world.wait_s(2);
    world.fact(Fact::Silent { leg: desk });
    assert_eq!(world.progress(caller), Progress::Held);
    world.desk_leg("mei");
    assert_eq!(world.progress(caller), Progress::Talking);
}

#[test]
fn a_desk_that_stays_away_loses_the_caller() {
    let mut world = World::new();
    let (caller, desk) = talking(&mut world);
    world.socket("mei", false);
    world.fact(Fact::LegEnded { leg: desk, by: Party::Operator });
    assert_eq!(world.progress(caller), Progress::Held);
    world.wait_s(5);
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(world.not_ready("mei").as_deref(), Some("socket_lost"));
}

#[test]
fn a_ready_desk_that_reloads_stays_ready_and_is_not_rung_meanwhile() {
    let mut world = World::new();
    let desk = world.ready("mei", &["lang:zh-CN"]);
    world.socket("mei", false);
    world.fact(Fact::LegEnded { leg: desk, by: Party::Operator });
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("mei"), None);
    world.wait_s(3);
    world.socket("mei", true);
    world.desk_leg("mei");
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn a_ready_desk_that_stays_away_is_out_and_says_why() {
    let mut world = World::new();
    let desk = world.ready("mei", &["lang:zh-CN"]);
    world.falls_silent(desk);
    world.wait_s(5);
    assert_eq!(world.not_ready("mei").as_deref(), Some("audio_lost"));
    world.mute.clear();
    world.fact(Fact::Flowing { leg: desk });
    assert_eq!(world.not_ready("mei").as_deref(), Some("audio_lost"), "who sits there says when ready");
    assert_eq!(world.ask("mei", RequestKind::Ready {}), Ok(Reply::Done));
}

#[test]
fn a_desk_that_goes_while_it_rings_gives_the_call_to_another() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.wait_s(1);
    world.ready("lin", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.socket("mei", false);
    assert_eq!(world.rings("lin"), Some(caller));
}

#[test]
fn a_machine_that_was_shut_down_ends_its_shift_in_the_end() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.socket("mei", false);
    world.wait_s(5 + 600);
    assert_eq!(world.state("mei"), OperatorState::Offline);
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(30);
    assert_eq!(world.played(caller), ["zh-CN/promise"]);
}

#[test]
fn a_silent_caller_is_a_warning_and_no_more() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.mute.insert(caller);
    world.accept("mei").unwrap();
    world.wait_s(10);
    assert_eq!(world.progress(caller), Progress::Talking);
    assert_eq!(world.count("conversing"), 0);
    assert!(world.board.call(&crate::world::operator("mei")).unwrap().1.silent);
    world.fact(Fact::Flowing { leg: caller });
    assert_eq!(world.count("conversing"), 1);
    assert!(!world.board.call(&crate::world::operator("mei")).unwrap().1.silent);
}

#[test]
fn who_leaves_before_audio_both_ways_had_no_audio() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.mute.insert(caller);
    world.accept("mei").unwrap();
    world.wait_s(2);
    world.hang_up(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::NoAudio, Party::Caller)));
    assert_eq!(world.owed()[0].1, "no_audio");
}

#[test]
fn hold_is_music_and_silence_and_ends_as_it_began() {
    let mut world = World::new();
    let (caller, desk) = talking(&mut world);
    world.ask("mei", RequestKind::Hold { on: true }).unwrap();
    assert_eq!((world.hears(caller), world.hears(desk)), (music(), Vec::new()));
    world.ask("mei", RequestKind::Hold { on: true }).unwrap();
    assert_eq!(world.count("held"), 1);
    world.ask("mei", RequestKind::Hold { on: false }).unwrap();
    assert_eq!(world.hears(caller), [Source::Leg(desk)]);
    world.ask("mei", RequestKind::Key { digit: '5' }).unwrap();
    assert!(world.was_told(&Command::SendDigit { leg: caller, digit: '5' }));
    assert_eq!(world.ask("mei", RequestKind::Key { digit: 'x' }), Err(RequestError::WrongState));
}
