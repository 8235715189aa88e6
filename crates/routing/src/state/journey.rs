use std::collections::{BTreeMap, BTreeSet};

use base::{Boot, JourneyId, LegId, NodeId, ObligationId, OfferId, OperatorId, PersonId, Sealed, Timestamp};
use jiff::SignedDuration;

use super::obligation::people;
use super::{After, Consult, Place, State};
use crate::{
    Caller, Contact, Event, Language, OfferOutcome, Outcome, Part, Party, Priority, Reason, Skill, TerminalCause,
};

/// One inbound call under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// The caller's leg.
    pub leg: LegId,
    /// Who calls, as far as anyone may know.
    pub caller: Caller,
    /// The number that they dialled.
    pub dialled: String,
    /// What it leads to.
    pub service: String,
    /// Outside all figures.
    pub synthetic: bool,
    /// What the calendar said at arrival.
    pub open: bool,
    /// INVITE in.
    pub opened: Timestamp,
    /// By key, or by default when they joined the line.
    pub language: Option<Language>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// What we owe for it.
    pub obligation: Option<ObligationId>,
    /// Its caller ID names nobody: it is several people's, or the trunk's own for all callers (rule 2).
    pub unnamed: bool,
    /// They heard to the end that they will be called back.
    pub promised: bool,
    /// Their place in line; stays while an operator is rung or talks.
    pub line: Option<Line>,
    /// They came back to the head of the line: missed, declined, cut off.
    pub returned: bool,
    /// Nothing comes from them.
    pub silent: bool,
    /// A journey that we began: whom we owe it, and through what.
    pub attempt: Option<Attempt>,
    /// Whether they want to be called, by their own key.
    pub wanted: Option<bool>,
    /// When, by their own key.
    pub part: Option<Part>,
    /// Where, keyed in.
    pub contact: Option<Contact>,
    /// What else is owed to the same person, by the operator's word (rule 5).
    pub(crate) same: BTreeSet<ObligationId>,
    /// Where the call stands.
    pub stage: Stage,
    pub(crate) dialogs: BTreeMap<LegId, Sealed>,
}

/// A place in line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub queue: String,
    /// What an operator needs to take it.
    pub skills: Vec<Skill>,
    /// The lower goes first.
    pub priority: u8,
    /// Then the older.
    pub since: Timestamp,
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Not answered yet.
    Arriving,
    /// Hears prompts and menus.
    InFlow {
        /// The last step entered.
        step: Option<String>,
    },
    /// In line.
    Waiting,
    /// In line, and an operator is rung.
    Ringing(RingingOffer),
    /// With an operator.
    Talking(Talk),
    /// An attempt: the operator waits while we dial the worker.
    Calling(Calling),
    /// With another party, by a step `dial`.
    Dialled {
        /// Theirs.
        leg: LegId,
    },
}

/// A journey that we begin, to keep an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which.
    pub obligation: ObligationId,
    /// The offer that was accepted.
    pub offer: OfferId,
    /// By whom.
    pub operator: OperatorId,
    /// A number that was keyed in is dialled, not the caller's own.
    pub given: bool,
    /// Trunks that were tried, the last one last.
    pub trunks: Vec<String>,
    /// Their phone rang.
    pub rang: Option<Timestamp>,
    /// Why nobody was reached on the last leg.
    pub failed: Option<Reason>,
    /// It rang for long enough, or was answered (rule 10).
    pub counts: bool,
    /// Whom the obligation is owed to, where a number tells.
    pub(crate) owed_to: Option<PersonId>,
}

impl Attempt {
    /// Whether a call was placed that the carrier took.
    pub(super) fn is_dialled(&self) -> bool {
        let fault = |reason: &Reason| matches!(&*reason.0, "trunk_down" | "local");
        !self.trunks.is_empty() && !self.failed.as_ref().is_some_and(fault)
    }

    /// What the line told of it, as an operator would say it.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        match &*self.failed.as_ref()?.0 {
            "busy" => Some(Outcome::Busy),
            "unobtainable" => Some(Outcome::Off),
            "no_answer" | "declined" | "refused" => Some(Outcome::NoAnswer),
            _ => None,
        }
    }
}

/// An operator who waits for a worker to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calling {
    /// The leg that is dialled; none before the first.
    pub leg: Option<LegId>,
    /// Since when.
    pub since: Timestamp,
    /// It rings.
    pub ringing: bool,
}

/// One ring at one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingingOffer {
    /// Its id.
    pub offer: OfferId,
    /// Whose.
    pub operator: OperatorId,
    /// A SIP leg that we dial; none for a desk.
    pub leg: Option<LegId>,
    /// When it rings out.
    pub until: Timestamp,
}

