use base::Sealed;
use routing::*;

use crate::settings::{settings, with_phones};
use crate::world::World;

#[test]
fn a_crash_ends_three_journeys_and_owes_three_calls() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let talking = world.call_to_line("13800000001", '1');
    world.fact(Fact::DialogConfirmed { leg: talking, dialog: Sealed(vec![1]) });
    world.accept("mei").unwrap();
    world.wait_s(120);
    let waiting = world.call_to_line("13800000002", '1');
    world.fact(Fact::DialogConfirmed { leg: waiting, dialog: Sealed(vec![2]) });
    let in_menu = world.call("13800000003");
    world.fact(Fact::DialogConfirmed { leg: in_menu, dialog: Sealed(vec![3]) });
    world.commands.clear();
    world.crash(settings());
    for leg in [talking, waiting, in_menu] {
        assert_eq!(world.ended(leg), Some((TerminalCause::EngineLost, Party::Engine)));
    }
    assert_eq!(world.owed().iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>(), ["engine_lost"; 3]);
    for (leg, dialog) in [(talking, vec![1]), (waiting, vec![2]), (in_menu, vec![3])] {
        assert!(world.was_told(&Command::ByeRecovered { leg, dialog: Sealed(dialog) }));
    }
    assert_eq!(world.commands.len(), 3, "and nothing else is done to legs of the past");
    assert_eq!(world.not_ready("mei").as_deref(), Some("engine_restarted"));
    assert_eq!(world.board.journeys().count(), 0);
}

#[test]
fn a_crash_while_it_rings_takes_the_offer_back() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    world.crash(with_phones(&["phone1"]));
    let lost = OfferOutcome::Withdrawn { why: WithdrawReason::EngineLost };
    assert!(world.events().any(|event| matches!(event, Event::OfferEnded { outcome, .. } if *outcome == lost)));
    assert!(world.is_ready("phone1"), "a static phone needs nobody to press ready");
    assert!(world.ended(caller).is_some());
}

#[test]
fn a_bye_that_may_not_have_left_is_sent_after_the_crash() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.fact(Fact::DialogConfirmed { leg: caller, dialog: Sealed(vec![7]) });
    world.accept("mei").unwrap();
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    let mut gone = World::new();
    gone.records.clone_from(&world.records);
    gone.crash(settings());
    assert!(gone.was_told(&Command::ByeRecovered { leg: caller, dialog: Sealed(vec![7]) }));
    world.fact(Fact::Measured { leg: caller, quality: LegQuality::default() });
    world.commands.clear();
    world.crash(settings());
    assert_eq!(world.commands, [], "the leg had said its last word");
}

#[test]
fn a_torn_journal_at_any_record_owes_every_caller_and_ends_every_journey_once() {
    let mut day = World::with(with_phones(&["phone1"]));
    day.ready("mei", &["lang:zh-CN", "lang:yue"]);
    let first = day.call_to_line("13800000001", '1');
    day.wait_s(5);
    let second = day.call_to_line("13800000002", '1');
    day.accept("mei").unwrap_or(Reply::Done);
    day.fact(Fact::LegUp { leg: day.dialled() });
    day.wait_s(30);
    day.hang_up(first);
    day.ask("mei", RequestKind::Outcome { outcome: Outcome::NotSpoken }).unwrap_or(Reply::Done);
    day.hang_up(second);
    day.wait_s(200);
    let desk = day.desk_leg("mei");
    let third = day.call_to_line("13800000003", '2');
    day.accept("mei").unwrap();
    day.falls_silent(desk);
    day.hang_up(third);
    for cut in 1..=day.records.len() {
        let mut world = World::new();
        world.records = day.records[..cut].to_vec();
        world.board = Board::default();
        world.records.iter().for_each(|record| world.board.apply(record));
        world.crash(with_phones(&["phone1"]));
        assert_eq!(world.board.journeys().count(), 0, "cut at {cut}");
        let opened = world.count("journey_opened");
        assert_eq!(world.count("ended"), opened, "cut at {cut}");
        let kept = world.count("obligation_discharged");
        assert_eq!(world.board.open_obligations() as usize + kept, opened, "cut at {cut}");
        assert!(world.board.obligations().all(|(_, owed)| owed.owed == Owed::Open), "cut at {cut}");
    }
}

#[test]
fn ids_of_a_new_run_are_new_and_records_follow_on() {
    let mut world = World::new();
    let before = world.call("13800000001");
    let seq = world.switchboard.last_seq();
    world.crash(settings());
    let after = world.call("13800000002");
    assert_ne!(world.journey(before), world.journey(after));
    assert_eq!(world.journey(after).boot, base::Boot(2));
    assert!(world.records.iter().any(|record| record.seq == seq + 1 && record.boot == base::Boot(2)));
}

#[test]
fn who_was_cut_off_by_a_crash_has_their_place_back() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    world.crash(settings());
    world.wait_s(60);
    world.desk("mei", &["lang:zh-CN"]);
    let other = world.call_to_line("13800000002", '1');
    let again = world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("mei"), Some(again), "before {other}");
}

#[test]
fn an_orderly_stop_leaves_nothing_to_recover() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.input(Input::Drain);
    assert!(!world.switchboard.running());
    world.crash(settings());
    assert_eq!(world.count("node_lost"), 0);
    assert!(world.switchboard.running());
}
