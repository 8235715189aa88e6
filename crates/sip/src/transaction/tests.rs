//! The four tables, whole: every state × every event.

use std::fmt::{Debug, Write};

use super::timer::Step;
use super::{client, invite_client, invite_server, server};

fn matrix<S: Copy + Debug + PartialEq, E: Copy + Debug>(
    name: &str,
    states: &[S],
    events: &[E],
    step: impl Fn(S, E) -> Step<S>,
) -> String {
    let mut out = format!("{name}\n");
    for state in states {
        for event in events {
            let Step { next, acts } = step(*state, *event);
            let acts: Vec<String> = acts.iter().map(|act| format!("{act:?}")).collect();
            let next = if next == *state { "-".to_owned() } else { format!("{next:?}") };
            writeln!(out, "  {:11} {:16} {:11} {}", format!("{state:?}"), format!("{event:?}"), next, acts.join(" "))
                .unwrap();
        }
    }
    out
}

#[test]
fn the_invite_client_does_what_rfc_6026_figure_3_says() {
    use invite_client::{Event, State, step};
    let table = matrix(
        "INVITE client",
        &[State::Calling, State::Proceeding, State::Accepted, State::Completed, State::Terminated],
        &[
            Event::Provisional,
            Event::Success,
            Event::Refusal,
            Event::TimerA,
            Event::TimerB,
            Event::TimerD,
            Event::TimerM,
            Event::TransportFailed,
        ],
        step,
    );
    insta::assert_snapshot!(table);
}

#[test]
fn the_client_does_what_rfc_3261_figure_6_says() {
    use client::{Event, State, step};
    let table = matrix(
        "client",
        &[State::Trying, State::Proceeding, State::Completed, State::Terminated],
        &[Event::Provisional, Event::Final, Event::TimerE, Event::TimerF, Event::TimerK, Event::TransportFailed],
        step,
    );
    insta::assert_snapshot!(table);
}

#[test]
fn the_invite_server_does_what_rfc_6026_figure_2_says() {
    use invite_server::{Event, State, step};
    let table = matrix(
        "INVITE server",
        &[State::Proceeding, State::Accepted, State::Completed, State::Confirmed, State::Terminated],
        &[
            Event::Again,
            Event::Ack,
            Event::Provisional,
            Event::Success,
            Event::Refusal,
            Event::TimerG,
            Event::TimerH,
            Event::TimerI,
            Event::TimerL,
        ],
        step,
    );
    insta::assert_snapshot!(table);
}

#[test]
fn the_server_does_what_rfc_3261_figure_8_says() {
    use server::{Event, State, step};
    let table = matrix(
        "server",
        &[State::Trying, State::Proceeding, State::Completed, State::Terminated],
        &[Event::Again, Event::Provisional, Event::Final, Event::TimerJ],
        step,
    );
    insta::assert_snapshot!(table);
}
