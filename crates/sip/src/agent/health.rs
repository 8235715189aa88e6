//! Whether a trunk answers, asked by OPTIONS (RFC 3261 §11).

use base::Mono;

use super::{UserAgent, validate};
use crate::line::{LineId, LineTimer};
use crate::message::{Method, RequestText};
use crate::network::transport_name;
use crate::transaction::Purpose;
use crate::{Flow, Outbound};

impl UserAgent {
    /// It is time to ask.
    pub(super) fn probe(&mut self, id: LineId, now: Mono) {
        let Some(line) = self.lines.get(id) else { return };
        let (missed, patience) = (line.probe.missed, line.out.patience);
        self.lines.timers.set(LineTimer::NoProbe(id), now + patience);
        if let Some(flow) = self.place_of(id, missed, now) {
            self.ask_options(id, flow, now);
        }
    }

    /// It waited for a name that has been looked up.
    pub(super) fn probe_waiting(&mut self, id: LineId, now: Mono) {
        let waits = self.lines.timers.get(&LineTimer::NoProbe(id)).is_some();
        let Some(line) = self.lines.get(id).filter(|line| waits && line.probe.tx.is_none()) else { return };
        let missed = line.probe.missed;
        if let Some(flow) = self.place_of(id, missed, now) {
            self.ask_options(id, flow, now);
        }
    }

    fn ask_options(&mut self, id: LineId, flow: Option<Flow>, now: Mono) {
        let (Some(flow), Some(out)) = (flow, self.lines.get(id).map(|line| line.out.clone())) else {
            return self.probe_failed(id, "not_found", now);
        };
        let (branch, tag, call_id) = (self.tokens.branch(), self.tokens.next(), self.tokens.next());
        let Some(text) = self.out_of_dialog(Method::Options, &out, flow, &branch) else { return };
        let us = format!("<{}:helpline@{}>", out.scheme(), self.network.domain(flow.local));
        let text = text
            .header("From", &format!("{us};tag={tag}"))
            .header("To", &format!("<{}:{}>", out.scheme(), out.host().unwrap_or_default()))
            .header("Call-ID", &call_id)
            .cseq(1, Method::Options)
            .header("Contact", &self.contact_value(flow, out.scheme() == "sips"))
            .header("Accept", "application/sdp")
            .header("Allow", validate::METHODS)
            .header("Supported", validate::SUPPORTED);
        let text = self.signed(text).finish(&[]);
        let purpose = Purpose::Options(id);
        let tx = self.clients.open((Method::Options, &branch), flow, text, purpose, now, &mut self.wire);
        if let Some(line) = self.lines.get_mut(id) {
            line.probe.tx = Some(tx);
        }
    }

    /// Any answer shows that it is there, but for those that say that nothing is behind it.
    pub(super) fn probe_answered(&mut self, id: LineId, status: u16, now: Mono) {
        if matches!(status, 408 | 503 | 504) {
            return self.probe_failed(id, "unavailable", now);
        }
        let Some(line) = self.lines.get_mut(id) else { return };
        (line.probe.tx, line.probe.missed, line.probe.up) = (None, 0, Some(true));
        self.next_probe(id, now);
        self.tell_line(id, "answers");
    }

    /// It said nothing in time.
    pub(super) fn probe_missed(&mut self, id: LineId, now: Mono) {
        self.probe_failed(id, "silent", now);
    }

    /// A call that left by it was not answered at all, or with 503: it is asked at once, where it is asked.
    pub(super) fn doubt(&mut self, trunk: &str, now: Mono) {
        let Some(id) = self.lines.of_name(trunk) else { return };
        let asked = |timer| self.lines.timers.get(&timer).is_some();
        if asked(LineTimer::Probe(id)) && !asked(LineTimer::NoProbe(id)) {
            self.lines.timers.set(LineTimer::Probe(id), now);
        }
    }

    fn probe_failed(&mut self, id: LineId, reason: &'static str, now: Mono) {
        let Some(line) = self.lines.get_mut(id) else { return };
        if let Some(tx) = line.probe.tx.take() {
            self.clients.forget(tx);
        }
        line.probe.missed = line.probe.missed.saturating_add(1);
        if line.probe.missed >= line.out.misses {
            line.probe.up = Some(false);
        }
        self.next_probe(id, now);
        self.tell_line(id, reason);
    }

    fn next_probe(&mut self, id: LineId, now: Mono) {
        self.lines.timers.cancel(&LineTimer::NoProbe(id));
        if let Some(every) = self.lines.get(id).and_then(|line| line.out.options_every) {
            self.lines.timers.set(LineTimer::Probe(id), now + every);
        }
    }

    /// The first lines of a request to a trunk itself.
    pub(super) fn out_of_dialog(
        &self,
        method: Method,
        out: &Outbound,
        flow: Flow,
        branch: &str,
    ) -> Option<RequestText> {
        let uri = format!("{}:{}", out.scheme(), out.host()?);
        Some(RequestText::new(method, &uri, transport_name(flow.transport), &self.network.sent_by(flow), branch))
    }
}
