//! One call: where it stands, who rings or talks, and how much of it was heard.

use std::collections::BTreeSet;

use base::{JourneyId, LegId, Mono, ObligationId, OfferId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;
use routing::{Event, OfferOutcome, Outcome, Party, Skill, TerminalCause};

use super::Ruling;

/// Rule 12: danger, cut off, resumed, live.
pub(super) const DANGER: u8 = 1;
pub(super) const CUT_OFF: u8 = 2;
pub(super) const RESUMED: u8 = 4;
pub(super) const LIVE: u8 = 5;
/// Rule 4: that much audio both ways is a conversation, where nobody says what came of it.
const CONVERSATION: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug)]
pub(super) struct Call {
    /// Theirs; none: we called.
    pub(super) leg: Option<LegId>,
    pub(super) attempt: bool,
    /// The obligation that it is to keep.
    pub(super) keeps: Option<ObligationId>,
    pub(super) came: Timestamp,
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
    pub(super) requeued: bool,
    /// They are owed already, and phone while it is due (rule 9: it resumes).
    pub(super) owed_before: bool,
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
    pub(super) fn operator(&self) -> Option<&OperatorId> {
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

    pub(super) fn new(leg: Option<LegId>, person: Option<PersonId>, synthetic: bool, came: Timestamp) -> Self {
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

    /// One that we place to keep an obligation.
    pub(super) fn of_ours(keeps: ObligationId, operator: &OperatorId, person: Option<PersonId>, at: Timestamp) -> Self {
        let stage = Stage::Calling { operator: operator.clone() };
        Call { stage, attempt: true, keeps: Some(keeps), ..Call::new(None, person, false, at) }
    }

    pub(super) fn record(&mut self, id: JourneyId, event: &Event, at: Timestamp) -> Ruling {
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

/// By engine, trunk or desk (rule 4).
pub(super) fn is_cut_off(cause: TerminalCause) -> bool {
    matches!(
        cause,
        TerminalCause::TrunkLost | TerminalCause::EngineLost | TerminalCause::EngineStopped | TerminalCause::DeskLost
    )
}
