//! `helpline simulate`: the very decisions that serve real calls, on virtual time.

mod at;
mod days;
mod words;

use std::process::ExitCode;

use super::Failure;
use crate::cli::{Place, SimulateArgs};

/// Plays one call at a moment, or a time of many.
pub(crate) fn run(place: &Place, args: &SimulateArgs) -> Result<ExitCode, Failure> {
    if args.at.is_some() { at::run(place, args) } else { days::run(args) }
}
