//! `helpline staff`: how many operators does this load need (Erlang C)? For an hour, for a week of numbers given, or for the week in the log.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use sim::Load;

use super::{Failure, ask, say, table};
use crate::cli::{Place, StaffArgs};
use crate::control::Command;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Where neither anybody nor the log says how long a call takes.
const HANDLING: Duration = Duration::from_secs(15 * 60);

/// Answers for one hour, or for every hour of a week.
pub(crate) fn run(place: &Place, args: &StaffArgs) -> Result<ExitCode, Failure> {
    let asked = Asked {
        handling: args.aht.unwrap_or(HANDLING),
        share: args.target.0,
        within: args.target.1,
        shrinkage: args.shrinkage,
    };
    match (args.calls_per_hour, &args.week) {
        (Some(calls), _) => one_hour(&asked, calls, args.json)?,
        (None, Some(file)) => a_week(&asked, &read_week(file)?, "", args.json)?,
        (None, None) => from_the_log(place, asked, args)?,
    }
    Ok(ExitCode::SUCCESS)
}

struct Asked {
    handling: Duration,
    share: f64,
    within: Duration,
    shrinkage: f64,
}

impl Asked {
    fn load(&self, calls_per_hour: f64) -> Load {
        Load { calls_per_hour, handling: self.handling }
    }

    fn operators(&self, calls_per_hour: f64) -> Result<u32, Failure> {
        let needed = self.load(calls_per_hour).operators_for(self.share, self.within);
        needed.ok_or_else(|| format!("no number of operators answers {:.0} % in time", 100.0 * self.share).into())
    }

    /// So many are planned for so many to be at their desks.
    fn planned(&self, at_desks: u32) -> u32 {
        let planned = (f64::from(at_desks) / (1.0 - self.shrinkage)).ceil();
        if planned < f64::from(u32::MAX) { planned as u32 } else { u32::MAX }
    }

    fn row(&self, calls_per_hour: f64, operators: u32) -> Value {
        let load = self.load(calls_per_hour);
        json!({
            "operators": operators,
            "planned": self.planned(operators),
            "within": load.served(operators, self.within),
            "mean_wait_s": load.mean_wait(operators).map(|wait| wait.as_secs_f64().round()),
            "busy": load.occupancy(operators),
        })
    }

    fn terms(&self) -> String {
        format!(
            "Erlang C: {:.0} % within {} s, {:.1} min a call; nobody gives up, whoever is free takes the call at once.",
            100.0 * self.share,
            self.within.as_secs(),
            self.handling.as_secs_f64() / 60.0
        )
    }
}

fn one_hour(asked: &Asked, calls: f64, for_machines: bool) -> Result<(), Failure> {
    let needed = asked.operators(calls)?;
    let load = asked.load(calls);
    let around = needed.saturating_sub(1).max(1)..=needed.max(1) + 2;
    if for_machines {
        let rows: Vec<Value> = around.map(|operators| asked.row(calls, operators)).collect();
        let (erlangs, planned) = (load.erlangs(), asked.planned(needed));
        say(&json!({ "erlangs": erlangs, "operators": needed, "planned": planned, "rows": rows }).to_string());
        return Ok(());
    }
    let minutes = asked.handling.as_secs_f64() / 60.0;
    say(&format!("{calls} calls an hour of {minutes} min each keep {:.2} operators busy.", load.erlangs()));
    let within = format!("WITHIN {} s", asked.within.as_secs());
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let row = |operators: u32| {
        let wait = load.mean_wait(operators).map_or("grows".to_owned(), |wait| format!("{:.0} s", wait.as_secs_f64()));
        let here = if operators == needed { "enough" } else { "" };
        let (served, busy) = (percent(load.served(operators, asked.within)), percent(load.occupancy(operators)));
        vec![operators.to_string(), asked.planned(operators).to_string(), served, wait, busy, here.to_owned()]
    };
    say(&table(&["AT DESKS", "PLANNED", &within, "MEAN WAIT", "BUSY", ""], &around.map(row).collect::<Vec<_>>()));
    say(&asked.terms());
    say(&told_shrinkage(asked));
    Ok(())
}

fn told_shrinkage(asked: &Asked) -> String {
    format!("Planned: with {:.0} % for breaks, absence and training (--shrinkage).", 100.0 * asked.shrinkage)
}

/// Calls an hour by day of the week (Monday first) and hour.
type Week = [[f64; 24]; 7];

fn a_week(asked: &Asked, week: &Week, whence: &str, for_machines: bool) -> Result<(), Failure> {
    let mut needed = [[0_u32; 24]; 7];
    for (row, calls) in needed.iter_mut().flatten().zip(week.iter().flatten()) {
        *row = asked.operators(*calls)?;
    }
    let hours: u32 = needed.iter().flatten().sum();
    let paid = f64::from(hours) / (1.0 - asked.shrinkage);
    if for_machines {
        let handling_s = asked.handling.as_secs_f64();
        let all =
            json!({ "calls": week, "operators": needed, "handling_s": handling_s, "hours": hours, "paid_hours": paid });
        say(&all.to_string());
        return Ok(());
    }
    let used = |hour: &usize| needed.iter().any(|day| day.get(*hour).is_some_and(|count| *count > 0));
    let row = |hour: usize| {
        let days = needed.iter().map(|day| day.get(hour).copied().unwrap_or(0).to_string());
        std::iter::once(format!("{hour:02}:00")).chain(days).collect()
    };
    let head: Vec<&str> = std::iter::once("HOUR").chain(DAYS).collect();
    say(&table(&head, &(0..24).filter(used).map(row).collect::<Vec<_>>()));
    say(&format!("{whence}{hours} operator-hours a week at desks, {paid:.0} paid."));
    say(&asked.terms());
    say(&told_shrinkage(asked));
    Ok(())
}

