//! A year without the binary around it: `cargo run --release -p sim --example year -- DAYS CALLS_PER_DAY SEED [none]`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use sim::{Faults, Plan, Year};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u32| args.get(at).and_then(|told| told.parse().ok()).unwrap_or(otherwise);
    let faults = if args.get(3).is_some_and(|told| told == "none") { Faults::NONE } else { Faults::ALL };
    let plan = Plan {
        days: number(0, 7),
        calls_per_day: f64::from(number(1, 500)),
        seed: u64::from(number(2, 1)),
        faults,
        ..Plan::default()
    };
    let mut year = Year::new(plan);
    while !year.is_over() {
        if let Err(broken) = year.a_day() {
            eprintln!("{broken}");
            return ExitCode::FAILURE;
        }
    }
    match year.finish() {
        Ok(summary) => println!("{}{summary}", summary.chart()),
        Err(broken) => eprintln!("{broken}"),
    }
    ExitCode::SUCCESS
}
