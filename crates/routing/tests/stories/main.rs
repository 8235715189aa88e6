//! Stories on virtual time, one file per behaviour.

mod closed;
mod crash;
mod desk_faults;
mod flow;
mod happy;
mod limits;
mod line;
mod obligations;
mod offers;
mod phones;
mod settings;
mod users;
mod world;
mod wrap_up;
