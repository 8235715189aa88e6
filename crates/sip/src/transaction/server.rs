//! The server transaction of any other request (RFC 3261 §17.2.2).

use super::timer::{Act, Step, Timer, to};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The same request again.
    Again,
    Provisional,
    Final,
    TimerJ,
}

/// The table.
pub(crate) fn step(state: State, event: Event) -> Step<State> {
    use Event::{Again, Final, Provisional, TimerJ};
    use State::{Completed, Proceeding, Terminated, Trying};
    match (state, event) {
        (Trying | Proceeding, Provisional) => to(Proceeding, &[Act::Send]),
        (Trying | Proceeding, Final) => to(Completed, &[Act::Send, Act::Arm(Timer::J)]),
        // §17.2.2: in Trying a retransmission is discarded, later the last response is sent again.
        (Proceeding | Completed, Again) => to(state, &[Act::Send]),
        (Completed, TimerJ) => to(Terminated, &[]),
        (Trying, Again | TimerJ)
        | (Proceeding, TimerJ)
        | (Completed, Provisional | Final)
        | (Terminated, Again | Provisional | Final | TimerJ) => to(state, &[]),
    }
}
