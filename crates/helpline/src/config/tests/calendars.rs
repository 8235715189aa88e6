use jiff::civil::{date, time};
use routing::{Hours, TimeOfDay};

use super::super::Overrides;
use super::{Folder, plain, told};

const CALENDAR: &str = "calendars/hours.toml";
const HOURS: &str = "[\"09:00-21:00\"]";

#[test]
fn sloppy_times_are_refused() {
    for wrong in ["9:00-21:00", "09:00", "09.00-21.00", "09:00-25:00", "09:60-21:00", "09:00 - 21:00", "09:00-24:01"] {
        let fault = format!("calendars/hours.toml:5:14 week.every_day[0]: \"{wrong}\" is not hours, like 09:00-21:00");
        told(CALENDAR, HOURS, &format!("[\"{wrong}\"]"), &[&fault]);
    }
}

#[test]
fn hours_end_after_they_begin_and_do_not_meet() {
    let fault = "calendars/hours.toml:5:14 week.every_day[0]: ends before it begins; hours past midnight are two lines, the first to 24:00";
    told(CALENDAR, HOURS, "[\"21:00-09:00\"]", &[fault]);
    told(CALENDAR, HOURS, "[\"09:00-09:00\"]", &[fault]);
    let meet =
        |pair: &str| format!("calendars/hours.toml:5:1 week.every_day: {pair} overlap or touch; write them as one");
    told(CALENDAR, HOURS, "[\"12:00-21:00\", \"09:00-13:00\"]", &[&meet("09:00-13:00 and 12:00-21:00")]);
    told(CALENDAR, HOURS, "[\"09:00-12:00\", \"12:00-24:00\"]", &[&meet("09:00-12:00 and 12:00-24:00")]);
    told(CALENDAR, HOURS, "[\"13:00-24:00\", \"09:00-12:00\"]", &[]);
}

#[test]
fn an_unknown_zone_is_refused() {
    let fault = "calendars/hours.toml:1:1 zone: \"Asia/Beijing\" is not a time zone, like Asia/Shanghai";
    told(CALENDAR, "Asia/Shanghai", "Asia/Beijing", &[fault]);
}

#[test]
fn fewer_than_sixty_checked_days_are_a_warning() {
    let folder = Folder::new();
    let on = |moment: &str| folder.faults(Overrides { clock: moment.parse().ok(), ..plain() });
    assert_eq!(on("2027-11-01T15:59:59Z"), Vec::<String>::new(), "60 days from 1 November, in Shanghai");
    assert_eq!(
        on("2027-11-01T16:00:00Z"),
        [
            "calendars/hours.toml:2:1 checked_until: warning: 59 checked days are left; look through the closures ahead and move this on"
        ]
    );
    assert!(on("2030-01-01T00:00:00Z")[0].contains("warning: 0 checked days are left"));
}

