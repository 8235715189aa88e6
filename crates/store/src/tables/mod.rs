//! One file per aggregate: what a row holds, which events change it, how it is loaded and saved.
//!
//! A batch loads the rows that its records touch, folds in memory, and saves them in one statement.

pub(crate) mod attempts;
pub(crate) mod callbacks;
pub(crate) mod events;
pub(crate) mod journeys;
pub(crate) mod legs;
pub(crate) mod obligations;
pub(crate) mod offers;
pub(crate) mod promises;
pub(crate) mod users;

use routing::Event;

use events::Readable;

/// The keys of the rows that a batch speaks of.
fn touched<I: ToString>(records: &[Readable], changed: impl Fn(&Event) -> Option<I>) -> Vec<String> {
    records.iter().filter_map(|row| changed(&row.record.event)).map(|id| id.to_string()).collect()
}
