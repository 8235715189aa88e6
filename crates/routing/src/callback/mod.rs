//! The words of callbacks: where someone can be reached, when, and on which list what we owe them stands.

mod attempt;
mod bars;
mod care;
mod hands;
mod line;
mod offer;
mod plan;
mod promise;
mod requests;
mod ring_back;
mod settings;
mod window;

use base::{NumberClass, PersonId, Sealed};
use serde::{Deserialize, Serialize};

pub(crate) use care::CallbackRun;
pub(crate) use line::{Lanes, Needs, live_rank};
pub(crate) use offer::Rung;
pub use settings::Callbacks;

/// A part of the day, as shift workers choose it. Its hours are settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Until noon.
    Morning,
    /// The break at noon.
    Midday,
    /// Until the early evening.
    Afternoon,
    /// After most shifts.
    Evening,
}

impl Part {
    /// All of them, in the order of the day.
    pub const ALL: [Part; 4] = [Part::Morning, Part::Midday, Part::Afternoon, Part::Evening];

    /// The part in one word, as it stands in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Part::Morning => "morning",
            Part::Midday => "midday",
            Part::Afternoon => "afternoon",
            Part::Evening => "evening",
        }
    }
}

/// Where a caller says that they can be reached. Dialled once, and shares no history with anyone (rule 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The keyed hash of the number, for the caps of rule 8 and for nothing else. None: the caller's own number, with an extension.
    pub key: Option<PersonId>,
    /// The canonical number. None: the caller's own.
    pub number: Option<Sealed>,
    /// `139****8096`; empty for the caller's own.
    pub masked: String,
    /// What kind of line.
    pub class: NumberClass,
    /// To be keyed in once somebody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Sealed>,
}

/// Where what we owe stands while it is not offered by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldList {
    /// Noise by its look (rule 3).
    Review,
    /// May not be dialled unasked, or everything was tried.
    Supervisor,
    /// An operator set *do not call* (rule 6).
    DoNotCall,
}

/// What a number can be marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFlag {
    /// Several people's (rule 2).
    Shared,
    /// Never dialled, always answered (rule 6).
    DoNotCall,
    /// Hears the crisis words and goes to review (rule 3); for a while, never on shared numbers.
    Blocked,
}
