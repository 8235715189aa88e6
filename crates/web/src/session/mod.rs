//! Who is signed in: a signed cookie, checked against the board at each request. No database.

mod cookie;
mod ended;
mod limits;
mod password;
mod who;

pub(crate) use cookie::{Signer, Ticket, clear_cookie, password_version};
pub(crate) use ended::Ended;
pub(crate) use limits::{Tries, Wait};
pub(crate) use password::Verifier;
pub use password::{HashError, hash_password};
pub(crate) use who::{DeskSession, HoursSession, KeepSession, LogSession, Session, attach};
