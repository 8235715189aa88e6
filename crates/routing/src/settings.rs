//! What the decisions are made by. `helpline` parses it from files, all or nothing; here it can no longer be wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base::OperatorId;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::{Callbacks, DialPlan, OutboundTrunk, Part};

/// A language by its BCP 47 tag: `zh-CN`, `yue`, `en`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(pub String);

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an operator can and a journey needs: `lang:yue`, `topic:wages`. `topic:wages=2` is the same at level 2; without a level it is 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Skill(pub String);

/// Everything, of one version.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A hash of the files.
    pub version: String,
    /// Services by name.
    pub services: BTreeMap<String, Service>,
    /// Dialled number → service. Numbers are ours, not callers': no secret.
    pub numbers: BTreeMap<String, String>,
    /// Opening hours by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// Flows by name.
    pub flows: BTreeMap<String, Flow>,
    /// Queues by name.
    pub queues: BTreeMap<String, Queue>,
    /// Operators at static SIP addresses.
    pub sip_operators: Vec<SipOperator>,
    /// Trunks that calls of ours leave by.
    pub trunks: BTreeMap<String, OutboundTrunk>,
    /// Who may be called at all.
    pub dial_plan: DialPlan,
    /// When and how people are called back.
    pub callbacks: Callbacks,
    /// Bounds and times.
    pub limits: Limits,
}

impl Settings {
    /// The zone of a service's hours; without a calendar: UTC.
    pub fn zone_of(&self, service: &str) -> TimeZone {
        let calendar = self.services.get(service).and_then(|service| service.calendar.as_ref());
        let calendar = calendar.and_then(|name| self.calendars.get(name));
        // A service that is always open has the zone of its sisters.
        let calendar = calendar.or_else(|| self.calendars.values().next());
        calendar.map_or(TimeZone::UTC, |calendar| calendar.zone.clone())
    }
}

/// What a dialled number leads to.
#[derive(Clone, Debug)]
pub struct Service {
    /// The flow while open,
    pub flow: String,
    /// and while closed.
    pub closed_flow: String,
    /// Its hours; none: always open.
    pub calendar: Option<String>,
    /// The language of first words, before any key.
    pub language: Language,
    /// Who called before hears the language that they chose last time.
    pub remembers_language: bool,
    /// Opens no obligation, outside all figures (trial and test configurations only).
    pub synthetic: bool,
    /// What becomes of those who wait when it closes.
    pub at_closing: AtClosing,
    /// How long those are served whom closing leaves in line.
    pub last_call: Duration,
    /// Reasons that it may be closed by hand for; each has its words in the prompt `notice_<reason>`.
    pub notices: Vec<String>,
}

/// What becomes of callers who came in time and still wait when the line closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtClosing {
    /// They are served, as long as `last_call`.
    #[default]
    Serve,
    /// They are promised a call back at once.
    Callback,
}

/// Weekly hours with exceptions by date, in one zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// A hash of its file; each journey keeps it.
    pub version: String,
    /// `Asia/Shanghai`, whatever the machine is set to.
    pub zone: TimeZone,
    /// Monday first; half-open intervals, sorted, not touching.
    pub week: [Vec<Hours>; 7],
    /// Days that are otherwise, computed closures among them. A day named here forgets its weekly hours.
    pub exceptions: BTreeMap<Date, Closure>,
    /// Up to this day somebody has looked through the exceptions.
    pub checked_until: Date,
    /// Closures that were computed, by key (`chinese_new_year.2027`): a person confirms each year's.
    pub holidays: BTreeMap<String, Holiday>,
}

/// A closure computed from the lunar calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its first day,
    pub from: Date,
    /// and its last.
    pub to: Date,
    /// For people.
    pub name: String,
}

/// A half-open interval of a day: open at `from`, closed at `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// First open moment.
    pub from: Time,
    /// First closed moment; `TimeOfDay::End` is midnight at the day's end.
    pub to: TimeOfDay,
}

/// A time of day that may be its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeOfDay {
    /// A moment within the day.
    At(Time),
    /// 24:00.
    End,
}

/// A day that is otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Empty: closed all day.
    pub hours: Vec<Hours>,
    /// For people.
    pub name: String,
}

/// Steps by name, one of them first. `9` is danger and `0` an operator in every menu, whatever it says (rule 19).
#[derive(Clone, Debug)]
pub struct Flow {
    /// The first step.
    pub start: String,
    /// All of them.
    pub steps: BTreeMap<String, Step>,
    /// The queue that `0`, `9` and every way out lead to; none: `0` and `9` do nothing (synthetic services).
    pub queue: Option<String>,
}

/// One step of a flow.
#[derive(Clone, Debug)]
pub enum Step {
    /// Play, then go on. `notice`: these words are the promise of a callback. `{opens}` stands for when the line opens, `{promise}` for the
    /// promise with its time, `{part}` for the part of the day that they chose.
    Say { prompts: Vec<String>, notice: bool, next: String },
    /// Play and wait for a key; keys interrupt.
    Menu(Arc<Menu>),
    /// Play and take digits: a number, or an extension.
    Collect(Collect),
    /// Stand in line until answered. `next` is the way out after `max_wait`, or when nobody is on shift: a promise, never a dead end.
    Queue { queue: String, next: String },
    /// Call a fixed SIP address and bridge; then go on.
    Dial { uri: String, next: String },
    /// Go one way or the other.
    If { condition: Condition, then: String, otherwise: String },
    /// Hang up. The only end.
    HangUp,
}

