//! The store against a real Postgres: its own private cluster, shared by all tests here, a fresh database for each.

mod cluster;
mod project;
mod read;
mod reconcile;
mod story;
mod support;
