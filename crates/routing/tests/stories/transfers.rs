//! A caller is handed on, or somebody is asked meanwhile (Q6): the caller is never on a dead line.

use base::LegId;
use routing::*;

use crate::world::{World, operator};

/// Mei talks with a caller; Lin is ready beside her. The caller's leg and both desks'.
pub(crate) fn mei_talks() -> (World, LegId, LegId, LegId) {
    let mut world = World::new();
    let mei = world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    assert_eq!(world.accept("mei"), Ok(Reply::Done));
    let lin = world.ready("lin", &["lang:zh-CN"]);
    assert_eq!(world.count("conversing"), 1);
    (world, caller, mei, lin)
}

pub(crate) fn to(name: &str) -> TransferTarget {
    TransferTarget::Operator { operator: operator(name) }
}

fn main_line() -> TransferTarget {
    TransferTarget::Queue { queue: "main".to_owned() }
}

pub(crate) fn hears_music(world: &World, leg: LegId) -> bool {
    matches!(world.hears(leg)[..], [Source::Music(_)])
}

#[test]
fn handed_to_a_colleague_the_caller_hears_music_and_the_colleague_rings_at_once() {
    let (mut world, caller, mei, _) = mei_talks();
    assert_eq!(world.ask("mei", RequestKind::Transfer { to: to("lin") }), Ok(Reply::Done));
    assert_eq!(world.rings("lin"), Some(caller));
    assert!(hears_music(&world, caller));
    assert_eq!(world.hears(mei), [], "Mei hears nothing of it");
    assert!(matches!(world.state("mei"), OperatorState::WrapUp { .. }));
    assert_eq!(world.owed(), [(world.owed()[0].0, "transferred".to_owned())], "owed until somebody speaks with them");
    world.accept("lin").unwrap();
    assert_eq!(world.count("conversing"), 2);
    world.hang_up(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::Conversed, Party::Caller)));
}

#[test]
fn a_colleague_who_does_not_answer_leaves_the_caller_at_the_head_of_the_line() {
    let (mut world, caller, _, _) = mei_talks();
    world.wait_s(30);
    world.ready("hua", &["lang:zh-CN"]);
    world.ask("mei", RequestKind::Transfer { to: to("lin") }).unwrap();
    let waiting = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("hua"), Some(waiting));
    world.decline("lin").unwrap();
    world.decline("hua").unwrap();
    assert_eq!(world.rings("hua"), Some(caller), "before whoever was not cut off");
}

#[test]
fn a_colleague_who_is_not_ready_cannot_be_handed_a_caller() {
    let (mut world, caller, mei, _) = mei_talks();
    world.ask("lin", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    for target in ["lin", "mei", "nobody"] {
        let refused = world.ask("mei", RequestKind::Transfer { to: to(target) });
        assert_eq!(refused, Err(RequestError::ColleagueBusy), "{target}");
    }
    let nowhere = TransferTarget::Queue { queue: "nowhere".to_owned() };
    assert_eq!(world.ask("mei", RequestKind::Transfer { to: nowhere }), Err(RequestError::UnknownQueue));
    assert_eq!(world.hears(caller), [Source::Leg(mei)], "they talk on");
}

#[test]
fn back_to_the_line_goes_first_and_not_to_the_same_operator_at_once() {
    let (mut world, caller, _, _) = mei_talks();
    assert_eq!(world.ask("mei", RequestKind::Transfer { to: main_line() }), Ok(Reply::Done));
    assert_eq!(world.rings("lin"), Some(caller));
    world.decline("lin").unwrap();
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert!(
        world.offer_at("mei").is_some() || world.offer_at("lin").is_some(),
        "they never wait while someone is there"
    );
}

#[test]
fn a_caller_who_hangs_up_while_being_handed_on_is_owed_a_call() {
    let (mut world, caller, _, _) = mei_talks();
    world.ask("mei", RequestKind::Transfer { to: to("lin") }).unwrap();
    world.hang_up(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::Abandoned, Party::Caller)));
    assert!(world.is_ready("lin"));
    assert_eq!(world.owed().len(), 1);
    world.wait_s(200);
    assert_eq!(world.owed().len(), 1, "Mei's wrap-up does not close it");
}

#[test]
fn asked_meanwhile_the_colleague_hears_the_operator_and_the_caller_hears_music() {
    let (mut world, caller, mei, lin) = mei_talks();
    assert_eq!(world.ask("mei", RequestKind::Consult { to: to("lin") }), Ok(Reply::Done));
    assert!(matches!(world.state("lin"), OperatorState::Offered { .. }));
    assert!(hears_music(&world, caller));
    accept_consult(&mut world, "lin");
    assert_eq!(world.hears(mei), [Source::Leg(lin)]);
    assert_eq!(world.hears(lin), [Source::Leg(mei)]);
    assert!(hears_music(&world, caller));

    world.ask("mei", RequestKind::SwapConsult {}).unwrap();
    assert_eq!((world.hears(caller), world.hears(mei)), (vec![Source::Leg(mei)], vec![Source::Leg(caller)]));
    assert!(hears_music(&world, lin));
    world.ask("mei", RequestKind::SwapConsult {}).unwrap();
    assert_eq!(world.hears(lin), [Source::Leg(mei)]);

    world.ask("mei", RequestKind::CancelConsult {}).unwrap();
    assert_eq!((world.hears(caller), world.hears(mei)), (vec![Source::Leg(mei)], vec![Source::Leg(caller)]));
    assert_eq!(world.hears(lin), []);
    assert!(world.is_ready("lin"));
}

