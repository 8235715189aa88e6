use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, LegId, Mono, ObligationId, OfferId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;
use routing::{Event, OfferOutcome, OperatorState, Outcome, Party, Skill, TerminalCause};

use super::Ruling;

/// Rule 12: danger, cut off, resumed, live.
const DANGER: u8 = 1;
const CUT_OFF: u8 = 2;
const RESUMED: u8 = 4;
const LIVE: u8 = 5;
const RESUME_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// Rule 4: that much audio both ways is a conversation, where nobody says what came of it.
const CONVERSATION: SignedDuration = SignedDuration::from_secs(60);

/// The calls that something may still be said of, and what is remembered of those before.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: BTreeMap<JourneyId, Call>,
    /// Those that have not ended,
    open: BTreeSet<JourneyId>,
    /// those that came in, by their leg,
    legs: BTreeMap<LegId, JourneyId>,
    /// those in line and not rung for,
    waiting: BTreeSet<JourneyId>,
    /// and those whom an operator is rung for, or talks with.
    with: BTreeMap<OperatorId, BTreeSet<JourneyId>>,
    /// Colleagues who are asked about a call: rung for, or in it.
    asked: BTreeMap<OperatorId, Asked>,
    /// What people did before.
    persons: BTreeMap<PersonId, Known>,
    /// Ended, and nobody has a word to say on it any more.
    done: Vec<JourneyId>,
    last: Option<JourneyId>,
}

/// About which call, and what the colleague must be.
#[derive(Debug)]
struct Asked {
    journey: JourneyId,
    state: OperatorState,
}

/// What is remembered of someone whose calls are over.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Their last ends: how, and when.
    ends: Vec<(TerminalCause, Timestamp)>,
    /// With whom they spoke.
    pub(super) spoke_with: BTreeSet<OperatorId>,
    /// The last call in which they got through.
    pub(super) through: Option<JourneyId>,
}

/// So many ends are remembered of each person.
const ENDS: usize = 8;

#[derive(Debug)]
pub(super) struct Call {
    /// Theirs; none: we called.
    leg: Option<LegId>,
    pub(super) attempt: bool,
    /// The obligation that it is to keep.
    pub(super) keeps: Option<ObligationId>,
    came: Timestamp,
    pub(super) person: Option<PersonId>,
    pub(super) synthetic: bool,
    pub(super) stage: Stage,
    pub(super) queue: String,
    pub(super) needs: Vec<Skill>,
    /// Priority, then since when.
    pub(super) place: Option<(u8, Timestamp)>,
    pub(super) danger: bool,
    /// Who declined or missed it, and was not ready anew since.
    pub(super) unwilling: BTreeSet<OperatorId>,
    /// Since when only unwilling operators are free.
    pub(super) in_vain: Option<Mono>,
    requeued: bool,
    /// They are owed already, and phone while it is due (rule 9: it resumes).
    owed_before: bool,
    /// With whom they spoke last.
    pub(super) spoke_with: Option<OperatorId>,
    pub(super) conversed: bool,
    /// Handed by whom they spoke with to a colleague who was there, and not cut off since.
    pub(super) handed_over: bool,
    pub(super) outcome: Option<Outcome>,
    pub(super) wrapped_up: bool,
    pub(super) ended: Option<(TerminalCause, Party, Timestamp)>,
    audio: Audio,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not in line: arriving, in menus, with a dialled party.
    Elsewhere,
    Waiting,
    Ringing {
        offer: OfferId,
        operator: OperatorId,
    },
    /// An operator waits for someone to answer whom we call.
    Calling {
        operator: OperatorId,
    },
    Talking {
        operator: OperatorId,
    },
    Ended,
}

/// Audio both ways, and what stands in its way.
#[derive(Debug, Default)]
struct Audio {
    both_ways: SignedDuration,
    running: Option<Timestamp>,
    held: bool,
    reconnecting: bool,
    /// The operator speaks with somebody else.
    aside: bool,
    silent: bool,
}

impl Audio {
    fn turn(&mut self, at: Timestamp, on: bool) {
        if let Some(from) = self.running.take() {
            self.both_ways += at.duration_since(from);
        }
        let runs = on && !self.held && !self.reconnecting && !self.aside && !self.silent;
        self.running = runs.then_some(at);
    }
}

impl Stage {
    /// Who is rung, or talks.
    fn operator(&self) -> Option<&OperatorId> {
        match self {
            Stage::Ringing { operator, .. } | Stage::Talking { operator } | Stage::Calling { operator } => {
                Some(operator)
            }
            Stage::Elsewhere | Stage::Waiting | Stage::Ended => None,
        }
    }
}

