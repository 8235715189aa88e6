//! A world for the switchboard: callers, operators, desks and a journal on virtual time, and a second opinion on what it decides.
//!
//! [`World`] drives one [`routing::Switchboard`] as a node would, write first: what an input leads to is in the journal before any command
//! of it is performed. A [`Story`] is a text that happens in a world; [`walk()`] lets anything happen in any order; [`Judge`] is a small
//! reference model, written from the rules and not from the switchboard, that watches every step.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "people at the other end see a few events, and make a few moves of all there are: the rest is no news to them"
)]

mod erlang;
mod flows;
mod heard;
mod media;
mod model;
mod moves;
mod mutant;
mod random;
mod settings;
mod shorten;
mod story;
mod walk;
mod world;
mod year;

pub use erlang::Load;
pub use heard::{Call, Heard, What, hear};
pub use model::{Judge, Verdict};
pub use moves::{Far, Move, Supervision, Timed};
pub use mutant::Mutant;
pub use random::Random;
pub use settings::{calling_back, shipped};
pub use shorten::{Shortened, play};
pub use story::{Failure, Story};
pub use walk::{Stray, Walked, walk, walk_asking};
pub use world::{NODE, Step, Told, World};
pub use year::{Broken, Faults, Plan, Summary, Trail, Year};
