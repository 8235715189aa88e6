//! Trunks that calls of ours leave by: whether they answer, and whose turn it is.

use base::LegId;
use routing::*;

use crate::settings::settings;
use crate::world::World;

fn two_trunks() -> Settings {
    let mut settings = settings();
    let main = OutboundTrunk { from: "13925278096".to_owned(), priority: 1, weight: 1, ..OutboundTrunk::default() };
    let spare = OutboundTrunk { priority: 2, ..main.clone() };
    settings.trunks = [("main".to_owned(), main), ("spare".to_owned(), spare)].into();
    settings.dial_plan.referrals = [("mind".to_owned(), "12356".to_owned())].into();
    settings
}

fn told(world: &mut World, trunk: &str, up: bool) {
    world.fact(Fact::Trunk { trunk: trunk.to_owned(), up, reason: Reason::new(if up { "answers" } else { "silent" }) });
}

fn picked(world: &World) -> Result<String, Reason> {
    world.switchboard.pick_trunk(&[], world.now)
}

#[test]
fn whoever_is_responsible_is_woken_when_no_call_can_leave_any_more() {
    let mut world = World::with(two_trunks());
    told(&mut world, "main", true);
    told(&mut world, "spare", true);
    assert_eq!(picked(&world), Ok("main".to_owned()));
    told(&mut world, "main", false);
    let down = |trunk: &str, callbacks, all| Alarm::TrunkDown { trunk: trunk.to_owned(), callbacks, all };
    assert_eq!(world.alarms, [down("main", false, false)]);
    assert_eq!(picked(&world), Ok("spare".to_owned()));
    told(&mut world, "spare", false);
    assert_eq!(world.alarms, [down("main", false, false), down("spare", true, true)]);
    assert_eq!(picked(&world), Err(Reason::new("trunk_down")));
    told(&mut world, "main", true);
    assert_eq!(picked(&world), Ok("main".to_owned()));
    assert_eq!(world.count("trunk_changed"), 5);
    let names: Vec<(&str, bool)> = world.board.trunks().map(|(name, used)| (name, used.is_down())).collect();
    assert_eq!(names, [("main", false), ("spare", true)]);
}

#[test]
fn what_was_known_of_a_trunk_is_not_known_after_a_restart() {
    let mut world = World::with(two_trunks());
    told(&mut world, "main", false);
    world.crash(two_trunks());
    assert_eq!(picked(&world), Ok("main".to_owned()));
}

/// A SIM gateway has one channel for both ways.
#[test]
fn a_caller_who_came_by_a_trunk_holds_one_of_its_channels_until_they_leave() {
    let mut settings = two_trunks();
    let carrier = OutboundTrunk { channels: Some(1), ..settings.trunks["main"].clone() };
    settings.trunks = [("carrier".to_owned(), carrier)].into();
    let mut world = World::with(settings);
    assert_eq!(picked(&world), Ok("carrier".to_owned()));
    let caller: LegId = world.call("13800000001");
    assert_eq!(picked(&world), Err(Reason::new("trunk_full")));
    world.hang_up(caller);
    assert_eq!(picked(&world), Ok("carrier".to_owned()));
}

/// A conversation, in which an operator asks a service outside.
fn asking(world: &mut World) -> (LegId, Result<Reply, RequestError>) {
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    let to = TransferTarget::Referral { name: "mind".to_owned() };
    (caller, world.ask("mei", RequestKind::Consult { to }))
}

#[test]
fn a_service_outside_is_called_by_the_trunk_whose_turn_it_is_and_counts_against_its_bounds() {
    let mut settings = two_trunks();
    settings.trunks.get_mut("main").unwrap().per_hour = Some(1);
    let mut world = World::with(settings);
    let (caller, asked) = asking(&mut world);
    assert_eq!(asked, Ok(Reply::Done));
    let dialled = world.commands.iter().find_map(|command| {
        let Command::Dial { target: DialTarget::Referral { trunk, number, from }, .. } = command else { return None };
        Some((trunk, number, from))
    });
    let (trunk, number, from) = dialled.unwrap();
    assert_eq!((trunk.as_str(), number.as_str(), from.as_str()), ("main", "12356", "13925278096"));
    assert_eq!(picked(&world), Ok("spare".to_owned()));
    let channels =
        |world: &World| world.board.trunks().find(|(name, _)| *name == "main").map(|(_, used)| used.channels());
    assert_eq!(channels(&world), Some(1));
    world.hang_up(caller);
    assert_eq!(channels(&world), Some(0));
}

#[test]
fn a_service_outside_that_the_plan_does_not_name_is_not_called() {
    let mut settings = two_trunks();
    settings.dial_plan.referrals.clear();
    let mut world = World::with(settings);
    let (_, asked) = asking(&mut world);
    assert_eq!(asked, Err(RequestError::MayNotDial));
}

/// The trunks that this service was called by, and the last leg of them.
fn called_by(world: &World) -> (Vec<String>, LegId) {
    let dialled = world.commands.iter().filter_map(|command| match command {
        Command::Dial { leg, target: DialTarget::Referral { trunk, .. }, .. } => Some((trunk.clone(), *leg)),
        _ => None,
    });
    let (trunks, legs): (Vec<String>, Vec<LegId>) = dialled.unzip();
    (trunks, *legs.last().expect("a dialled leg"))
}

