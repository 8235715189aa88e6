//! The line closes, or is closed, while people wait.

use std::time::Duration;

use base::{LegId, Timestamp};
use routing::*;

use crate::closed::switch;
use crate::settings::settings;
use crate::world::{World, operator};

const EVENING: &str = "2026-03-04T20:58:00+08:00";

fn callback() -> Settings {
    let mut settings = settings();
    settings.services.get_mut("line").unwrap().at_closing = AtClosing::Callback;
    settings
}

fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What the line's closing was said to mean for a caller.
fn closings(world: &World, leg: LegId) -> Vec<(Option<Timestamp>, String)> {
    let id = world.journey(leg);
    let closed = |event: &Event| match event {
        Event::LineClosed { journey, served_until, reason } if *journey == id => {
            Some((*served_until, reason.0.to_string()))
        }
        _ => None,
    };
    world.events().filter_map(closed).collect()
}

fn until(world: &World, to: &str) -> Duration {
    Duration::try_from(utc(to).duration_since(world.now.utc)).unwrap()
}

fn close_until(until: &str, reason: &str) -> RequestKind {
    RequestKind::SwitchService {
        service: "line".to_owned(),
        closed: Some(true),
        until: Some(utc(until)),
        reason: Some(Reason::new("typhoon"))
            .filter(|known| known.0 == reason)
            .or(Some(Reason(reason.to_owned().into()))),
        waiting: None,
    }
}

#[test]
fn who_waits_at_closing_time_is_served_after_it() {
    let mut world = World::at(EVENING, settings());
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait(until(&world, "2026-03-04T20:59:59.999+08:00"));
    assert_eq!(closings(&world, caller), []);
    world.wait(Duration::from_millis(1));
    let last_call = (Some(utc("2026-03-04T21:15:00+08:00")), "calendar".to_owned());
    assert_eq!(closings(&world, caller), [last_call], "said at the very moment");
    world.wait_s(300);
    assert_eq!(world.progress(caller), Progress::Waiting);
    world.ask("mei", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("mei"), Some(caller));
}

#[test]
fn after_the_last_call_whoever_still_waits_is_promised_a_call_back() {
    let mut world = World::at(EVENING, settings());
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait(until(&world, "2026-03-04T21:14:59.999+08:00"));
    assert_eq!(world.progress(caller), Progress::Waiting);
    world.wait(Duration::from_millis(1));
    assert_eq!(closings(&world, caller).last(), Some(&(None, "last_call_over".to_owned())));
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::PromisedCallback, Party::Engine)));
}

#[test]
fn by_the_other_policy_they_are_promised_a_call_back_at_once() {
    let mut world = World::at(EVENING, callback());
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait(until(&world, "2026-03-04T21:00:00+08:00"));
    assert_eq!(closings(&world, caller), [(None, "calendar".to_owned())]);
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::PromisedCallback, Party::Engine)));
    assert_eq!(world.board.open_obligations(), 1);
}

#[test]
fn what_rings_at_closing_time_may_still_be_taken() {
    let mut world = World::at("2026-03-04T20:59:30+08:00", callback());
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.wait(until(&world, "2026-03-04T20:59:55+08:00"));
    world.ask("mei", RequestKind::Ready {}).unwrap();
    world.wait_s(6);
    assert_eq!(world.rings("mei"), Some(caller));
    assert_eq!(world.accept("mei"), Ok(Reply::Done));
    assert_eq!(world.progress(caller), Progress::Talking);
}

#[test]
fn a_caller_in_a_menu_at_closing_time_reaches_the_line_by_the_same_policy() {
    for (settings, waits) in [(settings(), true), (callback(), false)] {
        let mut world = World::at("2026-03-04T20:59:59+08:00", settings);
        world.desk("mei", &["lang:zh-CN"]);
        let caller = world.call("13800000001");
        world.wait_s(5);
        assert_eq!(closings(&world, caller), [], "nothing is said while they are in a menu");
        world.hears_to_the_end(caller);
        world.press(caller, '1');
        world.press(caller, '1');
        assert_eq!(world.progress(caller) == Progress::Waiting, waits);
        let served_until = waits.then(|| utc("2026-03-04T21:15:00+08:00"));
        assert_eq!(closings(&world, caller), [(served_until, "calendar".to_owned())]);
    }
}

#[test]
fn danger_is_never_sent_away_for_the_hour() {
    let mut world = World::at(EVENING, callback());
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.press(caller, '9');
    world.wait(until(&world, "2026-03-04T21:00:01+08:00"));
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(closings(&world, caller), []);
}

