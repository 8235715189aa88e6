//! What only the carrier saw (rule 18) is owed like any call that did not get through.

use base::{NumberClass, PersonId, Sealed};
use routing::*;

use crate::world::{World, word};

fn tell(world: &mut World, person: u8, dialled: &str) -> Result<Reply, RequestError> {
    let caller = Caller {
        person: Some(PersonId([person; 16])),
        number: Some(Sealed(vec![1, 2, 3])),
        masked: "139****8096".to_owned(),
        class: NumberClass::Mobile,
        private: false,
    };
    let began = "2026-03-04T09:30:00+08:00".parse().unwrap();
    let dialled = dialled.to_owned();
    world.ask_as(None, RequestKind::OweCarrierCall { caller, dialled, began, lasted_s: 0 })
}

#[test]
fn a_call_that_only_the_carrier_saw_is_owed_and_counted_apart() {
    let mut world = World::new();
    assert_eq!(tell(&mut world, 7, "4001"), Ok(Reply::Done));
    assert_eq!(world.owed().len(), 1);
    let owed = world.board.obligations().next().unwrap().1;
    assert_eq!(owed.callback.caller.as_ref().map(|caller| caller.masked.as_str()), Some("139****8096"));
    let kinds: Vec<String> =
        world.events().map(word).filter(|kind| kind.contains("carrier") || kind == "ended").collect();
    assert_eq!(kinds, ["carrier_call_found", "ended"]);
    let cause = world.events().find_map(|event| match event {
        Event::Ended { cause, .. } => Some(*cause),
        _ => None,
    });
    assert_eq!(cause, Some(TerminalCause::CarrierOnly));
    assert_eq!(world.board.journeys().count(), 0, "it is over as soon as it is known");
}

#[test]
fn the_same_person_is_owed_one_call_for_all_of_theirs() {
    let mut world = World::new();
    tell(&mut world, 7, "4001").unwrap();
    tell(&mut world, 7, "4001").unwrap();
    tell(&mut world, 8, "4001").unwrap();
    assert_eq!(world.owed().len(), 2);
    assert_eq!(world.board.obligations().map(|(_, owed)| owed.journeys).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_number_that_is_none_of_ours_owes_nothing() {
    let mut world = World::new();
    assert_eq!(tell(&mut world, 7, "12345"), Err(RequestError::UnknownService));
    assert_eq!(world.owed().len(), 0);
}
