use base::Timestamp;
use routing::*;

use crate::settings::settings;
use crate::world::World;

#[test]
fn closed_means_words_an_opening_a_promise_and_an_obligation() {
    let mut world = World::at("2026-03-04T22:15:00+08:00", settings());
    let caller = world.call("13800000001");
    world.wait_s(1);
    assert_eq!(world.played(caller), ["zh-CN/closed", "zh-CN/day.tomorrow", "zh-CN/time.hour.9", "zh-CN/callback"]);
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::Closed, Party::Engine)));
    assert_eq!(world.hung_up(caller), Some(HangUpReason::Done));
    let opens: Timestamp = "2026-03-05T09:00:00+08:00".parse().unwrap();
    assert!(
        world.events().any(|event| matches!(event, Event::NoticeHeard { opens: Some(told), .. } if *told == opens))
    );
    assert_eq!(world.owed().iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>(), ["closed"]);
}

#[test]
fn the_last_millisecond_is_open_and_the_next_one_closed() {
    for (at, open) in [("2026-03-04T20:59:59.999+08:00", true), ("2026-03-04T21:00:00.000+08:00", false)] {
        let mut world = World::at(at, settings());
        world.call("13800000001");
        assert!(
            world.events().any(|event| matches!(event, Event::JourneyOpened { open: said, calendar_version, .. }
                if *said == open && calendar_version == "hours-1")),
            "{at}"
        );
    }
}

#[test]
fn who_hangs_up_before_the_promise_left_and_who_does_after_it_was_told() {
    let mut world = World::at("2026-03-04T22:15:00+08:00", settings());
    let early = world.call("13800000001");
    world.wait_s(1);
    world.hang_up(early);
    assert_eq!(world.ended(early), Some((TerminalCause::LeftInMenu, Party::Caller)));
    assert_eq!(world.count("notice_heard"), 0);
    assert_eq!(world.board.open_obligations(), 1);
}

#[test]
fn danger_is_rung_through_outside_hours_to_whoever_is_there() {
    let mut world = World::at("2026-03-04T22:15:00+08:00", settings());
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.press(caller, '9');
    assert_eq!(world.rings("mei"), Some(caller));
    assert!(world.alarms.contains(&Alarm::Danger { journey: world.journey(caller) }));
}

#[test]
fn danger_outside_hours_with_nobody_there_comes_back_to_the_promise() {
    let mut world = World::at("2026-03-04T22:15:00+08:00", settings());
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.press(caller, '9');
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert!(world.alarms.contains(&Alarm::NobodyReady { queue: "main".to_owned() }));
    world.wait_s(30);
    assert_eq!(world.played(caller)[0], "zh-CN/closed");
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::PromisedCallback, Party::Engine)));
}

#[test]
fn a_supervisor_closes_and_opens_at_once() {
    let mut world = World::new();
    let close = |closed| switch("line", closed);
    assert_eq!(world.ask_as(None, close(Some(true))), Ok(Reply::Done));
    let caller = world.call("13800000001");
    world.wait_s(1);
    assert_eq!(world.played(caller)[0], "zh-CN/closed");
    assert_eq!(world.ask_as(None, close(None)), Ok(Reply::Done));
    let next = world.call("13800000002");
    world.wait_s(1);
    assert_eq!(world.played(next), ["zh-CN/welcome"]);
    let unknown = switch("nothing", None);
    assert_eq!(world.ask_as(None, unknown), Err(RequestError::UnknownService));
}

pub(crate) fn switch(service: &str, closed: Option<bool>) -> RequestKind {
    RequestKind::SwitchService { service: service.to_owned(), closed, until: None, reason: None, waiting: None }
}