#[test]
fn whom_a_desk_lost_after_closing_time_is_still_served() {
    let mut world = World::at(EVENING, callback());
    let desk = world.ready("mei", &["lang:zh-CN"]);
    world.desk("an", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.accept("mei").unwrap();
    world.wait(until(&world, "2026-03-04T21:10:00+08:00"));
    world.falls_silent(desk);
    world.wait_s(10);
    assert_eq!(world.progress(caller), Progress::Waiting);
    world.ask("an", RequestKind::Ready {}).unwrap();
    assert_eq!(world.rings("an"), Some(caller));
}

#[test]
fn a_supervisor_closes_until_a_moment_and_the_calendar_decides_again() {
    let mut world = World::new();
    world.desk("boss", &[]);
    let caller = world.call_to_line("13800000001", '1');
    world.desk("mei", &["lang:zh-CN"]);
    let close = close_until("2026-03-04T14:00:00+08:00", "typhoon");
    assert_eq!(world.ask("boss", close), Ok(Reply::Done));
    let last_call = world.now.utc + Duration::from_secs(15 * 60);
    assert_eq!(closings(&world, caller), [(Some(last_call), "switched".to_owned())]);
    world.hang_up(caller);
    let said = |world: &mut World| {
        let leg = world.call("13800000002");
        world.wait(Duration::from_millis(1));
        world.hang_up(leg);
        let opened = |event: &Event| matches!(event, Event::JourneyOpened { open: true, .. });
        world.events().filter(|event| matches!(event, Event::JourneyOpened { .. })).last().is_some_and(opened)
    };
    world.wait(until(&world, "2026-03-04T13:59:59.999+08:00"));
    assert!(!said(&mut world), "closed to the last millisecond");
    assert!(said(&mut world), "open at 14:00:00.000");
    let expired = |event: &Event| matches!(event, Event::ServiceSwitched { closed: None, by: None, reason: Some(why), .. } if why.0 == "expired");
    assert_eq!(world.events().filter(|event| expired(event)).count(), 1);
    assert_eq!(world.board.switched("line"), None);
}

#[test]
fn the_end_of_a_switch_survives_a_restart() {
    let mut world = World::new();
    world.ask_as(None, close_until("2026-03-04T14:00:00+08:00", "typhoon")).unwrap();
    world.crash(settings());
    let switched = world.board.switched("line").expect("still closed");
    assert_eq!(switched.until, Some(utc("2026-03-04T14:00:00+08:00")));
    world.wait(until(&world, "2026-03-04T14:00:00+08:00"));
    assert_eq!(world.board.switched("line"), None);
    // It ends while no process runs: found out at the next start.
    world.ask_as(None, close_until("2026-03-04T15:00:00+08:00", "typhoon")).unwrap();
    world.now.utc = utc("2026-03-04T16:00:00+08:00");
    world.crash(settings());
    assert_eq!(world.board.switched("line"), None);
}

#[test]
fn closed_by_hand_callers_are_told_when_it_opens() {
    let mut world = World::new();
    world.ask_as(None, close_until("2026-03-04T22:00:00+08:00", "typhoon")).unwrap();
    let caller = world.call("13800000001");
    world.wait_s(1);
    let words = ["zh-CN/closed", "zh-CN/day.tomorrow", "zh-CN/time.hour.9", "zh-CN/callback"];
    assert_eq!(world.played(caller), words, "by ten the calendar has closed it");
    world.ask_as(None, switch("line", Some(true))).unwrap();
    let next = world.call("13800000002");
    world.wait_s(1);
    assert_eq!(world.played(next), ["zh-CN/closed", "zh-CN/time.later", "zh-CN/callback"], "nobody knows when");
}

#[test]
fn callers_hear_what_it_was_closed_for() {
    let mut settings = settings();
    let steps = settings.flows.values_mut().flat_map(|flow| flow.steps.values_mut());
    for step in steps {
        if let Step::Say { prompts, .. } = step {
            prompts.iter_mut().filter(|prompt| *prompt == "closed").for_each(|prompt| *prompt = "{closed}".to_owned());
        }
    }
    let mut world = World::with(settings);
    let first_word = |world: &mut World| {
        let caller = world.call("13800000001");
        world.wait_s(1);
        let word = world.played(caller)[0].clone();
        world.hang_up(caller);
        word
    };
    world.ask_as(None, close_until("2026-03-04T14:00:00+08:00", "typhoon")).unwrap();
    assert_eq!(first_word(&mut world), "zh-CN/notice_typhoon");
    world.ask_as(None, switch("line", Some(true))).unwrap();
    assert_eq!(first_word(&mut world), "zh-CN/closed");
}

#[test]
fn what_cannot_be_is_refused() {
    let mut world = World::new();
    let past = close_until("2026-03-04T10:00:00+08:00", "typhoon");
    assert_eq!(world.ask_as(None, past), Err(RequestError::TimePast));
    let unknown = close_until("2026-03-04T14:00:00+08:00", "football");
    assert_eq!(world.ask_as(None, unknown), Err(RequestError::UnknownNotice));
    assert_eq!(world.count("service_switched"), 0);
}

#[test]
fn a_line_that_opens_again_keeps_who_waited() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.ask_as(None, switch("line", Some(true))).unwrap();
    world.wait_s(60);
    world.ask_as(None, switch("line", None)).unwrap();
    assert_eq!(world.count("line_reopened"), 1);
    world.wait_s(500);
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(closings(&world, caller).len(), 1);
}

