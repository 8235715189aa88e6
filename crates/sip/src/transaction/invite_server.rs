//! The INVITE server transaction (RFC 3261 §17.2.1 with RFC 6026 §7.1).
//!
//! It sends no 100 by itself: the engine owes the caller a record first. A connection that is gone is no event here: the response then
//! goes over a new one (§18.2.2).

use super::timer::{Act, Step, Timer, to};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Proceeding,
    Accepted,
    Completed,
    Confirmed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The same INVITE again.
    Again,
    Ack,
    Provisional,
    Success,
    Refusal,
    TimerG,
    TimerH,
    TimerI,
    TimerL,
}

/// The table.
pub(crate) fn step(state: State, event: Event) -> Step<State> {
    use Event::{Ack, Again, Provisional, Refusal, Success, TimerG, TimerH, TimerI, TimerL};
    use State::{Accepted, Completed, Confirmed, Proceeding, Terminated};
    match (state, event) {
        // §17.2.1: "the most recent provisional response … MUST be passed to the transport layer for retransmission".
        (Proceeding, Again | Provisional) => to(Proceeding, &[Act::Send]),
        // RFC 6026 §7.1: Accepted absorbs INVITEs; the user repeats the 2xx until ACK.
        (Proceeding, Success) => to(Accepted, &[Act::Send, Act::Arm(Timer::L)]),
        (Accepted, Success) => to(Accepted, &[Act::Send]),
        (Accepted, Ack) => to(Accepted, &[Act::Pass]),
        (Proceeding, Refusal) => to(Completed, &[Act::Send, Act::Arm(Timer::G), Act::Arm(Timer::H)]),
        (Completed, Again) => to(Completed, &[Act::Send]),
        (Completed, TimerG) => to(Completed, &[Act::Send, Act::Again(Timer::G)]),
        (Completed, Ack) => to(Confirmed, &[Act::Stop(Timer::G), Act::Stop(Timer::H), Act::Arm(Timer::I)]),
        (Completed, TimerH) => to(Terminated, &[Act::Stop(Timer::G), Act::TimedOut]),
        (Accepted, TimerL) | (Confirmed, TimerI) => to(Terminated, &[]),
        (Proceeding, Ack | TimerG | TimerH | TimerI | TimerL)
        | (Accepted, Again | Provisional | Refusal | TimerG | TimerH | TimerI)
        | (Completed, Provisional | Success | Refusal | TimerI | TimerL)
        | (Confirmed, Again | Ack | Provisional | Success | Refusal | TimerG | TimerH | TimerL)
        | (Terminated, Again | Ack | Provisional | Success | Refusal | TimerG | TimerH | TimerI | TimerL) => {
            to(state, &[])
        }
    }
}