impl Call {
    /// Rule 4: they had their conversation.
    pub(super) fn got_through(&self) -> bool {
        self.outcome == Some(Outcome::Spoken) || self.is_conversation()
    }

    /// Over, and nobody has a word to say on it any more.
    pub(super) fn is_done(&self) -> bool {
        let never_talked = self.spoke_with.is_none() && !self.attempt;
        self.stage == Stage::Ended && (never_talked || self.wrapped_up)
    }

    /// A minute both ways, ended by a BYE from caller or operator.
    pub(super) fn is_conversation(&self) -> bool {
        let by_them = matches!(self.ended, Some((cause, Party::Caller | Party::Operator, _)) if !is_cut_off(cause));
        by_them && self.both_ways() >= CONVERSATION
    }

    pub(super) fn both_ways(&self) -> SignedDuration {
        self.audio.both_ways
    }

    /// Who goes first: the lower.
    pub(super) fn rank(&self, id: JourneyId) -> (u8, Timestamp, JourneyId) {
        let (priority, since) = self.place.unwrap_or((u8::MAX, Timestamp::MAX));
        (priority, since, id)
    }
}

impl Calls {
    pub(super) fn get(&self, id: JourneyId) -> Option<&Call> {
        self.calls.get(&id)
    }

    pub(super) fn of_leg(&self, leg: LegId) -> Option<(JourneyId, &Call)> {
        let id = self.legs.get(&leg)?;
        self.calls.get(id).map(|call| (*id, call))
    }

    /// Calls that have not ended.
    pub(super) fn open(&self) -> impl Iterator<Item = (JourneyId, &Call)> {
        self.open.iter().filter_map(|id| self.calls.get(id).map(|call| (*id, call)))
    }

