//! Stories of the user agent on virtual time: what comes, what goes, what the engine is told. One file for each behaviour.

#[cfg(test)]
mod caller;
#[cfg(test)]
mod support;

mod cancel;
mod dialled;
mod hang_up;
mod inbound;
mod lossy;
mod memory;
mod recovered;
mod reinvite;
mod strangers;
mod tcp;
mod torture;
mod validation;
