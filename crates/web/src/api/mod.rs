//! One file per endpoint: what comes, what can go wrong, the handler, its tests.

mod body;
pub(crate) mod call;
pub(crate) mod calls;
pub(crate) mod desk_leg;
pub(crate) mod desk_socket;
pub(crate) mod health;
pub(crate) mod hours;
pub(crate) mod me;
pub(crate) mod obligations;
pub(crate) mod rota;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod status;
pub(crate) mod try_call;
pub(crate) mod try_hang_up;
pub(crate) mod try_info;
pub(crate) mod try_watch;

pub(crate) use body::{Body, Terms, Upgrade};
pub(crate) use health::Readiness;
