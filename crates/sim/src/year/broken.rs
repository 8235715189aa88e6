//! A year that broke a rule, and what led there.

use base::Timestamp;
use jiff::civil::Date;
use routing::Record;

use crate::{Move, Timed, Verdict};

/// A year that broke a rule.
#[derive(Debug, thiserror::Error)]
#[error("seed {seed}, {day}, step {step}: {verdict}")]
pub struct Broken {
    /// Begins the same year again.
    pub seed: u64,
    /// On which day,
    pub day: Date,
    /// and after how many steps.
    pub step: u64,
    /// What was broken.
    pub verdict: Verdict,
    /// What led to it, as far as it is remembered.
    pub trail: Box<Trail>,
}

/// The last of what happened, oldest first.
#[derive(Debug)]
pub struct Trail {
    /// Who works here: moves that come before all others.
    pub begins: Vec<Move>,
    /// The moves of the days before, each with its first moment.
    pub moves: Vec<(Timestamp, Vec<Timed>)>,
    /// What was written.
    pub records: Vec<Record>,
}

impl Broken {
    /// What was written of those whom the verdict names, and of the calls to them: a line of the journal each.
    pub fn written(&self) -> Vec<String> {
        let lines = self.trail.records.iter().filter_map(|record| serde_json::to_string(record).ok());
        let lines: Vec<String> = lines.collect();
        let named = ids(&self.verdict.rule);
        let attempts = lines.iter().filter(|line| line.contains("attempt_opened") && says_any(line, &named));
        let names: Vec<String> = attempts.flat_map(|line| ids(line)).chain(named.iter().cloned()).collect();
        lines.into_iter().filter(|line| says_any(line, &names)).collect()
    }
}

fn says_any(line: &str, names: &[String]) -> bool {
    names.iter().any(|name| line.contains(&format!("\"{name}\"")))
}

/// Journeys, obligations and offers: `j1.2.3`.
fn ids(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.');
    let is_id = |word: &&str| word.matches('.').count() == 2 && word.starts_with(['j', 'b', 'o']);
    words.filter(is_id).map(str::to_owned).collect()
}
