//! `helpline simulate --at TIME`: what would a caller hear who dials at that moment, and why?

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use base::Timestamp;
use jiff::tz::TimeZone;
use routing::{Event, ServiceHours, Settings, Why};
use sim::{Call, Heard, What};

use super::words;
use crate::cli::{Place, SimulateArgs};
use crate::commands::{Failure, load, overrides, say};
use crate::config::{Config, Overrides, spoken_words};

/// A-law samples a second.
const RATE: f64 = 8000.0;
/// Keys of a phone.
const KEYS: &str = "0123456789*#";

/// Prints `open` or `closed` first, then the call step by step.
pub(crate) fn run(place: &Place, args: &SimulateArgs) -> Result<ExitCode, Failure> {
    let at = args.at.ok_or("say when the call comes: --at 2027-02-06T20:59:58+08:00")?;
    let config = load(place, Overrides { clock: Some(at), ..overrides(place) })?;
    let settings = Settings::clone(&config.routing);
    let call = call(args, at, &config)?;
    let service = settings.numbers.get(&call.dialled).cloned().unwrap_or_default();
    let heard = sim::hear(settings.clone(), &call);
    let open = heard.iter().find_map(|heard| match &heard.what {
        What::Decided(Event::JourneyOpened { open, .. }) => Some(*open),
        What::Decided(_) | What::Says(..) | What::Music(_) | What::Presses(_) | What::HungUp(_) => None,
    });
    say(if open.ok_or("the call was not taken in")? { "open" } else { "closed" });
    let hours = ServiceHours { calendar: calendar_of(&settings, &service), switched: None };
    let zone = settings.zone_of(&service);
    say(&format!("{} – {}", moment(at, &zone), because(&settings, &service, &hours, at)));
    let texts = spoken_words(&config.prompt_folder);
    for heard in &heard {
        if let Some(line) = words::line(&heard.what, &texts, &zone) {
            say(&format!("{}  {line}", clock(heard, at, &zone)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn calendar_of<'a>(settings: &'a Settings, service: &str) -> Option<&'a routing::Calendar> {
    let name = settings.services.get(service)?.calendar.as_ref()?;
    settings.calendars.get(name)
}

fn call(args: &SimulateArgs, at: Timestamp, config: &Config) -> Result<Call, Failure> {
    let numbers = &config.routing.numbers;
    let dialled = match &args.did {
        Some(did) => did.clone(),
        None => numbers.keys().next().cloned().ok_or("no number leads to any service")?,
    };
    if !numbers.contains_key(&dialled) {
        let known: Vec<&str> = numbers.keys().map(String::as_str).collect();
        return Err(format!("{dialled} is none of our numbers; there are: {}", known.join(", ")).into());
    }
    let number = if args.cli == "withheld" { String::new() } else { args.cli.clone() };
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.len() > 20 {
        return Err("a caller's number is digits, or the word withheld: --cli 13800000000".into());
    }
    let keys: Vec<char> = args.keys.iter().flat_map(|keys| keys.chars()).collect();
    if let Some(wrong) = keys.iter().find(|key| !KEYS.contains(**key)) {
        return Err(format!("{wrong} is no key of a phone; keys are {KEYS}, like --keys 1,2").into());
    }
    let operators = args.operator.iter().map(|text| operator(text)).collect::<Result<Vec<_>, Failure>>()?;
    Ok(Call { at, number, dialled, keys, operators, lengths: lengths(config) })
}

/// `li` or `li:zh-CN+yue`.
fn operator(text: &str) -> Result<(String, Vec<String>), Failure> {
    let (name, languages) = text.split_once(':').unwrap_or((text, "zh-CN"));
    if name.is_empty() || languages.is_empty() {
        return Err(format!("\"{text}\" is no operator; write li or li:zh-CN+yue").into());
    }
    Ok((name.to_owned(), languages.split('+').map(str::to_owned).collect()))
}

fn lengths(config: &Config) -> BTreeMap<String, Duration> {
    #[expect(clippy::cast_precision_loss, reason = "a recording has a few million samples")]
    let length = |samples: usize| Duration::from_secs_f64(samples as f64 / RATE);
    config.prompts.prompts.iter().map(|(name, samples)| (name.clone(), length(samples.len()))).collect()
}

/// Why the line is open or closed, and when that changes.
fn because(settings: &Settings, service: &str, hours: &ServiceHours<'_>, at: Timestamp) -> String {
    let zone = settings.zone_of(service);
    let why = match hours.why(at) {
        Why::Always => "it has no calendar: always open".to_owned(),
        Why::Switched(_) => "switched by hand".to_owned(),
        Why::Weekly => "by its weekly hours".to_owned(),
        Why::Exception { name } => format!("by its calendar's \"{name}\""),
    };
    let next = hours.next_change(at).map(|next| {
        let what = if hours.is_open(next) { "opens" } else { "closes" };
        format!("; {what} at {}", moment(next, &zone))
    });
    let calendar = settings.services.get(service).and_then(|service| service.calendar.as_deref());
    let version = hours.calendar.map(|calendar| calendar.version.as_str()).unwrap_or_default();
    let calendar = calendar.map(|name| format!(" (calendar {name}, version {version})")).unwrap_or_default();
    format!("service {service}, {why}{}{calendar}", next.unwrap_or_default())
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %a %H:%M:%S").to_string()
}

/// The time of day and how long after the call came.
fn clock(heard: &Heard, from: Timestamp, zone: &TimeZone) -> String {
    let after = heard.utc.duration_since(from).as_millis();
    let time = heard.utc.to_zoned(zone.clone()).strftime("%H:%M:%S%.3f").to_string();
    format!("{time} {:>+8.1} s", seconds(after))
}

#[expect(clippy::cast_precision_loss, reason = "a call is shorter than a few million milliseconds")]
fn seconds(ms: i128) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_written_with_their_languages() {
        assert_eq!(operator("li").unwrap(), ("li".to_owned(), vec!["zh-CN".to_owned()]));
        assert_eq!(operator("li:yue+en").unwrap(), ("li".to_owned(), vec!["yue".to_owned(), "en".to_owned()]));
        assert!(operator(":yue").is_err() && operator("li:").is_err());
    }
}
