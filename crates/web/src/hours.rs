//! Opening hours and rota as pages and commands show them: from settings and board alone.

use base::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use routing::{Board, Calendar, Event, PLANNED_AHEAD, Role, ServiceHours, Settings, Why, days_ahead};

use crate::wire::{ChangeView, DayView, HolidayView, HoursPage, RotaPage, RotaRow, ServiceView, StretchView};

/// How many days are shown: this week and the next.
const SHOWN_DAYS: usize = 14;

/// The hours of all services that real callers reach.
pub fn hours_page(settings: &Settings, board: &Board, now: Timestamp) -> HoursPage {
    let real = settings.services.iter().filter(|(_, service)| !service.synthetic);
    HoursPage {
        now: now.to_string(),
        services: real.filter_map(|(name, _)| service_view(settings, board, name, now)).collect(),
        holidays: settings.calendars.iter().flat_map(|(name, calendar)| holidays(name, calendar, board, now)).collect(),
        changes: board.hours_changes().map(change).collect(),
    }
}

fn service_view(settings: &Settings, board: &Board, name: &str, now: Timestamp) -> Option<ServiceView> {
    let service = settings.services.get(name)?;
    let switched = board.switched(name);
    let hours = ServiceHours::of(settings, name, switched)?;
    let (why, called, by) = match hours.why(now) {
        Why::Always => ("always", None, None),
        Why::Weekly => ("weekly", None, None),
        Why::Exception { name } => ("exception", Some(name.to_owned()), None),
        Why::Switched(switched) => {
            let by = switched.by.as_ref().map(|by| by.0.clone());
            ("switched", switched.reason.as_ref().map(|reason| reason.0.to_string()), by)
        }
    };
    let today = hours.calendar.map(|calendar| now.to_zoned(calendar.zone.clone()).date());
    let calendar_name = service.calendar.as_deref().unwrap_or_default();
    let until = hours.calendar.zip(today);
    let until = until.map(|(calendar, today)| calendar.confirmed_until(today, board.confirmed(calendar_name)));
    let week = (now, now.checked_add(PLANNED_AHEAD).unwrap_or(now));
    Some(ServiceView {
        service: name.to_owned(),
        open: hours.is_open(now),
        why: why.to_owned(),
        name: called,
        by,
        changes: hours.next_change(now).map(|at| at.to_string()),
        opens: hours.next_opening(now).map(|at| at.to_string()),
        calendar: service.calendar.clone(),
        version: hours.calendar.map(|calendar| calendar.version.clone()),
        zone: hours.calendar.and_then(|calendar| calendar.zone.iana_name()).map(str::to_owned),
        confirmed_until: until.map(|until| until.to_string()),
        days_ahead: until.zip(today).map(|(until, today)| days_ahead(today, until)),
        notices: service.notices.clone(),
        at_closing: word(&service.at_closing),
        last_call_min: service.last_call.as_secs() / 60,
        days: hours.calendar.zip(today).map(|(calendar, today)| days(calendar, today)).unwrap_or_default(),
        unplanned: stretches(name, board.unplanned(settings, name, week)),
        unpromised: stretches(name, board.unpromised(settings, name, week)),
    })
}

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    let days = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(days.days()).unwrap_or(day)
}

fn days(calendar: &Calendar, today: Date) -> Vec<DayView> {
    let day = |date: Date| {
        let named = calendar.exceptions.get(&date);
        let computed = calendar.holidays.values().any(|holiday| {
            let within = holiday.from <= date && date <= holiday.to;
            within && named.is_some_and(|named| named.name == holiday.name && named.hours.is_empty())
        });
        DayView {
            date: date.to_string(),
            hours: calendar.hours_on(date).iter().map(ToString::to_string).collect(),
            name: named.map(|named| named.name.clone()),
            computed,
        }
    };
    monday(today).series(1.day()).take(SHOWN_DAYS).map(day).collect()
}

fn stretches(service: &str, stretches: Vec<(Timestamp, Timestamp)>) -> Vec<StretchView> {
    let view = |(from, to): (Timestamp, Timestamp)| StretchView {
        service: service.to_owned(),
        from: from.to_string(),
        to: to.to_string(),
    };
    stretches.into_iter().map(view).collect()
}

fn holidays(name: &str, calendar: &Calendar, board: &Board, now: Timestamp) -> Vec<HolidayView> {
    let today = now.to_zoned(calendar.zone.clone()).date();
    let last_year = today.year().saturating_add(1);
    let shown = calendar.holidays.iter().filter(|(_, day)| day.to >= today && day.from.year() <= last_year);
    let confirmed = board.confirmed(name);
    let view = |(key, day): (&String, &routing::Holiday)| {
        let said = confirmed.get(key).filter(|said| (said.from, said.to) == (day.from, day.to));
        HolidayView {
            calendar: name.to_owned(),
            holiday: key.clone(),
            name: day.name.clone(),
            from: day.from.to_string(),
            to: day.to.to_string(),
            confirmed: said.map(|said| said.utc.to_string()),
            by: said.and_then(|said| said.by.as_ref()).map(|by| by.0.clone()),
        }
    };
    shown.map(view).collect()
}

fn change((utc, event): &(Timestamp, Event)) -> ChangeView {
    let mut detail = serde_json::to_value(event).unwrap_or_default();
    let kind = detail.as_object_mut().and_then(|fields| fields.remove("type"));
    ChangeView { utc: utc.to_string(), event: kind.map(|kind| text(&kind)).unwrap_or_default(), detail }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Who works when in the week of a day; none: today's.
pub fn rota_page(settings: &Settings, board: &Board, day: Option<Date>, now: Timestamp) -> RotaPage {
    let zone = settings.calendars.values().next().map(|calendar| calendar.zone.clone());
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let today = now.to_zoned(zone.clone()).date();
    let week = monday(day.unwrap_or(today));
    let start = week.to_zoned(zone).map(|start| start.timestamp()).unwrap_or(now);
    let end = start.checked_add(PLANNED_AHEAD).unwrap_or(start);
    let real = settings.services.iter().filter(|(_, service)| !service.synthetic).map(|(name, _)| name);
    let ahead = (start.max(now), end);
    let unplanned = real.filter(|_| ahead.0 < ahead.1);
    let unplanned = unplanned.flat_map(|name| stretches(name, board.unplanned(settings, name, ahead))).collect();
    let takes_calls = |account: &&routing::Account| !account.disabled && account.user.roles.contains(&Role::Operator);
    let row = |account: &routing::Account| {
        let rota = board.rota(&account.user.operator);
        let lists = |hours: &[routing::Hours]| hours.iter().map(ToString::to_string).collect::<Vec<_>>();
        RotaRow {
            operator: account.user.operator.0.clone(),
            name: account.user.name.clone(),
            known: rota.is_some(),
            week: (0..7).map(|day| rota.map(|rota| lists(&rota.week[day])).unwrap_or_default()).collect(),
            days: rota
                .map(|rota| rota.days.iter().map(|(date, hours)| (date.to_string(), lists(hours))).collect())
                .unwrap_or_default(),
        }
    };
    let operators = board.accounts().filter(takes_calls).map(row).collect();
    RotaPage { week: week.to_string(), today: today.to_string(), operators, unplanned }
}
