//! What callers hear where they can be called back, as `config/flows/` has it.

use std::collections::BTreeMap;
use std::time::Duration;

use routing::{Choice, Collect, Condition, Flow, Keyed, Language, Menu, Part, Step};

/// While the line is open: languages, topics, the line, and out of it a promise.
pub(crate) fn open() -> Flow {
    let steps = [
        ("language", ask(Condition::LanguageChosen, "welcome_again", "welcome")),
        ("welcome_again", say(&["welcome"], false, "topic")),
        ("welcome", languages(&["welcome"], "topic", "topic", "line")),
        ("topic", menu("topic_menu", topics(), 1, "line")),
        ("line", Step::Queue { queue: "hotline".to_owned(), next: "left".to_owned() }),
        ("left", ask(Condition::Wanted, "left_by_key", "nobody")),
        ("left_by_key", ask(Condition::Callable, "kept", "behind")),
        ("kept", say(&["queue_callback_kept", "{promise}", "callback_discreet"], true, "goodbye")),
        ("nobody", say(&["nobody_ready"], false, "reach")),
        ("callback", menu("callback_menu", callback("promise"), 0, "promise")),
    ];
    flow("language", steps)
}

/// While it is closed: when it opens, and two keys to a promise.
pub(crate) fn closed() -> Flow {
    let steps = [
        ("language", ask(Condition::LanguageChosen, "danger", "closed")),
        ("closed", languages(&["emergency_numbers", "danger_key"], "hours", "danger", "hours")),
        ("danger", say(&["emergency_numbers", "danger_key"], false, "hours")),
        ("hours", say(&["{closed}", "closed_opens_at", "{opens}"], false, "reach")),
        ("callback", menu("callback_menu", callback("part"), 0, "promise")),
        ("line", Step::Queue { queue: "hotline".to_owned(), next: "nobody".to_owned() }),
        ("nobody", say(&["nobody_ready", "emergency_numbers"], false, "reach")),
    ];
    flow("language", steps)
}

/// With the steps that both lead to.
fn flow<const N: usize>(start: &str, own: [(&str, Step); N]) -> Flow {
    let wanted = |next: &str| Choice { callback: Some(true), next: next.to_owned(), ..Choice::default() };
    let declined = || Choice { callback: Some(false), next: "declined".to_owned(), ..Choice::default() };
    let own_line = vec![('1', wanted("number")), ('2', wanted("extension")), ('3', declined())];
    let no_line = vec![('1', wanted("number")), ('3', declined())];
    let shared = [
        ("reach", ask(Condition::Callable, "callback", "behind")),
        ("behind", ask(Condition::Extension, "own_line", "no_line")),
        ("own_line", menu("own_line_menu", own_line, 1, "no_number")),
        ("no_line", menu("no_line_menu", no_line, 1, "no_number")),
        ("number", collect(Keyed::Number, "enter_number", 15)),
        ("extension", collect(Keyed::Extension, "enter_extension", 8)),
        ("part", menu("part_menu", parts(), 1, "sure")),
        ("chosen", say(&["{part}"], false, "sure")),
        ("sure", ask(Condition::Callable, "promise", "not_called")),
        ("not_called", say(&["not_called"], false, "goodbye")),
        ("promise", say(&["{promise}", "callback_discreet"], true, "goodbye")),
        ("no_number", say(&["no_number"], false, "goodbye")),
        ("declined", say(&["declined"], false, "goodbye")),
        ("goodbye", say(&["goodbye"], false, "end")),
        ("end", Step::HangUp),
    ];
    let steps = shared.into_iter().chain(own).map(|(name, step)| (name.to_owned(), step)).collect();
    Flow { start: start.to_owned(), steps, queue: Some("hotline".to_owned()) }
}

fn say(prompts: &[&str], notice: bool, next: &str) -> Step {
    Step::Say { prompts: prompts.iter().map(|name| (*name).to_owned()).collect(), notice, next: next.to_owned() }
}

fn ask(condition: Condition, then: &str, otherwise: &str) -> Step {
    Step::If { condition, then: then.to_owned(), otherwise: otherwise.to_owned() }
}

fn menu(prompt: &str, keys: Vec<(char, Choice)>, retries: u8, otherwise: &str) -> Step {
    let prompts = vec![(prompt.to_owned(), None)];
    let (keys, otherwise) = (keys.into_iter().collect(), otherwise.to_owned());
    Step::from(Menu { prompts, keys, no_input: Duration::from_secs(5), retries, otherwise })
}

/// Each language says its own key.
fn languages(before: &[&str], chinese: &str, others: &str, otherwise: &str) -> Step {
    let named = |tag: &str| Some(Language(tag.to_owned()));
    let choice = |tag: &str, next: &str| Choice { language: named(tag), next: next.to_owned(), ..Choice::default() };
    let before = before.iter().map(|name| ((*name).to_owned(), named("zh-CN")));
    let each = ["zh-CN", "yue", "en"].map(|tag| ("language_menu".to_owned(), named(tag)));
    Step::from(Menu {
        prompts: before.chain(each).collect(),
        keys: BTreeMap::from([
            ('1', choice("zh-CN", chinese)),
            ('2', choice("yue", others)),
            ('3', choice("en", others)),
        ]),
        no_input: Duration::from_secs(if otherwise == "line" { 5 } else { 4 }),
        retries: u8::from(otherwise == "line"),
        otherwise: otherwise.to_owned(),
    })
}

fn topics() -> Vec<(char, Choice)> {
    let choice = |name: &str| Choice { topic: Some(name.to_owned()), next: "line".to_owned(), ..Choice::default() };
    vec![('1', choice("wages")), ('2', choice("health")), ('3', choice("other"))]
}

fn callback(wanted: &str) -> Vec<(char, Choice)> {
    let choice = |callback, next: &str| Choice { callback: Some(callback), next: next.to_owned(), ..Choice::default() };
    vec![('1', choice(true, wanted)), ('2', choice(true, "number")), ('3', choice(false, "declined"))]
}

fn parts() -> Vec<(char, Choice)> {
    let choice = |part| Choice { part: Some(part), next: "chosen".to_owned(), ..Choice::default() };
    ('1'..).zip(Part::ALL.map(choice)).collect()
}

fn collect(what: Keyed, ask: &str, max_digits: u8) -> Step {
    let words = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Step::Collect(Collect {
        what,
        prompts: words(&[ask, "collect_danger"]),
        confirm: words(&["you_entered", "{digits}", "confirm_number"]),
        unusable: words(&["number_unusable"]),
        max_digits,
        gap: Duration::from_secs(10),
        retries: 1,
        next: "part".to_owned(),
        otherwise: "reach".to_owned(),
    })
}
