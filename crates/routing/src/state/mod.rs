//! What is folded from records: the one truth of the switchboard, and the picture that pages are shown.
//!
//! Reads neither configuration nor clock: the only moments here are those that stand in records.

mod callback;
mod consult;
mod hours;
mod journey;
mod obligation;
mod operator;
mod pace;
mod person;
mod recent;
mod trunk;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use base::{Boot, JourneyId, LegId, NodeId, ObligationId, OfferId, OperatorId, PersonId, Sealed, Timestamp};

pub use callback::{Callback, Plan, Tried};
pub use consult::Consult;
pub use hours::{Confirmed, Switched};
pub use journey::{Attempt, Calling, Journey, Line, RingingOffer, Stage, Talk};
pub use obligation::{Obligation, Owed};
pub use operator::{Account, After, Operator};
use pace::Pace;
pub(crate) use person::{Day, Place, ShortCalls};
use recent::Recent;
pub use trunk::TrunkUse;
use waiting::Waiting;

use crate::{Event, Language, NumberFlag, Record, Rota};

/// How many dialogs of ended journeys are remembered until their legs have said their last word.
const PARTING: usize = 1024;

/// The fold of all records.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) last_seq: u64,
    pub(crate) settings_version: Option<String>,
    pub(crate) accounts: BTreeMap<OperatorId, Account>,
    pub(crate) operators: BTreeMap<OperatorId, Operator>,
    pub(crate) journeys: BTreeMap<JourneyId, Journey>,
    /// Those of them who wait.
    waiting: Waiting,
    /// How long calls take, by line.
    paces: BTreeMap<String, Pace>,
    /// With whom people spoke last,
    spoke: Recent<OperatorId>,
    /// and which language they chose.
    chose: Recent<Language>,
    pub(crate) obligations: BTreeMap<ObligationId, Obligation>,
    /// Which of them are about whom.
    about: BTreeMap<PersonId, BTreeSet<ObligationId>>,
    /// The open `reach` obligation of each unshared person.
    pub(crate) reach: BTreeMap<PersonId, ObligationId>,
    pub(crate) shared: BTreeSet<PersonId>,
    /// Places in line of those who were cut off or gave up.
    pub(crate) places: BTreeMap<PersonId, Place>,
    pub(crate) day: Day,
    /// Services switched by hand: closed or open.
    pub(crate) switched: BTreeMap<String, Switched>,
    /// Computed closures that a person confirmed, by calendar and key.
    pub(crate) confirmed: BTreeMap<String, BTreeMap<String, Confirmed>>,
    /// Who works when.
    pub(crate) rotas: BTreeMap<OperatorId, Rota>,
    /// Confirmed dialogs of ended journeys whose BYE may not have left.
    pub(crate) parting: BTreeMap<LegId, (JourneyId, Sealed)>,
    /// Plans of what we owe, by the time from which they are offered.
    pub(crate) plans: BTreeSet<(Timestamp, ObligationId)>,
    /// What rings for a callback.
    pub(crate) ringing: BTreeMap<OfferId, ObligationId>,
    /// How many rings for live callers there were since the last one for a callback.
    pub(crate) live_since_callback: u32,
    /// When each number was dialled since the last conversation (rule 8).
    pub(crate) dialled: BTreeMap<PersonId, Vec<Timestamp>>,
    /// Short calls of each number, when they ended and how long they were (rule 3).
    pub(crate) short_calls: BTreeMap<PersonId, ShortCalls>,
    /// Numbers that are marked, and until when.
    pub(crate) flags: BTreeMap<(PersonId, NumberFlag), Option<Timestamp>>,
    /// What trunks are at, and have carried.
    pub(crate) trunks: BTreeMap<String, TrunkUse>,
    /// The last run of each node, and whether it said goodbye.
    pub(crate) runs: BTreeMap<NodeId, (Boot, bool)>,
}

