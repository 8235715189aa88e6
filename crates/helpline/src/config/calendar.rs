//! `calendars/<name>.toml`: opening hours, all or nothing.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use routing::{CHECKED_DAYS, Calendar, Closure, Holiday, Hours, NoHours, days_ahead};
use toml::Value;

use super::disk::{Disk, version_of};
use super::document::{Document, Places};
use super::fault::Fault;
use super::lunar::{NewYearSection, new_years};
use super::read::{Fields, Node, OneOrMore, Read, section};

/// The keys of a calendar file.
pub(super) const KEYS: &[&str] = &["zone", "checked_until", "week", "chinese_new_year", "closure", "opening"];

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

section! {
    /// `[[opening]]`: days with hours of their own, on which the line would be closed otherwise or at other hours.
    OpeningSection {
        /// The first day,
        from: Date,
        /// and the last one; none: that day only.
        to: Option<Date> = None,
        /// Hours on these days.
        hours: OneOrMore<Hours>,
        /// What people call it.
        name: String,
    }
}

/// Reads a calendar file. `now` tells how many checked days are left.
pub(super) fn load(path: &Path, now: Timestamp, disk: &mut Disk, faults: &mut Vec<Fault>) -> Option<Calendar> {
    let text = disk.text(path, faults)?;
    let mut content = text.clone();
    let Document { tree, places, .. } = Document::parse(path, text, faults)?;
    let fields = Fields::top(&tree, &places, KEYS, faults);
    let zone: Option<Zone> = fields.required("zone", faults);
    let checked: Option<Date> = fields.required("checked_until", faults);
    let week: Option<WeekSection> = fields.required("week", faults);
    let new_year: Option<NewYearSection> = fields.optional("chinese_new_year", faults, || None);
    let holidays = new_year.map(|section| new_years(&section, &places, faults)).unwrap_or_default();
    let closures: Vec<ClosureSection> = fields.optional("closure", faults, Vec::new);
    let openings: Vec<OpeningSection> = fields.optional("opening", faults, Vec::new);
    let written = written(closures, openings);
    let exceptions = exceptions(written, &holidays, &places, faults);
    let (Zone(zone), week, checked_until) = (zone?, days(week?, &places, faults), checked?);
    warn_unchecked(checked_until, now.to_zoned(zone.clone()).date(), &places, faults);
    // What was computed is part of what a version says: it may change with the table of the lunar calendar.
    holidays.iter().for_each(|(key, day)| content.push_str(&format!("\n{key} {} {}", day.from, day.to)));
    let version = version_of(content.as_bytes());
    Some(Calendar { version, zone, week, exceptions, checked_until, holidays })
}

fn warn_unchecked(until: Date, today: Date, places: &Places, faults: &mut Vec<Fault>) {
    let left = days_ahead(today, until);
    if left < CHECKED_DAYS {
        let message = format!("{left} checked days are left; look through the closures ahead and move this on");
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

/// Days that a file names, under their key.
struct Written {
    key: String,
    from: Date,
    to: Date,
    hours: Vec<Hours>,
    name: String,
}

fn written(closures: Vec<ClosureSection>, openings: Vec<OpeningSection>) -> Vec<Written> {
    let closures = closures.into_iter().enumerate().map(|(index, days)| Written {
        key: format!("closure[{index}]"),
        from: days.from,
        to: days.to.unwrap_or(days.from),
        hours: days.hours,
        name: days.name,
    });
    let openings = openings.into_iter().enumerate().map(|(index, days)| Written {
        key: format!("opening[{index}]"),
        from: days.from,
        to: days.to.unwrap_or(days.from),
        hours: days.hours.0,
        name: days.name,
    });
    closures.chain(openings).collect()
}

/// Every day that is otherwise: as the file says, else as computed.
fn exceptions(
    written: Vec<Written>,
    holidays: &BTreeMap<String, Holiday>,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> BTreeMap<Date, Closure> {
    let mut exceptions = BTreeMap::new();
    for Written { key, from, to, hours, name } in written {
        if to < from || from.until(to).map_or(true, |span| span.get_days() > 366) {
            let message = "must be the day of from or one within the year after it";
            faults.push(places.fault(&format!("{key}.to"), message));
            continue;
        }
        let hours = in_order(hours, &format!("{key}.hours"), places, faults);
        for date in from.series(1.day()).take_while(|date| *date <= to) {
            let closure = Closure { hours: hours.clone(), name: name.clone() };
            if let Some(other) = exceptions.insert(date, closure) {
                faults.push(places.fault(&format!("{key}.from"), format!("{date} is in \"{}\" already", other.name)));
            }
        }
    }
    for holiday in holidays.values() {
        for date in holiday.from.series(1.day()).take_while(|date| *date <= holiday.to) {
            exceptions.entry(date).or_insert_with(|| Closure { hours: Vec::new(), name: holiday.name.clone() });
        }
    }
    exceptions
}

/// Sorts a day's hours and refuses those that overlap or touch.
fn in_order(mut hours: Vec<Hours>, key: &str, places: &Places, faults: &mut Vec<Fault>) -> Vec<Hours> {
    if let Some((first, second)) = Hours::in_order(&mut hours) {
        faults.push(places.fault(key, format!("{first} and {second} overlap or touch; write them as one")));
    }
    hours
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
        let text = node.text("hours, like 09:00-21:00", faults)?;
        match text.parse() {
            Ok(hours) => Some(hours),
            Err(NoHours::Malformed) => {
                faults.push(node.fault(format!("\"{text}\" is not hours, like 09:00-21:00")));
                None
            }
            Err(reversed @ NoHours::Reversed) => {
                faults.push(node.fault(reversed.to_string()));
                None
            }
        }
    }
}
