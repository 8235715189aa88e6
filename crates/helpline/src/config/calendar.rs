//! `calendars/<name>.toml`: opening hours, all or nothing.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use routing::{Calendar, Closure, Hours, TimeOfDay};
use toml::Value;

use super::disk::{Disk, version_of};
use super::document::{Document, Places};
use super::fault::Fault;
use super::read::{Fields, Node, Read, section};

/// A calendar whose closures are checked for less than this is told by a warning.
const CHECKED_DAYS: i32 = 60;

/// The keys of a calendar file.
pub(super) const KEYS: &[&str] = &["zone", "checked_until", "week", "closure"];

section! {
    /// `[week]`: lists of hours, `["09:00-12:00", "13:00-24:00"]`; an empty list is a closed day.
    WeekSection {
        /// Every day that has no line of its own.
        every_day: Vec<Hours> = Vec::new(),
        /// Monday.
        monday: Option<Vec<Hours>> = None,
        /// Tuesday.
        tuesday: Option<Vec<Hours>> = None,
        /// Wednesday.
        wednesday: Option<Vec<Hours>> = None,
        /// Thursday.
        thursday: Option<Vec<Hours>> = None,
        /// Friday.
        friday: Option<Vec<Hours>> = None,
        /// Saturday.
        saturday: Option<Vec<Hours>> = None,
        /// Sunday.
        sunday: Option<Vec<Hours>> = None,
    }
}

section! {
    /// `[[closure]]`: days that are otherwise.
    ClosureSection {
        /// The first day,
        from: Date,
        /// and the last one; none: that day only.
        to: Option<Date> = None,
        /// Hours on these days; empty: closed.
        hours: Vec<Hours> = Vec::new(),
        /// What people call it.
        name: String,
    }
}

/// Reads a calendar file. `now` tells how many checked days are left.
pub(super) fn load(path: &Path, now: Timestamp, disk: &mut Disk, faults: &mut Vec<Fault>) -> Option<Calendar> {
    let text = disk.text(path, faults)?;
    let version = version_of(text.as_bytes());
    let Document { tree, places, .. } = Document::parse(path, text, faults)?;
    let fields = Fields::top(&tree, &places, KEYS, faults);
    let zone: Option<Zone> = fields.required("zone", faults);
    let checked: Option<Date> = fields.required("checked_until", faults);
    let week: Option<WeekSection> = fields.required("week", faults);
    let closures: Vec<ClosureSection> = fields.optional("closure", faults, Vec::new);
    let exceptions = exceptions(closures, &places, faults);
    let (Zone(zone), week) = (zone?, days(week?, &places, faults));
    warn_unchecked(checked?, now.to_zoned(zone.clone()).date(), &places, faults);
    Some(Calendar { version, zone, week, exceptions })
}

fn warn_unchecked(until: Date, today: Date, places: &Places, faults: &mut Vec<Fault>) {
    let left = today.until(until).map_or(0, |span| span.get_days());
    if left < CHECKED_DAYS {
        let message =
            format!("{} checked days are left; look through the closures ahead and move this on", left.max(0));
        faults.push(places.fault("checked_until", message).into_warning());
    }
}

fn days(week: WeekSection, places: &Places, faults: &mut Vec<Fault>) -> [Vec<Hours>; 7] {
    let own = [
        ("monday", week.monday),
        ("tuesday", week.tuesday),
        ("wednesday", week.wednesday),
        ("thursday", week.thursday),
        ("friday", week.friday),
        ("saturday", week.saturday),
        ("sunday", week.sunday),
    ];
    let every_day = in_order(week.every_day, "week.every_day", places, faults);
    own.map(|(day, hours)| {
        hours.map_or_else(|| every_day.clone(), |hours| in_order(hours, &format!("week.{day}"), places, faults))
    })
}

fn exceptions(closures: Vec<ClosureSection>, places: &Places, faults: &mut Vec<Fault>) -> BTreeMap<Date, Closure> {
    let mut exceptions = BTreeMap::new();
    for (index, closure) in closures.into_iter().enumerate() {
        let key = format!("closure[{index}]");
        let (from, to) = (closure.from, closure.to.unwrap_or(closure.from));
        if to < from || from.until(to).map_or(true, |span| span.get_days() > 366) {
            let message = "must be the day of from or one within the year after it";
            faults.push(places.fault(&format!("{key}.to"), message));
            continue;
        }
        let hours = in_order(closure.hours, &format!("{key}.hours"), places, faults);
        for date in from.series(1.day()).take_while(|date| *date <= to) {
            let closure = Closure { hours: hours.clone(), name: closure.name.clone() };
            if let Some(other) = exceptions.insert(date, closure) {
                faults.push(places.fault(&format!("{key}.from"), format!("{date} is in \"{}\" already", other.name)));
            }
        }
    }
    exceptions
}

/// Sorts a day's hours and refuses those that overlap or touch.
fn in_order(mut hours: Vec<Hours>, key: &str, places: &Places, faults: &mut Vec<Fault>) -> Vec<Hours> {
    hours.sort();
    for pair in hours.windows(2) {
        if let [first, second] = pair
            && TimeOfDay::At(second.from) <= first.to
        {
            let message = format!("{} and {} overlap or touch; write them as one", show(first), show(second));
            faults.push(places.fault(key, message));
        }
    }
    hours
}

fn show(hours: &Hours) -> String {
    let to = match hours.to {
        TimeOfDay::At(time) => time.strftime("%H:%M").to_string(),
        TimeOfDay::End => "24:00".to_owned(),
    };
    format!("{}-{to}", hours.from.strftime("%H:%M"))
}

struct Zone(TimeZone);

impl Read for Zone {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a time zone, like Asia/Shanghai", faults, |name| TimeZone::get(name).ok().map(Zone))
    }
}

impl Read for Date {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let written = match node.value {
            Value::Datetime(date) => Some(date.to_string()),
            Value::String(text) => Some(text.clone()),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Array(_) | Value::Table(_) => None,
        };
        let date = written.filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        if date.is_none() {
            faults.push(node.fault("must be a date, like 2027-02-05"));
        }
        date
    }
}

impl Read for Hours {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let hours = node.parsed("hours, like 09:00-21:00", faults, |text| {
            let (from, to) = text.split_once('-')?;
            let to = if to == "24:00" { TimeOfDay::End } else { TimeOfDay::At(time(to)?) };
            Some(Hours { from: time(from)?, to })
        })?;
        if hours.to <= TimeOfDay::At(hours.from) {
            faults.push(node.fault("ends before it begins; hours past midnight are two lines, the first to 24:00"));
            return None;
        }
        Some(hours)
    }
}

/// `09:00`, exactly so: a sloppy time is a fault, never skipped.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| -> Option<i8> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}
