//! One call at a moment: open or closed, what is heard, and why.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests are not in test functions, where clippy.toml allows it"
)]

use std::collections::BTreeMap;

use routing::{Event, Say};
use sim::{Call, What, hear, shipped};

fn call(at: &str, keys: &str, operators: &[&str]) -> Vec<What> {
    let call = Call {
        at: at.parse().unwrap(),
        number: "13800000000".to_owned(),
        dialled: "4008169580".to_owned(),
        keys: keys.chars().collect(),
        operators: operators.iter().map(|name| ((*name).to_owned(), vec!["zh-CN".to_owned()])).collect(),
        lengths: BTreeMap::new(),
    };
    hear(shipped(&[]), &call).into_iter().map(|heard| heard.what).collect()
}

fn is_open(story: &[What]) -> bool {
    let opened = story.iter().find_map(|what| match what {
        What::Decided(Event::JourneyOpened { open, .. }) => Some(*open),
        _ => None,
    });
    opened.unwrap()
}

fn hears(story: &[What], prompt: &str) -> bool {
    let says = |what: &What| match what {
        What::Says(_, say) => say.iter().any(|say| matches!(say, Say::Prompt(name) if name == prompt)),
        _ => false,
    };
    story.iter().any(says)
}

fn decided(story: &[What], is: impl Fn(&Event) -> bool) -> bool {
    story.iter().any(|what| matches!(what, What::Decided(event) if is(event)))
}

#[test]
fn the_hours_are_exact() {
    assert!(is_open(&call("2027-03-06T20:59:59.999+08:00", "", &[])));
    assert!(!is_open(&call("2027-03-06T21:00:00.000+08:00", "", &[])));
    assert!(!is_open(&call("2027-03-06T08:59:59.999+08:00", "", &[])));
    assert!(is_open(&call("2027-03-06T09:00:00.000+08:00", "", &[])));
}

#[test]
fn a_caller_with_keys_is_put_through_to_who_is_there() {
    let story = call("2027-03-06T12:00:00+08:00", "11", &["li"]);
    assert!(hears(&story, "welcome") && hears(&story, "topic_menu"));
    assert!(decided(&story, |event| matches!(event, Event::Conversing { operator, .. } if operator.0 == "li")));
}

#[test]
fn with_nobody_there_the_call_ends_in_a_promise() {
    let story = call("2027-03-06T12:00:00+08:00", "11", &[]);
    assert!(decided(&story, |event| matches!(event, Event::NoticeHeard { .. })));
    assert!(decided(&story, |event| matches!(event, Event::Ended { .. })));
}

#[test]
fn two_seconds_before_closing_time_the_line_closes_on_them_in_the_menu() {
    let story = call("2027-03-06T20:59:58.000+08:00", "12", &[]);
    assert!(is_open(&story));
    let reached = |event: &Event| matches!(event, Event::LineClosed { served_until: Some(_), .. });
    assert!(decided(&story, reached), "they came in time, so they are still served: {story:?}");
}
