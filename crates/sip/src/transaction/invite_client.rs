//! The INVITE client transaction (RFC 3261 §17.1.1 with RFC 6026 §7.2).

use super::timer::{Act, Step, Timer, to};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Calling,
    Proceeding,
    Accepted,
    Completed,
    Terminated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Provisional,
    Success,
    Refusal,
    TimerA,
    TimerB,
    TimerD,
    TimerM,
    TransportFailed,
}

/// The table.
pub(crate) fn step(state: State, event: Event) -> Step<State> {
    use Event::{Provisional, Refusal, Success, TimerA, TimerB, TimerD, TimerM, TransportFailed};
    use State::{Accepted, Calling, Completed, Proceeding, Terminated};
    match (state, event) {
        // §17.1.1.2: "the client transaction SHOULD NOT retransmit the request any longer".
        (Calling, Provisional) => to(Proceeding, &[Act::Stop(Timer::A), Act::Stop(Timer::B), Act::Pass]),
        (Proceeding, Provisional) => to(Proceeding, &[Act::Pass]),
        // RFC 6026 §7.2: a 2xx leads to Accepted, where more 2xx are passed up until M fires.
        (Calling, Success) => to(Accepted, &[Act::Stop(Timer::A), Act::Stop(Timer::B), Act::Arm(Timer::M), Act::Pass]),
        (Proceeding, Success) => to(Accepted, &[Act::Arm(Timer::M), Act::Pass]),
        (Accepted, Success) => to(Accepted, &[Act::Pass]),
        // §17.1.1.2: any 300–699 is passed up, and acknowledged here.
        (Calling, Refusal) => {
            to(Completed, &[Act::Stop(Timer::A), Act::Stop(Timer::B), Act::Ack, Act::Arm(Timer::D), Act::Pass])
        }
        (Proceeding, Refusal) => to(Completed, &[Act::Ack, Act::Arm(Timer::D), Act::Pass]),
        (Completed, Refusal) => to(Completed, &[Act::Ack]),
        (Calling, TimerA) => to(Calling, &[Act::Send, Act::Again(Timer::A)]),
        (Calling, TimerB) => to(Terminated, &[Act::TimedOut]),
        (Calling, TransportFailed) => to(Terminated, &[Act::Stop(Timer::A), Act::Stop(Timer::B), Act::Failed]),
        (Accepted, TimerM) | (Completed, TimerD) => to(Terminated, &[]),
        (Calling, TimerD | TimerM)
        | (Proceeding, TimerA | TimerB | TimerD | TimerM | TransportFailed)
        | (Accepted, Provisional | Refusal | TimerA | TimerB | TimerD | TransportFailed)
        | (Completed, Provisional | Success | TimerA | TimerB | TimerM | TransportFailed)
        | (Terminated, Provisional | Success | Refusal | TimerA | TimerB | TimerD | TimerM | TransportFailed) => {
            to(state, &[])
        }
    }
}
