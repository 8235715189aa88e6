use routing::*;

use crate::world::World;

#[test]
fn a_call_goes_all_the_way_through() {
    let mut world = World::new();
    let desk = world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call("13800000001");
    assert_eq!(world.progress(caller), Progress::Menu);
    world.wait_s(1);
    assert_eq!(world.played(caller), ["zh-CN/welcome"]);
    world.hears_to_the_end(caller);
    world.press(caller, '1');
    world.press(caller, '1');
    assert_eq!(world.rings("mei"), Some(caller));
    assert_eq!(world.accept("mei"), Ok(Reply::Done));
    assert_eq!(world.hears(caller), [Source::Leg(desk)]);
    assert_eq!(world.hears(desk), [Source::Leg(caller)]);
    world.wait_s(90);
    world.hang_up(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::Conversed, Party::Caller)));
    assert_eq!(world.hears(desk), []);
    assert_eq!(world.ask("mei", RequestKind::Outcome { outcome: Outcome::Spoken }), Ok(Reply::Done));
    assert_eq!(world.discharged(), ["spoken"]);
    assert_eq!(world.ask("mei", RequestKind::FinishWrapUp {}), Ok(Reply::Done));
    assert!(world.is_ready("mei"));
    assert_eq!(
        world.story(caller),
        [
            "journey_opened",
            "obligation_opened",
            "answered",
            "step_entered",
            "step_entered",
            "language_chosen",
            "step_entered",
            "topic_chosen",
            "queued",
            "offered",
            "offer_ended",
            "conversing",
            "obligation_in_hand",
            "ended",
            "outcome_given",
            "wrapped_up",
        ]
    );
}

#[test]
fn everything_owed_is_written_before_the_answer_leaves() {
    let mut world = World::new();
    world.answers = false;
    let switchboard = &mut world.switchboard;
    let leg = base::LegId::new(crate::world::NODE, base::Boot(1), 1);
    let caller = Caller {
        person: None,
        number: None,
        masked: String::new(),
        class: base::NumberClass::Withheld,
        private: false,
    };
    switchboard
        .handle(Input::Arrived { leg, caller, dialled: "4001".to_owned(), trunk: "carrier".to_owned() }, world.now);
    let mut order = Vec::new();
    while let Some(output) = switchboard.poll_output() {
        order.push(match output {
            Output::Record(record) => crate::world::word(&record.event),
            Output::Command(command) => format!("{command:?}"),
            Output::Reply { .. } | Output::Alarm(_) => "other".to_owned(),
        });
    }
    assert_eq!(order, ["journey_opened", "obligation_opened", &format!("Answer {{ leg: {leg:?} }}")]);
}

#[test]
fn the_replay_of_a_day_is_the_day() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(10);
    let other = world.call_to_line("13800000002", '2');
    let mut replayed = Board::default();
    world.records.iter().for_each(|record| replayed.apply(record));
    assert_eq!(replayed.progress(caller), Some(Progress::Talking));
    assert_eq!(replayed.progress(other), Some(Progress::Waiting));
    assert_eq!(replayed.queue(), world.board.queue());
    assert_eq!(
        replayed.queue(),
        QueueCard {
            waiting: 1,
            longest_since: Some(world.board.journeys().last().unwrap().1.line.as_ref().unwrap().since),
            ready: 0,
            on_shift: 1
        }
    );
}
