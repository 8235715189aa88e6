//! Why someone in line is offered to nobody, and why to this operator: the reasons that stand in events.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Skill;

/// Who was there for someone in line, counted by what they did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Crew {
    /// Fit and are ready, but declined or missed this call.
    #[serde(skip_serializing_if = "none")]
    pub declined: u32,
    /// Fit and are ready, but their desk's audio or page is away.
    #[serde(skip_serializing_if = "none")]
    pub unproven: u32,
    /// Fit, and another call rings there.
    #[serde(skip_serializing_if = "none")]
    pub offered: u32,
    /// Fit, and are in a call.
    #[serde(skip_serializing_if = "none")]
    pub on_call: u32,
    /// Fit, and wrap up a call.
    #[serde(skip_serializing_if = "none")]
    pub wrap_up: u32,
    /// Fit, and are on a break or were taken out.
    #[serde(skip_serializing_if = "none")]
    pub not_ready: u32,
    /// Are ready, but do not fit,
    #[serde(skip_serializing_if = "none")]
    pub unfit: u32,
    /// for want of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<Skill>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn none(count: &u32) -> bool {
    *count == 0
}

/// What a crew lacks, by its nearest hope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shortage {
    /// Only those are free who declined or missed this call.
    Declined,
    /// Someone is ready, but their desk is not proven.
    Unproven,
    /// All who fit are with others.
    Busy,
    /// Nobody who fits takes calls.
    Resting,
    /// Those who are ready do not fit.
    Unfit,
    /// Nobody is there.
    Nobody,
}

impl Crew {
    /// What it lacks.
    pub fn shortage(&self) -> Shortage {
        let hopes = [
            (self.declined, Shortage::Declined),
            (self.unproven, Shortage::Unproven),
            (self.offered + self.on_call + self.wrap_up, Shortage::Busy),
            (self.not_ready, Shortage::Resting),
            (self.unfit, Shortage::Unfit),
        ];
        hopes.into_iter().find(|(count, _)| *count > 0).map_or(Shortage::Nobody, |(_, shortage)| shortage)
    }
}

/// Why this operator was offered a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// By which rule.
    pub rule: PickRule,
    /// How many who fit were ready.
    pub ready: u32,
    /// Since when this one was.
    pub since: Timestamp,
}

/// The rule by which one of those who were ready was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PickRule {
    /// Ready for the longest time.
    LongestReady,
    /// Spoke with them before they were cut off (rule 4).
    SpokeBefore,
    /// Spoke with them the last time that they called: they were held for this one.
    SpokeLast,
    /// Declined or missed this call before, and nobody else fits (rule 13).
    AskedAgain,
    /// A colleague handed the caller on to this one.
    HandedOn,
    /// Was dialling them at this moment (rule 9).
    RangBack,
}
