//! `[limits]`: bounds and times of decisions.

use std::time::Duration;

use super::read::section;
use super::values::{Count, Seconds};

section! {
    /// `[limits]`: bounds and times of decisions.
    LimitsSection {
        /// Calls at a time; beyond it a caller hears that all lines are busy and is promised a call back.
        journeys: Count<1, 50_000> = Count(2_000),
        /// Milliseconds from our answer to the first word.
        greet_after_ms: Count<0, 5_000> = Count(300),
        /// Seconds of talk both ways that count as a conversation when the operator says nothing of its outcome.
        spoken_without_outcome_s: Seconds<10, 3600> = Seconds::new(60),
        /// Seconds that a caller waits for a desk which reloads, before going back to the head of the line.
        desk_rejoin_s: Seconds<1, 60> = Seconds::new(8),
        /// Seconds after an accept within which packets must have come from both sides.
        verify_s: Seconds<1, 30> = Seconds::new(3),
        /// Minutes within which a caller who was cut off and dials again has their place back.
        resume_min: Count<0, 120> = Count(15),
        /// The most minutes to which an operator may draw out the time after a call.
        wrap_up_most_min: Count<1, 120> = Count(15),
    }
}

impl LimitsSection {
    /// As routing knows them.
    pub(super) fn settings(self) -> routing::Limits {
        routing::Limits {
            journeys: usize::try_from(self.journeys.0).unwrap_or(usize::MAX),
            greet_after: Duration::from_millis(self.greet_after_ms.0.into()),
            spoken_without_outcome: self.spoken_without_outcome_s.0,
            desk_rejoin: self.desk_rejoin_s.0,
            verify: self.verify_s.0,
            resume: Duration::from_secs(u64::from(self.resume_min.0) * 60),
            wrap_up_most: Duration::from_secs(u64::from(self.wrap_up_most_min.0) * 60),
        }
    }
}
