//! Inputs from outside, mutated, for the code that reads them.

mod mutate;
mod targets;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use mutate::Mutator;
pub use targets::{TARGETS, Target, target};

/// The inputs to begin with, in the order of their names.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().filter_map(|file| std::fs::read(file).ok()).collect()
}

/// Mutates the corpus for a while; `half` is called once the first half is over. Yields how many inputs were tried.
pub fn run(target: Target, corpus: &[Vec<u8>], seed: u64, span: Duration, mut half: impl FnMut()) -> u64 {
    let mut mutator = Mutator::new(seed);
    let begin = Instant::now();
    let mut halfway = false;
    for tried in 0.. {
        if tried % 64 == 0 {
            let spent = begin.elapsed();
            if spent >= span {
                return tried;
            }
            if !halfway && spent >= span / 2 {
                halfway = true;
                half();
            }
        }
        let input = mutator.next(corpus);
        guard(target, &input);
    }
    0
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
