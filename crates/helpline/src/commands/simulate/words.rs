//! What happens to a caller, in words.

use std::collections::BTreeMap;

use base::Timestamp;
use jiff::tz::TimeZone;
use routing::{Event, HangUpReason, Language, Say};
use serde_json::Value;
use sim::What;

/// One line; none where it says nothing to whoever asks.
pub(super) fn line(what: &What, texts: &BTreeMap<String, String>, zone: &TimeZone) -> Option<String> {
    Some(match what {
        What::Says(language, say) => format!("hears    {}", spoken(language, say, texts)),
        What::Music(name) => format!("hears    music: {name}"),
        What::Presses(digit) => format!("presses  {digit}"),
        What::HungUp(None) => "ends     the call is refused".to_owned(),
        What::HungUp(Some(HangUpReason::Done)) => "ends     we hang up: the flow is at its end".to_owned(),
        What::HungUp(Some(reason)) => format!("ends     we hang up: {reason:?}"),
        What::Decided(event) => format!("decided  {}", decided(event, zone)?),
    })
}

/// Recordings with their words: `[zh-CN] “…” (welcome)`.
fn spoken(language: &Language, say: &[Say], texts: &BTreeMap<String, String>) -> String {
    let word = |say: &Say| match say {
        Say::Prompt(name) => texts.get(&format!("{language}/{name}")).cloned().unwrap_or_else(|| format!("<{name}>")),
        Say::Pause { ms } => format!("({ms} ms)"),
    };
    let name = |say: &Say| match say {
        Say::Prompt(name) => Some(name.to_string()),
        Say::Pause { .. } => None,
    };
    let words: Vec<String> = say.iter().map(word).collect();
    let names: Vec<String> = say.iter().filter_map(name).collect();
    format!("[{language}] {} ({})", words.join(" "), names.join(", "))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what has no words of its own here is told by its name and fields")]
fn decided(event: &Event, zone: &TimeZone) -> Option<String> {
    let time = |at: &Timestamp| at.to_zoned(zone.clone()).strftime("%a %d %b %H:%M:%S").to_string();
    Some(match event {
        Event::JourneyOpened { service, open, flow, caller, calendar_version, .. } => {
            let hours = if *open { "open" } else { "closed" };
            let person = if caller.person.is_some() { "one person" } else { "nobody in particular" };
            let who = if caller.masked.is_empty() { "withheld" } else { &caller.masked };
            format!("{service} is {hours} (calendar {calendar_version}): flow {flow}; the caller {who} is {person}")
        }
        Event::ObligationOpened { reason, .. } => {
            format!("we owe them a call, on disk before we answer ({})", reason.0)
        }
        Event::ObligationDischarged { reason, .. } => format!("what we owe is settled ({})", reason.0),
        Event::StepEntered { step, .. } => format!("step {step}"),
        Event::LanguageChosen { language, .. } => format!("language {language}"),
        Event::TopicChosen { topic, .. } => format!("topic {topic}"),
        Event::DangerPressed { .. } => "danger: first in line, and someone is woken".to_owned(),
        Event::InputMissed { step, reason, .. } => format!("no key that {step} knows ({})", reason.0),
        Event::NoticeHeard { opens: Some(opens), .. } => {
            format!("they heard to the end that we call back, and that the line opens {}", time(opens))
        }
        Event::NoticeHeard { opens: None, .. } => "they heard to the end that we call back".to_owned(),
        Event::Queued { queue, skills, priority, .. } => {
            let skills: Vec<&str> = skills.iter().map(|skill| skill.0.as_str()).collect();
            let whom = if skills.is_empty() { "anyone".to_owned() } else { format!("who has {}", skills.join(" ")) };
            format!("in line {queue}, priority {priority}, for {whom}")
        }
        Event::Offered { operator, until, .. } => format!("rings at {operator} until {}", time(until)),
        Event::OfferEnded { operator, outcome, .. } => format!("the ring at {operator} is over: {}", word(outcome)),
        Event::Conversing { operator, .. } => format!("talks with {operator}: put through"),
        Event::LineClosed { served_until: Some(until), reason, .. } => {
            format!("the line closed ({}); who came in time is served until {}", reason.0, time(until))
        }
        Event::LineClosed { served_until: None, reason, .. } => {
            format!("the line closed ({}); a promise instead of waiting", reason.0)
        }
        Event::LineReopened { .. } => "the line is open again".to_owned(),
        Event::Ended { cause, by, .. } => format!("over: {} by the {}", cause.word(), word(by)),
        // Said by what is heard, or of no meaning to one caller.
        Event::Answered { .. }
        | Event::DialogConfirmed { .. }
        | Event::LegMeasured { .. }
        | Event::OperatorChanged { .. }
        | Event::DeskAudio { .. }
        | Event::Started { .. }
        | Event::Configured { .. } => return None,
        other => plain(other),
    })
}

/// The type of an event with its fields, for those that have no words of their own here.
fn plain(event: &Event) -> String {
    let Ok(Value::Object(fields)) = serde_json::to_value(event) else { return String::new() };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().replace('_', " ");
    let ids = ["type", "journey", "obligation", "leg", "offer", "attempt", "person", "contact", "caller"];
    let shown = fields.iter().filter(|(name, value)| !ids.contains(&name.as_str()) && !value.is_null());
    let shown: Vec<String> = shown.map(|(name, value)| format!("{name} {}", text(value))).collect();
    if shown.is_empty() { kind } else { format!("{kind}: {}", shown.join(", ")) }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word.replace('_', " "),
        Ok(Value::Object(fields)) => fields.get("how").and_then(Value::as_str).unwrap_or_default().replace('_', " "),
        Ok(_) | Err(_) => String::new(),
    }
}
