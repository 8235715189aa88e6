//! A line that is always open: a welcome, then the queue. Its trunk is `carrier`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::OperatorId;
use engine::Configuration;
use routing::{
    AtClosing, Choice, Collect, Flow, Keyed, Language, Limits, Menu, Queue, Service, Settings, SipOperator, Skill, Step,
};
use sip::{Transport, Trunk};

pub(crate) const OURS: &str = "198.51.100.1:5060";
pub(crate) const CARRIER: &str = "192.0.2.10:5060";
pub(crate) const PHONE: &str = "203.0.113.5:5090";
/// The number that callers dial.
pub(crate) const LINE: &str = "4008169580";

/// Nobody is there to take calls.
pub(crate) fn nobody() -> Configuration {
    with(Vec::new(), flow())
}

/// Nobody is there; key 1 chooses a topic, as often as it is pressed.
pub(crate) fn menu() -> Configuration {
    let again = Choice { topic: Some("wages".to_owned()), next: "menu".to_owned(), ..Choice::default() };
    let menu = Menu {
        prompts: vec![("menu".to_owned(), None)],
        keys: BTreeMap::from([('1', again)]),
        no_input: Duration::from_secs(3_600),
        retries: 2,
        otherwise: "bye".to_owned(),
    };
    let steps = [("menu", menu.into()), ("bye", Step::HangUp)];
    with(Vec::new(), Flow { start: "menu".to_owned(), steps: named(steps), queue: Some("main".to_owned()) })
}

/// Nobody is there; callers key in a number, as often as they like.
pub(crate) fn keyed() -> Configuration {
    let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let collect = Collect {
        what: Keyed::Number,
        prompts: words(&["enter"]),
        confirm: words(&["{digits}", "right"]),
        unusable: words(&["unusable"]),
        max_digits: 15,
        gap: Duration::from_secs(10),
        retries: 2,
        next: "collect".to_owned(),
        otherwise: "collect".to_owned(),
    };
    let steps = [("collect", Step::Collect(collect))];
    let flow = Flow { start: "collect".to_owned(), steps: named(steps), queue: None };
    let mut configuration = with(Vec::new(), flow);
    let mut settings = Settings::clone(&configuration.routing);
    settings.numbers.insert("076988881234".to_owned(), "line".to_owned());
    settings.dial_plan.geographic = true;
    configuration.routing = Arc::new(settings);
    configuration
}

/// One operator, at a SIP phone.
pub(crate) fn one_phone() -> Configuration {
    let uri = format!("sip:op@{PHONE}");
    let skills = vec![Skill::language(&language())];
    with(vec![SipOperator { operator: OperatorId("op".to_owned()), uri, skills, queues: Vec::new() }], flow())
}

fn with(sip_operators: Vec<SipOperator>, flow: Flow) -> Configuration {
    let ours: SocketAddr = OURS.parse().unwrap();
    let sip = sip::Settings {
        trunks: vec![Trunk {
            name: "carrier".into(),
            addresses: vec![("192.0.2.0".parse().unwrap(), 24)],
            ..Trunk::default()
        }],
        session_expires_s: 1800,
        numbers: vec![LINE.into()],
        product: "helpline/0.1.0".into(),
        sockets: vec![(Transport::Udp, ours)],
        advertised: Vec::new(),
    };
    Configuration {
        routing: Arc::new(routing(sip_operators, flow)),
        sip,
        rtp_addresses: vec![ours.ip()],
        encryption: Vec::new(),
    }
}

fn routing(sip_operators: Vec<SipOperator>, flow: Flow) -> Settings {
    let service = Service {
        flow: "open".to_owned(),
        closed_flow: "open".to_owned(),
        calendar: None,
        language: language(),
        synthetic: false,
        at_closing: AtClosing::Serve,
        last_call: Duration::from_secs(1800),
        remembers_language: false,
        notices: Vec::new(),
    };
    Settings {
        version: "settings-1".to_owned(),
        services: named([("line", service)]),
        numbers: named([(LINE, "line".to_owned())]),
        calendars: BTreeMap::new(),
        flows: named([("open", flow)]),
        queues: named([("main", queue())]),
        sip_operators,
        trunks: BTreeMap::new(),
        dial_plan: routing::DialPlan::default(),
        callbacks: routing::Callbacks::default(),
        limits: Limits {
            journeys: 100,
            greet_after: Duration::from_millis(300),
            spoken_without_outcome: Duration::from_secs(60),
            desk_rejoin: Duration::from_secs(5),
            verify: Duration::from_secs(4),
            resume: Duration::from_secs(15 * 60),
            wrap_up_most: Duration::from_secs(600),
        },
    }
}

fn language() -> Language {
    Language("zh-CN".to_owned())
}

fn flow() -> Flow {
    let say = |prompt: &str, notice, next: &str| Step::Say {
        prompts: vec![prompt.to_owned()],
        notice,
        next: next.to_owned(),
    };
    let wait = Step::Queue { queue: "main".to_owned(), next: "promise".to_owned() };
    let steps = [
        ("welcome", say("welcome", false, "wait")),
        ("wait", wait),
        ("promise", say("promise", true, "bye")),
        ("bye", Step::HangUp),
    ];
    Flow { start: "welcome".to_owned(), steps: named(steps), queue: Some("main".to_owned()) }
}

fn queue() -> Queue {
    Queue {
        skills: Vec::new(),
        music: "calm".to_owned(),
        entry: vec!["please_wait".to_owned()],
        comfort: vec!["still_here".to_owned()],
        comfort_every: Duration::from_secs(30),
        ring: Duration::from_secs(20),
        wrap_up: Duration::from_secs(120),
        max_wait: None,
        language_level: 1,
        topic_level: 0,
        relax: Vec::new(),
        nobody_after: Duration::from_secs(30),
        capacity: 50,
        callback_key: None,
    }
}

fn named<T, const N: usize>(items: [(&str, T); N]) -> BTreeMap<String, T> {
    items.into_iter().map(|(name, item)| (name.to_owned(), item)).collect()
}
