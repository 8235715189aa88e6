//! The client transaction of any other request (RFC 3261 §17.1.2).

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
    Provisional,
    Final,
    TimerE,
    TimerF,
    TimerK,
    TransportFailed,
}

/// The table.
pub(crate) fn step(state: State, event: Event) -> Step<State> {
    use Event::{Final, Provisional, TimerE, TimerF, TimerK, TransportFailed};
    use State::{Completed, Proceeding, Terminated, Trying};
    match (state, event) {
        // §17.1.2.2: in Proceeding the request is still sent again, every T2.
        (Trying, Provisional) => to(Proceeding, &[Act::Slow, Act::Pass]),
        (Proceeding, Provisional) => to(Proceeding, &[Act::Pass]),
        (Trying | Proceeding, Final) => {
            to(Completed, &[Act::Stop(Timer::E), Act::Stop(Timer::F), Act::Arm(Timer::K), Act::Pass])
        }
        (Trying | Proceeding, TimerE) => to(state, &[Act::Send, Act::Again(Timer::E)]),
        (Trying | Proceeding, TimerF) => to(Terminated, &[Act::Stop(Timer::E), Act::TimedOut]),
        (Trying | Proceeding, TransportFailed) => {
            to(Terminated, &[Act::Stop(Timer::E), Act::Stop(Timer::F), Act::Failed])
        }
        (Completed, TimerK) => to(Terminated, &[]),
        (Trying | Proceeding, TimerK)
        | (Completed, Provisional | Final | TimerE | TimerF | TransportFailed)
        | (Terminated, Provisional | Final | TimerE | TimerF | TimerK | TransportFailed) => to(state, &[]),
    }
}