impl From<Menu> for Step {
    fn from(menu: Menu) -> Self {
        Step::Menu(Arc::new(menu))
    }
}

/// What a flow can ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The service's calendar says open.
    Open,
    /// The caller's language.
    Language(Language),
    /// The caller chose a language: in this call, or in one before where the service remembers it.
    LanguageChosen,
    /// We may call them back: at their own number unasked, or at the one that they gave (rule 7).
    Callable,
    /// An extension would lead to them: their number is a fixed line's, and we see it.
    Extension,
    /// They pressed that they want to be called back, in a menu or in line.
    Wanted,
}

/// Keys and where they lead.
#[derive(Clone, Debug)]
pub struct Menu {
    /// What is said first; each with its language, for a menu of languages. None: the journey's.
    pub prompts: Vec<(String, Option<Language>)>,
    /// Key → choice. `0`, `9` and `*` are taken.
    pub keys: BTreeMap<char, Choice>,
    /// Silence after the prompts before it counts as no input.
    pub no_input: Duration,
    /// How often it is said again, for no input or a wrong key.
    pub retries: u8,
    /// Where silent or confused callers go: to a person, never out.
    pub otherwise: String,
}

/// Digits and where they lead. In number and extension `*` and then `9` is danger, `*` and then `0` an operator, `**` says it again; `9` as the
/// first key of a number is danger too, for no number that we may dial begins so.
#[derive(Clone, Debug)]
pub struct Collect {
    /// What the digits are.
    pub what: Keyed,
    /// What is said first.
    pub prompts: Vec<String>,
    /// Said when the digits are in: `{digits}` reads them back one by one. Then 1 is right, 2 begins anew.
    pub confirm: Vec<String>,
    /// Said before it is asked again, where the digits lead to nobody that may be dialled.
    pub unusable: Vec<String>,
    /// The most digits; `#` ends sooner.
    pub max_digits: u8,
    /// Silence that ends the digits, or counts as no input where there are none.
    pub gap: Duration,
    /// How often it is asked again, for silence, a wrong number or a wrong key.
    pub retries: u8,
    /// Where those go who gave a number, sealed by now;
    pub next: String,
    /// and where silent or confused callers go.
    pub otherwise: String,
}

/// What is keyed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// A number on which they can be called safely.
    Number,
    /// What leads on from the number that they call from.
    Extension,
}

/// What a key does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Sets the journey's language.
    pub language: Option<Language>,
    /// Sets the journey's topic.
    pub topic: Option<String>,
    /// Says whether they want to be called back; no ends what this journey is owed (rule 6).
    pub callback: Option<bool>,
    /// Says in which part of the day.
    pub part: Option<Part>,
    /// The next step.
    pub next: String,
}

/// A line.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What every operator needs to serve this queue, beside the caller's language: `queue:probe` keeps a probe and the people apart, both ways.
    pub skills: Vec<Skill>,
    /// Music by name.
    pub music: String,
    /// Said on entering the line; `{ahead}` stands for how many are before the caller;
    pub entry: Vec<String>,
    /// and again in between,
    pub comfort: Vec<String>,
    /// as often as this.
    pub comfort_every: Duration,
    /// How long an offer rings.
    pub ring: Duration,
    /// Wrap-up; zero: none.
    pub wrap_up: Duration,
    /// After this the step's `next`. None: without limit.
    pub max_wait: Option<Duration>,
    /// How well an operator must speak the caller's language, from 1,
    pub language_level: u8,
    /// and know their topic; 0: a topic is not asked for.
    pub topic_level: u8,
    /// How what a wait insists on relaxes, in order of time (Q1).
    pub relax: Vec<Relax>,
    /// Nobody on shift at all: take the way out after this.
    pub nobody_after: Duration,
    /// The most that may stand in it.
    pub capacity: usize,
    /// The key by which a caller hangs up and keeps their place (Q4). None: no such key.
    pub callback_key: Option<char>,
}

/// After so long in line less is asked of who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relax {
    /// Counted from the beginning of the wait.
    pub after: Duration,
    /// What,
    pub what: Relaxes,
    /// and the level that is still asked for; 0: none.
    pub level: u8,
}

/// What can be asked less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relaxes {
    /// The operator who spoke with this person last: who waits is held for them until then. Without such a step nobody is.
    LastOperator,
    /// The caller's topic.
    Topic,
    /// The caller's language.
    Language,
}

/// An operator at a fixed SIP address: always ready unless in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipOperator {
    /// Its id.
    pub operator: OperatorId,
    /// `sip:agent1@127.0.0.1:5090`.
    pub uri: String,
    /// What they take.
    pub skills: Vec<Skill>,
    /// The queues they serve; empty: all.
    pub queues: Vec<String>,
}

/// Bounds and times.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Journeys at a time; beyond it rule 15.
    pub journeys: usize,
    /// The pause between our 200 and the first word.
    pub greet_after: Duration,
    /// Talk both ways that discharges without an outcome (rule 4).
    pub spoken_without_outcome: Duration,
    /// How long the caller waits for a desk that reloads before they go back to the head of the line.
    pub desk_rejoin: Duration,
    /// After an accept, packets must have been seen from both within this.
    pub verify: Duration,
    /// Within this a caller who was cut off and dials again has their place back (Q8).
    pub resume: Duration,
    /// The longest that an operator may draw out their time after a call.
    pub wrap_up_most: Duration,
}