#[test]
fn calls_keep_the_hours_that_they_came_under() {
    let mut world = World::at("2026-03-04T19:00:00+08:00", callback());
    world.desk("mei", &["lang:zh-CN"]);
    let before = world.call_to_line("13800000001", '1');
    let mut shorter = callback();
    let hours = shorter.calendars.get_mut("hours").unwrap();
    hours.version = "hours-2".to_owned();
    hours.week[2] = vec!["09:00-19:05".parse().unwrap()];
    shorter.version = "settings-2".to_owned();
    world.input(Input::Configured(std::sync::Arc::new(shorter)));
    let after = world.call_to_line("13800000002", '1');
    world.wait(until(&world, "2026-03-04T19:06:00+08:00"));
    assert_eq!(closings(&world, after), [(None, "calendar".to_owned())]);
    assert_eq!((closings(&world, before), world.progress(before)), (vec![], Progress::Waiting));
}

#[test]
fn a_wall_clock_that_is_put_forward_is_noticed_with_the_next_input() {
    let mut world = World::at("2026-03-04T20:00:00+08:00", callback());
    world.desk("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.now.utc = utc("2026-03-04T21:00:00+08:00");
    world.hears_what_plays(Some(caller));
    assert_eq!(closings(&world, caller), [(None, "calendar".to_owned())]);
}

#[test]
fn a_computed_closure_is_confirmed_by_a_person_and_alarms_until_then() {
    let mut shipped = settings();
    let holiday =
        Holiday { from: "2026-04-01".parse().unwrap(), to: "2026-04-08".parse().unwrap(), name: "New Year".into() };
    let hours = shipped.calendars.get_mut("hours").unwrap();
    hours.holidays.insert("chinese_new_year.2026".to_owned(), holiday);
    let mut world = World::with(shipped);
    let until = "2026-03-31".parse().unwrap();
    let alarm = Alarm::CalendarUnchecked { calendar: "hours".to_owned(), until };
    assert_eq!(world.alarms, std::slice::from_ref(&alarm));
    world.wait_s(24 * 3600);
    assert_eq!(world.alarms, [alarm.clone(), alarm], "again each day");
    world.desk("boss", &[]);
    let confirm =
        |holiday: &str| RequestKind::ConfirmHoliday { calendar: "hours".to_owned(), holiday: holiday.to_owned() };
    assert_eq!(world.ask("boss", confirm("chinese_new_year.2027")), Err(RequestError::UnknownHoliday));
    assert_eq!(world.ask("boss", confirm("chinese_new_year.2026")), Ok(Reply::Done));
    assert_eq!(world.ask("boss", confirm("chinese_new_year.2026")), Ok(Reply::Done));
    assert_eq!(world.count("holiday_confirmed"), 1);
    world.wait_s(24 * 3600);
    assert_eq!(world.alarms.len(), 2);
}

#[test]
fn an_open_hour_without_anybody_planned_is_told_a_week_ahead() {
    let mut world = World::new();
    world.desk("mei", &["lang:zh-CN"]);
    world.wait_s(24 * 3600);
    assert_eq!(world.alarms, [], "without any rota there is nothing to compare with");
    let week = std::array::from_fn(|_| vec!["08:00-22:00".parse().unwrap()]);
    let mut rota = Rota { week, ..Rota::default() };
    rota.week[6] = vec!["08:00-20:00".parse().unwrap()];
    let set = |rota: &Rota| RequestKind::SetRota { operator: operator("mei"), rota: rota.clone() };
    assert_eq!(world.ask_as(None, set(&rota)), Ok(Reply::Done));
    world.wait_s(24 * 3600);
    let gap = Alarm::NobodyPlanned { service: "line".to_owned(), from: utc("2026-03-08T20:00:00+08:00") };
    assert_eq!(world.alarms, [gap]);
    rota.week[6] = rota.week[0].clone();
    assert_eq!(world.ask_as(None, set(&rota)), Ok(Reply::Done));
    world.wait_s(24 * 3600);
    assert_eq!(world.alarms.len(), 1);
    rota.week[0] = ["09:00-12:00", "11:00-13:00"].map(|hours| hours.parse().unwrap()).to_vec();
    assert_eq!(world.ask_as(None, set(&rota)), Err(RequestError::HoursOverlap));
    let nobody = RequestKind::SetRota { operator: operator("nobody"), rota: Rota::default() };
    assert_eq!(world.ask_as(None, nobody), Err(RequestError::UnknownUser));
}
