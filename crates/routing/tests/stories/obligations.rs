use routing::*;

use crate::world::World;

#[test]
fn one_person_is_owed_one_conversation() {
    let mut world = World::new();
    for _ in 0..3 {
        let caller = world.call("13800000001");
        world.wait_s(1);
        world.hang_up(caller);
    }
    assert_eq!(world.board.open_obligations(), 1);
    assert_eq!(world.board.obligations().next().unwrap().1.journeys, 3);
    assert_eq!((world.count("obligation_opened"), world.count("obligation_joined")), (1, 2));
}

#[test]
fn a_fixed_line_is_never_one_person() {
    let mut world = World::new();
    for _ in 0..3 {
        let caller = world.call("076922345678");
        world.hang_up(caller);
    }
    assert_eq!(world.board.open_obligations(), 3);
}

#[test]
fn getting_through_closes_what_was_owed_before() {
    let mut world = World::new();
    let missed = world.call("13800000001");
    world.hang_up(missed);
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.hang_up(caller);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.board.open_obligations(), 0);
}

#[test]
fn two_calls_at_one_time_make_a_number_shared() {
    let mut world = World::new();
    let yesterday = world.call("13800000001");
    world.hang_up(yesterday);
    let first = world.call_to_line("13800000001", '1');
    let second = world.call_to_line("13800000001", '1');
    assert_eq!(world.count("number_shared"), 1);
    assert_eq!(world.board.open_obligations(), 3, "each their own, what was merged under way included");
    world.ready("mei", &["lang:zh-CN"]);
    world.accept("mei").unwrap();
    world.hang_up(first);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.board.open_obligations(), 2, "nobody else's was closed");
    world.hang_up(second);
    let third = world.call("13800000001");
    world.hang_up(third);
    assert_eq!(world.board.open_obligations(), 3, "from now on never merged");
}

#[test]
fn a_number_found_shared_in_mid_talk_keeps_the_talk_and_frees_the_older() {
    let mut world = World::new();
    let yesterday = world.call("13800000001");
    world.hang_up(yesterday);
    world.ready("mei", &["lang:zh-CN"]);
    let talking = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(5);
    let other = world.call("13800000001");
    world.hang_up(talking);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    world.hang_up(other);
    let mut why: Vec<String> = world.owed().into_iter().map(|(_, why)| why).collect();
    why.sort();
    assert_eq!(why, ["left_in_menu", "number_shared"]);
}

#[test]
fn a_number_found_shared_in_wrap_up_merges_nothing_that_was_parted() {
    let mut world = World::new();
    let talked = world.mei_wraps_up();
    let since = world.call("13800000001");
    world.hang_up(since);
    let other = world.call("13800000001");
    let newcomer = world.call("13800000001");
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.discharged(), ["spoken"]);
    let firsts: Vec<_> = world.board.obligations().map(|(_, owed)| (owed.first, owed.journeys)).collect();
    assert_eq!(firsts, [since, other, newcomer].map(|leg| (world.journey(leg), 1)), "each their own, and no other");
    assert!(!firsts.iter().any(|(first, _)| *first == world.journey(talked)));
}

#[test]
fn a_number_found_shared_in_wrap_up_frees_the_older() {
    let mut world = World::new();
    let yesterday = world.call("13800000001");
    world.hang_up(yesterday);
    world.mei_wraps_up();
    let since = world.call("13800000001");
    world.call("13800000001");
    world.hang_up(since);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    let firsts: Vec<_> = world.board.obligations().map(|(_, owed)| owed.first).collect();
    assert!(firsts.contains(&world.journey(yesterday)), "that conversation may have been with someone else");
    assert_eq!((world.discharged().len(), firsts.len()), (1, 3));
}

#[test]
fn a_correction_counts_for_its_own_call_after_the_number_is_found_shared() {
    let mut world = World::new();
    world.mei_wraps_up();
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::NotSpoken }).unwrap();
    world.call("13800000001");
    world.call("13800000001");
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!((world.discharged().len(), world.board.open_obligations()), (1, 2));
}

#[test]
fn who_phones_again_while_the_outcome_is_awaited_is_owed_on_their_own() {
    let mut world = World::new();
    world.mei_wraps_up();
    let again = world.call_to_line("13800000001", '1');
    world.hang_up(again);
    world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.discharged(), ["spoken"]);
    assert_eq!(world.owed()[0].1, "called_again", "that conversation cannot have been about this call");
}

#[test]
fn who_phones_again_and_gets_through_settles_the_talk_before() {
    let mut world = World::new();
    world.mei_wraps_up();
    world.ready("lin", &["lang:zh-CN"]);
    let again = world.call_to_line("13800000001", '1');
    world.accept("lin").unwrap();
    world.hang_up(again);
    world.ask("lin", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    assert_eq!(world.board.open_obligations(), 0);
    world.wait_s(120);
    assert_eq!(world.discharged(), ["spoken"]);
}

#[test]
fn caller_ids_that_do_not_arrive_wake_someone_and_merge_nothing() {
    let mut world = World::new();
    for n in 0..12 {
        let number = if n % 2 == 0 { "13800000001".to_owned() } else { format!("139000000{n:02}") };
        let caller = world.call(&number);
        world.hang_up(caller);
    }
    assert_eq!(world.alarms, [Alarm::CallerIdsNotArriving]);
    assert_eq!(world.count("obligation_joined"), 4, "five of the first nine were that number's");
}

/// Others drop a callback after seven days.
#[test]
fn nothing_closes_by_age() {
    let mut world = World::at("2026-03-03T22:00:00+08:00", crate::settings::settings());
    let caller = world.calls_after_hours("13800000001");
    world.wait_s(100 * 24 * 3_600);
    let (obligation, owed) = world.owed_for(caller).expect("it is owed");
    assert!(owed.callback.plan.is_some(), "and stands in line still");
    assert!(world.alarms.contains(&Alarm::CallbackOverdue { obligation }), "and somebody was told");
    world.ready("mei", &["lang:zh-CN"]);
    world.until("2026-06-12T09:00:00");
    assert_eq!(world.rings_for("mei"), Some(obligation));
}