fn from_the_log(place: &Place, mut asked: Asked, args: &StaffArgs) -> Result<(), Failure> {
    let load = ask(place, Command::Load { weeks: args.weeks })?;
    let week = logged_week(&load);
    let calls: f64 = week.iter().flatten().sum();
    if calls <= 0.0 {
        return Err("nobody stood in line in that time: say --calls-per-hour or --week".into());
    }
    let handling = load["handling_s"].as_f64().filter(|handling| *handling >= 1.0).map(Duration::from_secs_f64);
    asked.handling = args.aht.or(handling).unwrap_or(HANDLING);
    let (weeks, talks) = (load["weeks"].as_f64().unwrap_or(1.0), load["conversations"].as_u64().unwrap_or(0));
    let whence = format!("From {weeks:.1} weeks of the log: {calls:.1} calls a week in line, {talks} conversations. ");
    a_week(&asked, &week, &whence, args.json)
}

/// On average over the weeks that the log tells of.
fn logged_week(load: &Value) -> Week {
    let weeks = load["weeks"].as_f64().unwrap_or(1.0).max(1.0);
    let mut week = [[0.0; 24]; 7];
    for told in load["hours"].as_array().into_iter().flatten() {
        let number = |at: usize| told.get(at).and_then(Value::as_u64);
        let day = number(0).and_then(|day| usize::try_from(day.checked_sub(1)?).ok());
        let hour = number(1).and_then(|hour| usize::try_from(hour).ok());
        let (Some(day), Some(hour), Some(calls)) = (day, hour, number(2)) else { continue };
        if let Some(place) = week.get_mut(day).and_then(|day: &mut [f64; 24]| day.get_mut(hour)) {
            *place = calls as f64 / weeks;
        }
    }
    week
}

/// Reads lines `day,hour,calls`: a day 1 to 7 from Monday on, an hour 0 to 23. `#` begins a remark; hours that are not named have no calls.
fn read_week(file: &Path) -> Result<Week, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("failed to read {}: {error}", file.display()))?;
    let mut week = [[0.0; 24]; 7];
    for (number, line) in (1..).zip(text.lines()) {
        let told = line.split('#').next().unwrap_or_default().trim();
        if told.is_empty() || (number == 1 && told.starts_with(|first: char| first.is_alphabetic())) {
            continue;
        }
        let (day, hour, calls) = read_line(told).ok_or_else(|| {
            format!("{}:{number}: expected day,hour,calls like 1,9,3.5 (Monday is 1), found `{told}`", file.display())
        })?;
        if let Some(place) = week.get_mut(day).and_then(|day: &mut [f64; 24]| day.get_mut(hour)) {
            *place = calls;
        }
    }
    Ok(week)
}

fn read_line(told: &str) -> Option<(usize, usize, f64)> {
    let mut parts = told.split(',').map(str::trim);
    let (day, hour) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse::<usize>().ok()?);
    let calls = parts.next()?.parse::<f64>().ok().filter(|calls| calls.is_finite() && *calls >= 0.0)?;
    let known = (1..=7).contains(&day) && hour < 24 && parts.next().is_none();
    known.then_some((day.checked_sub(1)?, hour, calls))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked =
        Asked { handling: Duration::from_secs(900), share: 0.8, within: Duration::from_secs(20), shrinkage: 0.3 };

    #[test]
    fn a_line_of_a_week_is_a_day_an_hour_and_calls() {
        assert_eq!(read_line("1, 9, 3.5"), Some((0, 9, 3.5)));
        assert_eq!(read_line("7,23,0"), Some((6, 23, 0.0)));
        for wrong in ["0,9,1", "8,9,1", "1,24,1", "1,9,-1", "1,9,many", "1,9", "1,9,1,1", "1,9,inf"] {
            assert_eq!(read_line(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_oracle_rows_of_figures_are_answered() {
        let needed = [0.7, 2.0, 3.0, 4.0].map(|calls| ASKED.operators(calls).unwrap());
        assert_eq!(needed, [1, 2, 2, 3]);
    }

    #[test]
    fn shrinkage_is_planned_for_in_whole_people() {
        assert_eq!([0, 1, 2, 7].map(|at_desks| ASKED.planned(at_desks)), [0, 2, 3, 10]);
    }

    #[test]
    fn the_log_is_an_average_week() {
        let week = logged_week(&json!({ "weeks": 4.0, "hours": [[1, 9, 14], [7, 20, 2], [9, 1, 5]] }));
        assert_eq!((week[0][9], week[6][20]), (3.5, 0.5));
        assert_eq!(week.iter().flatten().sum::<f64>(), 4.0);
    }
}
