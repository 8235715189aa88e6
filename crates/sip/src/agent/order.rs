//! What the engine wants. An order for a leg that has gone does nothing.

use base::{LegId, Mono};

use super::{Response, UserAgent};
use crate::dialog::Dialog;
use crate::leg::{Stage, Theirs};
use crate::message::RequestText;
use crate::network::Network;
use crate::{Flow, Order, Transport};

impl UserAgent {
    /// Does what the engine wants.
    pub(super) fn order(&mut self, order: Order, now: Mono) {
        match order {
            Order::Trying { leg } => self.trying(leg, now),
            Order::Ring { leg } => self.ring(leg, now),
            Order::Answer { leg, sdp } => self.answer(leg, &sdp, now),
            Order::Reject { leg, status, reason } => self.reject(leg, status, reason, now),
            Order::Dial { leg, uri, display, sdp } => self.dial(leg, &uri, &display, &sdp, now),
            Order::DialNumber { leg, trunk, number, from, sdp } => {
                self.dial_number(leg, &trunk, number.reveal(), &from, sdp, now);
            }
            Order::End { leg, reason } => self.hang_up(leg, reason, now),
            Order::Reanswer { leg, sdp } => self.reanswer(leg, &sdp, now),
            Order::RefuseReoffer { leg, status } => self.refuse_reoffer(leg, status, now),
            Order::ByeRecovered { leg, dialog } => self.bye_recovered(leg, dialog, now),
            Order::Configure(settings) => {
                self.network = Network::new(&settings);
                self.lines.configure(&settings.trunks, now);
                self.settings = settings;
            }
            Order::Unregister => self.unregister(now),
        }
    }

    /// 100, once; a retransmitted INVITE gets it again from its transaction.
    fn trying(&mut self, id: LegId, now: Mono) {
        let Some(Stage::Invited(Theirs { tx, .. })) = self.legs.get(&id).map(|leg| leg.stage) else { return };
        if !self.servers.has_responded(tx) {
            self.respond(tx, Response { status: 100, ..Response::default() }, now);
        }
    }

    fn answer(&mut self, id: LegId, sdp: &[u8], now: Mono) {
        let Some(Stage::Invited(invite)) = self.legs.get(&id).map(|leg| leg.stage) else { return };
        self.set_stage(id, Stage::Answered);
        self.accept(id, invite, sdp, now);
    }

    /// The Contact line that we are reached by (RFC 3261 §8.1.1.8).
    pub(super) fn contact(&self, dialog: &Dialog) -> String {
        format!("Contact: {}\r\n", self.contact_value(dialog.flow, dialog.secure))
    }

    /// `secure`: the dialog was asked for by `sips:`.
    pub(super) fn contact_value(&self, flow: Flow, secure: bool) -> String {
        let host = self.network.sent_by(flow);
        match flow.transport {
            Transport::Udp => format!("<sip:helpline@{host}>"),
            Transport::Tcp => format!("<sip:helpline@{host};transport=tcp>"),
            // §12.1.1: "the Contact header field … MUST be a SIPS URI"; tcp is what stands below its TLS.
            Transport::Tls if secure => format!("<sips:helpline@{host};transport=tcp>"),
            Transport::Tls => format!("<sip:helpline@{host};transport=tls>"),
        }
    }

    /// Adds who we are.
    pub(super) fn signed(&self, text: RequestText) -> RequestText {
        if self.settings.product.is_empty() { text } else { text.header("User-Agent", &self.settings.product) }
    }
}
