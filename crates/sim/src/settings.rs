//! The shipped configuration, by hand: `config/` says the same in files, and only `helpline` reads those.

use std::collections::BTreeMap;
use std::time::Duration;

use base::OperatorId;
use jiff::civil::{Time, date, time};
use jiff::tz::TimeZone;
use routing::{
    AtClosing, Calendar, Choice, Flow, Hours, Language, Limits, Menu, OutboundTrunk, Queue, Relax, Relaxes, Service,
    Settings, SipOperator, Skill, Step, TimeOfDay,
};

const OPENS: Time = time(9, 0, 0, 0);
const CLOSES: Time = time(21, 0, 0, 0);
/// The number that is printed on the card for calls of ours.
const CALLBACK: &str = "13925278096";

/// The line as it is shipped: 4008169580 from nine to nine, 4008169589 for probes; `phones` are operators at static SIP addresses.
pub fn shipped(phones: &[&str]) -> Settings {
    Settings {
        version: "shipped-1".to_owned(),
        services: named([("hotline", hotline()), ("probe", probe())]),
        numbers: named([("4008169580", "hotline".to_owned()), ("4008169589", "probe".to_owned())]),
        calendars: named([("hotline", nine_to_nine())]),
        flows: named([("hotline", hotline_flow()), ("closed", closed_flow()), ("probe", probe_flow())]),
        queues: named([("hotline", line()), ("probe", probe_line())]),
        sip_operators: phones.iter().map(|name| phone(name)).collect(),
        trunks: BTreeMap::new(),
        dial_plan: routing::DialPlan::default(),
        callbacks: routing::Callbacks::default(),
        limits: Limits {
            journeys: 2000,
            greet_after: Duration::from_millis(300),
            spoken_without_outcome: Duration::from_secs(60),
            desk_rejoin: Duration::from_secs(8),
            verify: Duration::from_secs(3),
            resume: Duration::from_secs(15 * 60),
            wrap_up_most: Duration::from_secs(15 * 60),
        },
    }
}

/// The same, a language is remembered from call to call, and calls of ours may leave: by a mobile gateway whose number also rings here (rule 9), and by another when that fails.
pub fn calling_back(phones: &[&str]) -> Settings {
    let shipped = shipped(phones);
    let out =
        |from: &str, priority| OutboundTrunk { from: from.to_owned(), priority, weight: 1, ..OutboundTrunk::default() };
    let flows = [("hotline", crate::flows::open()), ("closed", crate::flows::closed())];
    let (mut numbers, mut all_flows, mut services) = (shipped.numbers, shipped.flows, shipped.services);
    all_flows.extend(named(flows));
    services.values_mut().for_each(|service| service.remembers_language = true);
    numbers.insert(CALLBACK.to_owned(), "hotline".to_owned());
    Settings {
        version: "calling-back-1".to_owned(),
        numbers,
        flows: all_flows,
        services,
        // Fixed lines may be dialled by those who ask for it: rule 7 stands alone then.
        dial_plan: routing::DialPlan { geographic: true, ..shipped.dial_plan },
        trunks: named([("mobile", out(CALLBACK, 1)), ("spare", out("076922000000", 2))]),
        ..shipped
    }
}

fn named<T, const N: usize>(items: [(&str, T); N]) -> BTreeMap<String, T> {
    items.into_iter().map(|(name, item)| (name.to_owned(), item)).collect()
}

fn words(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn phone(name: &str) -> SipOperator {
    SipOperator {
        operator: OperatorId(name.to_owned()),
        uri: format!("sip:{name}@127.0.0.1:5090"),
        skills: vec![Skill("lang:zh-CN".to_owned())],
        queues: words(&["hotline"]),
    }
}

fn hotline() -> Service {
    Service {
        flow: "hotline".to_owned(),
        closed_flow: "closed".to_owned(),
        calendar: Some("hotline".to_owned()),
        language: Language("zh-CN".to_owned()),
        synthetic: false,
        at_closing: AtClosing::Serve,
        last_call: Duration::from_secs(30 * 60),
        remembers_language: false,
        notices: words(&["staff_meeting", "typhoon", "technical"]),
    }
}

fn probe() -> Service {
    Service { flow: "probe".to_owned(), closed_flow: "probe".to_owned(), calendar: None, synthetic: true, ..hotline() }
}

fn nine_to_nine() -> Calendar {
    let hours = Hours { from: OPENS, to: TimeOfDay::At(CLOSES) };
    Calendar {
        version: "hours-1".to_owned(),
        zone: TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC),
        week: std::array::from_fn(|_| vec![hours]),
        exceptions: BTreeMap::new(),
        checked_until: date(2099, 12, 31),
        holidays: BTreeMap::new(),
    }
}

