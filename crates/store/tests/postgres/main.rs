//! The store against a real Postgres: its own private cluster, shared by all tests here, a fresh database for each.

#![expect(clippy::unwrap_used, reason = "helpers beside the tests may fail as the tests do")]

mod callbacks;
mod cluster;
mod figures;
mod project;
mod read;
mod reconcile;
mod story;
mod support;