/// A caller and an operator, from the accept on.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    /// The offer that was accepted.
    pub offer: OfferId,
    /// With whom.
    pub operator: OperatorId,
    /// Their SIP leg; none for a desk.
    pub leg: Option<LegId>,
    /// The accept.
    pub since: Timestamp,
    /// Packets were seen from both.
    pub conversing: bool,
    /// The caller hears music.
    pub held: bool,
    /// The caller does not hear the operator.
    pub muted: bool,
    /// The caller hears music until the desk's audio is back.
    pub reconnecting: bool,
    /// Whom the operator asks meanwhile.
    pub consult: Option<Consult>,
    /// Said before its end.
    pub outcome: Option<Outcome>,
    /// Audio both ways, without the stretch under way.
    both_ways: SignedDuration,
    running: Option<Timestamp>,
}

impl Talk {
    pub(super) fn new(offer: OfferId, operator: OperatorId, leg: Option<LegId>, since: Timestamp) -> Self {
        Talk {
            offer,
            operator,
            leg,
            since,
            conversing: false,
            held: false,
            muted: false,
            reconnecting: false,
            consult: None,
            outcome: None,
            both_ways: SignedDuration::ZERO,
            running: None,
        }
    }

    /// Audio both ways, up to a moment.
    pub fn both_ways(&self, at: Timestamp) -> SignedDuration {
        self.both_ways + self.running.map_or(SignedDuration::ZERO, |from| at.duration_since(from))
    }

    fn tick(&mut self, at: Timestamp, caller_silent: bool) {
        self.both_ways = self.both_ways(at);
        let asks = self.consult.as_ref().is_some_and(|consult| !consult.with_caller);
        let runs = self.conversing && !self.held && !self.reconnecting && !asks && !caller_silent;
        self.running = runs.then_some(at);
    }
}

impl Journey {
    /// The offer that rings for it.
    pub fn ringing(&self) -> Option<&RingingOffer> {
        if let Stage::Ringing(ringing) = &self.stage { Some(ringing) } else { None }
    }

    /// Whose attempt it is, and whether it is not answered yet.
    pub fn calling(&self) -> Option<&Calling> {
        if let Stage::Calling(calling) = &self.stage { Some(calling) } else { None }
    }

    /// Its talk with an operator.
    pub fn talk(&self) -> Option<&Talk> {
        if let Stage::Talking(talk) = &self.stage { Some(talk) } else { None }
    }

    /// Whose number it is, where one tells: the caller's, or of whom we owe the call.
    pub fn spoken_with(&self) -> Option<PersonId> {
        self.attempt.as_ref().map_or(self.caller.person.filter(|_| !self.unnamed), |attempt| attempt.owed_to)
    }

    /// An operator said that this is owed to the same person, too.
    pub fn is_same(&self, obligation: ObligationId) -> bool {
        self.same.contains(&obligation)
    }