    /// Those in line and not rung for.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (JourneyId, &Call)> {
        self.waiting.iter().filter_map(|id| self.calls.get(id).map(|call| (*id, call)))
    }

    pub(super) fn waits_in_vain(&mut self, id: JourneyId, since: Option<Mono>) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.in_vain = since;
        }
    }

    /// Whom an operator is rung for, or talks with.
    pub(super) fn with(&self, operator: &OperatorId) -> impl Iterator<Item = (JourneyId, &Call)> {
        let theirs = self.with.get(operator).into_iter().flatten();
        theirs.filter_map(|id| self.calls.get(id).map(|call| (*id, call)))
    }

    /// What a colleague must be who is asked about a call.
    pub(super) fn asked(&self, colleague: &OperatorId) -> Option<(JourneyId, OperatorState)> {
        self.asked.get(colleague).map(|asked| (asked.journey, asked.state.clone()))
    }

    /// Who is asked rings, is in the call, and is free again when it goes on without them or is theirs.
    fn consult(&mut self, event: &Event) {
        match event {
            Event::ConsultOpened { journey, colleague: Some(colleague), offer: Some(offer), .. } => {
                let state = OperatorState::Offered { offer: *offer };
                self.asked.insert(colleague.clone(), Asked { journey: *journey, state });
            }
            Event::ConsultAnswered { journey, .. } => {
                let asked = self.asked.values_mut().filter(|asked| asked.journey == *journey);
                asked.for_each(|asked| asked.state = OperatorState::OnCall { journey: *journey });
            }
            Event::ConsultClosed { journey, .. }
            | Event::Transferred { journey, .. }
            | Event::Ended { journey, .. } => {
                self.asked.retain(|_, asked| asked.journey != *journey);
            }
            _ => {}
        }
    }

    /// Our attempts to keep an obligation that are under way or not wrapped up.
    pub(super) fn attempts_of(&self, id: ObligationId) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(move |call| call.keeps == Some(id))
    }

    /// They rang back while an operator dialled them (rule 9): in this very step.
    pub(super) fn rang_back(&self, person: Option<PersonId>) -> bool {
        let rang = |call: &Call| call.attempt && matches!(call.ended, Some((TerminalCause::RangBack, ..)));
        person.is_some() && self.calls.values().any(|call| call.person == person && rang(call))
    }

    /// Those that are over and not wrapped up, and those under way.
    pub(super) fn wrapping_up(&self) -> impl Iterator<Item = &Call> {
        self.calls.values()
    }

    pub(super) fn known(&self, person: PersonId) -> Option<&Known> {
        self.persons.get(&person)
    }

    pub(super) fn under_way(&self) -> BTreeSet<JourneyId> {
        self.open.clone()
    }

    pub(super) fn ask_again(&mut self, operator: &OperatorId) {
        for id in &self.open {
            if let Some(call) = self.calls.get_mut(id) {
                call.unwilling.remove(operator);
            }
        }
    }

    /// Rule 16: what was in flight when a run was lost has ended.
    pub(super) fn none_of_the_past(&self) -> Ruling {
        let left = self.open().next();
        left.map_or(Ok(()), |(id, _)| {
            Err(format!("{id} was in flight when the engine was lost, and has no end (rule 16)"))
        })
    }

    pub(super) fn finish(&self) -> Ruling {
        let left = self.open().next();
        left.map_or(Ok(()), |(id, _)| Err(format!("{id} has no end")))
    }

    pub(super) fn record(&mut self, event: &Event, at: Timestamp) -> Ruling {
        if let Event::JourneyOpened { journey, leg, caller, synthetic, .. } = event {
            if self.last.is_some_and(|last| last >= *journey) {
                return Err(format!("{journey} was opened twice, or out of order"));
            }
            self.last = Some(*journey);
            self.open.insert(*journey);
            self.legs.insert(*leg, *journey);
            self.calls.insert(*journey, Call::new(Some(*leg), caller.person, *synthetic, at));
            return Ok(());
        }
        if let Event::AttemptOpened { attempt, obligation, operator, caller, .. } = event {
            if self.last.is_some_and(|last| last >= *attempt) {
                return Err(format!("{attempt} was opened twice, or out of order"));
            }
            self.last = Some(*attempt);
            self.open.insert(*attempt);
            let stage = Stage::Calling { operator: operator.clone() };
            let call =
                Call { stage, attempt: true, keeps: Some(*obligation), ..Call::new(None, caller.person, false, at) };
            self.calls.insert(*attempt, call);
            self.index(*attempt, None);
            return Ok(());
        }
        self.consult(event);
        if let Event::Queued { journey, priority, .. } = event {
            self.place_is_due(*journey, *priority)?;
        }
        if let Event::ObligationJoined { journey, .. } = event
            && let Some(call) = self.calls.get_mut(journey)
        {
            call.owed_before = true;
        }
        let Some(id) = event.journey().filter(|_| says_where(event)) else { return Ok(()) };
        let Some(call) = self.calls.get_mut(&id) else { return Err(format!("{id} is over, or was never opened")) };
        let before = call.stage.operator().cloned();
        let ruling = call.record(id, event, at);
        self.index(id, before.as_ref());
        ruling
    }

    /// Keeps the lists in step with where a call stands now.
    fn index(&mut self, id: JourneyId, before: Option<&OperatorId>) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.stage == Stage::Waiting {
            self.waiting.insert(id);
        } else {
            self.waiting.remove(&id);
        }
        let now = call.stage.operator();
        if before != now {
            if let Some(theirs) = before.and_then(|before| self.with.get_mut(before)) {
                theirs.remove(&id);
            }
            if let Some(operator) = now {
                self.with.entry(operator.clone()).or_default().insert(id);
            }
        }
        if call.stage == Stage::Ended {
            self.open.remove(&id);
            if let Some(leg) = call.leg {
                self.legs.remove(&leg);
            }
            if call.is_done() {
                self.done.push(id);
            }
        }
    }

    /// What is over is forgotten, but for what the next calls of the same person are judged by.
    pub(super) fn forget(&mut self) {
        for id in std::mem::take(&mut self.done) {
            let Some(call) = self.calls.remove(&id) else { continue };
            let Some(person) = call.person else { continue };
            let known = self.persons.entry(person).or_default();
            if known.ends.len() == ENDS {
                known.ends.remove(0);
            }
            known.ends.extend(call.ended.map(|(cause, _, at)| (cause, at)));
            if call.got_through() {
                known.through = known.through.max(Some(id));
            }
            known.spoke_with.extend(call.spoke_with);
        }
    }

    /// Rule 12: nobody stands before others without a reason that the rules know.
    fn place_is_due(&self, id: JourneyId, priority: u8) -> Ruling {
        let Some(call) = self.calls.get(&id) else { return Err(format!("{id} was never opened")) };
        // They dialled again in time; how long the menus took does not matter.
        let call_came = call.came;
        let lately = |causes: &[TerminalCause]| {
            let known = call.person.and_then(|person| self.known(person));
            let forgotten = known.into_iter().flat_map(|known| known.ends.iter().copied());
            // Those in wrap-up are few.
            let others = self.calls.values().filter(|other| other.person.is_some() && other.person == call.person);
            let over = others.filter_map(|other| other.ended.map(|(cause, _, at)| (cause, at)));
            forgotten
                .chain(over)
                .any(|(cause, then)| causes.contains(&cause) && call_came.duration_since(then) < RESUME_WITHIN)
        };
        let cut = [TerminalCause::TrunkLost, TerminalCause::EngineLost, TerminalCause::EngineStopped];
        let due = match priority {
            DANGER => call.danger,
            CUT_OFF => call.requeued || lately(&cut),
            RESUMED => {
                let waited = [TerminalCause::Abandoned, TerminalCause::NoAudio];
                call.owed_before || lately(&waited) || self.rang_back(call.person)
            }
            LIVE => true,
            _ => false,
        };
        if call.danger && priority != DANGER {
            return Err(format!("{id} is in danger and does not go first (rule 12)"));
        }
        if due { Ok(()) } else { Err(format!("{id} has priority {priority} for no reason (rule 12)")) }
    }
}

