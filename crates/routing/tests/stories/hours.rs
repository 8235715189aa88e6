//! The calendar against a second one, written naively: it knows only whether a line is open at one moment, and walks to find out when.

use std::collections::BTreeMap;

use base::Timestamp;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use routing::*;

const START: Date = date(2026, 3, 20);

/// Minutes of a day that hours begin and end at, in pairs.
fn a_day() -> impl Strategy<Value = Vec<Hours>> {
    prop::collection::btree_set(0_u16..=96, 0..5).prop_map(|quarters| {
        let edges: Vec<u16> = quarters.into_iter().map(|quarter| quarter * 15).collect();
        edges.chunks_exact(2).map(|pair| Hours { from: time(pair[0]), to: time_of_day(pair[1]) }).collect()
    })
}

fn time(minutes: u16) -> Time {
    Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).unwrap()
}

fn time_of_day(minutes: u16) -> TimeOfDay {
    if minutes == 1440 { TimeOfDay::End } else { TimeOfDay::At(time(minutes)) }
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let zones =
        prop::sample::select(vec!["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]);
    let days = prop::collection::btree_map(0_i64..14, a_day(), 0..4);
    (zones, prop::collection::vec(a_day(), 7), days).prop_map(|(zone, week, days)| Calendar {
        version: "random".to_owned(),
        zone: TimeZone::get(zone).unwrap(),
        week: week.try_into().unwrap(),
        exceptions: days
            .into_iter()
            .map(|(day, hours)| (START + day.days(), Closure { hours, name: "otherwise".to_owned() }))
            .collect(),
        checked_until: date(2027, 12, 31),
        holidays: BTreeMap::new(),
    })
}

/// Open or closed, read off a clock on the wall in text and compared as text.
fn naively_open(calendar: &Calendar, at: Timestamp) -> bool {
    let wall = at.to_zoned(calendar.zone.clone());
    let now = wall.strftime("%H:%M:%S%.9f").to_string();
    let weekday = wall.date().weekday().to_monday_zero_offset() as usize;
    let hours = calendar.exceptions.get(&wall.date()).map_or(&calendar.week[weekday], |day| &day.hours);
    hours.iter().any(|hours| {
        let (from, to) = (format!("{}:00", hours.from.strftime("%H:%M")), hours.to.to_string());
        now >= from && (to == "24:00" || now < format!("{to}:00"))
    })
}

/// Quarters of an hour on, until it is otherwise: everything here changes on a quarter.
fn naive_change(calendar: &Calendar, after: Timestamp) -> Option<Timestamp> {
    let quarter = SignedDuration::from_mins(15);
    let first = Timestamp::from_second((after.as_second().div_euclid(900) + 1) * 900).unwrap();
    let quarters = (0..14 * 96).map(|n| first + quarter * n);
    let tick = SignedDuration::from_nanos(1);
    quarters.into_iter().find(|at| naively_open(calendar, *at) != naively_open(calendar, *at - tick))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn open_and_closed_are_as_the_wall_says(calendar in calendars(), ms in 0_i64..14 * 86_400_000) {
        let start = START.to_zoned(calendar.zone.clone()).unwrap().timestamp();
        let at = start + SignedDuration::from_millis(ms);
        prop_assert_eq!(calendar.is_open(at), naively_open(&calendar, at));
        // And around the change that comes next: a millisecond before it and at it.
        let next = naive_change(&calendar, at);
        let found = calendar.next_change(at);
        if let Some(next) = next {
            prop_assert_eq!(found, Some(next));
            let before = next - SignedDuration::from_millis(1);
            prop_assert_eq!(calendar.is_open(before), naively_open(&calendar, before));
            prop_assert_ne!(calendar.is_open(before), calendar.is_open(next));
        }
        if let Some(opens) = calendar.next_opening(at) {
            prop_assert!(calendar.is_open(opens) && !calendar.is_open(opens - SignedDuration::from_nanos(1)));
        }
    }
}
