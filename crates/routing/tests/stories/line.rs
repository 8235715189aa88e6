use std::time::Duration;

use routing::*;

use crate::settings::{relax_language, settings, with_queue};
use crate::world::World;

#[test]
fn the_longest_ready_operator_is_rung_first() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.wait_s(1);
    world.ready("lin", &["lang:zh-CN"]);
    world.wait_s(1);
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    world.wait_s(1);
    world.ask("mei", RequestKind::Ready {}).unwrap();
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("lin"), Some(caller));
    assert_eq!(world.rings("mei"), None, "one caller never rings at two");
}

#[test]
fn a_language_is_a_skill_and_who_lacks_it_is_not_rung() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let cantonese = world.call_to_line("13800000001", '2');
    let mandarin = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("mei"), Some(mandarin), "who is behind but fits is served");
    world.ready("lin", &["lang:zh-CN", "lang:yue"]);
    assert_eq!(world.rings("lin"), Some(cantonese));
}

#[test]
fn the_language_is_no_longer_insisted_on_after_a_while() {
    let mut world = World::with(with_queue(|queue| queue.relax = relax_language(60)));
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '2');
    world.wait_s(59);
    assert_eq!(world.rings("mei"), None);
    world.wait_s(1);
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn a_queue_with_skills_of_its_own_keeps_others_away() {
    let mut world = World::with(with_queue(|queue| queue.skills = vec![Skill("queue:probe".to_owned())]));
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("mei"), None);
    world.ready("robot", &["lang:zh-CN", "queue:probe"]);
    assert_eq!(world.rings("robot"), Some(caller));
}

#[test]
fn nobody_on_shift_leads_to_the_promise_and_never_to_music_for_ever() {
    let mut world = World::new();
    let caller = world.call_to_line("13800000001", '1');
    assert!(world.alarms.contains(&Alarm::NobodyReady { queue: "main".to_owned() }));
    world.wait_s(29);
    assert_eq!(world.progress(caller), Progress::Waiting);
    world.wait_s(1);
    assert_eq!(world.played(caller), ["zh-CN/promise"]);
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::PromisedCallback, Party::Engine)));
    assert_eq!(world.owed()[0].1, "promised_callback");
}

#[test]
fn nobody_on_shift_who_speaks_the_language_is_nobody() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '3');
    world.wait_s(30);
    assert_eq!(world.played(caller), ["en/promise"]);
}

#[test]
fn someone_coming_on_shift_keeps_the_caller_in_line() {
    let mut world = World::new();
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(20);
    world.desk("mei", &["lang:zh-CN"]);
    world.wait_s(60);
    assert_eq!(world.progress(caller), Progress::Waiting);
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn the_longest_wait_ends_in_the_promise_but_not_while_it_rings() {
    let mut world = World::with(with_queue(|queue| queue.max_wait = Some(Duration::from_secs(40))));
    world.ready("busy", &["lang:zh-CN"]);
    let first = world.call_to_line("13800000001", '1');
    world.accept("busy").unwrap();
    let caller = world.call_to_line("13800000002", '1');
    world.wait_s(30);
    world.ready("mei", &["lang:zh-CN"]);
    assert_eq!(world.rings("mei"), Some(caller));
    world.wait_s(15);
    assert_eq!(world.progress(caller), Progress::Ringing, "40 s are over, but it rings");
    world.decline("mei").unwrap();
    assert_eq!(world.played(caller), ["zh-CN/promise"]);
    assert_eq!(world.progress(first), Progress::Talking);
}

#[test]
fn comfort_is_said_in_between() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(30);
    assert_eq!(world.played(caller), ["zh-CN/still_here"]);
    let said = |world: &World| {
        world
            .commands
            .iter()
            .filter(
                |command| matches!(command, Command::Play { say, .. } if say[0] == Say::Prompt("still_here".into())),
            )
            .count()
    };
    world.wait_s(60);
    assert_eq!(said(&world), 3);
}

