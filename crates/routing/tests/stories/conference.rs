//! The caller, the operator and whom they asked talk together (Q6).

use base::LegId;
use routing::*;

use crate::transfers::{accept_consult, hears_music, mei_talks, to};
use crate::world::World;

/// Mei has asked Lin, and brings all three together: the caller's leg, Mei's and Lin's.
fn all_three() -> (World, LegId, LegId, LegId) {
    let (mut world, caller, mei, lin) = mei_talks();
    world.ask("mei", RequestKind::Consult { to: to("lin") }).unwrap();
    let early = world.ask("mei", RequestKind::Conference {});
    assert_eq!(early, Err(RequestError::WrongState), "nobody is there yet");
    accept_consult(&mut world, "lin");
    assert_eq!(world.ask("mei", RequestKind::Conference {}), Ok(Reply::Done));
    (world, caller, mei, lin)
}

fn legs(legs: &[LegId]) -> Vec<Source> {
    legs.iter().copied().map(Source::Leg).collect()
}

#[test]
fn each_of_three_hears_the_two_others() {
    let (mut world, caller, mei, lin) = all_three();
    assert_eq!(world.hears(caller), legs(&[mei, lin]));
    assert_eq!(world.hears(mei), legs(&[caller, lin]));
    assert_eq!(world.hears(lin), legs(&[caller, mei]));
    assert_eq!(world.ask("mei", RequestKind::Conference {}), Ok(Reply::Done), "already so");
    assert_eq!(world.count("conference_opened"), 1);
    assert_eq!(world.ask("lin", RequestKind::Conference {}), Err(RequestError::WrongState), "it is Mei's call");
}

#[test]
fn without_anybody_asked_there_is_no_conference() {
    let (mut world, ..) = mei_talks();
    assert_eq!(world.ask("mei", RequestKind::Conference {}), Err(RequestError::WrongState));
}

#[test]
fn aside_once_more_and_together_again() {
    let (mut world, caller, mei, lin) = all_three();
    world.ask("mei", RequestKind::SwapConsult {}).unwrap();
    assert!(hears_music(&world, caller));
    assert_eq!((world.hears(mei), world.hears(lin)), (legs(&[lin]), legs(&[mei])));
    world.ask("mei", RequestKind::SwapConsult {}).unwrap();
    assert_eq!((world.hears(mei), world.hears(caller)), (legs(&[caller]), legs(&[mei])));
    assert!(hears_music(&world, lin), "only Mei speaks with the caller");
    world.ask("mei", RequestKind::Conference {}).unwrap();
    assert_eq!(world.hears(caller), legs(&[mei, lin]));
}

#[test]
fn who_leads_leaves_and_the_two_go_on() {
    let (mut world, caller, mei, lin) = all_three();
    world.ask("mei", RequestKind::CompleteConsult {}).unwrap();
    assert_eq!((world.hears(caller), world.hears(lin)), (legs(&[lin]), legs(&[caller])));
    assert_eq!(world.hears(mei), []);
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
    world.ask("lin", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    world.hang_up(caller);
    world.ask("lin", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.discharged(), ["spoken"]);
}

#[test]
fn who_was_asked_leaves_or_is_let_go_and_the_two_go_on() {
    for (who, kind) in [("lin", RequestKind::HangUp {}), ("mei", RequestKind::CancelConsult {})] {
        let (mut world, caller, mei, lin) = all_three();
        world.ask(who, kind).unwrap();
        assert_eq!((world.hears(caller), world.hears(mei)), (legs(&[mei]), legs(&[caller])));
        assert_eq!(world.hears(lin), []);
        assert!(world.is_ready("lin"), "{who}");
    }
}

#[test]
fn the_caller_leaves_and_it_is_over_for_all() {
    let (mut world, caller, ..) = all_three();
    world.hang_up(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::Conversed, Party::Caller)));
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
    assert!(world.is_ready("lin"));
}

#[test]
fn on_hold_the_caller_hears_music_and_the_two_confer() {
    let (mut world, caller, mei, lin) = all_three();
    assert_eq!(world.ask("mei", RequestKind::Hold { on: true }), Ok(Reply::Done));
    assert!(hears_music(&world, caller));
    assert_eq!((world.hears(mei), world.hears(lin)), (legs(&[lin]), legs(&[mei])));
    world.ask("mei", RequestKind::Hold { on: false }).unwrap();
    assert_eq!(world.hears(caller), legs(&[mei, lin]));
    // Whatever is said of sides next goes before the hold.
    for next in [RequestKind::Conference {}, RequestKind::SwapConsult {}] {
        world.ask("mei", RequestKind::Hold { on: true }).unwrap();
        world.ask("mei", next).unwrap();
        let (_, journey) = world.board.journeys().next().unwrap();
        assert!(!journey.talk().unwrap().held);
    }
    assert_eq!(world.ask("mei", RequestKind::Hold { on: true }), Err(RequestError::WrongState), "music already");
}

#[test]
fn a_caller_on_hold_while_somebody_was_asked_is_taken_back_by_the_conference() {
    let (mut world, caller, mei, lin) = mei_talks();
    world.ask("mei", RequestKind::Hold { on: true }).unwrap();
    world.ask("mei", RequestKind::Consult { to: to("lin") }).unwrap();
    accept_consult(&mut world, "lin");
    world.ask("mei", RequestKind::Conference {}).unwrap();
    assert_eq!(world.hears(caller), legs(&[mei, lin]));
}

#[test]
fn each_may_mute_themselves_and_nobody_else() {
    let (mut world, caller, mei, lin) = all_three();
    for (name, leg) in [("mei", mei), ("lin", lin)] {
        world.ask(name, RequestKind::Mute { on: true }).unwrap();
        assert!(
            matches!(world.commands.last(), Some(Command::Mute { leg: muted, on: true }) if *muted == leg),
            "{name}"
        );
    }
    assert_eq!(world.hears(caller), legs(&[mei, lin]), "they are silent, not gone");
    world.ask("mei", RequestKind::CompleteConsult {}).unwrap();
    for leg in [mei, lin] {
        let unmuted = |command: &Command| matches!(command, Command::Mute { leg: whose, on: false } if *whose == leg);
        assert!(world.commands.iter().any(unmuted), "as the desk shows it");
    }
}

#[test]
fn the_leader_s_page_reloads_and_the_other_two_go_on_meanwhile() {
    let (mut world, caller, mei, lin) = all_three();
    world.socket("mei", false);
    world.fact(Fact::LegEnded { leg: mei, by: Party::Operator });
    assert_eq!((world.hears(caller), world.hears(lin)), (legs(&[lin]), legs(&[caller])));
    world.socket("mei", true);
    let anew = world.desk_leg("mei");
    assert_eq!(world.hears(caller), legs(&[anew, lin]));
    assert_eq!(world.hears(anew), legs(&[caller, lin]));
}

#[test]
fn a_minute_of_three_is_a_minute_with_the_caller() {
    let (mut world, caller, ..) = all_three();
    world.wait_s(61);
    world.hang_up(caller);
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.discharged(), ["sixty_seconds_both_ways"]);
}

#[test]
fn a_crash_in_a_conference_owes_the_caller_a_call() {
    let (mut world, caller, ..) = all_three();
    world.crash(crate::settings::settings());
    assert_eq!(world.ended(caller).map(|(cause, _)| cause), Some(TerminalCause::EngineLost));
    assert_eq!(world.owed().len(), 1);
}
