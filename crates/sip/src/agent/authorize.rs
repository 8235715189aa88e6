//! Our answer to 401 and 407 (RFC 3261 §22): the request once more, with what was asked for.

use base::Mono;

use super::UserAgent;
use crate::digest::{Asked, Challenge};
use crate::leg::{Cancel, LegTimer, Stage};
use crate::line::LineId;
use crate::message::{Message, Method};
use crate::transaction::{Purpose, TxId, again, credentials};
use crate::{Flow, Login};

/// How often one request is challenged, at most: by a proxy and by the other side, each with a nonce that was too old.
const MOST: u8 = 4;

impl UserAgent {
    /// A request of ours is challenged. False: there is nothing to say to that, and the refusal stands.
    pub(super) fn authorize(&mut self, tx: TxId, purpose: Purpose, message: &Message<'_>, now: Mono) -> bool {
        let cnonce = self.tokens.next();
        let branch = self.tokens.branch();
        let Some((method, flow, request, old)) = self.clients.sent(tx) else { return false };
        let challenged = self.clients.challenged(tx) + 1;
        // §22.1: CANCEL "cannot be resubmitted".
        if method == Method::Cancel || challenged > MOST || !self.wants_on(purpose) {
            return false;
        }
        let Some((line, login)) = self.login(purpose, flow) else { return false };
        let Some(challenge) = Challenge::of(message, &login) else { return false };
        let count = self.lines.get(line).map_or(1, |line| line.uses_of(&challenge));
        let text = Message::parse(request);
        let uri = text.as_ref().map(Message::request_uri).unwrap_or_default();
        let answer = challenge.answer(&login, Asked { method: method.name(), uri, count, cnonce: &cnonce });
        // Challenged again with the same secret: it is wrong, unless only the nonce was too old, or was that of a time before.
        let excused = challenge.stale || (challenged == 1 && matches!(purpose, Purpose::Register(_)));
        let Some((cseq, bytes)) = again(request, (old, &branch), &answer, excused) else { return false };
        if let Some(line) = self.lines.get_mut(line) {
            line.challenge = Some((challenge, count));
        }
        let said = credentials(&bytes);
        let new = self.clients.open((method, &branch), flow, bytes, purpose, now, &mut self.wire);
        self.clients.count_challenges(new, challenged);
        self.resent(purpose, (new, cseq), said, now);
        true
    }

    /// What a request to a trunk itself says at once, by the challenge that came last: the line, and that it was used once more.
    pub(super) fn authorized(&mut self, id: LineId, method: Method, uri: &str) -> String {
        let cnonce = self.tokens.next();
        let Some(line) = self.lines.get_mut(id) else { return String::new() };
        let (Some(login), Some((challenge, count))) = (&line.out.login, &mut line.challenge) else {
            return String::new();
        };
        *count += 1;
        challenge.answer(login, Asked { method: method.name(), uri, count: *count, cnonce: &cnonce })
    }

    /// Whether the request is still wanted.
    fn wants_on(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Invite(id) => {
                self.legs.get(&id).is_some_and(|leg| matches!(leg.stage, Stage::Calling(Cancel::No | Cancel::May)))
            }
            Purpose::Refresh(_)
            | Purpose::Bye(_)
            | Purpose::Aside(_)
            | Purpose::Recovered(_)
            | Purpose::Options(_)
            | Purpose::Register(_) => true,
        }
    }

    /// Whose trunk it is, and what we are called there.
    fn login(&self, purpose: Purpose, flow: Flow) -> Option<(LineId, Login)> {
        let named = match purpose {
            Purpose::Options(line) | Purpose::Register(line) => Some(line),
            Purpose::Invite(leg)
            | Purpose::Refresh(leg)
            | Purpose::Bye(leg)
            | Purpose::Aside(leg)
            | Purpose::Recovered(leg) => {
                let by = self.legs.get(&leg).and_then(|leg| leg.by.as_ref());
                by.and_then(|by| self.lines.of_name(&by.trunk))
            }
        };
        let line = named.or_else(|| self.lines.of_name(&self.trunk_at(flow)?.name))?;
        Some((line, self.lines.get(line)?.out.login.clone()?))
    }

    /// The new request takes the old one's place.
    fn resent(&mut self, purpose: Purpose, (tx, cseq): (TxId, u32), said: String, now: Mono) {
        match purpose {
            Purpose::Invite(id) => {
                let Some(leg) = self.legs.get_mut(&id) else { return };
                leg.invite = Some(tx);
                leg.stage = Stage::Calling(Cancel::No);
                leg.early.clear();
                leg.credentials = said;
                leg.count_on(cseq);
                if let Some(by) = &leg.by {
                    self.timers.set(LegTimer::NoWord(id), now + by.patience);
                }
            }
            Purpose::Refresh(id) => {
                let Some(leg) = self.legs.get_mut(&id) else { return };
                leg.count_on(cseq);
                if let Some(refresh) = &mut leg.refresh {
                    (refresh.tx, refresh.sent) = (tx, now);
                }
                if leg.refresh.as_ref().is_some_and(|refresh| refresh.method == Method::Invite) {
                    leg.credentials = said;
                }
            }
            Purpose::Bye(id) | Purpose::Aside(id) | Purpose::Recovered(id) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.count_on(cseq);
                }
            }
            Purpose::Options(line) => {
                if let Some(line) = self.lines.get_mut(line) {
                    line.probe.tx = Some(tx);
                }
            }
            Purpose::Register(line) => {
                if let Some(line) = self.lines.get_mut(line) {
                    (line.registration.tx, line.registration.cseq) = (Some(tx), cseq);
                }
            }
        }
    }
}
