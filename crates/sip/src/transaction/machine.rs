//! The four machines behind two faces: a client's and a server's.

use super::timer::{Act, Timer};
use super::{client, invite_client, invite_server, server};

/// What can happen to a client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientEvent {
    Status(u16),
    Timer(Timer),
    TransportFailed,
}

/// A client machine in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientMachine {
    Invite(invite_client::State),
    Other(client::State),
}

/// What can happen to a server transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerEvent {
    Again,
    Ack,
    Status(u16),
    Timer(Timer),
}

/// A server machine in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerMachine {
    Invite(invite_server::State),
    Other(server::State),
}

impl ClientMachine {
    /// Moves on; what is to be done for it.
    pub(crate) fn on(&mut self, event: ClientEvent) -> &'static [Act] {
        match self {
            ClientMachine::Invite(state) => match invite_client_event(event) {
                Some(event) => moved(state, invite_client::step(*state, event)),
                None => &[],
            },
            ClientMachine::Other(state) => match client_event(event) {
                Some(event) => moved(state, client::step(*state, event)),
                None => &[],
            },
        }
    }

    /// Whether it can be forgotten.
    pub(crate) fn is_terminated(self) -> bool {
        match self {
            ClientMachine::Invite(state) => state == invite_client::State::Terminated,
            ClientMachine::Other(state) => state == client::State::Terminated,
        }
    }
}

impl ServerMachine {
    /// Moves on; what is to be done for it.
    pub(crate) fn on(&mut self, event: ServerEvent) -> &'static [Act] {
        match self {
            ServerMachine::Invite(state) => match invite_server_event(event) {
                Some(event) => moved(state, invite_server::step(*state, event)),
                None => &[],
            },
            ServerMachine::Other(state) => match server_event(event) {
                Some(event) => moved(state, server::step(*state, event)),
                None => &[],
            },
        }
    }

    /// Whether it can be forgotten.
    pub(crate) fn is_terminated(self) -> bool {
        match self {
            ServerMachine::Invite(state) => state == invite_server::State::Terminated,
            ServerMachine::Other(state) => state == server::State::Terminated,
        }
    }
}

fn moved<S>(state: &mut S, step: super::timer::Step<S>) -> &'static [Act] {
    *state = step.next;
    step.acts
}

fn invite_client_event(event: ClientEvent) -> Option<invite_client::Event> {
    use invite_client::Event;
    match event {
        ClientEvent::Status(..200) => Some(Event::Provisional),
        ClientEvent::Status(200..300) => Some(Event::Success),
        ClientEvent::Status(300..) => Some(Event::Refusal),
        ClientEvent::TransportFailed => Some(Event::TransportFailed),
        ClientEvent::Timer(Timer::A) => Some(Event::TimerA),
        ClientEvent::Timer(Timer::B) => Some(Event::TimerB),
        ClientEvent::Timer(Timer::D) => Some(Event::TimerD),
        ClientEvent::Timer(Timer::M) => Some(Event::TimerM),
        ClientEvent::Timer(Timer::E | Timer::F | Timer::G | Timer::H | Timer::I | Timer::J | Timer::K | Timer::L) => {
            None
        }
    }
}

fn client_event(event: ClientEvent) -> Option<client::Event> {
    use client::Event;
    match event {
        ClientEvent::Status(..200) => Some(Event::Provisional),
        ClientEvent::Status(200..) => Some(Event::Final),
        ClientEvent::TransportFailed => Some(Event::TransportFailed),
        ClientEvent::Timer(Timer::E) => Some(Event::TimerE),
        ClientEvent::Timer(Timer::F) => Some(Event::TimerF),
        ClientEvent::Timer(Timer::K) => Some(Event::TimerK),
        ClientEvent::Timer(
            Timer::A | Timer::B | Timer::D | Timer::G | Timer::H | Timer::I | Timer::J | Timer::L | Timer::M,
        ) => None,
    }
}

fn invite_server_event(event: ServerEvent) -> Option<invite_server::Event> {
    use invite_server::Event;
    match event {
        ServerEvent::Again => Some(Event::Again),
        ServerEvent::Ack => Some(Event::Ack),
        ServerEvent::Status(..200) => Some(Event::Provisional),
        ServerEvent::Status(200..300) => Some(Event::Success),
        ServerEvent::Status(300..) => Some(Event::Refusal),
        ServerEvent::Timer(Timer::G) => Some(Event::TimerG),
        ServerEvent::Timer(Timer::H) => Some(Event::TimerH),
        ServerEvent::Timer(Timer::I) => Some(Event::TimerI),
        ServerEvent::Timer(Timer::L) => Some(Event::TimerL),
        ServerEvent::Timer(Timer::A | Timer::B | Timer::D | Timer::E | Timer::F | Timer::J | Timer::K | Timer::M) => {
            None
        }
    }
}

fn server_event(event: ServerEvent) -> Option<server::Event> {
    use server::Event;
    match event {
        ServerEvent::Again => Some(Event::Again),
        ServerEvent::Status(..200) => Some(Event::Provisional),
        ServerEvent::Status(200..) => Some(Event::Final),
        ServerEvent::Timer(Timer::J) => Some(Event::TimerJ),
        ServerEvent::Ack
        | ServerEvent::Timer(
            Timer::A
            | Timer::B
            | Timer::D
            | Timer::E
            | Timer::F
            | Timer::G
            | Timer::H
            | Timer::I
            | Timer::K
            | Timer::L
            | Timer::M,
        ) => None,
    }
}
