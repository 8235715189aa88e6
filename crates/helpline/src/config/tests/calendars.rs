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