fn takes_none(world: &mut World, leg: LegId) {
    world.fact(Fact::LegFailed { leg, failure: LegFailure::TrunkDown });
}

#[test]
fn a_service_outside_is_called_by_the_next_trunk_when_one_takes_no_call() {
    let mut world = World::with(two_trunks());
    let (caller, _) = asking(&mut world);
    let (_, first) = called_by(&world);
    takes_none(&mut world, first);
    let (trunks, second) = called_by(&world);
    assert_eq!(trunks, ["main", "spare"]);
    assert_eq!(world.count("consult_closed"), 0, "the operator waits on");
    let used: Vec<u32> = world.board.trunks().map(|(_, used)| used.channels()).collect();
    assert_eq!(used, [1, 0, 1], "the caller came by the first; the second is free of it");
    world.fact(Fact::LegUp { leg: second });
    let mei = world.desk_leg_of("mei");
    assert_eq!(world.hears(mei), [Source::Leg(second)]);
    world.hang_up(caller);
    assert_eq!(world.hung_up(second), Some(HangUpReason::Withdrawn));
}

#[test]
fn a_service_outside_talks_with_both_and_the_two_go_on_when_the_operator_leaves() {
    let mut world = World::with(two_trunks());
    let (caller, _) = asking(&mut world);
    assert_eq!(world.ask("mei", RequestKind::Conference {}), Err(RequestError::WrongState), "it rings there");
    let (_, service) = called_by(&world);
    world.fact(Fact::LegUp { leg: service });
    world.ask("mei", RequestKind::Conference {}).unwrap();
    let mei = world.desk_leg_of("mei");
    assert_eq!(world.hears(caller), [Source::Leg(mei), Source::Leg(service)]);
    assert_eq!(world.hears(service), [Source::Leg(caller), Source::Leg(mei)]);
    world.ask("mei", RequestKind::CompleteConsult {}).unwrap();
    assert_eq!(world.hears(caller), [Source::Leg(service)]);
    assert_eq!(world.hears(service), [Source::Leg(caller)]);
    assert_eq!(world.hears(mei), []);
    world.hang_up(caller);
    assert_eq!(world.hung_up(service), Some(HangUpReason::OtherLeft));
}

#[test]
fn when_no_trunk_takes_the_call_operator_and_caller_are_together_again() {
    let mut world = World::with(two_trunks());
    let (caller, _) = asking(&mut world);
    for _ in 0..2 {
        let (_, leg) = called_by(&world);
        takes_none(&mut world, leg);
    }
    assert_eq!(called_by(&world).0.len(), 2, "each trunk once");
    assert_eq!(world.count("consult_closed"), 1);
    assert_eq!(world.hears(caller), [Source::Leg(world.desk_leg_of("mei"))]);
}

#[test]
fn a_line_that_is_busy_is_no_reason_for_another_trunk() {
    let mut world = World::with(two_trunks());
    asking(&mut world).1.unwrap();
    let (_, leg) = called_by(&world);
    world.fact(Fact::LegFailed { leg, failure: LegFailure::Busy });
    assert_eq!((called_by(&world).0.len(), world.count("consult_closed")), (1, 1));
}

/// A caller whom their operator handed to a service outside that has not answered yet.
fn handed_on(world: &mut World) -> LegId {
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    let to = TransferTarget::Referral { name: "mind".to_owned() };
    world.ask("mei", RequestKind::Transfer { to }).unwrap();
    caller
}

#[test]
fn a_caller_who_was_handed_on_follows_to_the_next_trunk() {
    let mut world = World::with(two_trunks());
    let caller = handed_on(&mut world);
    let (_, first) = called_by(&world);
    takes_none(&mut world, first);
    let (trunks, second) = called_by(&world);
    assert_eq!(trunks, ["main", "spare"]);
    assert!(matches!(world.hears(caller)[..], [Source::Music(_)]), "never a dead line");
    world.fact(Fact::LegUp { leg: second });
    assert_eq!(world.hears(caller), [Source::Leg(second)]);
    world.fact(Fact::LegEnded { leg: second, by: Party::Operator });
    assert_eq!(world.ended(caller), Some((TerminalCause::Conversed, Party::Operator)));
}

#[test]
fn a_caller_who_was_handed_to_a_service_that_nobody_answers_comes_back_to_the_head_of_the_line() {
    let mut world = World::with(two_trunks());
    let caller = handed_on(&mut world);
    let (_, leg) = called_by(&world);
    world.wait_s(46);
    assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    assert!(matches!(world.progress(caller), Progress::Waiting | Progress::Ringing), "{:?}", world.progress(caller));
}

#[test]
fn a_service_outside_that_nobody_answers_is_not_rung_for_ever() {
    let mut world = World::with(two_trunks());
    let (caller, _) = asking(&mut world);
    let (_, leg) = called_by(&world);
    world.wait_s(46);
    assert_eq!(world.hung_up(leg), Some(HangUpReason::Withdrawn));
    assert_eq!(world.hears(caller), [Source::Leg(world.desk_leg_of("mei"))]);
}
