//! What callers hear and press before they stand in line.

mod speech;

pub use speech::spoken_prompts;