impl State {
    /// Folds one record in.
    pub(crate) fn apply(&mut self, record: &Record) {
        self.last_seq = record.seq;
        let run = self.runs.entry(record.node).or_insert((record.boot, false));
        run.0 = record.boot.max(run.0);
        self.fold(&record.event, record.utc, record.node);
        if let Some(journey) = record.event.journey() {
            self.stand(journey);
        }
    }

    fn fold(&mut self, event: &Event, utc: Timestamp, node: NodeId) {
        self.fold_trunk(event, utc);
        match event {
            Event::Started { .. } => {
                self.operators.values_mut().for_each(|operator| operator.audio = false);
                self.running(node, true);
            }
            Event::NodeLost { node, boot } => self.parting.retain(|leg, _| leg.node != *node || leg.boot >= *boot),
            Event::Stopped {} => self.running(node, false),
            Event::Configured { version, .. } => self.settings_version = Some(version.clone()),
            Event::ServiceSwitched { .. } | Event::HolidayConfirmed { .. } => self.hours(event, utc),
            Event::RotaSet { operator, rota, .. } => {
                self.rotas.insert(operator.clone(), rota.clone());
            }

            Event::UserAdded { user, password } => self.add_account(user, password),
            Event::UserDisabled { operator, .. } => self.account(operator, |account| account.disabled = true),
            Event::PasswordSet { operator, password } => {
                self.account(operator, |account| account.password.clone_from(password));
            }
            Event::OperatorChanged { operator, state, reason } => {
                self.note_pace(operator, state, utc);
                self.operator(operator).change(state, reason, utc);
            }
            Event::DeskAudio { operator, up } => self.operator(operator).audio = *up,
            Event::BreakAsked { operator, reason } => self.operator(operator).next.clone_from(reason),
            Event::OutcomeGiven { journey, operator, outcome } => {
                self.operator(operator).outcome_given(*journey, *outcome);
                self.talk(*journey, utc, |talk| talk.outcome = Some(*outcome));
                self.outcome_of_attempt(*journey, operator, *outcome);
            }
            Event::WrappedUp { operator, .. } => self.operator(operator).after = None,

            Event::ObligationOpened { obligation, journey, person, kind, reason, from } => {
                self.journey(*journey, |journey| journey.unnamed = person.is_none());
                let opened = Obligation::new(*journey, *person, *kind, reason, utc);
                self.open_obligation(*obligation, opened, *from);
            }
            Event::ObligationJoined { obligation, journey } => self.join_obligation(*obligation, *journey),
            Event::ObligationInHand { obligation, journey, .. } => {
                self.obligation(*obligation, |owed| owed.take_in_hand(*journey));
            }
            Event::ObligationReopened { obligation, reason } => {
                let before = self.due_of(*obligation);
                self.obligation(*obligation, |owed| owed.reopen(reason));
                self.replan(*obligation, before, None);
            }
            Event::ObligationDischarged { obligation, reason, .. } => self.discharge(*obligation, reason),
            Event::NumberShared { person } => self.number_shared(*person),

            Event::CallbackWanted { .. }
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
            | Event::NumberFlagged { .. } => self.fold_callback(event, utc),

            Event::JourneyOpened { journey, .. } => {
                self.count_today(event, utc);
                self.journeys.extend(Journey::opened(event, utc).map(|opened| (*journey, opened)));
            }
            Event::CarrierCallFound { journey, .. } => {
                self.journeys.extend(Journey::found(event).map(|found| (*journey, found)));
            }
            Event::Answered { journey, .. } => {
                self.journey(*journey, |journey| journey.answered(utc));
                self.attempt_counted(*journey, utc);
            }
            Event::DialogConfirmed { journey, leg, dialog, .. } => self.journey(*journey, |journey| {
                journey.dialogs.insert(*leg, dialog.clone());
            }),
            Event::StepEntered { journey, step } => self.journey(*journey, |journey| journey.in_flow(Some(step))),
            Event::LanguageChosen { journey, language, by } => self.speaks(*journey, language, *by, utc),
            Event::TopicChosen { journey, topic } => {
                self.journey(*journey, |journey| journey.topic = Some(topic.clone()));
            }
            Event::DangerPressed { journey } => self.journey(*journey, Journey::danger_pressed),
            Event::NoticeHeard { journey, .. } => self.journey(*journey, |journey| journey.promised = true),
            Event::Dialled { journey, leg, .. } => {
                self.journey(*journey, |journey| journey.stage = Stage::Dialled { leg: *leg });
            }
            Event::Queued { journey, queue, skills, priority, since } => {
                let (queue, skills) = (queue.clone(), skills.clone());
                let line = Line { queue, skills, priority: *priority, since: *since };
                self.journey(*journey, |journey| journey.queued(line));
                self.take_place(*journey);
            }
            Event::Offered { journey, offer, operator, leg, until, pick: _ } => {
                self.live_since_callback = self.live_since_callback.saturating_add(1);
                self.journey(*journey, |journey| {
                    let ringing = RingingOffer { offer: *offer, operator: operator.clone(), leg: *leg, until: *until };
                    journey.stage = Stage::Ringing(ringing);
                });
            }
            Event::OfferEnded { journey, offer, outcome, .. } => {
                self.journey(*journey, |journey| journey.offer_ended(*offer, *outcome, utc));
            }
            Event::Conversing { journey, operator, .. } => {
                self.talk(*journey, utc, |talk| talk.conversing = true);
                self.conversing(*journey, utc);
                self.spoken_by(*journey, operator, utc);
            }
            Event::Held { journey, on, .. } => self.talk(*journey, utc, |talk| talk.held = *on),
            Event::Muted { journey, on, .. } => self.talk(*journey, utc, |talk| talk.muted = *on),
            Event::Reconnecting { journey, on, .. } => self.talk(*journey, utc, |talk| talk.reconnecting = *on),
            Event::CallerSilent { journey, on } => {
                self.journey(*journey, |journey| journey.silent = *on);
                self.talk(*journey, utc, |_| {});
            }
            Event::ConsultOpened { .. }
            | Event::ConsultAnswered { .. }
            | Event::ConsultSwapped { .. }
            | Event::ConferenceOpened { .. }
            | Event::ConsultClosed { .. }
            | Event::Transferred { .. } => self.fold_consult(event, utc),
            Event::Requeued { journey, .. } => self.journey(*journey, Journey::requeued),
            Event::LegMeasured { journey, leg, .. } => {
                self.parting.remove(leg);
                self.journey(*journey, |journey| {
                    journey.dialogs.remove(leg);
                });
            }
            Event::Ended { journey, cause, by } => self.ended(*journey, *cause, *by, utc),
            Event::InputMissed { .. }
            | Event::LegLost { .. }
            | Event::TrunkChanged { .. }
            | Event::LineClosed { .. }
            | Event::LineReopened { .. }
            | Event::NobodyFree { .. }
            | Event::WaitTold { .. }
            | Event::LineLeft { .. } => {}
        }
    }

    fn running(&mut self, node: NodeId, running: bool) {
        if let Some(run) = self.runs.get_mut(&node) {
            run.1 = running;
        }
    }

    fn due_of(&self, id: ObligationId) -> Option<Timestamp> {
        self.obligations.get(&id).and_then(|owed| owed.callback.plan.as_ref()).map(|plan| plan.due)
    }

    /// The journey that an offer belongs to, with the offer.
    pub(crate) fn offer(&self, offer: OfferId) -> Option<(JourneyId, &RingingOffer)> {
        self.journeys.iter().find_map(|(id, journey)| {
            let ringing = journey.ringing().filter(|ringing| ringing.offer == offer)?;
            Some((*id, ringing))
        })
    }

    /// Keeps what a BYE needs for legs whose end is not certain yet.
    fn part(&mut self, id: JourneyId, journey: Journey) {
        self.parting.extend(journey.dialogs.into_iter().map(|(leg, dialog)| (leg, (id, dialog))));
        while self.parting.len() > PARTING {
            self.parting.pop_first();
        }
    }
}
