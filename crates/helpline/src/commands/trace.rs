//! `helpline trace JOURNEY`.

use std::process::ExitCode;

use base::JourneyId;

use super::{Failure, ask, say};
use crate::cli::Place;
use crate::control::Command;
use crate::run::traces::{Rung, draw};

/// Shows one journey's SIP messages.
pub(crate) fn run(place: &Place, journey: JourneyId, json: bool) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Trace { journey })?;
    if json {
        say(&value.to_string());
    } else {
        let rungs: Vec<Rung> = serde_json::from_value(value)?;
        say(draw(&rungs).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}
