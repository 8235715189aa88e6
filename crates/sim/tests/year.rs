//! Days with every fault, and the simulator itself against Erlang C.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are not in test functions, where clippy.toml allows it"
)]

use std::time::Duration;

use sim::{Faults, Load, Plan, Summary, Year};

/// What every run of the tests goes through; a seed that failed once is added here.
const SEEDS: [u64; 4] = [1, 2, 3, 4];

fn through(plan: Plan) -> Summary {
    let mut year = Year::new(plan);
    while !year.is_over() {
        if let Err(broken) = year.a_day() {
            panic!("{broken}\n{}", broken.shortened().map(|story| story.to_string()).unwrap_or_default());
        }
    }
    year.finish().expect("nothing left over")
}

#[test]
fn days_with_every_fault_lose_nobody() {
    for seed in SEEDS {
        let summary = through(Plan { seed, days: 3, calls_per_day: 200.0, hurry: 10.0, ..Plan::default() });
        assert_eq!(summary.lost, 0);
        assert!(summary.crashes > 0 && summary.journeys > 300, "{summary}");
    }
}

#[test]
fn the_same_seed_is_the_same_year() {
    let plan = Plan { days: 2, calls_per_day: 100.0, ..Plan::default() };
    let told = || through(plan.clone()).to_string();
    assert_eq!(told(), told());
}

/// The oracle rows of figures.md: calls an hour, operators.
const ROWS: [(f64, u32); 6] = [(0.7, 1), (0.7, 2), (2.0, 2), (3.0, 2), (3.0, 3), (4.0, 3)];
/// Waits of neighbours hang together, so batches are compared, and each is long: of 250 calls six could agree with each other by chance and be
/// far off all the same.
const BATCHES: u64 = 8;
const BATCH_CALLS: f64 = 400.0;
/// Student's t for these batches: 99 of 100 means lie within so many standard errors.
const T: f64 = 3.5;

#[test]
fn waits_agree_with_erlang_c() {
    std::thread::scope(|scope| {
        for (calls_per_hour, operators) in ROWS {
            scope.spawn(move || agrees_with_erlang_c(calls_per_hour, operators));
        }
    });
}

fn agrees_with_erlang_c(calls_per_hour: f64, operators: u32) {
    let days = (BATCH_CALLS / calls_per_hour / 24.0).ceil() as u32;
    let share = |seed| {
        let (queued, _, in_time) = through(Plan::perfect(seed, days, calls_per_hour, operators)).answered();
        in_time as f64 / queued as f64
    };
    let shares: Vec<f64> = (1..=BATCHES).map(share).collect();
    let mean = shares.iter().sum::<f64>() / BATCHES as f64;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / (BATCHES - 1) as f64;
    let error = (variance / BATCHES as f64).sqrt();
    let load = Load { calls_per_hour, handling: Duration::from_secs(15 * 60) };
    let expected = load.served(operators, Duration::from_secs(20));
    let off = (mean - expected).abs();
    assert!(off <= T * error, "{calls_per_hour}/h with {operators}: {mean:.3} ± {error:.3}, not {expected:.3}");
    assert!(T * error < 0.08, "too few calls to tell");
}

#[test]
fn without_faults_nothing_is_lost_either() {
    let summary = through(Plan { faults: Faults::NONE, days: 2, calls_per_day: 100.0, ..Plan::default() });
    assert_eq!((summary.lost, summary.crashes), (0, 0));
}
