//! Our INVITE: it goes, it is answered, once or by several (RFC 3261 §13.2).

use base::{LegId, Mono};

use super::{UserAgent, validate};
use crate::dialog::{Dialog, LEAST_S, MOST_S, Said, is_secure};
use crate::ladder::What;
use crate::leg::{Cancel, Leg, Reason, Stage};
use crate::message::{Head, Message, Method, Name, RequestText, Uri};
use crate::network::{Hop, address_of, transport_name, transport_to};
use crate::transaction::{Answer, Purpose, TxId};
use crate::{Event, Flow, Transport};

/// How many forks may answer one INVITE.
pub(super) const MAX_FORKS: usize = 16;

impl UserAgent {
    /// INVITE to a SIP URI whose host is an address.
    pub(super) fn dial(&mut self, id: LegId, uri: &str, display: &str, sdp: &[u8], now: Mono) {
        if self.legs.contains_key(&id) {
            return;
        }
        let Some((uri, flow)) = self.way_to(uri) else {
            return self.wire.event(Event::Failed { leg: id, status: 503 });
        };
        let (tag, call_id) = (self.tokens.next(), self.tokens.next());
        // Rule 20: a name without personal data, and no caller's number.
        let from = format!("{} <{}:helpline@{}>", quoted(display), scheme_of(uri), self.network.domain(flow.local));
        let dialog = Dialog::of_call(uri, from, tag, call_id, flow);
        self.add(id, Leg { described: sdp.to_vec(), ..Leg::new(dialog, Stage::Calling(Cancel::No)) });
        self.invite(id, now);
    }

