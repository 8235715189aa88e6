use routing::*;

use crate::world::{World, operator};

fn someone(name: &str) -> RequestKind {
    let user =
        User { operator: operator(name), name: name.to_owned(), roles: vec![Role::Operator], skills: Vec::new() };
    RequestKind::AddUser { user, password: "$argon2id$a".to_owned() }
}

#[test]
fn accounts_are_added_changed_and_taken_away() {
    let mut world = World::new();
    assert_eq!(world.ask_as(None, someone("mei")), Ok(Reply::Done));
    assert_eq!(world.ask_as(None, someone("mei")), Err(RequestError::UserExists));
    let password =
        |name: &str| RequestKind::SetPassword { operator: operator(name), password: "$argon2id$b".to_owned() };
    assert_eq!(world.ask_as(None, password("mei")), Ok(Reply::Done));
    assert_eq!(world.board.account(&operator("mei")).unwrap().password, "$argon2id$b");
    assert_eq!(world.ask_as(None, password("lin")), Err(RequestError::UnknownUser));
    let disable = |name: &str| RequestKind::DisableUser { operator: operator(name) };
    assert_eq!(world.ask_as(None, disable("lin")), Err(RequestError::UnknownUser));
    assert_eq!(world.ask_as(None, disable("mei")), Ok(Reply::Done));
    assert!(world.board.account(&operator("mei")).unwrap().disabled);
    assert_eq!(world.ask("mei", RequestKind::Ready {}), Err(RequestError::UnknownUser));
}

#[test]
fn a_disabled_operator_finishes_the_call_and_is_gone() {
    let mut world = World::new();
    let desk = world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.ask_as(None, RequestKind::DisableUser { operator: operator("mei") }).unwrap();
    assert_eq!(world.progress(caller), Progress::Talking);
    world.hang_up(caller);
    world.wait_s(120);
    assert_eq!(world.state("mei"), OperatorState::Offline);
    assert_eq!(world.hung_up(desk), Some(HangUpReason::Done));
}

#[test]
fn a_disabled_operator_rings_no_more() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    world.ask_as(None, RequestKind::DisableUser { operator: operator("mei") }).unwrap();
    assert_eq!((world.rings("mei"), world.state("mei")), (None, OperatorState::Offline));
}

#[test]
fn the_end_of_a_shift_frees_the_desk() {
    let mut world = World::new();
    let desk = world.ready("mei", &["lang:zh-CN"]);
    assert_eq!(world.ask("mei", RequestKind::EndShift {}), Ok(Reply::Done));
    assert_eq!(world.state("mei"), OperatorState::Offline);
    assert_eq!(world.hung_up(desk), Some(HangUpReason::Done));
    assert_eq!(world.ask("mei", RequestKind::Ready {}), Err(RequestError::NoAudio));
}

#[test]
fn nothing_is_possible_without_a_call() {
    let mut world = World::new();
    world.ready("mei", &[]);
    for kind in [
        RequestKind::HangUp {},
        RequestKind::Hold { on: true },
        RequestKind::Mute { on: true },
        RequestKind::Key { digit: '1' },
        RequestKind::Outcome { outcome: Outcome::Spoken },
        RequestKind::FinishWrapUp {},
    ] {
        assert_eq!(world.ask("mei", kind), Err(RequestError::WrongState));
    }
}
