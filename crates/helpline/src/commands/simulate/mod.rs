//! `helpline simulate`: the very decisions that serve real calls, on virtual time.

mod at;
mod words;

use std::process::ExitCode;

use super::Failure;
use crate::cli::{Place, SimulateArgs};

/// Plays one call at a moment.
pub(crate) fn run(place: &Place, args: &SimulateArgs) -> Result<ExitCode, Failure> {
    at::run(place, args)
}
