//! `helpline simulate --days N`: a time of calls with every fault that we can think of, on virtual time, every step of it judged.

use std::io::{self, IsTerminal, Write};
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sim::{Broken, Faults, Plan, Summary, Year};

use crate::cli::SimulateArgs;
use crate::commands::{Failure, say};

const BAR: usize = 40;
/// Steps of a seed that was given no days.
const STEPS: u64 = 100_000;

/// Simulates one time, or many seeds of it.
pub(super) fn run(args: &SimulateArgs) -> Result<ExitCode, Failure> {
    let plan = plan(args)?;
    match &args.seeds {
        None => Ok(one(plan)),
        Some(seeds) => Ok(many(&plan, args.days, seeds.clone(), args.jobs)),
    }
}

fn plan(args: &SimulateArgs) -> Result<Plan, Failure> {
    let mut faults = Faults::NONE;
    for word in &args.faults {
        if !faults.add(word) {
            return Err(format!("there is no fault `{word}`; there are: {}", Faults::WORDS.join(", ")).into());
        }
    }
    let calls_per_day = args.calls_per_day;
    if !(0.0..=100_000.0).contains(&calls_per_day) {
        return Err("--calls-per-day is a number from 0 to 100000".into());
    }
    let days = args.days.unwrap_or(365);
    Ok(Plan { seed: args.seed, days, calls_per_day, faults, operators: args.operators, ..Plan::default() })
}

fn one(plan: Plan) -> ExitCode {
    let began = Instant::now();
    let (days, mut bar) = (plan.days, Bar::new());
    let done = through(plan, |year| bar.show(u64::from(year.days()), u64::from(days), year.steps()));
    bar.clear();
    match done {
        Ok(summary) => {
            say(&summary.chart());
            say(&summary.to_string());
            say(&pace(summary.steps, began.elapsed()));
            if summary.lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(broken) => {
            tell(&broken);
            ExitCode::FAILURE
        }
    }
}

fn through(plan: Plan, mut look: impl FnMut(&Year)) -> Result<Summary, Box<Broken>> {
    let mut year = Year::new(plan);
    while !year.is_over() {
        year.a_day().map_err(Box::new)?;
        look(&year);
    }
    year.finish().map_err(Box::new)
}

/// What broke, and the shortest story that leads to it.
fn tell(broken: &Broken) {
    say(&format!("broken: {broken}"));
    match broken.shortened() {
        Some(story) => say(&story.to_string()),
        None => {
            broken.written().iter().for_each(|line| say(line));
            say("what led to it lies more than eight days back; the seed leads there again");
        }
    }
}

fn pace(steps: u64, took: Duration) -> String {
    let took = took.as_secs_f64();
    format!("{took:.1} s, {:.0} steps a second", steps as f64 / took.max(0.001))
}

/// What many seeds come to.
#[derive(Default)]
struct Sum {
    steps: AtomicU64,
    lost: AtomicU64,
    broken: AtomicU64,
}

/// Many seeds, a line each: the days that were asked for, or a short time of another load, staff and hurry for each.
fn many(plan: &Plan, days: Option<u32>, seeds: RangeInclusive<u64>, jobs: Option<usize>) -> ExitCode {
    let began = Instant::now();
    let (first, last) = (*seeds.start(), *seeds.end());
    let (next, sum, first_story) = (AtomicU64::new(first), Sum::default(), Mutex::new(false));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > last {
                return;
            }
            let done = match days {
                Some(_) => through(Plan { seed, ..plan.clone() }, |_| {}),
                None => Year::of_steps(plan, seed, STEPS).map_err(Box::new),
            };
            match done {
                Ok(summary) => {
                    sum.steps.fetch_add(summary.steps, Ordering::Relaxed);
                    sum.lost.fetch_add(summary.lost, Ordering::Relaxed);
                    say(&summary.line());
                }
                Err(broken) => {
                    sum.steps.fetch_add(broken.step, Ordering::Relaxed);
                    sum.broken.fetch_add(1, Ordering::Relaxed);
                    // The first is made short, which takes a while; the others can be called up by their seed.
                    let told = first_story.lock().map_or(true, |mut told| std::mem::replace(&mut *told, true));
                    if told { say(&format!("broken: {broken}")) } else { tell(&broken) }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        (0..jobs.unwrap_or(cores).max(1)).for_each(|_| drop(scope.spawn(work)));
    });
    let (steps, lost, broken) = (sum.steps.into_inner(), sum.lost.into_inner(), sum.broken.into_inner());
    say(&format!("{} seeds, {steps} steps judged, {broken} of the seeds broke a rule", last - first + 1));
    say(&pace(steps, began.elapsed()));
    say(&format!("lost callers: {lost}"));
    if lost + broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How far it is, on a terminal only.
struct Bar {
    shown: bool,
    at: Instant,
}

impl Bar {
    fn new() -> Self {
        Bar { shown: io::stderr().is_terminal(), at: Instant::now() }
    }

    fn show(&mut self, done: u64, all: u64, steps: u64) {
        if !self.shown || self.at.elapsed() < Duration::from_millis(100) {
            return;
        }
        self.at = Instant::now();
        let filled = usize::try_from(done * BAR as u64 / all.max(1)).unwrap_or(BAR).min(BAR);
        let (full, empty) = ("█".repeat(filled), "░".repeat(BAR - filled));
        let _ = write!(io::stderr(), "\r{full}{empty} {done} of {all} days, {steps} steps ");
    }

    fn clear(&self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
