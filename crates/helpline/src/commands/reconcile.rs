//! `helpline reconcile`.

use std::process::ExitCode;

use super::{Failure, ask, say};
use crate::cli::Place;
use crate::control::Command;

/// Compares the journal with the database; fails when they differ.
pub(crate) fn run(place: &Place, json: bool) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Reconcile)?;
    let clean = value["clean"].as_bool().unwrap_or(false);
    if json {
        say(&value.to_string());
    } else {
        for line in value["lines"].as_array().into_iter().flatten().filter_map(|line| line.as_str()) {
            say(line);
        }
        say(if clean { "clean" } else { "the journal and the database differ" });
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
