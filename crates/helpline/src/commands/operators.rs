//! `helpline operators`.

use std::process::ExitCode;

use super::{Failure, ask, say, table};
use crate::cli::Place;
use crate::control::Command;

/// Shows who is on shift and what they do.
pub(crate) fn run(place: &Place, json: bool) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Operators)?;
    if json {
        say(&value.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or("–").to_owned();
    let rows: Vec<Vec<String>> = value
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| ["operator", "state", "reason", "since"].iter().map(|key| text(row, key)).collect())
        .collect();
    say(&table(&["OPERATOR", "STATE", "REASON", "SINCE"], &rows));
    Ok(ExitCode::SUCCESS)
}