fn line() -> Queue {
    Queue {
        skills: Vec::new(),
        music: "waiting".to_owned(),
        entry: words(&["queue_entry"]),
        comfort: words(&["comfort", "{wait}"]),
        comfort_every: Duration::from_secs(45),
        ring: Duration::from_secs(20),
        wrap_up: Duration::from_secs(120),
        max_wait: Some(Duration::from_secs(600)),
        language_level: 1,
        topic_level: 0,
        relax: vec![Relax { after: Duration::from_secs(90), what: Relaxes::Language, level: 0 }],
        nobody_after: Duration::from_secs(20),
        capacity: 200,
        callback_key: Some('1'),
    }
}

fn probe_line() -> Queue {
    Queue {
        skills: vec![Skill("queue:probe".to_owned())],
        entry: Vec::new(),
        comfort: Vec::new(),
        ring: Duration::from_secs(10),
        wrap_up: Duration::ZERO,
        max_wait: Some(Duration::from_secs(20)),
        nobody_after: Duration::from_secs(10),
        callback_key: None,
        ..line()
    }
}

fn say(prompts: &[&str], notice: bool, next: &str) -> Step {
    Step::Say { prompts: words(prompts), notice, next: next.to_owned() }
}

fn menu(prompts: &[(&str, Option<&str>)], keys: [(char, Choice); 3], retries: u8, otherwise: &str) -> Step {
    let language = |tag: &str| Language(tag.to_owned());
    Step::from(Menu {
        prompts: prompts.iter().map(|(name, tag)| ((*name).to_owned(), tag.map(language))).collect(),
        keys: keys.into_iter().collect(),
        no_input: Duration::from_secs(5),
        retries,
        otherwise: otherwise.to_owned(),
    })
}

fn languages(next: &str) -> [(char, Choice); 3] {
    let choice =
        |tag: &str| Choice { language: Some(Language(tag.to_owned())), next: next.to_owned(), ..Choice::default() };
    [('1', choice("zh-CN")), ('2', choice("yue")), ('3', choice("en"))]
}

fn topics() -> [(char, Choice); 3] {
    let choice = |name: &str| Choice { topic: Some(name.to_owned()), next: "line".to_owned(), ..Choice::default() };
    [('1', choice("wages")), ('2', choice("health")), ('3', choice("other"))]
}

fn queue_step(queue: &str, next: &str) -> Step {
    Step::Queue { queue: queue.to_owned(), next: next.to_owned() }
}

fn hotline_flow() -> Flow {
    let welcome = [
        ("welcome", Some("zh-CN")),
        ("language_menu", Some("zh-CN")),
        ("language_menu", Some("yue")),
        ("language_menu", Some("en")),
    ];
    Flow {
        start: "welcome".to_owned(),
        steps: named([
            ("welcome", menu(&welcome, languages("topic"), 1, "line")),
            ("topic", menu(&[("topic_menu", None)], topics(), 1, "line")),
            ("line", queue_step("hotline", "promise")),
            ("promise", say(&["nobody_ready", "callback_notice"], true, "goodbye")),
            ("goodbye", say(&["goodbye"], false, "end")),
            ("end", Step::HangUp),
        ]),
        queue: Some("hotline".to_owned()),
    }
}

fn closed_flow() -> Flow {
    let again = [("closed_again", Some("zh-CN")), ("closed_again", Some("yue")), ("closed_again", Some("en"))];
    let closed = ["emergency_numbers", "closed", "closed_opens_at", "{opens}", "callback_notice"];
    Flow {
        start: "closed".to_owned(),
        steps: named([
            ("closed", say(&closed, true, "language")),
            ("language", menu(&again, languages("again"), 0, "goodbye")),
            ("again", say(&closed, true, "goodbye")),
            ("line", queue_step("hotline", "promise")),
            ("promise", say(&["nobody_ready", "emergency_numbers", "callback_notice"], true, "goodbye")),
            ("goodbye", say(&["goodbye"], false, "end")),
            ("end", Step::HangUp),
        ]),
        queue: Some("hotline".to_owned()),
    }
}

fn probe_flow() -> Flow {
    let choice = Choice { topic: Some("probe".to_owned()), next: "line".to_owned(), ..Choice::default() };
    let menu = Menu {
        prompts: vec![("probe".to_owned(), None)],
        keys: BTreeMap::from([('1', choice)]),
        no_input: Duration::from_secs(5),
        retries: 1,
        otherwise: "end".to_owned(),
    };
    Flow {
        start: "menu".to_owned(),
        steps: named([("menu", menu.into()), ("line", queue_step("probe", "end")), ("end", Step::HangUp)]),
        queue: None,
    }
}