    /// In line, rung for or not.
    pub fn in_line(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Ringing(_))
    }

    pub(super) fn opened(event: &Event, utc: Timestamp) -> Option<Self> {
        let Event::JourneyOpened { leg, caller, dialled, service, synthetic, open, .. } = event else { return None };
        Some(Journey {
            leg: *leg,
            caller: caller.clone(),
            dialled: dialled.clone(),
            service: service.clone(),
            synthetic: *synthetic,
            open: *open,
            opened: utc,
            language: None,
            topic: None,
            danger: false,
            obligation: None,
            unnamed: false,
            promised: false,
            line: None,
            returned: false,
            silent: false,
            attempt: None,
            wanted: None,
            part: None,
            contact: None,
            same: BTreeSet::new(),
            stage: Stage::Arriving,
            dialogs: BTreeMap::new(),
        })
    }

    /// A call that never reached us: it has no leg, and is over with the next record.
    pub(super) fn found(event: &Event) -> Option<Self> {
        let Event::CarrierCallFound { journey, caller, dialled, service, began, settings_version, .. } = event else {
            return None;
        };
        let opened = Event::JourneyOpened {
            journey: *journey,
            leg: LegId::new(NodeId(0), Boot(0), 0),
            caller: caller.clone(),
            dialled: dialled.clone(),
            trunk: String::new(),
            service: service.clone(),
            synthetic: false,
            open: true,
            flow: String::new(),
            calendar_version: String::new(),
            settings_version: settings_version.clone(),
        };
        Journey::opened(&opened, *began)
    }

    pub(super) fn begun(event: &Event, owed_to: Option<PersonId>, utc: Timestamp) -> Option<Self> {
        let Event::AttemptOpened { obligation, offer, operator, service, caller, given, language, .. } = event else {
            return None;
        };
        let attempt = Attempt {
            obligation: *obligation,
            offer: *offer,
            operator: operator.clone(),
            given: *given,
            trunks: Vec::new(),
            rang: None,
            failed: None,
            counts: false,
            owed_to,
        };
        Some(Journey {
            // Its first leg is minted with `AttemptDialled`.
            leg: LegId::new(NodeId(0), Boot(0), 0),
            caller: caller.clone(),
            dialled: String::new(),
            service: service.clone(),
            synthetic: false,
            open: true,
            opened: utc,
            language: Some(language.clone()),
            topic: None,
            danger: false,
            obligation: Some(*obligation),
            unnamed: false,
            promised: false,
            line: None,
            returned: false,
            silent: false,
            attempt: Some(attempt),
            wanted: None,
            part: None,
            contact: None,
            same: BTreeSet::new(),
            stage: Stage::Calling(Calling { leg: None, since: utc, ringing: false }),
            dialogs: BTreeMap::new(),
        })
    }

    pub(super) fn dials(&mut self, leg: LegId, trunk: &str, utc: Timestamp) {
        self.leg = leg;
        if let Some(attempt) = &mut self.attempt {
            attempt.trunks.push(trunk.to_owned());
            attempt.failed = None;
        }
        self.stage = Stage::Calling(Calling { leg: Some(leg), since: utc, ringing: false });
    }

    pub(super) fn rings(&mut self, leg: LegId, utc: Timestamp) {
        if let Stage::Calling(calling) = &mut self.stage {
            calling.ringing |= calling.leg == Some(leg);
        }
        if let Some(attempt) = &mut self.attempt {
            attempt.rang.get_or_insert(utc);
        }
    }

    pub(super) fn dial_failed(&mut self, reason: &Reason) {
        if let Some(attempt) = &mut self.attempt {
            attempt.failed = Some(reason.clone());
        }
    }

    /// Our answer to a caller is out; or the worker answered an attempt, and talks with the operator who waited.
    pub(super) fn answered(&mut self, utc: Timestamp) {
        match &self.attempt {
            Some(attempt) => self.stage = Stage::Talking(Talk::new(attempt.offer, attempt.operator.clone(), None, utc)),
            None => self.in_flow(None),
        }
    }

    /// Handed to a service outside: it is called by another leg now.
    pub(super) fn dialled_anew(&mut self, next: Option<LegId>) {
        if let (Stage::Dialled { leg }, Some(next)) = (&mut self.stage, next) {
            *leg = next;
        }
    }

    pub(super) fn in_flow(&mut self, step: Option<&String>) {
        self.stage = Stage::InFlow { step: step.cloned() };
    }

    pub(super) fn danger_pressed(&mut self) {
        self.danger = true;
        self.raise(Priority::DANGER);
    }

    /// In line; said again while an offer rings, the ring goes on.
    pub(super) fn queued(&mut self, line: Line) {
        self.line = Some(line);
        if self.ringing().is_none() {
            self.stage = Stage::Waiting;
        }
    }

    pub(super) fn requeued(&mut self) {
        self.raise(Priority::CUT_OFF);
        self.returned = true;
        self.silent = false;
        self.stage = Stage::Waiting;
    }

    fn raise(&mut self, priority: u8) {
        if let Some(line) = &mut self.line {
            line.priority = line.priority.min(priority);
        }
    }

    pub(super) fn offer_ended(&mut self, offer: OfferId, outcome: OfferOutcome, utc: Timestamp) {
        let Some(ringing) = self.ringing().filter(|ringing| ringing.offer == offer) else { return };
        if outcome != OfferOutcome::Accepted {
            self.returned = true;
            self.stage = Stage::Waiting;
            return;
        }
        self.stage = Stage::Talking(Talk::new(offer, ringing.operator.clone(), ringing.leg, utc));
    }
}

impl State {
    pub(super) fn journey(&mut self, id: JourneyId, change: impl FnOnce(&mut Journey)) {
        if let Some(journey) = self.journeys.get_mut(&id) {
            change(journey);
        }
    }

    pub(super) fn talk(&mut self, id: JourneyId, utc: Timestamp, change: impl FnOnce(&mut Talk)) {
        let Some(journey) = self.journeys.get_mut(&id) else { return };
        if let Stage::Talking(talk) = &mut journey.stage {
            change(talk);
            talk.tick(utc, journey.silent);
        }
    }

    pub(super) fn ended(&mut self, id: JourneyId, cause: TerminalCause, by: Party, utc: Timestamp) {
        let Some(journey) = self.journeys.remove(&id) else { return };
        let called = journey.obligation.filter(|_| journey.attempt.is_none());
        if let Some(obligation) = called.and_then(|owed| self.obligations.get_mut(&owed)) {
            let before = obligation.callback.plan.as_ref().map(|plan| plan.due);
            let named = people(obligation);
            obligation.journey_ended(id, &journey, cause);
            let names = people(obligation);
            if let Some(owed) = called {
                self.unname(owed, named);
                self.name(owed, names);
                self.replan(owed, before, None);
            }
        }
        self.attempt_over(id, &journey, cause, utc);
        self.note_short_call(&journey, by, utc);
        if let Some((person, place)) = Place::kept(&journey, cause, utc) {
            self.keep_place(person, place, utc);
        }
        if let Some((operator, after)) = After::of(id, &journey, cause, by, utc) {
            self.operator(&operator).after = Some(after);
        }
        self.part(id, journey);
    }
}
