//! Stories on virtual time, one file per behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests are not in test functions, where clippy.toml allows it"
)]

mod callback_attempt;
mod callback_events;
mod callback_line;
mod callback_plan;
mod called_back;
mod carrier;
mod closed;
mod closing;
mod collect;
mod conference;
mod crash;
mod desk_faults;
mod desk_words;
mod events;
mod explain;
mod flow;
mod forecast;
mod happy;
mod hours;
mod language;
mod last_operator;
mod limits;
mod line;
mod obligations;
mod offers;
mod phones;
mod place_kept;
mod promised;
mod relax;
mod settings;
mod transfers;
mod trunks;
mod users;
mod walk;
mod world;
mod wrap_up;
