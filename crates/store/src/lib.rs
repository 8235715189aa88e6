//! Postgres, where people read: migrations, the projector that folds committed records into tables, the pages' queries.
//!
//! The only SQL of the project stands here. Nothing that a call needs waits for it: it may be away for hours and catches up, since every
//! record has its number and the place reached is kept in the same transaction as what was folded ([`Projector`]).

mod database;
mod embedded;
mod error;
mod projector;
mod reader;
mod reconcile;
mod tables;
mod utc;

pub use database::Database;
pub use embedded::{Cluster, Embedded, EmbeddedError};
pub use error::StoreError;
pub use projector::Projector;
pub use reader::{
    Call, CallDetail, CallFilter, CallPage, Cursor, LoggedHour, LoggedLoad, Obligation, ObligationFilter,
    ObligationPage, Reader, Standing, Step,
};
pub use reconcile::{Reconciler, Reconciliation};
