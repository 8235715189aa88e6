//! Where trunks are, and what waits until that is known (RFC 3263).

use base::{LegId, Mono};

use super::UserAgent;
use crate::line::{LineId, LineTimer};
use crate::network::Hop;
use crate::resolve::Places;
use crate::{Flow, LookedUp, Outbound, Output, Question, Trunk};

impl UserAgent {
    /// Where requests of a trunk go, best first; what is not known is asked for, and then it is none.
    pub(super) fn places(&mut self, out: &Outbound, now: Mono) -> Option<Vec<Hop>> {
        let (network, tokens) = (&self.network, &mut self.tokens);
        let ours = |transport| network.uses(transport);
        match self.names.places(&out.send_to, ours, &mut |limit| tokens.below(limit), now) {
            Places::Known(hops) => Some(hops),
            Places::Unknown(missing) => {
                for question in missing {
                    if self.names.ask(&question) {
                        self.wire.output(Output::LookUp(question));
                    }
                }
                None
            }
        }
    }

    /// The address of the first place of a trunk, if it is known.
    pub(super) fn first_place(&mut self, trunk: &str, now: Mono) -> Option<std::net::IpAddr> {
        let out = self.settings.trunks.iter().find(|line| line.name == trunk)?.out.clone()?;
        self.places(&out, now)?.first().map(|hop| hop.remote.ip())
    }

    /// Where a trunk is asked and registered with: the first place, after misses the next.
    pub(super) fn place_of(&mut self, line: LineId, missed: u32, now: Mono) -> Option<Option<Flow>> {
        let out = self.lines.get(line)?.out.clone();
        let hops = self.places(&out, now)?;
        let at = usize::try_from(missed).unwrap_or(0) % hops.len().max(1);
        Some(hops.get(at).and_then(|hop| self.network.way(*hop)))
    }

    /// A name was looked up, or could not be: what waited for it goes on.
    pub(super) fn looked_up(&mut self, question: Question, found: LookedUp, now: Mono) {
        self.names.learn(question, found, now);
        let waiting: Vec<LegId> = self.unsent.keys().copied().collect();
        for leg in waiting {
            self.send_off(leg, now);
        }
        let lines: Vec<LineId> = self.lines.iter().map(|(id, _)| id).collect();
        for line in lines {
            self.probe_waiting(line, now);
            self.register_waiting(line, now);
        }
    }

    /// The trunk that something comes from: by its addresses, or because we are registered there.
    pub(super) fn trunk_at(&self, flow: Flow) -> Option<&Trunk> {
        let known = crate::trunk::trunk_of(&self.settings.trunks, flow.remote.ip());
        known.or_else(|| {
            let registered = |line: &crate::line::Line| {
                line.registration
                    .at
                    .is_some_and(|at| at.transport == flow.transport && at.remote.ip() == flow.remote.ip())
            };
            let name = self.lines.iter().find(|(_, line)| registered(line)).map(|(_, line)| &line.name)?;
            self.settings.trunks.iter().find(|trunk| trunk.name == *name)
        })
    }

    /// Does what has become due at trunks.
    pub(super) fn lines_due(&mut self, now: Mono) {
        while let Some(timer) = self.lines.timers.pop_due(now) {
            match timer {
                LineTimer::Probe(line) => self.probe(line, now),
                LineTimer::NoProbe(line) => self.probe_missed(line, now),
                LineTimer::Register(line) => self.register(line, now),
                LineTimer::NoRegister(line) => self.register_failed(line, "silent", now),
                LineTimer::Expired(line) => self.registration_over(line, "silent"),
            }
        }
    }

    /// Tells whether calls may leave by a trunk, where that is news.
    pub(super) fn tell_line(&mut self, id: LineId, reason: &'static str) {
        let Some(line) = self.lines.get_mut(id) else { return };
        if let Some(up) = line.news() {
            let trunk = line.name.clone();
            self.wire.event(crate::Event::Trunk { trunk, up, reason });
        }
    }
}
