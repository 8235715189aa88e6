//! HTTP, WebSocket, log-in and the pages. Shows what was decided, asks for what people want; decides nothing.
//!
//! [`Site::bind`] takes the addresses, [`Site::serve`] answers: through [`Ask`]s to the engine, a board folded from committed records,
//! and Postgres for the call log alone, so that desks and log-in work without it. [`wire`] lists the endpoints.

mod accept;
mod api;
mod app;
mod ask;
mod config;
mod desk;
mod engine;
mod failure;
mod feed;
mod guard;
mod hours;
mod line;
mod lost;
mod pages;
mod router;
mod serve;
mod session;
mod tls;
mod trial;
pub mod wire;

#[cfg(test)]
mod fake;

pub use app::Clock;
pub use ask::{Answer, Ask, What};
pub use config::{Targets, Web, WebConfig, WebError};
pub use feed::Committed;
pub use hours::{hours_page, rota_page};
pub use serve::Site;
pub use session::{HashError, hash_password};
pub use tls::{Tls, TlsError};
