//! Our registration with a trunk (RFC 3261 §10): renewed before it ends, tried again ever more slowly where it fails, taken back at the end.

use std::time::Duration;

use base::Mono;

use super::UserAgent;
use crate::dialog::retry_after_s;
use crate::line::{Line, LineId, LineTimer, Registration};
use crate::message::{Address, Message, Method, Name, number, trim};
use crate::network::Hop;
use crate::transaction::Purpose;
use crate::{Flow, Register};

/// The first wait after a failure, and the longest (RFC 5626 §4.5).
const FIRST_WAIT_S: u32 = 30;
const LONGEST_WAIT_S: u32 = 1_800;
/// The least that is left of a registration when it is renewed.
const SPARE_S: u32 = 5;

impl UserAgent {
    /// It is time to register, or to register anew.
    pub(super) fn register(&mut self, id: LineId, now: Mono) {
        let Some(line) = self.lines.get(id) else { return };
        let (failures, patience) = (line.registration.failures, line.out.patience);
        self.lines.timers.set(LineTimer::NoRegister(id), now + patience);
        if let Some(flow) = self.place_of(id, failures, now) {
            self.send_register(id, flow, now);
        }
    }

    /// It waited for a name that has been looked up.
    pub(super) fn register_waiting(&mut self, id: LineId, now: Mono) {
        let waits = self.lines.timers.get(&LineTimer::NoRegister(id)).is_some();
        let Some(line) = self.lines.get(id).filter(|line| waits && line.registration.tx.is_none()) else { return };
        let failures = line.registration.failures;
        if let Some(flow) = self.place_of(id, failures, now) {
            self.send_register(id, flow, now);
        }
    }

    fn send_register(&mut self, id: LineId, flow: Option<Flow>, now: Mono) {
        let Some(flow) = flow else { return self.register_failed(id, "not_found", now) };
        let branch = self.tokens.branch();
        let fresh = (self.tokens.next(), self.tokens.next());
        let Some(line) = self.lines.get_mut(id) else { return };
        let (out, Some(wish)) = (line.out.clone(), line.out.register.clone()) else { return };
        let registration = &mut line.registration;
        if registration.call_id.is_empty() {
            (registration.call_id, registration.tag) = fresh;
        }
        // A user agent on another port, or after a change of place, is the same binding (§10.2.4).
        registration.cseq = registration.cseq.saturating_add(1);
        registration.at = Some(Hop { transport: flow.transport, remote: flow.remote });
        let (call_id, tag, cseq) = (registration.call_id.clone(), registration.tag.clone(), registration.cseq);
        let expires_s = if registration.leaving { 0 } else { wish.expires_s.max(registration.least_s) };
        let Some(text) = self.out_of_dialog(Method::Register, &out, flow, &branch) else { return };
        let host = out.host().unwrap_or_default();
        let address = format!("<{}:{}@{host}>", out.scheme(), wish.user);
        let text = text
            .header("From", &format!("{address};tag={tag}"))
            .header("To", &address)
            .header("Call-ID", &call_id)
            .cseq(cseq, Method::Register)
            .header("Contact", &self.binding(flow, out.scheme() == "sips", &wish))
            .header("Expires", &expires_s.to_string())
            .header("Supported", "path")
            .lines(&self.authorized(id, Method::Register, &format!("{}:{host}", out.scheme())));
        let text = self.signed(text).finish(&[]);
        let purpose = Purpose::Register(id);
        let tx = self.clients.open((Method::Register, &branch), flow, text, purpose, now, &mut self.wire);
        if let Some(line) = self.lines.get_mut(id) {
            line.registration.tx = Some(tx);
        }
    }

    /// Our address, as the trunk is to reach us: with the user that is registered.
    fn binding(&self, flow: Flow, secure: bool, wish: &Register) -> String {
        self.contact_value(flow, secure).replacen(":helpline@", &format!(":{}@", wish.user), 1)
    }