#[test]
fn who_was_asked_takes_the_caller_over() {
    let (mut world, caller, mei, lin) = mei_talks();
    world.ask("mei", RequestKind::Consult { to: main_line() }).unwrap();
    let early = world.ask("mei", RequestKind::CompleteConsult {});
    assert_eq!(early, Err(RequestError::WrongState), "nobody is there yet");
    accept_consult(&mut world, "lin");
    assert_eq!(world.ask("mei", RequestKind::CompleteConsult {}), Ok(Reply::Done));
    assert_eq!((world.hears(caller), world.hears(lin)), (vec![Source::Leg(lin)], vec![Source::Leg(caller)]));
    assert_eq!(world.hears(mei), []);
    assert_eq!(world.count("conversing"), 2, "seen from both again");
    let word = world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken });
    assert_eq!(word, Err(RequestError::WrongState), "Lin says what came of it");
    world.ask("lin", RequestKind::Outcome { outcome: Outcome::Spoken }).unwrap();
    world.hang_up(caller);
    world.ask("lin", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.discharged(), ["spoken"]);
}

#[test]
fn a_silent_desk_that_took_over_gives_the_caller_back() {
    let (mut world, caller, _, lin) = mei_talks();
    world.ask("mei", RequestKind::Consult { to: to("lin") }).unwrap();
    accept_consult(&mut world, "lin");
    world.mute.insert(lin);
    world.ask("mei", RequestKind::CompleteConsult {}).unwrap();
    world.wait_s(4);
    assert_eq!(world.count("requeued"), 1);
    assert!(hears_music(&world, caller));
}

type Way = fn(&mut World, LegId);

#[test]
fn every_way_out_of_a_consultation_frees_the_colleague() {
    let ways: [(&str, Way); 6] = [
        ("the caller hangs up", |world, caller| world.hang_up(caller)),
        ("the colleague declines or hangs up", |world, _| {
            world.ask("lin", RequestKind::HangUp {}).unwrap();
        }),
        ("the operator hangs up", |world, _| {
            world.ask("mei", RequestKind::HangUp {}).unwrap();
        }),
        ("the colleague's desk goes", |world, _| {
            world.socket("lin", false);
            let leg = world.desk_leg("lin");
            world.fact(Fact::LegEnded { leg, by: Party::Operator });
            world.socket("lin", true);
            world.desk_leg("lin");
        }),
        ("the operator's desk is silent", |world, _| {
            let leg = world.hears(LegId::new(crate::world::NODE, base::Boot(1), (1 << 40) + 2));
            let [Source::Leg(mei)] = leg[..] else { panic!("Lin hears Mei") };
            world.falls_silent(mei);
        }),
        ("nobody answers", |world, _| world.wait_s(31)),
    ];
    for (name, way) in ways {
        let (mut world, caller, _, _) = mei_talks();
        world.ask("mei", RequestKind::Consult { to: to("lin") }).unwrap();
        if name != "nobody answers" {
            accept_consult(&mut world, "lin");
        }
        way(&mut world, caller);
        let bound = match world.state("lin") {
            OperatorState::OnCall { .. } => true,
            OperatorState::Offered { .. } => world.rings("lin") != Some(caller),
            _ => false,
        };
        assert!(!bound, "{name}: {:?}", world.state("lin"));
        assert_eq!(world.count("consult_closed"), 1, "{name}");
    }
}

#[test]
fn a_crash_in_a_consultation_owes_the_caller_a_call_and_frees_both() {
    let (mut world, caller, _, _) = mei_talks();
    world.ask("mei", RequestKind::Consult { to: to("lin") }).unwrap();
    accept_consult(&mut world, "lin");
    world.crash(crate::settings::settings());
    assert_eq!(world.ended(caller).map(|(cause, _)| cause), Some(TerminalCause::EngineLost));
    assert_eq!(world.owed().len(), 1);
    for name in ["mei", "lin"] {
        assert_eq!(world.not_ready(name).as_deref(), Some("engine_restarted"), "{name}");
    }
}

pub(crate) fn accept_consult(world: &mut World, name: &str) {
    let OperatorState::Offered { offer } = world.state(name) else { panic!("{name} rings") };
    world.ask(name, RequestKind::Accept { offer }).unwrap();
    assert!(matches!(world.state(name), OperatorState::OnCall { .. }));
}