impl Call {
    fn new(leg: Option<LegId>, person: Option<PersonId>, synthetic: bool, came: Timestamp) -> Self {
        Call {
            leg,
            attempt: false,
            keeps: None,
            came,
            person,
            synthetic,
            stage: Stage::Elsewhere,
            queue: String::new(),
            needs: Vec::new(),
            place: None,
            danger: false,
            unwilling: BTreeSet::new(),
            in_vain: None,
            requeued: false,
            owed_before: false,
            spoke_with: None,
            conversed: false,
            handed_over: false,
            outcome: None,
            wrapped_up: false,
            ended: None,
            audio: Audio::default(),
        }
    }

    fn record(&mut self, id: JourneyId, event: &Event, at: Timestamp) -> Ruling {
        match event {
            Event::Ended { cause, by, .. } => return self.end(id, *cause, *by, at),
            Event::OutcomeGiven { outcome, .. } => self.outcome = Some(*outcome),
            Event::WrappedUp { .. } => self.wrapped_up = true,
            Event::Queued { queue, skills, priority, since, .. } => {
                (self.queue, self.needs, self.place) = (queue.clone(), skills.clone(), Some((*priority, *since)));
                if !matches!(self.stage, Stage::Ringing { .. }) {
                    self.stage = Stage::Waiting;
                }
            }
            Event::DangerPressed { .. } => {
                self.danger = true;
                self.place = self.place.map(|(_, since)| (DANGER, since));
            }
            Event::StepEntered { .. } | Event::Dialled { .. } => self.stage = Stage::Elsewhere,
            Event::Offered { offer, operator, .. } => {
                if self.stage != Stage::Waiting {
                    return Err(format!("{id} is offered and does not wait: {:?}", self.stage));
                }
                // Somebody was asked: whoever declines from now on makes it wait anew.
                self.in_vain = None;
                self.stage = Stage::Ringing { offer: *offer, operator: operator.clone() };
            }
            Event::OfferEnded { offer, operator, outcome, .. } => {
                return self.offer_ended(id, *offer, operator, *outcome);
            }
            Event::Conversing { operator, .. } => {
                if self.stage != (Stage::Talking { operator: operator.clone() }) {
                    return Err(format!("{id} converses with {operator}, but is {:?}", self.stage));
                }
                self.conversed = true;
                self.audio.turn(at, true);
            }
            Event::Held { on, .. } => self.away(at, |audio| audio.held = *on),
            Event::ConsultOpened { .. } => self.away(at, |audio| audio.aside = true),
            Event::ConsultSwapped { with_caller, .. } => self.away(at, |audio| audio.aside = !with_caller),
            Event::ConferenceOpened { .. } | Event::ConsultClosed { .. } => self.away(at, |audio| audio.aside = false),
            Event::Reconnecting { on, .. } => self.away(at, |audio| audio.reconnecting = *on),
            Event::CallerSilent { on, .. } => self.away(at, |audio| audio.silent = *on),
            Event::Requeued { .. } => {
                // What was said of a conversation that was cut is no word on the next.
                (self.audio, self.outcome) = (Audio::default(), None);
                (self.stage, self.requeued) = (Stage::Waiting, true);
                (self.conversed, self.handed_over) = (false, false);
                self.place = self.place.map(|(priority, since)| (priority.min(CUT_OFF), since));
            }
            Event::Answered { .. } => {
                if let Stage::Calling { operator } = &self.stage {
                    self.spoke_with = Some(operator.clone());
                    self.stage = Stage::Talking { operator: operator.clone() };
                }
                if self.stage == Stage::Ended {
                    return Err(format!("{id} has ended and is answered"));
                }
            }
            Event::Transferred { colleague, .. } => {
                (self.audio, self.outcome, self.conversed) = (Audio::default(), None, false);
                self.handed_over = colleague.is_some();
                self.stage = match colleague {
                    Some(operator) => Stage::Talking { operator: operator.clone() },
                    None => Stage::Elsewhere,
                };
            }
            Event::LanguageChosen { .. } | Event::TopicChosen { .. } | Event::NoticeHeard { .. } => {
                if self.stage == Stage::Ended {
                    return Err(format!("{id} has ended and goes on"));
                }
            }
            // These say nothing about where a call stands.
            Event::ObligationOpened { .. }
            | Event::ObligationJoined { .. }
            | Event::ObligationInHand { .. }
            | Event::ObligationReopened { .. }
            | Event::ObligationDischarged { .. }
            | Event::NumberShared { .. }
            | Event::CallbackWanted { .. }
            | Event::PartWanted { .. }
            | Event::ContactGiven { .. }
            | Event::PromiseMade { .. }
            | Event::PromiseSettled { .. }
            | Event::CallbackPlanned { .. }
            | Event::CallbackHeld { .. }
            | Event::CallbackClaimed { .. }
            | Event::CallbackOffered { .. }
            | Event::CallbackOfferEnded { .. }
            | Event::AttemptOpened { .. }
            | Event::AttemptDialled { .. }
            | Event::AttemptRinging { .. }
            | Event::AttemptFailed { .. }
            | Event::AttemptCounted { .. }
            | Event::SamePerson { .. }
            | Event::TrunkChanged { .. }
            | Event::NumberFlagged { .. }
            | Event::ConsultAnswered { .. }
            | Event::JourneyOpened { .. }
            | Event::DialogConfirmed { .. }
            | Event::InputMissed { .. }
            | Event::Muted { .. }
            | Event::LegLost { .. }
            | Event::LegMeasured { .. }
            | Event::Started { .. }
            | Event::NodeLost { .. }
            | Event::Stopped {}
            | Event::Configured { .. }
            | Event::UserAdded { .. }
            | Event::UserDisabled { .. }
            | Event::PasswordSet { .. }
            | Event::ServiceSwitched { .. }
            | Event::HolidayConfirmed { .. }
            | Event::RotaSet { .. }
            | Event::LineClosed { .. }
            | Event::LineReopened { .. }
            | Event::OperatorChanged { .. }
            | Event::DeskAudio { .. }
            | Event::BreakAsked { .. }
            | Event::NobodyFree { .. }
            | Event::WaitTold { .. }
            | Event::LineLeft { .. }
            | Event::CarrierCallFound { .. } => {}
        }
        Ok(())
    }

