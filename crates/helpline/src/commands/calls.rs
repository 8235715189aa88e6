//! `helpline calls`.

use std::process::ExitCode;

use super::{Failure, ask, say, table};
use crate::cli::Place;
use crate::control::Command;

/// Shows the newest calls.
pub(crate) fn run(place: &Place, json: bool, limit: u32) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Calls { limit })?;
    if json {
        say(&value.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let keys = ["journey", "opened", "caller", "service", "language", "operator", "cause", "outcome", "obligation"];
    let text = |row: &serde_json::Value, key: &str| {
        row[key].as_str().filter(|text| !text.is_empty()).unwrap_or("–").to_owned()
    };
    let rows: Vec<Vec<String>> =
        value.as_array().into_iter().flatten().map(|row| keys.iter().map(|key| text(row, key)).collect()).collect();
    let head = ["JOURNEY", "OPENED", "CALLER", "SERVICE", "LANGUAGE", "OPERATOR", "CAUSE", "OUTCOME", "OBLIGATION"];
    say(&table(&head, &rows));
    Ok(ExitCode::SUCCESS)
}
