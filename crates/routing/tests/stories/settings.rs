//! The line as the stories know it: 4001 is open from nine to nine, 9000 is a probe's number.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{date, time};
use jiff::tz::TimeZone;
use routing::*;

pub(crate) fn settings() -> Settings {
    let hours = Hours { from: time(9, 0, 0, 0), to: TimeOfDay::At(time(21, 0, 0, 0)) };
    let calendar = Calendar {
        version: "hours-1".to_owned(),
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        week: std::array::from_fn(|_| vec![hours]),
        exceptions: BTreeMap::new(),
        checked_until: date(2027, 12, 31),
        holidays: BTreeMap::new(),
    };
    Settings {
        version: "settings-1".to_owned(),
        services: named([("line", service(false)), ("probe", service(true))]),
        numbers: named([("4001", "line".to_owned()), ("4002", "line".to_owned()), ("9000", "probe".to_owned())]),
        calendars: named([("hours", calendar)]),
        flows: named([("open", open_flow()), ("closed", closed_flow()), ("beep", beep_flow())]),
        queues: named([("main", queue())]),
        sip_operators: Vec::new(),
        trunks: named([("sim", sim())]),
        dial_plan: routing::DialPlan::default(),
        limits: Limits {
            journeys: 100,
            greet_after: Duration::from_millis(300),
            spoken_without_outcome: Duration::from_secs(60),
            desk_rejoin: Duration::from_secs(5),
            verify: Duration::from_secs(4),
            resume: Duration::from_secs(15 * 60),
            wrap_up_most: Duration::from_secs(600),
        },
        callbacks: Callbacks::default(),
    }
}

/// Calls of ours leave by it, as this number of ours.
pub(crate) fn sim() -> OutboundTrunk {
    OutboundTrunk { from: "4002".to_owned(), ..OutboundTrunk::default() }
}

/// The same line with other ways of calling back.
pub(crate) fn with_callbacks(change: impl FnOnce(&mut Callbacks)) -> Settings {
    let mut settings = settings();
    change(&mut settings.callbacks);
    settings
}

/// The same line, with operators at static SIP addresses.
pub(crate) fn with_phones(phones: &[&str]) -> Settings {
    let phone = |name: &&str| SipOperator {
        operator: super::world::operator(name),
        uri: format!("sip:{name}@127.0.0.1:5090"),
        skills: vec![Skill("lang:zh-CN".to_owned())],
        queues: Vec::new(),
    };
    Settings { sip_operators: phones.iter().map(phone).collect(), ..settings() }
}

/// The same line with its queue changed.
pub(crate) fn with_queue(change: impl FnOnce(&mut Queue)) -> Settings {
    let mut settings = settings();
    change(settings.queues.get_mut("main").unwrap());
    settings
}

/// A language is insisted on for so long.
pub(crate) fn relax_language(seconds: u64) -> Vec<Relax> {
    vec![Relax { after: Duration::from_secs(seconds), what: Relaxes::Language, level: 0 }]
}

/// The open flow begins with its menu of languages.
pub(crate) fn menu_first() -> Settings {
    let mut settings = settings();
    let with_languages = settings.flows.values_mut().filter(|flow| flow.steps.contains_key("language"));
    with_languages.for_each(|flow| flow.start = "language".to_owned());
    settings
}

fn named<T, const N: usize>(items: [(&str, T); N]) -> BTreeMap<String, T> {
    items.into_iter().map(|(name, item)| (name.to_owned(), item)).collect()
}

