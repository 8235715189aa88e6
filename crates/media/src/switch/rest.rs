//! Ports between two calls: nothing of the one before is let into the next (rule 16).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use base::Mono;

use crate::io::Port;

/// Quiet for this long, a port is as good as new.
pub(crate) const REST: Duration = Duration::from_secs(60);

/// What a port's last call left there.
#[derive(Debug, Default)]
pub(super) struct Rests {
    /// Ports of a crash, and when a packet came last.
    listening: BTreeMap<Port, Mono>,
    /// Voices of calls that have ended.
    echoes: BTreeMap<Port, Echo>,
}

/// The voice of a call that has ended, by where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Echo {
    pub(crate) from: SocketAddr,
    pub(crate) ssrc: u32,
    pub(crate) until: Mono,
}

impl Rests {
    /// Listens until a minute was quiet.
    pub(super) fn listen(&mut self, port: Port, now: Mono) {
        self.listening.insert(port, now);
    }

    /// A packet came to a port that has no leg.
    pub(super) fn disturb(&mut self, port: Port, now: Mono) {
        if let Some(last) = self.listening.get_mut(&port) {
            *last = now;
        }
    }

    /// When the next port may have rested.
    pub(super) fn next(&self) -> Option<Mono> {
        self.listening.values().min().map(|last| *last + REST)
    }

    /// Takes a port that has rested.
    pub(super) fn rested(&mut self, now: Mono) -> Option<Port> {
        let port = self.listening.iter().find(|(_, last)| **last + REST <= now).map(|(port, _)| *port)?;
        self.listening.remove(&port);
        Some(port)
    }

    /// A call on this port has ended.
    pub(super) fn leave(&mut self, port: Port, echo: Option<Echo>) {
        match echo {
            Some(echo) => self.echoes.insert(port, echo),
            None => self.echoes.remove(&port),
        };
    }

    /// A call on this port begins.
    pub(super) fn enter(&mut self, port: Port, now: Mono) -> Option<Echo> {
        self.listening.remove(&port);
        self.echoes.remove(&port).filter(|echo| echo.until > now)
    }
}
