use routing::*;

use crate::settings::settings;
use crate::world::World;

fn for_two() -> Settings {
    let mut settings = settings();
    settings.limits.journeys = 2;
    settings
}

#[test]
fn over_the_limit_a_caller_is_answered_and_promised_a_call() {
    let mut world = World::with(for_two());
    world.call("13800000001");
    world.call("13800000002");
    let third = world.call("13800000003");
    world.wait_s(1);
    assert_eq!(world.played(third), ["zh-CN/promise"]);
    world.hears_to_the_end(third);
    assert_eq!(world.ended(third), Some((TerminalCause::PromisedCallback, Party::Engine)));
}

#[test]
fn far_over_it_a_caller_is_refused_and_still_owed_a_call() {
    let mut world = World::with(for_two());
    for n in 1..=4 {
        world.call(&format!("1380000000{n}"));
    }
    let fifth = world.call("13800000005");
    assert_eq!(world.ended(fifth), Some((TerminalCause::Overload, Party::Engine)));
    assert!(world.was_told(&Command::Refuse { leg: fifth, refusal: Refusal::Overload }));
    assert_eq!(world.board.open_obligations(), 5);
}

#[test]
fn an_unknown_number_opens_nothing_and_wakes_someone() {
    let mut world = World::new();
    world.dial("13800000001", "5555");
    assert_eq!(world.count("journey_opened"), 0);
    assert_eq!(world.alarms, [Alarm::UnknownNumber { trunk: "carrier".to_owned() }]);
    assert!(matches!(world.commands.last(), Some(Command::Refuse { refusal: Refusal::UnknownNumber, .. })));
}

#[test]
fn several_numbers_lead_to_one_service() {
    let mut world = World::new();
    world.dial("13800000001", "4002");
    assert!(world.events().any(|event| matches!(event, Event::JourneyOpened { dialled, service, .. }
        if dialled == "4002" && service == "line")));
}

#[test]
fn without_a_journal_only_an_operator_may_answer() {
    let mut world = World::new();
    world.input(Input::Journal { well: false });
    assert_eq!(world.alarms, [Alarm::JournalUnwell]);
    let alone = world.call("13800000001");
    assert_eq!(world.ended(alone), Some((TerminalCause::Overload, Party::Engine)));
    world.input(Input::Journal { well: true });
    world.ready("mei", &["lang:zh-CN"]);
    world.input(Input::Journal { well: false });
    let caller = world.call_to_line("13800000002", '1');
    assert_eq!(world.rings("mei"), Some(caller));
    let user =
        User { operator: crate::world::operator("x"), name: String::new(), roles: Vec::new(), skills: Vec::new() };
    let add = RequestKind::AddUser { user, password: String::new() };
    assert_eq!(world.ask_as(None, add), Err(RequestError::Unwell));
}

#[test]
fn without_a_journal_no_promise_is_spoken() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.input(Input::Journal { well: false });
    let caller = world.call_to_line("13800000001", '1');
    world.ask("mei", RequestKind::EndShift {}).unwrap();
    world.wait_s(120);
    assert_eq!(world.progress(caller), Progress::Waiting, "stays in line rather than being promised what may be lost");
    assert_eq!(world.count("notice_heard"), 0);
}

#[test]
fn without_a_journal_no_promise_is_spoken_while_stopping_either() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.input(Input::Journal { well: false });
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.input(Input::Drain);
    world.press(caller, '0');
    assert_eq!(world.ended(caller), Some((TerminalCause::FlowEnded, Party::Engine)));
    assert_eq!(world.played(caller), ["zh-CN/welcome"]);
}

#[test]
fn stopping_promises_those_who_wait_lets_talks_finish_and_takes_nobody_new() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let talking = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    let waiting = world.call_to_line("13800000002", '1');
    world.input(Input::Drain);
    assert_eq!(world.played(waiting), ["zh-CN/promise"]);
    let new = world.call("13800000003");
    assert_eq!(world.ended(new), Some((TerminalCause::EngineStopped, Party::Engine)));
    assert!(world.was_told(&Command::Refuse { leg: new, refusal: Refusal::Stopping }));
    world.hears_to_the_end(waiting);
    assert_eq!(world.count("stopped"), 0);
    world.wait_s(70);
    world.hang_up(talking);
    assert_eq!(world.events().last(), Some(&Event::Stopped {}));
    assert_eq!(world.discharged(), ["sixty_seconds_both_ways"]);
    assert_eq!(world.state("mei"), OperatorState::Offline);
    assert_eq!(world.board.open_obligations(), 2);
    assert!(!world.switchboard.running());
}

#[test]
fn stopping_twice_ends_everything_and_keeps_what_is_owed() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let talking = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait_s(600);
    world.input(Input::Drain);
    world.input(Input::Drain);
    assert_eq!(world.ended(talking), Some((TerminalCause::EngineStopped, Party::Engine)));
    assert_eq!(world.hung_up(talking), Some(HangUpReason::Stopping));
    assert_eq!(world.owed()[0].1, "cut_off_by_engine");
    assert_eq!(world.events().last(), Some(&Event::Stopped {}));
}
