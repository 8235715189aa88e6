//! Desks: who has one open, what it shows, and what it may ask.

mod callbacks;
mod hand_over;
mod number;
mod seats;
mod socket;
mod view;

pub(crate) use seats::{Desks, announce};
pub(crate) use socket::attend;