#[test]
fn closures_cover_their_days_once() {
    let folder = Folder::new();
    let closures = "\
[[closure]]
from = 2027-02-05
to = 2027-02-12
name = \"Chinese New Year\"
[[closure]]
from = \"2027-05-01\"
hours = [\"10:00-12:00\"]
name = \"Labour Day\"
[week]
sunday = []
";
    folder.spoil(CALENDAR, "[week]\n", closures);
    let settings = folder.load(plain()).routing;
    let calendar = &settings.calendars["hours"];
    assert_eq!(calendar.exceptions.len(), 9);
    assert_eq!(calendar.exceptions[&date(2027, 2, 12)].hours, []);
    let hours = Hours { from: time(10, 0, 0, 0), to: TimeOfDay::At(time(12, 0, 0, 0)) };
    assert_eq!(calendar.exceptions[&date(2027, 5, 1)].hours, [hours]);
    assert_eq!((calendar.week[0].len(), calendar.week[6].len()), (1, 0));

    folder.spoil(CALENDAR, "2027-05-01", "2027-02-12");
    assert_eq!(
        folder.faults(plain()),
        ["calendars/hours.toml:9:1 closure[1].from: 2027-02-12 is in \"Chinese New Year\" already"]
    );
    folder.spoil(CALENDAR, "to = 2027-02-12", "to = 2027-02-04");
    let fault = "calendars/hours.toml:6:1 closure[0].to: must be the day of from or one within the year after it";
    assert_eq!(folder.faults(plain()), [fault]);
    folder.spoil(CALENDAR, "to = 2027-02-04", "to = \"2027-02-30\"");
    assert_eq!(folder.faults(plain()), ["calendars/hours.toml:6:1 closure[0].to: must be a date, like 2027-02-05"]);
}

const NEW_YEAR: &str = "[chinese_new_year]\ndays_before = 1\ndays_after = 6\n[week]\n";

#[test]
fn chinese_new_year_is_closed_by_the_lunar_calendar_and_a_file_goes_before_it() {
    let folder = Folder::new();
    folder.spoil(CALENDAR, "[week]\n", NEW_YEAR);
    let hours = |folder: &Folder| folder.load(plain()).routing.calendars["hours"].clone();
    let computed = hours(&folder);
    let closed = |calendar: &routing::Calendar, day| calendar.hours_on(day).is_empty();
    for (day, is_closed) in [
        (date(2027, 2, 4), false),
        (date(2027, 2, 5), true),
        (date(2027, 2, 12), true),
        (date(2027, 2, 13), false),
        (date(2028, 1, 25), true),
        (date(2028, 2, 1), true),
        (date(2028, 2, 2), false),
    ] {
        assert_eq!(closed(&computed, day), is_closed, "{day}");
    }
    let holiday = &computed.holidays["chinese_new_year.2027"];
    assert_eq!((holiday.from, holiday.to), (date(2027, 2, 5), date(2027, 2, 12)));

    let opening =
        "[[opening]]\nfrom = 2027-02-11\nhours = [\"10:00-16:00\"]\nname = \"Back early\"\n[chinese_new_year]\n";
    folder.spoil(CALENDAR, "[chinese_new_year]\n", opening);
    folder.spoil(CALENDAR, "[week]\n", "years.2028 = { from = 2028-01-24, to = 2028-01-30 }\n[week]\n");
    let overridden = hours(&folder);
    assert_eq!(overridden.hours_on(date(2027, 2, 11))[0].to_string(), "10:00-16:00");
    assert!(closed(&overridden, date(2027, 2, 10)) && closed(&overridden, date(2027, 2, 12)));
    assert!(closed(&overridden, date(2028, 1, 24)) && !closed(&overridden, date(2028, 1, 31)));
    assert_ne!(computed.version, overridden.version);
}

#[test]
fn what_was_computed_is_part_of_the_version() {
    let folder = Folder::new();
    let before = folder.load(plain()).routing.calendars["hours"].version.clone();
    assert_eq!(before, folder.load(plain()).routing.calendars["hours"].version, "the same files have the same version");
    folder.spoil(CALENDAR, "[week]\n", NEW_YEAR);
    assert_ne!(before, folder.load(plain()).routing.calendars["hours"].version);
}

#[test]
fn a_new_year_that_cannot_be_is_refused() {
    let new_year = |line: &str| NEW_YEAR.replace("days_before = 1", line);
    let fault = "calendars/hours.toml:4:1 chinese_new_year.days_before: must be a whole number from 0 to 30";
    told(CALENDAR, "[week]\n", &new_year("days_before = 31"), &[&fault.replace(":4:1", ":5:1")]);
    for year in ["2028 = { from = 2027-01-24, to = 2028-01-30 }", "28 = { from = 2028-01-24, to = 2028-01-30 }"] {
        let key = year.split(' ').next().unwrap();
        let fault = format!(
            "calendars/hours.toml:5:7 chinese_new_year.years.{key}: must be a year from 2020 to 2099 with two days of it, the first one first"
        );
        told(CALENDAR, "[week]\n", &new_year(&format!("years.{year}")), &[&fault]);
    }
    let opening = "[[opening]]\nfrom = 2027-05-01\nhours = []\nname = \"x\"\n[week]\n";
    told(CALENDAR, "[week]\n", opening, &["calendars/hours.toml:6:1 opening[0].hours: must name at least one"]);
}