    fn away(&mut self, at: Timestamp, change: impl FnOnce(&mut Audio)) {
        change(&mut self.audio);
        self.audio.turn(at, self.conversed);
    }

    fn end(&mut self, id: JourneyId, cause: TerminalCause, by: Party, at: Timestamp) -> Ruling {
        if self.ended.is_some() {
            return Err(format!("{id} ended twice"));
        }
        if let Stage::Ringing { offer, .. } = &self.stage {
            return Err(format!("{id} ended while {offer} rings on"));
        }
        self.audio.turn(at, false);
        (self.stage, self.ended) = (Stage::Ended, Some((cause, by, at)));
        Ok(())
    }

    fn offer_ended(&mut self, id: JourneyId, offer: OfferId, operator: &OperatorId, outcome: OfferOutcome) -> Ruling {
        let rung = Stage::Ringing { offer, operator: operator.clone() };
        if self.stage != rung {
            return Err(format!("{offer} of {id} ended and did not ring"));
        }
        self.stage = Stage::Waiting;
        match outcome {
            OfferOutcome::Accepted => {
                self.spoke_with = Some(operator.clone());
                self.stage = Stage::Talking { operator: operator.clone() };
            }
            OfferOutcome::Declined | OfferOutcome::NoAnswer | OfferOutcome::Failed => {
                self.unwilling.insert(operator.clone());
            }
            OfferOutcome::Withdrawn { .. } => {}
        }
        Ok(())
    }
}

/// Whether a record says where a call stands. Its obligation and the last words of its legs may come when it is over.
fn says_where(event: &Event) -> bool {
    !matches!(
        event,
        Event::ObligationOpened { .. }
            | Event::ObligationJoined { .. }
            | Event::ObligationInHand { .. }
            | Event::LegMeasured { .. }
            | Event::LegLost { .. }
            | Event::DialogConfirmed { .. }
    )
}

/// By engine, trunk or desk (rule 4).
pub(super) fn is_cut_off(cause: TerminalCause) -> bool {
    matches!(
        cause,
        TerminalCause::TrunkLost | TerminalCause::EngineLost | TerminalCause::EngineStopped | TerminalCause::DeskLost
    )
}
