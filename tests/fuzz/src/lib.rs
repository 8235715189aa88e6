//! Inputs from outside, mutated, for the code that reads them.

mod mutate;
mod targets;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutate::Mutator;
pub use targets::{TARGETS, Target, target};

/// The inputs to begin with, in the order of their names.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().filter_map(|file| std::fs::read(file).ok()).collect()
}

/// How long a run goes on.
#[derive(Clone, Copy, Debug)]
pub enum Extent {
    /// For so many inputs, however slow the machine is.
    Inputs(u64),
    /// For so long.
    For(Duration),
}

impl Extent {
    /// So many inputs; ten minutes where `HELPLINE_LONG` is set.
    pub fn short(inputs: u64) -> Self {
        let long = std::env::var("HELPLINE_LONG").is_ok_and(|value| !value.is_empty());
        if long { Extent::For(Duration::from_secs(600)) } else { Extent::Inputs(inputs) }
    }

    /// How much of it is done, from 0 to 1.
    fn done(self, tried: u64, since: Instant) -> f64 {
        match self {
            Extent::Inputs(inputs) => tried as f64 / inputs as f64,
            Extent::For(span) => since.elapsed().as_secs_f64() / span.as_secs_f64(),
        }
    }
}

/// `FUZZ_SEED`, else always the same.
fn seed() -> u64 {
    std::env::var("FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x5EED)
}

/// Mutates the corpus; `half` is called once the first half is over. Yields how many inputs were tried.
pub fn mutate(corpus: &[Vec<u8>], extent: Extent, mut each: impl FnMut(&[u8]), mut half: impl FnMut()) -> u64 {
    let mut mutator = Mutator::new(seed());
    let begin = Instant::now();
    let mut halfway = false;
    for tried in 0.. {
        let done = extent.done(tried, begin);
        if done >= 1.0 {
            return tried;
        }
        if !halfway && done >= 0.5 {
            halfway = true;
            half();
        }
        each(&mutator.next(corpus));
    }
    0
}

/// The same for a target, whose inputs that panic are kept.
pub fn run(target: Target, corpus: &[Vec<u8>], extent: Extent, half: impl FnMut()) -> u64 {
    mutate(corpus, extent, |input| guard(target, input), half)
}

/// Keeps an input that panics.
fn guard(target: Target, input: &[u8]) {
    let outcome = std::panic::catch_unwind(|| target.run(input));
    if let Err(panic) = outcome {
        let place = std::env::temp_dir().join(format!("fuzz-{}.bin", target.name));
        let kept = std::fs::write(&place, input).is_ok();
        #[expect(clippy::print_stderr, reason = "what a test says when it fails")]
        {
            eprintln!("{} broke on {} bytes, kept in {} ({kept})", target.name, input.len(), place.display());
        }
        std::panic::resume_unwind(panic);
    }
}
