//! Opening hours and who works when.

use serde::{Deserialize, Serialize};

/// All that the page of opening hours shows.
#[derive(Debug, Serialize)]
pub struct HoursPage {
    /// The engine's clock at sending, UTC.
    pub now: String,
    /// Each service that real callers reach.
    pub services: Vec<ServiceView>,
    /// Computed closures of this year and the next that are not over.
    pub holidays: Vec<HolidayView>,
    /// Changes by people, newest first.
    pub changes: Vec<ChangeView>,
}

/// One service's hours.
#[derive(Debug, Serialize)]
pub struct ServiceView {
    /// Its name.
    pub service: String,
    /// At this moment.
    pub open: bool,
    /// `always`, `weekly`, `exception`, `switched`.
    pub why: String,
    /// The exception's name, or the notice that it was closed with.
    pub name: Option<String>,
    /// Who switched it by hand.
    pub by: Option<String>,
    /// When it may change by itself, UTC; none: when somebody says so, or never.
    pub changes: Option<String>,
    /// When it opens next, UTC; none: not known.
    pub opens: Option<String>,
    /// Its calendar's name; none: always open.
    pub calendar: Option<String>,
    /// The calendar's version.
    pub version: Option<String>,
    /// The zone of its hours; none: always open.
    pub zone: Option<String>,
    /// The last day up to which somebody looked through the closures and confirmed the computed ones.
    pub confirmed_until: Option<String>,
    /// How many days that is from today.
    pub days_ahead: Option<i32>,
    /// What it may be closed for: each has its recorded words.
    pub notices: Vec<String>,
    /// `serve` or `callback`: what becomes of those who wait when it closes.
    pub at_closing: String,
    /// How long after closing they are served.
    pub last_call_min: u64,
    /// This week's and the next one's days, Monday first.
    pub days: Vec<DayView>,
    /// Open stretches of the next seven days in which nobody is planned.
    pub unplanned: Vec<StretchView>,
    /// Stretches of calling hours of the next seven days in which a promise to call would rest on nobody.
    pub unpromised: Vec<StretchView>,
}

/// One day by the calendar.
#[derive(Debug, Serialize)]
pub struct DayView {
    /// `2027-02-05`.
    pub date: String,
    /// `09:00-21:00`; none: closed.
    pub hours: Vec<String>,
    /// What the day is called where it is otherwise.
    pub name: Option<String>,
    /// It is otherwise because the lunar calendar was computed.
    pub computed: bool,
}

/// From one moment to another, UTC.
#[derive(Debug, Serialize)]
pub struct StretchView {
    /// The service.
    pub service: String,
    /// First moment.
    pub from: String,
    /// First moment after.
    pub to: String,
}

/// A computed closure.
#[derive(Debug, Serialize)]
pub struct HolidayView {
    /// The calendar's name.
    pub calendar: String,
    /// `chinese_new_year.2027`.
    pub holiday: String,
    /// For people.
    pub name: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Somebody confirmed it as it stands, then, UTC.
    pub confirmed: Option<String>,
    /// Who; none: the command line on the machine.
    pub by: Option<String>,
}

/// A change by a person, or the end of one.
#[derive(Debug, Serialize)]
pub struct ChangeView {
    /// When, UTC.
    pub utc: String,
    /// [`routing::Event`]'s type.
    pub event: String,
    /// Its other fields, for the page to put into words.
    pub detail: serde_json::Value,
}

/// Close, open, or leave to the calendar.
#[derive(Debug, Deserialize)]
pub struct SwitchBody {
    /// Which.
    pub service: String,
    /// None: by its calendar.
    pub closed: Option<bool>,
    /// RFC 3339; none: until somebody says so.
    pub until: Option<String>,
    /// One of its notices.
    pub reason: Option<String>,
    /// `serve` or `callback`; none: as the service has it.
    pub waiting: Option<String>,
}

/// A computed closure is right.
#[derive(Debug, Deserialize)]
pub struct ConfirmBody {
    /// The calendar's name.
    pub calendar: String,
    /// `chinese_new_year.2027`.
    pub holiday: String,
}

/// Who works when, one week.
#[derive(Debug, Serialize)]
pub struct RotaPage {
    /// Its Monday.
    pub week: String,
    /// Today.
    pub today: String,
    /// Everyone who takes calls.
    pub operators: Vec<RotaRow>,
    /// Open stretches of this week, from now on, in which nobody is planned.
    pub unplanned: Vec<StretchView>,
}

/// One operator's week.
#[derive(Debug, Serialize)]
pub struct RotaRow {
    /// Login name.
    pub operator: String,
    /// Name shown.
    pub name: String,
    /// A rota was given.
    pub known: bool,
    /// Hours of every week, Monday first.
    pub week: Vec<Vec<String>>,
    /// Days that are otherwise, of all weeks: date → hours; an empty list: away.
    pub days: std::collections::BTreeMap<String, Vec<String>>,
}

/// An operator's working hours, whole.
#[derive(Debug, Deserialize)]
pub struct RotaBody {
    /// Monday first.
    pub week: Vec<Vec<String>>,
    /// Days that are otherwise.
    pub days: std::collections::BTreeMap<String, Vec<String>>,
}
