//! Stories of the user agent on virtual time: what comes, what goes, what the engine is told. One file for each behaviour.
#![allow(clippy::wildcard_enum_match_arm, reason = "a story names the one event that it waits for")]

#[cfg(test)]
mod caller;
#[cfg(test)]
mod link;
#[cfg(test)]
mod support;

#[cfg(test)]
mod cancel;
#[cfg(test)]
mod challenged;
#[cfg(test)]
mod dialled;
#[cfg(test)]
mod hang_up;
#[cfg(test)]
mod health;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod inbound;
#[cfg(test)]
mod info;
#[cfg(test)]
mod late_offer;
#[cfg(test)]
mod lossy;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod names;
#[cfg(test)]
mod number;
#[cfg(test)]
mod prack;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod recovered;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod registered;
#[cfg(test)]
mod reinvite;
#[cfg(test)]
mod reliable;
#[cfg(test)]
mod session_timer;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod tcp;
#[cfg(test)]
mod torture;
#[cfg(test)]
mod update;
#[cfg(test)]
mod validation;
