//! Our INVITE: it goes, it is answered, once or by several (RFC 3261 §13.2).

use base::{LegId, Mono};

use super::{UserAgent, validate};
use crate::dialog::{Dialog, is_secure};
use crate::ladder::What;
use crate::leg::{Cancel, Leg, SentAck, Stage};
use crate::message::{Head, Message, Method, Name, RequestText, Uri};
use crate::network::{address_of, transport_name, transport_to};
use crate::transaction::{Answer, Purpose};
use crate::{Event, Flow, Transport};

/// How many forks may answer one INVITE.
const MAX_FORKS: usize = 16;

impl UserAgent {
    /// INVITE to a SIP URI whose host is an address.
    pub(super) fn dial(&mut self, id: LegId, uri: &str, display: &str, sdp: &[u8], now: Mono) {
        if self.legs.contains_key(&id) {
            return;
        }
        let Some((uri, flow)) = self.way_to(uri) else {
            return self.wire.event(Event::Failed { leg: id, status: 503 });
        };
        let (tag, call_id, branch) = (self.tokens.next(), self.tokens.next(), self.tokens.branch());
        // Rule 20: a name without personal data, and no caller's number.
        let from = format!("{} <{}:helpline@{}>", quoted(display), scheme_of(uri), self.network.domain(flow.local));
        let dialog = Dialog::of_call(uri, from, tag, call_id, flow);
        let text = self.invite_text(&dialog, uri, flow, &branch).finish(sdp);
        self.add(id, Leg::new(dialog, Stage::Calling(Cancel::No)));
        let tx = self.clients.open((Method::Invite, &branch), flow, text, Purpose::Invite(id), now, &mut self.wire);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.invite = Some(tx);
        }
    }

    fn way_to<'u>(&self, uri: &'u str) -> Option<(&'u str, Flow)> {
        let uri = Uri::parse(uri)?;
        let transport = transport_to(&uri, Transport::Udp)?;
        let remote = address_of(&uri, transport)?;
        let local = self.network.local(transport, None, remote.ip())?;
        Some((uri.without_headers(), Flow { transport, local, remote, connection: None }))
    }

    fn invite_text(&self, dialog: &Dialog, uri: &str, flow: Flow, branch: &str) -> RequestText {
        let record = dialog.record();
        let sent_by = self.network.sent_by(flow);
        let text = RequestText::new(Method::Invite, uri, transport_name(flow.transport), &sent_by, branch)
            .header("From", record.local.reveal())
            .header("To", record.remote.reveal())
            .header("Call-ID", &dialog.call_id)
            .cseq(dialog.local_cseq, Method::Invite)
            .header("Contact", &self.contact_value(flow, dialog.secure))
            .header("Allow", validate::METHODS)
            .header("Accept", "application/sdp");
        self.signed(text)
    }

    /// A response came.
    pub(super) fn response(&mut self, flow: Flow, message: &Message<'_>, head: &Head<'_>, status: u16, now: Mono) {
        let to = message.value(Name::To).unwrap_or_default();
        if let Some(answer) = self.clients.receive(status, head, to, flow.remote, now, &mut self.wire) {
            self.answered(answer, Some((message, head, status)), now);
        }
    }

    /// What a client transaction has to say.
    pub(super) fn answered(&mut self, answer: Answer, response: Option<(&Message<'_>, &Head<'_>, u16)>, now: Mono) {
        match (answer, response) {
            (Answer::Response(_, Purpose::Invite(id)), Some((_, _, status @ ..200))) => {
                self.progressed(id, status, now)
            }
            (Answer::Response(_, Purpose::Invite(id)), Some((message, head, 200..300))) => {
                self.accepted(id, message, head, now);
            }
            (Answer::Response(_, Purpose::Invite(id)), Some((_, _, status))) => self.failed(id, status),
            (Answer::TimedOut(Purpose::Invite(id)), _) => self.failed(id, 408),
            (Answer::Failed(Purpose::Invite(id)), _) => self.failed(id, 503),
            (Answer::Gone(Purpose::Invite(id)), _) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.invite = None;
                    leg.acks.clear();
                }
                self.settle(id);
            }
            (Answer::Response(_, Purpose::Bye(_)), Some((_, _, ..200))) => {}
            // §15.1.1: whatever the answer to a BYE, or none: the dialog is over.
            (
                Answer::Response(_, Purpose::Bye(id))
                | Answer::TimedOut(Purpose::Bye(id))
                | Answer::Failed(Purpose::Bye(id))
                | Answer::Gone(Purpose::Bye(id)),
                _,
            ) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.leaving = false;
                }
                self.settle(id);
            }
            (Answer::Response(_, Purpose::Invite(_)), None)
            | (
                Answer::Response(_, Purpose::Aside(_))
                | Answer::TimedOut(Purpose::Aside(_))
                | Answer::Failed(Purpose::Aside(_))
                | Answer::Gone(Purpose::Aside(_)),
                _,
            ) => {}
        }
    }

    fn progressed(&mut self, id: LegId, status: u16, now: Mono) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match leg.stage {
            Stage::Calling(Cancel::Wanted(reason)) => return self.send_cancel(id, reason, now),
            Stage::Calling(Cancel::No) => leg.stage = Stage::Calling(Cancel::May),
            Stage::Calling(Cancel::May | Cancel::Sent)
            | Stage::Invited(_)
            | Stage::Answered
            | Stage::Up
            | Stage::Over => {}
        }
        if status > 100 && !leg.rang && leg.stage == Stage::Calling(Cancel::May) {
            leg.rang = true;
            self.wire.event(Event::Ringing { leg: id });
        }
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
        let dialog = leg.dialog.answered(message, head);
        match leg.stage {
            Stage::Calling(Cancel::No | Cancel::May) => {
                leg.stage = Stage::Up;
                leg.dialog = dialog.clone();
                self.acknowledge(id, tag, &dialog);
                let event = Event::Answered { leg: id, sdp: validate::sdp(message), dialog: dialog.record() };
                self.wire.event(event);
            }
            // Our CANCEL came too late: the call is taken, and given back.
            Stage::Calling(Cancel::Wanted(reason)) => self.give_back(id, tag, &dialog, reason, now),
            Stage::Calling(Cancel::Sent) => self.give_back(id, tag, &dialog, None, now),
            // Another fork answered as well.
            Stage::Up | Stage::Over => {
                self.acknowledge(id, tag, &dialog);
                let mut fork = dialog;
                fork.local_cseq = 2;
                self.bye(&fork, Some("SIP;cause=200;text=\"Call completed elsewhere\""), Purpose::Aside(id), now);
            }
            Stage::Invited(_) | Stage::Answered => {}
        }
    }

    fn give_back(&mut self, id: LegId, tag: &str, dialog: &Dialog, reason: crate::leg::Reason, now: Mono) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.dialog = dialog.clone();
        }
        self.acknowledge(id, tag, dialog);
        self.send_bye(id, reason, now);
        self.end(id, Some(Event::Failed { leg: id, status: 487 }));
    }

    fn acknowledge(&mut self, id: LegId, tag: &str, dialog: &Dialog) {
        let branch = self.tokens.branch();
        let (flow, text) = dialog.request(Method::Ack, 1, &branch, &self.network);
        let bytes = self.signed(text).finish(&[]);
        self.wire.send(flow, bytes.clone(), Some((id, What::Request(Method::Ack))), false);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.acks.push(SentAck { tag: tag.to_owned(), flow, bytes });
        }
    }

    fn failed(&mut self, id: LegId, status: u16) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.invite = None;
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
