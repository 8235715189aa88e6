//! `helpline check`.

use std::process::ExitCode;

use super::{Failure, config_path, overrides, say};
use crate::cli::Place;
use crate::config::{self, Severity};

/// Tells every fault, warning and note; fails on a fault.
pub(crate) fn run(place: &Place) -> Result<ExitCode, Failure> {
    let faults = config::check(&config_path(place), overrides(place));
    for fault in &faults {
        say(&fault.to_string());
    }
    let count = |severity| faults.iter().filter(|fault| fault.severity == severity).count();
    let wrong = count(Severity::Fault);
    say(&format!("{wrong} faults, {} warnings", count(Severity::Warning)));
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