    /// Our INVITE leaves, for the first time or again.
    pub(super) fn invite(&mut self, id: LegId, now: Mono) {
        let branch = self.tokens.branch();
        let Some(leg) = self.legs.get(&id) else { return };
        let text = self.invite_text(leg, &branch).finish(&leg.described);
        let flow = leg.dialog.flow;
        let tx = self.clients.open((Method::Invite, &branch), flow, text, Purpose::Invite(id), now, &mut self.wire);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.invite = Some(tx);
        }
    }

    /// 422: once more, in the same call, asking for what it says (RFC 4028 §7.3). False where that would lead nowhere.
    fn invite_again(&mut self, id: LegId, message: &Message<'_>, now: Mono) -> bool {
        let asked = Said::of(message).least_s.filter(|asked| (LEAST_S..=MOST_S).contains(asked));
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        let wanted = matches!(leg.stage, Stage::Calling(Cancel::No | Cancel::May));
        if !wanted || asked.is_none() || asked <= leg.least_s {
            return false;
        }
        leg.least_s = asked;
        leg.stage = Stage::Calling(Cancel::No);
        leg.early.clear();
        leg.dialog.next_cseq();
        self.invite(id, now);
        true
    }

    fn way_to<'u>(&self, uri: &'u str) -> Option<(&'u str, Flow)> {
        let uri = Uri::parse(uri)?;
        let transport = transport_to(&uri, Transport::Udp)?;
        let flow = self.network.way(Hop { transport, remote: address_of(&uri, transport)? })?;
        Some((uri.without_headers(), flow))
    }

    fn invite_text(&self, leg: &Leg, branch: &str) -> RequestText {
        let (dialog, record) = (&leg.dialog, leg.dialog.record());
        let (flow, uri) = (dialog.flow, record.target.reveal());
        let sent_by = self.network.sent_by(flow);
        let text = RequestText::new(Method::Invite, uri, transport_name(flow.transport), &sent_by, branch)
            .header("From", record.local.reveal())
            .header("To", record.remote.reveal())
            .header("Call-ID", &dialog.call_id)
            .cseq(dialog.local_cseq, Method::Invite)
            .header("Contact", &self.contact_value(flow, dialog.secure))
            .header("Allow", validate::METHODS)
            .header("Supported", validate::SUPPORTED)
            .header("Accept", "application/sdp");
        // RFC 3325 §9.1: by this our number is believed, not by From.
        let text = match &leg.by {
            Some(by) => text.header("P-Asserted-Identity", &format!("<{}>", by.from)),
            None => text,
        };
        self.signed(self.asking(text, flow.remote.ip(), leg.least_s))
    }

    /// A response came.
    pub(super) fn response(&mut self, flow: Flow, message: &Message<'_>, head: &Head<'_>, status: u16, now: Mono) {
        let to = message.value(Name::To).unwrap_or_default();
        if let Some(answer) = self.clients.receive(status, head, to, flow.remote, now, &mut self.wire) {
            self.came_by(answer, flow);
            self.answered(answer, Some((message, head, status)), now);
        }
    }

    /// What follows in the dialog takes the connection that the answer to our INVITE came by, while it stands, as with calls that come to us:
    /// behind it is who answered, whereas a Contact may name a place that nobody reaches.
    fn came_by(&mut self, answer: Answer, flow: Flow) {
        if let Answer::Response(_, Purpose::Invite(id)) = answer
            && let Some(dialog) = self.legs.get_mut(&id).map(|leg| &mut leg.dialog)
            && dialog.flow.transport == flow.transport
        {
            dialog.flow.connection = flow.connection;
        }
    }

    /// What a client transaction has to say.
    pub(super) fn answered(&mut self, answer: Answer, response: Option<(&Message<'_>, &Head<'_>, u16)>, now: Mono) {
        match answer {
            Answer::Response(tx, purpose) => {
                if let Some(response) = response {
                    self.responded(tx, purpose, response, now);
                }
            }
            Answer::TimedOut(_, Purpose::Invite(id)) => self.failed(id, 408, now),
            Answer::Failed(_, Purpose::Invite(id)) => self.failed(id, 503, now),
            Answer::Gone(tx, Purpose::Invite(id)) => self.invite_over(id, tx),
            Answer::TimedOut(tx, Purpose::Refresh(id)) => self.refresh_failed(id, tx, now),
            Answer::Failed(tx, Purpose::Refresh(id)) => self.refresh_unsent(id, tx, now),
            Answer::Gone(tx, Purpose::Refresh(id)) => {
                self.refresh_over(id, tx);
                self.settle(id);
            }
            Answer::TimedOut(_, Purpose::Bye(id))
            | Answer::Failed(_, Purpose::Bye(id))
            | Answer::Gone(_, Purpose::Bye(id)) => self.left(id),
            Answer::TimedOut(_, Purpose::Aside(_))
            | Answer::Failed(_, Purpose::Aside(_))
            | Answer::Gone(_, Purpose::Aside(_)) => {}
            Answer::TimedOut(_, Purpose::Recovered(id)) | Answer::Failed(_, Purpose::Recovered(id)) => {
                self.bye_by_next_way(id, now);
            }
            Answer::Gone(_, Purpose::Recovered(_)) => {}
            Answer::TimedOut(_, Purpose::Options(line)) | Answer::Failed(_, Purpose::Options(line)) => {
                self.probe_missed(line, now);
            }
            Answer::TimedOut(_, Purpose::Register(line)) | Answer::Failed(_, Purpose::Register(line)) => {
                self.register_failed(line, "silent", now);
            }
            Answer::Gone(_, Purpose::Options(_) | Purpose::Register(_)) => {}
        }
    }

    fn responded(
        &mut self,
        tx: TxId,
        purpose: Purpose,
        (message, head, status): (&Message<'_>, &Head<'_>, u16),
        now: Mono,
    ) {
        if matches!(status, 401 | 407) && self.authorize(tx, purpose, message, now) {
            return;
        }
        match (purpose, status) {
            (Purpose::Invite(id), ..200) => self.progressed(id, message, head, status, now),
            (Purpose::Invite(id), 200..300) => self.accepted(id, message, head, now),
            (Purpose::Invite(id), 422) if self.invite_again(id, message, now) => {}
            (Purpose::Invite(id), 300..) => self.failed(id, status, now),
            (Purpose::Refresh(id), _) => self.refreshed(id, tx, (message, head, status), now),
            (Purpose::Options(line), 200..) => self.probe_answered(line, status, now),
            (Purpose::Register(line), 200..) => self.registered(line, (message, status), now),
            (Purpose::Bye(_) | Purpose::Recovered(_) | Purpose::Options(_) | Purpose::Register(_), ..200)
            | (Purpose::Aside(_), _) => {}
            // Not theirs, but of somebody on the way.
            (Purpose::Recovered(id), 408 | 503) => self.bye_by_next_way(id, now),
            (Purpose::Recovered(id), 200..) => self.bye_answered(id),
            // §15.1.1: whatever the answer to a BYE, or none: the dialog is over.
            (Purpose::Bye(id), 200..) => self.left(id),
        }
    }

    fn left(&mut self, id: LegId) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.leaving = false;
        }
        self.settle(id);
    }

    /// No more answers to our INVITE can come, unless there is a newer one.
    fn invite_over(&mut self, id: LegId, tx: TxId) {
        if let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.invite == Some(tx)) {
            leg.invite = None;
            leg.acks.clear();
            leg.early.clear();
        }
        self.settle(id);
    }

    /// A 2xx: the first makes the call, unless we wanted it back; each is acknowledged, as often as it comes (§13.2.2.4).
    fn accepted(&mut self, id: LegId, message: &Message<'_>, head: &Head<'_>, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let tag = head.to.tag().unwrap_or_default();
        if let Some(ack) = leg.acks.iter().find(|ack| ack.tag == tag) {
            let rung = Some((id, What::Request(Method::Ack)));
            return self.wire.send(ack.flow, ack.bytes.clone(), rung, true);
        }
        if leg.acks.len() >= MAX_FORKS {
            return;
        }
        // The dialog of a fork that has rung goes on with its numbers (§12.2.1.1).
        let early = leg.early.iter().find(|early| early.is_of(head));
        let dialog = early.map_or(&leg.dialog, |early| &early.dialog).answered(message, head);
        match leg.stage {
            Stage::Calling(Cancel::No | Cancel::May) => self.taken(id, message, head, dialog, now),
            // Our CANCEL came too late: the call is taken, and given back.
            Stage::Calling(Cancel::Wanted(reason)) => self.give_back(id, head, &dialog, reason, now),
            Stage::Calling(Cancel::Sent) => self.give_back(id, head, &dialog, None, now),
            // Another fork answered as well.
            Stage::Up | Stage::Over => {
                self.acknowledge(id, head, &dialog);
                let mut fork = dialog;
                fork.next_cseq();
                let flow = fork.way(&self.network);
                self.bye(&fork, flow, Some("SIP;cause=200;text=\"Call completed elsewhere\""), Purpose::Aside(id), now);
            }
            Stage::Invited(_) | Stage::Answered => {}
        }
    }

    /// The call stands.
    fn taken(&mut self, id: LegId, message: &Message<'_>, head: &Head<'_>, dialog: Dialog, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.stage = Stage::Up;
        leg.peer.learn(message);
        leg.dialog = dialog.clone();
        let early = leg.early.iter_mut().find(|early| early.is_of(head));
        // §13.2.1: an answer in a reliable provisional is the answer; one in a plain provisional counts where the 2xx has none.
        let sdp = match early.map(|early| (early.answered, early.sdp.take())) {
            Some((true, told)) => told,
            Some((false, told)) => validate::sdp(message).or(told),
            None => validate::sdp(message),
        };
        self.acknowledge(id, head, &dialog);
        self.settled(id, &Said::of(message), now);
        self.wire.event(Event::Answered { leg: id, sdp, dialog: dialog.record() });
    }

    fn give_back(&mut self, id: LegId, head: &Head<'_>, dialog: &Dialog, reason: Reason, now: Mono) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.dialog = dialog.clone();
        }
        self.acknowledge(id, head, dialog);
        self.send_bye(id, reason, now);
        self.end(id, Some(Event::Failed { leg: id, status: 487 }));
    }

    fn acknowledge(&mut self, id: LegId, head: &Head<'_>, dialog: &Dialog) {
        let ack = self.ack(id, head, dialog);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.acks.push(ack);
        }
    }

    fn failed(&mut self, id: LegId, status: u16, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.invite = None;
        if status == 503 && self.go_on(id, now) {
            return;
        }
        let Some(leg) = self.legs.get(&id) else { return };
        if let Stage::Calling(_) = leg.stage {
            self.end(id, Some(Event::Failed { leg: id, status }));
        } else {
            self.settle(id);
        }
    }
}

/// RFC 5630 §4: a call by SIPS names itself by SIPS.
fn scheme_of(uri: &str) -> &'static str {
    if is_secure(uri) { "sips" } else { "sip" }
}

/// A display name in quotes (RFC 3261 §25.1).
fn quoted(display: &str) -> String {
    let inner: String = display
        .chars()
        .filter(|c| !c.is_control())
        .flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c]))
        .collect();
    format!("\"{inner}\"")
}
