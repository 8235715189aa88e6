//! Stories: texts that read like a conversation and happen on virtual time. `tests/scenarios/README.md` tells the grammar.

mod expect;
mod play;
mod sentence;

use std::fmt;

use base::Timestamp;

use play::Play;
use sentence::Sentence;

/// A story, read and ready to happen.
#[derive(Debug)]
pub struct Story {
    file: String,
    begins: Timestamp,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    number: usize,
    text: String,
    sentences: Vec<Sentence>,
}

/// A line that could not be read, or did not come true.
#[derive(Debug, thiserror::Error)]
pub struct Failure {
    file: String,
    line: usize,
    text: String,
    why: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n    {}", self.file, self.line, self.why, self.text)
    }
}

impl Story {
    /// Reads a text; `file` names it in failures.
    pub fn read(file: &str, text: &str) -> Result<Self, Failure> {
        let fail =
            |line: usize, text: &str, why: String| Failure { file: file.to_owned(), line, text: text.to_owned(), why };
        let mut lines = Vec::new();
        for (number, text) in (1..).zip(text.lines()) {
            let told = text.split('#').next().unwrap_or_default().trim();
            if !told.is_empty() {
                let sentences = sentence::read(told).map_err(|why| fail(number, text, why))?;
                lines.push(Line { number, text: text.trim().to_owned(), sentences });
            }
        }
        let begins = match lines.first().map(|line| line.sentences.as_slice()) {
            Some([Sentence::At(utc)]) => *utc,
            Some(_) | None => return Err(fail(1, "", "a story begins with `at DATE TIME`".to_owned())),
        };
        lines.remove(0);
        Ok(Story { file: file.to_owned(), begins, lines })
    }

    /// Lets it happen, each step watched by the judge.
    pub fn run(&self) -> Result<(), Failure> {
        let mut play = Play::new(self.begins);
        for line in &self.lines {
            for sentence in &line.sentences {
                play.sentence(sentence).map_err(|why| Failure {
                    file: self.file.clone(),
                    line: line.number,
                    text: line.text.clone(),
                    why,
                })?;
            }
        }
        Ok(())
    }
}