#[test]
fn callers_hear_how_many_are_before_them_at_that_moment() {
    let place = |queue: &mut Queue| {
        queue.entry = vec!["{ahead}".to_owned()];
        queue.comfort = vec!["still_here".to_owned(), "{ahead}".to_owned()];
    };
    let mut world = World::with(with_queue(place));
    world.desk("mei", &["lang:zh-CN", "lang:yue"]);
    let first = world.call_to_line("13800000001", '1');
    assert_eq!(world.played(first), ["zh-CN/ahead.0"]);
    let second = world.call_to_line("13800000002", '2');
    assert_eq!(world.played(second), ["yue/ahead.1"]);
    let urgent = world.call_to_line("13800000003", '9');
    assert_eq!(world.played(urgent), ["zh-CN/ahead.0"], "danger goes before");
    world.wait_s(30);
    assert_eq!(
        world.played(second),
        ["yue/still_here", "yue/ahead.passed", "yue/ahead.2"],
        "and that is told, with its reason"
    );
    world.hang_up(first);
    world.wait_s(30);
    assert_eq!(world.played(second), ["yue/still_here", "yue/ahead.1"]);
}

#[test]
fn a_full_line_promises_at_once() {
    let mut world = World::with(with_queue(|queue| queue.capacity = 1));
    world.desk("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    let second = world.call_to_line("13800000002", '1');
    assert_eq!(world.played(second), ["zh-CN/promise"]);
    let in_danger = world.call("13800000003");
    world.wait_s(1);
    world.press(in_danger, '9');
    assert_eq!(world.progress(in_danger), Progress::Waiting, "for danger there is always room");
}

#[test]
fn who_gives_up_and_dials_again_within_a_quarter_of_an_hour_has_their_place_back() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    let gave_up = world.call_to_line("13800000001", '1');
    world.wait_s(5);
    let other = world.call_to_line("13800000002", '1');
    world.hang_up(gave_up);
    assert_eq!(world.ended(gave_up), Some((TerminalCause::Abandoned, Party::Caller)));
    world.wait_s(14 * 60);
    let again = world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("mei"), Some(again), "before {other}");
}

#[test]
fn a_place_is_given_back_once() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    let gave_up = world.call_to_line("13800000001", '1');
    world.hang_up(gave_up);
    let again = world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::Ready {}).unwrap();
    world.accept("mei").unwrap();
    world.hang_up(again);
    let other = world.call_to_line("13800000002", '1');
    world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.rings("mei"), Some(other), "who was served stands behind");
}

#[test]
fn a_place_is_not_kept_for_ever() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    let gave_up = world.call_to_line("13800000001", '1');
    let other = world.call_to_line("13800000002", '1');
    world.hang_up(gave_up);
    world.wait_s(15 * 60);
    world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("mei"), Some(other));
}

#[test]
fn who_was_cut_off_goes_before_who_gave_up() {
    let mut world = World::with(settings());
    world.ready("mei", &["lang:zh-CN"]);
    let cut = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(10);
    world.fact(Fact::LegEnded { leg: cut, by: Party::Trunk });
    assert_eq!(world.ended(cut), Some((TerminalCause::TrunkLost, Party::Trunk)));
    let gave_up = world.call_to_line("13800000002", '1');
    world.hang_up(gave_up);
    world.call_to_line("13800000002", '1');
    let again = world.call_to_line("13800000001", '1');
    world.ready("lin", &["lang:zh-CN"]);
    assert_eq!(world.rings("lin"), Some(again));
}

#[test]
fn who_was_cut_off_comes_back_to_the_same_operator() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let cut = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.ready("lin", &["lang:zh-CN"]);
    world.fact(Fact::LegEnded { leg: cut, by: Party::Trunk });
    world.wait_s(5);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    let again = world.call_to_line("13800000001", '1');
    assert_eq!(world.rings("mei"), Some(again), "though lin is ready for longer");
}
