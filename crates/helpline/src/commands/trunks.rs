//! `helpline trunks`.

use std::process::ExitCode;

use super::{Failure, ask, say, table};
use crate::cli::Place;
use crate::control::Command;

/// Shows which trunks answer, and what they carry.
pub(crate) fn run(place: &Place, json: bool) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Trunks)?;
    if json {
        say(&value.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown =
        |row: &serde_json::Value, key: &str| if row[key].is_null() { "–".to_owned() } else { text(&row[key]) };
    let keys = ["trunk", "state", "reason", "since", "calls", "placed_in_hour", "minutes_today"];
    let rows = value.as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> = rows.map(|row| keys.iter().map(|key| shown(row, key)).collect()).collect();
    say(&table(&["TRUNK", "STATE", "REASON", "SINCE", "CALLS", "IN AN HOUR", "MINUTES TODAY"], &rows));
    Ok(ExitCode::SUCCESS)
}