    /// A final answer to our REGISTER.
    pub(super) fn registered(&mut self, id: LineId, (message, status): (&Message<'_>, u16), now: Mono) {
        let Some(line) = self.lines.get_mut(id) else { return };
        line.registration.tx = None;
        self.lines.timers.cancel(&LineTimer::NoRegister(id));
        match status {
            200..300 => self.stands(id, message, now),
            423 => self.too_brief(id, message, now),
            300.. => {
                let wait = retry_after_s(message);
                self.register_failed(id, if status == 503 { "unavailable" } else { "refused" }, now);
                if let Some(wait_s) = wait.filter(|wait_s| (1..=LONGEST_WAIT_S).contains(wait_s)) {
                    self.lines.timers.set(LineTimer::Register(id), now + Duration::from_secs(wait_s.into()));
                }
            }
            ..200 => {}
        }
    }

    fn stands(&mut self, id: LineId, message: &Message<'_>, now: Mono) {
        let Some(line) = self.lines.get_mut(id) else { return };
        if line.registration.leaving {
            return self.registration_over(id, "withdrawn");
        }
        let user = line.out.register.as_ref().map(|wish| wish.user.as_str()).unwrap_or_default();
        let asked_s = line.out.register.as_ref().map_or(0, |wish| wish.expires_s);
        let stands_s = granted_s(message, user).unwrap_or(asked_s);
        // A binding that is over at once is none.
        if stands_s == 0 {
            return self.register_failed(id, "refused", now);
        }
        (line.registration.up, line.registration.failures) = (Some(true), 0);
        let renewed_s = stands_s.saturating_sub((stands_s / 10).max(SPARE_S)).max(stands_s / 2).max(1);
        let after = |seconds: u32| now + Duration::from_secs(seconds.into());
        self.lines.timers.set(LineTimer::Register(id), after(renewed_s));
        self.lines.timers.set(LineTimer::Expired(id), after(stands_s));
        self.tell_line(id, "registered");
    }

    /// §10.3: 423 names the least that it takes.
    fn too_brief(&mut self, id: LineId, message: &Message<'_>, now: Mono) {
        let least = message.value(Name::MinExpires).and_then(|value| number::<u32>(trim(value)));
        let Some(line) = self.lines.get_mut(id) else { return };
        match least.filter(|least| *least > line.registration.least_s && *least <= 86_400) {
            Some(least_s) => {
                line.registration.least_s = least_s;
                self.register(id, now);
            }
            None => self.register_failed(id, "refused", now),
        }
    }

    /// It failed, or was not answered. What stands goes on standing until it ends.
    pub(super) fn register_failed(&mut self, id: LineId, reason: &'static str, now: Mono) {
        self.lines.timers.cancel(&LineTimer::NoRegister(id));
        let drawn = self.tokens.below(1_001);
        let Some(line) = self.lines.get_mut(id) else { return };
        if let Some(tx) = line.registration.tx.take() {
            self.clients.forget(tx);
        }
        if line.registration.leaving {
            return self.registration_over(id, "withdrawn");
        }
        let wait = wait(line, drawn);
        line.registration.failures = line.registration.failures.saturating_add(1);
        self.lines.timers.set(LineTimer::Register(id), now + wait);
        if self.lines.timers.get(&LineTimer::Expired(id)).is_none() {
            self.registration_over(id, reason);
        }
    }

    /// We are not registered there any more.
    pub(super) fn registration_over(&mut self, id: LineId, reason: &'static str) {
        self.lines.timers.cancel(&LineTimer::Expired(id));
        let Some(line) = self.lines.get_mut(id) else { return };
        line.registration.up = Some(false);
        line.registration.at = None;
        if !line.registration.leaving {
            self.tell_line(id, reason);
        }
    }

    /// Takes all of them back.
    pub(super) fn unregister(&mut self, now: Mono) {
        let lines: Vec<LineId> = self.lines.iter().map(|(id, _)| id).collect();
        for id in lines {
            self.lines.timers.cancel(&LineTimer::Register(id));
            let Some(line) = self.lines.get_mut(id) else { continue };
            let Registration { leaving, up, .. } = &mut line.registration;
            if line.out.register.is_some() && *up == Some(true) && !std::mem::replace(leaving, true) {
                self.register(id, now);
            }
        }
    }
}

/// RFC 5626 §4.5: twice as long each time, and between half and the whole of it by chance.
fn wait(line: &Line, drawn: u32) -> Duration {
    let doubled = FIRST_WAIT_S.saturating_mul(2_u32.saturating_pow(line.registration.failures));
    let whole_ms = u64::from(doubled.min(LONGEST_WAIT_S)) * 1_000;
    Duration::from_millis(whole_ms / 2 + whole_ms / 2 * u64::from(drawn) / 1_000)
}

/// For how long our binding stands: by its Contact, else by Expires (§10.2.4).
fn granted_s(message: &Message<'_>, user: &str) -> Option<u32> {
    let ours = |address: &Address<'_>| address.parsed().is_some_and(|uri| uri.user_text() == user);
    let contacts = message.list(Name::Contact).filter_map(Address::parse);
    let named = contacts.filter(ours).find_map(|contact| number(contact.params.get("expires")?));
    named.or_else(|| message.value(Name::Expires).and_then(|value| number(trim(value))))
}
