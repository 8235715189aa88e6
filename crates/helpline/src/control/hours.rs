//! Opening hours and rota, for commands.

use base::Timestamp;
use jiff::civil::{Date, Time};
use jiff::{Span, tz::TimeZone};
use routing::{Reason, RequestKind, ServiceHours};
use serde_json::{Value, json};

use super::Switch;
use super::execute::Backend;

impl Backend {
    pub(super) fn hours(&self) -> Value {
        let (board, _) = self.running.committed.board();
        let page = web::hours_page(&self.running.settings, &board, self.running.clock.now().utc);
        serde_json::to_value(page).unwrap_or_default()
    }

    pub(super) fn rota(&self, week: Option<Date>) -> Value {
        let (board, _) = self.running.committed.board();
        let page = web::rota_page(&self.running.settings, &board, week, self.running.clock.now().utc);
        serde_json::to_value(page).unwrap_or_default()
    }

    pub(super) async fn switch(&self, switch: Switch) -> Result<Value, String> {
        let Switch { service, closed, until, reason, waiting } = switch;
        let settings = &self.running.settings;
        let known = settings.services.get(&service).ok_or_else(|| {
            let names: Vec<&str> = settings.services.keys().map(String::as_str).collect();
            format!("there is no service {service}; there are: {}", names.join(", "))
        })?;
        if let Some(reason) = reason.as_ref().filter(|reason| !known.notices.contains(reason)) {
            return Err(format!("{service} has no notice {reason}; there are: {}", known.notices.join(", ")));
        }
        let hours = ServiceHours::of(settings, &service, None);
        let now = self.running.clock.now().utc;
        let zone = settings.zone_of(&service);
        let until = until.map(|text| moment(&text, hours, &zone, now)).transpose()?;
        let reason = reason.map(|reason| Reason(reason.into()));
        self.act(RequestKind::SwitchService { service, closed, until, reason, waiting }).await?;
        Ok(json!({ "until": until, "zone": zone.iana_name() }))
    }

    pub(super) async fn confirm_holiday(&self, calendar: String, holiday: String) -> Result<Value, String> {
        if !self.is_live() {
            return Err("start the engine first: it says which days the closure has".to_owned());
        }
        self.act(RequestKind::ConfirmHoliday { calendar, holiday }).await
    }
}

/// `2027-02-06T14:00:00+08:00`, `14:30` (today, or tomorrow where it is past), `next-change` or `next-opening`.
fn moment(text: &str, hours: Option<ServiceHours<'_>>, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, String> {
    let never = || format!("the calendar knows no {}", text.replace('-', " "));
    match text {
        "next-change" => hours.and_then(|hours| hours.next_change(now)).ok_or_else(never),
        "next-opening" => hours.and_then(|hours| hours.next_opening(now)).ok_or_else(never),
        _ => text.parse().ok().or_else(|| time_of_day(text, zone, now)).ok_or_else(|| {
            format!("\"{text}\" is no moment; write 14:30, 2027-02-06T14:00:00+08:00, next-change or next-opening")
        }),
    }
}

fn time_of_day(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let time = Time::strptime("%H:%M", text).ok()?;
    let today = now.to_zoned(zone.clone()).date();
    let on = |day: Date| day.to_datetime(time).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    on(today).filter(|at| *at > now).or_else(|| on(today.checked_add(Span::new().days(1)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_four_ways() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let now: Timestamp = "2027-02-06T14:00:00+08:00".parse().unwrap();
        let at = |text: &str| moment(text, None, &zone, now).map(|at| at.to_string());
        assert_eq!(at("14:30").unwrap(), "2027-02-06T06:30:00Z");
        assert_eq!(at("13:30").unwrap(), "2027-02-07T05:30:00Z", "tomorrow");
        assert_eq!(at("2027-02-06T18:00:00+08:00").unwrap(), "2027-02-06T10:00:00Z");
        assert_eq!(at("next-change").unwrap_err(), "the calendar knows no next change");
        assert!(at("soon").unwrap_err().contains("write 14:30"));
    }
}
