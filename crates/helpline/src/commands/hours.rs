//! `helpline hours`, `helpline close`, `helpline open`.

use std::process::ExitCode;

use base::Timestamp;
use jiff::tz::TimeZone;
use routing::AtClosing;
use serde_json::Value;

use super::{Failure, ask, say};
use crate::cli::{CloseArgs, HoursArgs, HoursCommand, OpenArgs, Place};
use crate::control::{Command, Switch};

/// Shows opening hours, or confirms a computed closure.
pub(crate) fn run(place: &Place, args: HoursArgs) -> Result<ExitCode, Failure> {
    if let Some(HoursCommand::Confirm { holiday, calendar }) = args.command {
        ask(place, Command::ConfirmHoliday { calendar, holiday: holiday.clone() })?;
        say(&format!("{holiday} is confirmed as it stands"));
        return Ok(ExitCode::SUCCESS);
    }
    let page = of_service(ask(place, Command::Hours)?, args.service.as_deref())?;
    if args.json {
        say(&page.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    for service in page["services"].as_array().into_iter().flatten() {
        tell(service);
    }
    for holiday in page["holidays"].as_array().into_iter().flatten() {
        say(&holiday_line(holiday));
    }
    Ok(ExitCode::SUCCESS)
}

/// The page with one service alone, where one is named.
fn of_service(mut page: Value, service: Option<&str>) -> Result<Value, Failure> {
    let Some(services) = page["services"].as_array_mut() else { return Ok(page) };
    let name = |row: &Value| row["service"].as_str().unwrap_or_default().to_owned();
    let names: Vec<String> = services.iter().map(name).collect();
    services.retain(|row| service.is_none_or(|service| name(row) == service));
    if services.is_empty() {
        return Err(format!("there is no such service; there are: {}", names.join(", ")).into());
    }
    Ok(page)
}

fn tell(service: &Value) {
    let text = |key: &str| service[key].as_str().unwrap_or_default().to_owned();
    let state = if service["open"].as_bool().unwrap_or(false) { "open" } else { "closed" };
    let why = match text("why").as_str() {
        "always" => "it has no calendar".to_owned(),
        "switched" => {
            let by = service["by"].as_str().unwrap_or("the command line");
            format!("by hand, by {by}{}", service["name"].as_str().map(|name| format!(", {name}")).unwrap_or_default())
        }
        "exception" => format!("by \"{}\"", text("name")),
        _ => "by its weekly hours".to_owned(),
    };
    say(&format!("{}: {state}, {why}", text("service")));
    let zone = zone(service);
    if let Some(at) = service["changes"].as_str() {
        say(&format!("  may change {}", local(at, &zone)));
    }
    if let (Some(until), Some(days)) = (service["confirmed_until"].as_str(), service["days_ahead"].as_i64()) {
        let few = if days < i64::from(routing::CHECKED_DAYS) { ": too few" } else { "" };
        say(&format!("  closures are looked through until {until}, {days} days ahead{few}"));
    }
    for day in service["days"].as_array().into_iter().flatten() {
        let hours: Vec<&str> = day["hours"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let hours = if hours.is_empty() { "closed".to_owned() } else { hours.join(", ") };
        let name = day["name"].as_str().map(|name| format!("  {name}")).unwrap_or_default();
        say(&format!("  {}  {hours}{name}", day["date"].as_str().unwrap_or_default()));
    }
    for gap in service["unplanned"].as_array().into_iter().flatten() {
        let at = |key: &str| local(gap[key].as_str().unwrap_or_default(), &zone);
        say(&format!("  nobody is planned from {} to {}", at("from"), at("to")));
    }
}

fn zone(service: &Value) -> TimeZone {
    service["zone"].as_str().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

/// A moment by the clock of a zone, with its offset; what is no moment stays as it is.
pub(super) fn local(text: &str, zone: &TimeZone) -> String {
    let moment: Option<Timestamp> = text.parse().ok();
    moment.map_or_else(|| text.to_owned(), |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string())
}

fn holiday_line(holiday: &Value) -> String {
    let text = |key: &str| holiday[key].as_str().unwrap_or_default();
    let word = match holiday["confirmed"].as_str() {
        Some(at) => format!("confirmed {at} by {}", holiday["by"].as_str().unwrap_or("the command line")),
        None => {
            format!("computed; confirm it: helpline hours confirm {} --calendar {}", text("holiday"), text("calendar"))
        }
    };
    format!("{} {} to {}: {word}", text("name"), text("from"), text("to"))
}

/// Closes a service at once.
pub(crate) fn close(place: &Place, args: CloseArgs) -> Result<ExitCode, Failure> {
    let waiting = match args.waiting.as_deref() {
        None => None,
        Some("serve") => Some(AtClosing::Serve),
        Some("callback") => Some(AtClosing::Callback),
        Some(other) => return Err(format!("{other} is no way to treat who waits; there are serve and callback").into()),
    };
    let switch = Switch { service: args.service, closed: Some(true), until: args.until, reason: args.reason, waiting };
    switched(place, switch, "closed")
}

/// Opens a service at once, or leaves it to its calendar.
pub(crate) fn open(place: &Place, args: OpenArgs) -> Result<ExitCode, Failure> {
    let (closed, what) = if args.by_calendar { (None, "left to its calendar") } else { (Some(false), "open") };
    let switch = Switch { service: args.service, closed, until: args.until, reason: None, waiting: None };
    switched(place, switch, what)
}

fn switched(place: &Place, switch: Switch, what: &str) -> Result<ExitCode, Failure> {
    let service = switch.service.clone();
    let done = ask(place, Command::Switch(switch))?;
    let zone = zone(&done);
    let until = done["until"].as_str().map(|until| format!(" until {}", local(until, &zone))).unwrap_or_default();
    say(&format!("{service} is {what}{until}"));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `helpline hours hotline --json` told the hours of all services, the first of them another one's.
    #[test]
    fn the_hours_of_one_service_are_asked_for_and_told_in_json_too() {
        let page = json!({ "services": [{ "service": "after_hours" }, { "service": "hotline" }], "holidays": [] });
        let told = |service| of_service(page.clone(), service).map(|page| page["services"].to_string());
        assert_eq!(told(Some("hotline")).unwrap(), r#"[{"service":"hotline"}]"#);
        assert_eq!(told(None).unwrap(), page["services"].to_string());
        assert!(told(Some("night")).unwrap_err().to_string().ends_with("there are: after_hours, hotline"));
    }
}
