use std::collections::BTreeMap;

use base::Timestamp;

use super::Ticket;

/// The most log-outs that are remembered.
const REMEMBERED: usize = 10_000;

/// Sessions that were signed out while their cookies would still count. Lives as long as the process.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    until: BTreeMap<String, Timestamp>,
}

impl Ended {
    /// Ends a session; its cookies are worth nothing from now on.
    pub(crate) fn end(&mut self, ticket: &Ticket, now: Timestamp) {
        self.until.retain(|_, until| *until > now);
        if self.until.len() < REMEMBERED {
            self.until.insert(ticket.session.clone(), ticket.expires);
        }
    }

    /// Whether the session was signed out.
    pub(crate) fn has(&self, ticket: &Ticket) -> bool {
        self.until.contains_key(&ticket.session)
    }
}
