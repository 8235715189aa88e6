use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, LegId, OfferId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;
use routing::{Event, OfferOutcome, Outcome, Party, Skill, TerminalCause};

use super::Ruling;

/// Rule 12: danger, cut off, resumed, live.
const DANGER: u8 = 1;
const CUT_OFF: u8 = 2;
const RESUMED: u8 = 4;
const LIVE: u8 = 5;
const RESUME_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// Every call that ever came in.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: BTreeMap<JourneyId, Call>,
}

#[derive(Debug)]
pub(super) struct Call {
    leg: LegId,
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
    pub(super) in_vain: Option<Timestamp>,
    requeued: bool,
    /// With whom they spoke last.
    pub(super) spoke_with: Option<OperatorId>,
    pub(super) conversed: bool,
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
    silent: bool,
}

impl Audio {
    fn turn(&mut self, at: Timestamp, on: bool) {
        if let Some(from) = self.running.take() {
            self.both_ways += at.duration_since(from);
        }
        let runs = on && !self.held && !self.reconnecting && !self.silent;
        self.running = runs.then_some(at);
    }
}

impl Call {
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
        self.calls.iter().find(|(_, call)| call.leg == leg).map(|(id, call)| (*id, call))
    }

    /// Calls that have not ended.
    pub(super) fn open(&self) -> impl Iterator<Item = (JourneyId, &Call)> {
        self.calls.iter().filter(|(_, call)| call.stage != Stage::Ended).map(|(id, call)| (*id, call))
    }

    pub(super) fn waiting(&mut self) -> impl Iterator<Item = (JourneyId, &mut Call)> {
        self.calls.iter_mut().filter(|(_, call)| call.stage == Stage::Waiting).map(|(id, call)| (*id, call))
    }

    pub(super) fn of_person(&self, person: PersonId) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(move |call| call.person == Some(person))
    }

    pub(super) fn under_way(&self) -> BTreeSet<JourneyId> {
        self.open().map(|(id, _)| id).collect()
    }

    pub(super) fn ask_again(&mut self, operator: &OperatorId) {
        self.calls.values_mut().for_each(|call| {
            call.unwilling.remove(operator);
        });
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
            let before = self.calls.insert(*journey, Call::new(*leg, caller.person, *synthetic, at));
            return if before.is_some() { Err(format!("{journey} was opened twice")) } else { Ok(()) };
        }
        if let Event::Queued { journey, priority, .. } = event {
            self.place_is_due(*journey, *priority)?;
        }
        let Some(id) = event.journey() else { return Ok(()) };
        let Some(call) = self.calls.get_mut(&id) else { return Err(format!("{id} was never opened")) };
        call.record(id, event, at)
    }

    /// Rule 12: nobody stands before others without a reason that the rules know.
    fn place_is_due(&self, id: JourneyId, priority: u8) -> Ruling {
        let Some(call) = self.calls.get(&id) else { return Err(format!("{id} was never opened")) };
        // They dialled again in time; how long the menus took does not matter.
        let call_came = call.came;
        let lately = |causes: &[TerminalCause]| {
            let before = call.person.into_iter().flat_map(|person| self.of_person(person));
            before
                .filter_map(|call| call.ended)
                .any(|(cause, _, then)| causes.contains(&cause) && call_came.duration_since(then) < RESUME_WITHIN)
        };
        let cut = [TerminalCause::TrunkLost, TerminalCause::EngineLost, TerminalCause::EngineStopped];
        let due = match priority {
            DANGER => call.danger,
            CUT_OFF => call.requeued || lately(&cut),
            RESUMED => lately(&[TerminalCause::Abandoned, TerminalCause::NoAudio]),
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
    fn new(leg: LegId, person: Option<PersonId>, synthetic: bool, came: Timestamp) -> Self {
        Call {
            leg,
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
            spoke_with: None,
            conversed: false,
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
            Event::Reconnecting { on, .. } => self.away(at, |audio| audio.reconnecting = *on),
            Event::CallerSilent { on, .. } => self.away(at, |audio| audio.silent = *on),
            Event::Requeued { .. } => {
                // What was said of a conversation that was cut is no word on the next.
                (self.audio, self.outcome) = (Audio::default(), None);
                (self.stage, self.requeued, self.conversed) = (Stage::Waiting, true, false);
                self.place = self.place.map(|(priority, since)| (priority.min(CUT_OFF), since));
            }
            Event::Answered { .. }
            | Event::LanguageChosen { .. }
            | Event::TopicChosen { .. }
            | Event::NoticeHeard { .. } => {
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
            | Event::NumberFlagged { .. }
            | Event::ConsultOpened { .. }
            | Event::ConsultAnswered { .. }
            | Event::ConsultSwapped { .. }
            | Event::ConsultClosed { .. }
            | Event::Transferred { .. }
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
            | Event::OperatorChanged { .. }
            | Event::DeskAudio { .. }
            | Event::BreakAsked { .. }
            | Event::NobodyFree { .. }
            | Event::LineLeft { .. } => {}
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