fn words(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn service(synthetic: bool) -> Service {
    Service {
        flow: if synthetic { "beep" } else { "open" }.to_owned(),
        closed_flow: if synthetic { "beep" } else { "closed" }.to_owned(),
        calendar: (!synthetic).then(|| "hours".to_owned()),
        language: Language("zh-CN".to_owned()),
        synthetic,
        at_closing: AtClosing::Serve,
        last_call: Duration::from_secs(15 * 60),
        remembers_language: false,
        notices: vec!["typhoon".to_owned()],
    }
}

fn say(prompts: &[&str], notice: bool, next: &str) -> Step {
    Step::Say { prompts: words(prompts), notice, next: next.to_owned() }
}

fn menu(prompts: Vec<(String, Option<Language>)>, keys: [(char, Choice); 3]) -> Step {
    Step::from(Menu {
        prompts,
        keys: keys.into_iter().collect(),
        no_input: Duration::from_secs(8),
        retries: 2,
        otherwise: "wait".to_owned(),
    })
}

fn choice(language: Option<&str>, topic: Option<&str>, next: &str) -> Choice {
    let language = language.map(|tag| Language(tag.to_owned()));
    Choice { language, topic: topic.map(str::to_owned), next: next.to_owned(), ..Choice::default() }
}

fn open_flow() -> Flow {
    let in_language = |name: &str, tag: &str| (name.to_owned(), Some(Language(tag.to_owned())));
    let languages = menu(
        vec![in_language("pick", "zh-CN"), in_language("pick", "yue"), in_language("pick", "en")],
        [
            ('1', choice(Some("zh-CN"), None, "topic")),
            ('2', choice(Some("yue"), None, "topic")),
            ('3', choice(Some("en"), None, "topic")),
        ],
    );
    let topics = menu(
        vec![("topics".to_owned(), None)],
        [
            ('1', choice(None, Some("wages"), "wait")),
            ('2', choice(None, Some("injury"), "wait")),
            ('3', choice(None, Some("other"), "wait")),
        ],
    );
    let wait = Step::Queue { queue: "main".to_owned(), next: "promise".to_owned() };
    Flow {
        start: "welcome".to_owned(),
        steps: named([
            ("welcome", say(&["welcome"], false, "language")),
            ("language", languages),
            ("topic", topics),
            ("wait", wait),
            ("promise", say(&["promise"], true, "bye")),
            ("bye", Step::HangUp),
        ]),
        queue: Some("main".to_owned()),
    }
}

fn closed_flow() -> Flow {
    Flow {
        start: "closed".to_owned(),
        steps: named([("closed", say(&["closed", "{opens}", "callback"], true, "bye")), ("bye", Step::HangUp)]),
        queue: Some("main".to_owned()),
    }
}

fn beep_flow() -> Flow {
    Flow {
        start: "beep".to_owned(),
        steps: named([("beep", say(&["beep"], false, "bye")), ("bye", Step::HangUp)]),
        queue: None,
    }
}

fn queue() -> Queue {
    Queue {
        skills: Vec::new(),
        music: "calm".to_owned(),
        entry: words(&["please_wait"]),
        comfort: words(&["still_here"]),
        comfort_every: Duration::from_secs(30),
        ring: Duration::from_secs(20),
        wrap_up: Duration::from_secs(120),
        max_wait: None,
        language_level: 1,
        topic_level: 0,
        relax: Vec::new(),
        nobody_after: Duration::from_secs(30),
        capacity: 50,
        callback_key: Some('7'),
    }
}

/// The same line, closed, with a flow that asks how they are to be called back.
pub(crate) fn with_callback_flow() -> Settings {
    let mut settings = settings();
    settings.flows.insert("closed".to_owned(), callback_flow());
    settings.dial_plan.geographic = true;
    settings
}

fn callback_flow() -> Flow {
    let wanted = |next: &str| Choice { callback: Some(true), next: next.to_owned(), ..Choice::default() };
    let declined = || Choice { callback: Some(false), next: "declined".to_owned(), ..Choice::default() };
    let part = |part| Choice { part: Some(part), next: "chosen".to_owned(), ..Choice::default() };
    let parts = [('1', part(Part::Morning)), ('2', part(Part::Midday)), ('4', part(Part::Evening))];
    let own_keys = [('1', wanted("part")), ('2', wanted("number")), ('3', declined())];
    let line_keys = [('1', wanted("number")), ('2', wanted("extension")), ('3', declined())];
    let no_keys = [('1', wanted("number")), ('3', declined())];
    Flow {
        start: "closed".to_owned(),
        steps: named([
            ("closed", say(&["danger_words", "{opens}"], false, "reach")),
            ("reach", when(Condition::Callable, "own", "behind")),
            ("own", brief_menu("own", own_keys, "promise")),
            ("behind", when(Condition::Extension, "line", "none")),
            ("line", brief_menu("line", line_keys, "no_number")),
            ("none", brief_menu("none", no_keys, "no_number")),
            ("number", collect(Keyed::Number, 12)),
            ("extension", collect(Keyed::Extension, 4)),
            ("part", brief_menu("part", parts, "sure")),
            ("chosen", say(&["{part}"], false, "sure")),
            ("sure", when(Condition::Callable, "promise", "no_number")),
            ("promise", say(&["{promise}"], true, "bye")),
            ("no_number", say(&["no_number"], false, "bye")),
            ("declined", say(&["declined"], false, "bye")),
            ("wait", Step::Queue { queue: "main".to_owned(), next: "reach".to_owned() }),
            ("bye", Step::HangUp),
        ]),
        queue: Some("main".to_owned()),
    }
}

fn when(condition: Condition, then: &str, otherwise: &str) -> Step {
    Step::If { condition, then: then.to_owned(), otherwise: otherwise.to_owned() }
}

fn brief_menu<const N: usize>(prompt: &str, keys: [(char, Choice); N], otherwise: &str) -> Step {
    Step::from(Menu {
        prompts: vec![(prompt.to_owned(), None)],
        keys: keys.into_iter().collect(),
        no_input: Duration::from_secs(5),
        retries: 0,
        otherwise: otherwise.to_owned(),
    })
}

fn collect(what: Keyed, max_digits: u8) -> Step {
    Step::Collect(Collect {
        what,
        prompts: words(&["enter"]),
        confirm: words(&["entered", "{digits}", "right"]),
        unusable: words(&["unusable"]),
        max_digits,
        gap: Duration::from_secs(10),
        retries: 1,
        next: "part".to_owned(),
        otherwise: "reach".to_owned(),
    })
}
