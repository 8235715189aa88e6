//! Looks for any rule that is broken: walks and short times of many seeds. Exit 1 with the rule at the first one.
//! `cargo run --release -p sim --example hunt -- FROM TO`.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use sim::{Plan, Year, walk};

const MOVES: usize = 400;
const STEPS: u64 = 6000;

fn main() -> ExitCode {
    let args: Vec<u64> = std::env::args().skip(1).filter_map(|told| told.parse().ok()).collect();
    let (from, to) = (args.first().copied().unwrap_or(0), args.get(1).copied().unwrap_or(20));
    for seed in from..to {
        if let Err(stray) = walk(seed, MOVES) {
            println!("{stray}");
            return ExitCode::FAILURE;
        }
        if let Err(broken) = Year::of_steps(&Plan::default(), seed, STEPS) {
            println!("{broken}");
            return ExitCode::FAILURE;
        }
    }
    println!("nothing found");
    ExitCode::SUCCESS
}
