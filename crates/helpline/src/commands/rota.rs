//! `helpline rota`: who works when.

use std::collections::BTreeMap;
use std::process::ExitCode;

use base::OperatorId;
use jiff::civil::Date;
use routing::{Hours, Rota};
use serde_json::Value;
use toml::Table;

use super::{Failure, ask, say, table};
use crate::cli::{Place, RotaArgs, RotaCommand};
use crate::control::Command;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Shows a week, or sets hours from a file.
pub(crate) fn run(place: &Place, args: RotaArgs) -> Result<ExitCode, Failure> {
    match args.command {
        Some(RotaCommand::Set { file }) => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| format!("failed to read {}: {error}", file.display()))?;
            let csv = file.extension().is_some_and(|ext| ext == "csv");
            let rotas = if csv { from_csv(&text) } else { from_toml(&text) };
            let rotas = rotas.map_err(|faults| format!("{} has faults:\n  {}", file.display(), faults.join("\n  ")))?;
            for (operator, rota) in rotas {
                ask(place, Command::SetRota { operator: operator.clone(), rota })?;
                say(&format!("{operator}: set"));
            }
            Ok(ExitCode::SUCCESS)
        }
        None => show(place, args.week, args.json),
    }
}

fn show(place: &Place, week: Option<Date>, json: bool) -> Result<ExitCode, Failure> {
    let page = ask(place, Command::Rota { week })?;
    if json {
        say(&page.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let monday: Date = page["week"].as_str().unwrap_or_default().parse()?;
    let dates: Vec<String> = (0..7)
        .map(|day| monday.checked_add(jiff::Span::new().days(day)).map(|date| date.to_string()))
        .collect::<Result<_, _>>()?;
    let cells = |row: &Value| {
        let hours = |list: &Value| {
            let hours: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if hours.is_empty() { "–".to_owned() } else { hours.join(" ") }
        };
        let own = dates.iter().enumerate().map(|(day, date)| {
            let otherwise = &row["days"][date.as_str()];
            if otherwise.is_null() { hours(&row["week"][day]) } else { format!("{}*", hours(otherwise)) }
        });
        std::iter::once(row["operator"].as_str().unwrap_or_default().to_owned()).chain(own).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = page["operators"].as_array().into_iter().flatten().map(cells).collect();
    let head: Vec<&str> = std::iter::once("OPERATOR").chain(dates.iter().map(String::as_str)).collect();
    say(&table(&head, &rows));
    for gap in page["unplanned"].as_array().into_iter().flatten() {
        let at = |key: &str| gap[key].as_str().unwrap_or_default().to_owned();
        say(&format!("{}: nobody is planned from {} to {}", at("service"), at("from"), at("to")));
    }
    Ok(ExitCode::SUCCESS)
}

type Rotas = BTreeMap<OperatorId, Rota>;

/// `[li]`, then `monday = ["09:00-15:00"]` or `every_day = …`, and `[li.days]` with `2027-02-14 = []` for days that are otherwise.
fn from_toml(text: &str) -> Result<Rotas, Vec<String>> {
    let tree: Table = text.parse().map_err(|error| vec![format!("{error}")])?;
    let (mut rotas, mut faults) = (Rotas::new(), Vec::new());
    for (operator, own) in &tree {
        let mut rota = Rota::default();
        let Some(own) = own.as_table() else {
            faults.push(format!("{operator}: must be a table of days"));
            continue;
        };
        for (day, value) in own {
            let at = format!("{operator}.{day}");
            match (day.as_str(), value) {
                ("days", toml::Value::Table(days)) => {
                    for (date, hours) in days {
                        put(&mut rota, date, list(hours, &format!("{at}.{date}"), &mut faults), &at, &mut faults);
                    }
                }
                (day, hours) => put(&mut rota, day, list(hours, &at, &mut faults), &at, &mut faults),
            }
        }
        finish(operator, rota, &mut rotas, &mut faults);
    }
    if faults.is_empty() { Ok(rotas) } else { Err(faults) }
}

fn list(value: &toml::Value, at: &str, faults: &mut Vec<String>) -> Vec<Hours> {
    let texts = value.as_array().into_iter().flatten();
    if value.as_array().is_none() {
        faults.push(format!("{at}: must be a list of hours, like [\"09:00-15:00\"]; [] is away"));
    }
    texts.filter_map(|text| hours(text.as_str().unwrap_or_default(), at, faults)).collect()
}

/// Lines of `operator,day,hours`: a weekday, `every_day` or a date; hours with blanks between them, or `away`.
fn from_csv(text: &str) -> Result<Rotas, Vec<String>> {
    let (mut given, mut faults) = (BTreeMap::<String, Rota>::new(), Vec::new());
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let at = format!("line {}", index + 1);
        match parts.as_slice() {
            [""] | ["operator", ..] => {}
            [operator, day, texts] => {
                let texts = texts.split_whitespace().filter(|text| *text != "away");
                let hours = texts.filter_map(|text| hours(text, &at, &mut faults)).collect();
                put(given.entry((*operator).to_owned()).or_default(), day, hours, &at, &mut faults);
            }
            _ => faults.push(format!("{at}: must be operator,day,hours")),
        }
    }
    let mut rotas = Rotas::new();
    for (operator, rota) in given {
        finish(&operator, rota, &mut rotas, &mut faults);
    }
    if faults.is_empty() { Ok(rotas) } else { Err(faults) }
}

fn hours(text: &str, at: &str, faults: &mut Vec<String>) -> Option<Hours> {
    text.parse().map_err(|error| faults.push(format!("{at}: \"{text}\": {error}"))).ok()
}

fn put(rota: &mut Rota, day: &str, hours: Vec<Hours>, at: &str, faults: &mut Vec<String>) {
    let weekday = DAYS.iter().position(|name| *name == day);
    match (day, weekday, day.parse::<Date>()) {
        ("every_day", _, _) => rota.week = std::array::from_fn(|_| hours.clone()),
        (_, Some(weekday), _) => {
            if let Some(own) = rota.week.get_mut(weekday) {
                *own = hours;
            }
        }
        (_, None, Ok(date)) => {
            rota.days.insert(date, hours);
        }
        (_, None, Err(_)) => faults
            .push(format!("{at}: {day} is no day; there are monday to sunday, every_day and dates like 2027-02-14")),
    }
}

fn finish(operator: &str, mut rota: Rota, rotas: &mut Rotas, faults: &mut Vec<String>) {
    if rota.put_in_order() {
        rotas.insert(OperatorId(operator.to_owned()), rota);
    } else {
        faults.push(format!("{operator}: hours overlap or touch; write them as one"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rotas: &Rotas) -> String {
        serde_json::to_string(rotas).unwrap()
    }

    #[test]
    fn both_kinds_of_file_say_the_same() {
        let toml = "[li]\nevery_day = [\"09:00-12:00\"]\nsunday = []\n[li.days]\n2027-02-14 = []\n2027-02-15 = [\"13:00-24:00\", \"09:00-12:00\"]\n";
        let csv = "\u{feff}operator,day,hours\nli,every_day,09:00-12:00\nli,sunday,away\nli,2027-02-14,away\nli,2027-02-15,13:00-24:00 09:00-12:00\n\n";
        let (toml, csv) = (from_toml(toml).unwrap(), from_csv(csv).unwrap());
        assert_eq!(shown(&toml), shown(&csv));
        let li = &toml[&OperatorId("li".to_owned())];
        assert_eq!((li.week[6].len(), li.week[0].len(), li.days.len()), (0, 1, 2));
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let csv = "li,moonday,09:00-12:00\nli,monday,9-12\nli,monday\nan,monday,09:00-12:00 11:00-13:00\n";
        assert_eq!(
            from_csv(csv).unwrap_err(),
            [
                "line 1: moonday is no day; there are monday to sunday, every_day and dates like 2027-02-14",
                "line 2: \"9-12\": hours are written like 09:00-21:00",
                "line 3: must be operator,day,hours",
                "an: hours overlap or touch; write them as one",
            ]
        );
        let toml = from_toml("li = 3\n[an]\nmonday = \"09:00-12:00\"\n").unwrap_err();
        assert_eq!(toml.len(), 2, "{toml:?}");
    }
}
