use routing::*;

use crate::settings::with_phones;
use crate::world::World;

#[test]
fn a_static_phone_is_ready_by_itself_is_dialled_and_answers() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    assert_eq!(phone.n % 2, 0, "even: ours");
    assert!(world.was_told(&Command::Dial {
        leg: phone,
        journey: world.journey(caller),
        target: DialTarget::Uri("sip:phone1@127.0.0.1:5090".to_owned())
    }));
    world.fact(Fact::LegUp { leg: phone });
    assert_eq!(world.hears(caller), [Source::Leg(phone)]);
    assert_eq!(world.count("conversing"), 1);
    world.fact(Fact::LegEnded { leg: phone, by: Party::Operator });
    assert_eq!(world.ended(caller), Some((TerminalCause::Conversed, Party::Operator)));
    assert_eq!(world.hung_up(caller), Some(HangUpReason::Done));
}

#[test]
fn the_phone_is_hung_up_when_the_caller_goes() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    world.fact(Fact::LegUp { leg: phone });
    world.hang_up(caller);
    assert_eq!(world.hung_up(phone), Some(HangUpReason::OtherLeft));
}

#[test]
fn a_phone_that_rings_out_is_cancelled_and_the_next_one_rings() {
    let mut world = World::with(with_phones(&["phone1", "phone2"]));
    let caller = world.call_to_line("13800000001", '1');
    let first = world.dialled();
    world.wait_s(20);
    assert_eq!(world.hung_up(first), Some(HangUpReason::Withdrawn));
    assert_eq!(world.rings("phone2"), Some(caller));
    assert_eq!(world.not_ready("phone1").as_deref(), Some("no_answer"));
    world.wait_s(30);
    assert!(!matches!(world.state("phone1"), OperatorState::NotReady { .. }), "it needs no login to come back");
}

#[test]
fn a_phone_that_answers_as_it_is_taken_back_is_hung_up() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    world.hang_up(caller);
    world.commands.clear();
    world.fact(Fact::LegUp { leg: phone });
    assert_eq!(world.hung_up(phone), Some(HangUpReason::Withdrawn));
}

#[test]
fn a_phone_that_refuses_is_tried_again_after_a_pause_and_not_in_a_loop() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    world.fact(Fact::LegFailed { leg: world.dialled(), failure: LegFailure::Refused });
    assert_eq!(world.rings("phone1"), None);
    assert!(world.alarms.contains(&Alarm::NobodyReady { queue: "main".to_owned() }));
    world.wait_s(5);
    assert_eq!(world.rings("phone1"), Some(caller));
    assert!(world.events().any(|event| matches!(event, Event::OfferEnded { outcome: OfferOutcome::Failed, .. })));
}

#[test]
fn a_phone_whose_leg_is_lost_gives_the_caller_back() {
    let mut world = World::with(with_phones(&["phone1", "phone2"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    world.fact(Fact::LegUp { leg: phone });
    world.fact(Fact::LegEnded { leg: phone, by: Party::Trunk });
    assert_eq!(world.ended(caller), None);
    assert_eq!(world.rings("phone2"), Some(caller));
    assert_eq!(world.owed()[0].1, "operator_leg_lost");
}

#[test]
fn a_phone_that_suppresses_silence_keeps_its_caller() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    world.fact(Fact::LegUp { leg: phone });
    world.fact(Fact::Silent { leg: phone });
    assert_eq!(world.progress(caller), Progress::Talking);
}

#[test]
fn a_phone_from_which_nothing_ever_came_loses_its_caller() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    world.mute.insert(phone);
    world.fact(Fact::LegUp { leg: phone });
    world.wait_s(4);
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert!(world.hung_up(phone).is_some());
}

#[test]
fn the_meter_of_a_leg_is_kept_with_its_journey() {
    let mut world = World::with(with_phones(&["phone1"]));
    let caller = world.call_to_line("13800000001", '1');
    let phone = world.dialled();
    world.fact(Fact::LegUp { leg: phone });
    world.hang_up(caller);
    for (leg, role) in [(caller, LegRole::Caller), (phone, LegRole::Operator)] {
        world.fact(Fact::Measured { leg, quality: LegQuality::default() });
        assert!(world.events().any(|event| matches!(event, Event::LegMeasured { leg: of, role: as_, journey, .. }
            if *of == leg && *as_ == role && *journey == world.journey(caller))));
    }
}
