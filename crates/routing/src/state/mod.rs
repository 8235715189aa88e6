//! What is folded from records: the one truth of the switchboard, and the picture that pages are shown.
//!
//! Reads neither configuration nor clock: the only moments here are those that stand in records.

mod journey;
mod obligation;
mod operator;
mod person;

use std::collections::BTreeMap;

use base::{Boot, JourneyId, LegId, NodeId, ObligationId, OfferId, OperatorId, PersonId, Sealed, Timestamp};

pub use journey::{Journey, Line, RingingOffer, Stage, Talk};
pub use obligation::{Obligation, Owed};
pub use operator::{Account, After, Operator};
pub(crate) use person::{Day, Place};

use crate::{Event, Record};

/// How many dialogs of ended journeys are remembered until their legs have said their last word.
const PARTING: usize = 1024;

/// The fold of all records.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) last_seq: u64,
    pub(crate) settings_version: Option<String>,
    pub(crate) accounts: BTreeMap<OperatorId, Account>,
    pub(crate) operators: BTreeMap<OperatorId, Operator>,
    pub(crate) journeys: BTreeMap<JourneyId, Journey>,
    pub(crate) obligations: BTreeMap<ObligationId, Obligation>,
    /// The open `reach` obligation of each unshared person.
    pub(crate) reach: BTreeMap<PersonId, ObligationId>,
    pub(crate) shared: std::collections::BTreeSet<PersonId>,
    /// Places in line of those who were cut off or gave up.
    pub(crate) places: BTreeMap<PersonId, Place>,
    pub(crate) day: Day,
    /// Services switched by hand: closed or open.
    pub(crate) switched: BTreeMap<String, bool>,
    /// Confirmed dialogs of ended journeys whose BYE may not have left.
    pub(crate) parting: BTreeMap<LegId, (JourneyId, Sealed)>,
    /// The last run of each node, and whether it said goodbye.
    pub(crate) runs: BTreeMap<NodeId, (Boot, bool)>,
}

impl State {
    /// Folds one record in.
    pub(crate) fn apply(&mut self, record: &Record) {
        self.last_seq = record.seq;
        let run = self.runs.entry(record.node).or_insert((record.boot, true));
        *run = (record.boot.max(run.0), true);
        self.fold(&record.event, record.utc, record.node);
    }

    fn fold(&mut self, event: &Event, utc: Timestamp, node: NodeId) {
        match event {
            Event::Started { .. } => self.operators.values_mut().for_each(|operator| operator.audio = false),
            Event::NodeLost { .. } => {}
            Event::Stopped {} => {
                if let Some((_, running)) = self.runs.get_mut(&node) {
                    *running = false;
                }
            }
            Event::Configured { version, .. } => self.settings_version = Some(version.clone()),
            Event::ServiceSwitched { service, closed: Some(closed), .. } => {
                self.switched.insert(service.clone(), *closed);
            }
            Event::ServiceSwitched { service, closed: None, .. } => {
                self.switched.remove(service);
            }
            Event::UserAdded { .. }
            | Event::UserDisabled { .. }
            | Event::PasswordSet { .. }
            | Event::OperatorChanged { .. }
            | Event::DeskAudio { .. }
            | Event::BreakAsked { .. }
            | Event::OutcomeGiven { .. }
            | Event::WrappedUp { .. } => self.fold_operator(event, utc),
            Event::ObligationOpened { .. }
            | Event::ObligationJoined { .. }
            | Event::ObligationInHand { .. }
            | Event::ObligationReopened { .. }
            | Event::ObligationDischarged { .. } => self.fold_obligation(event, utc),
            Event::NumberShared { person } => self.fold_shared(*person),
            Event::JourneyOpened { .. } => {
                self.fold_person(event, utc);
                self.fold_journey(event, utc);
            }
            Event::Ended { journey, cause, by } => self.fold_ended(*journey, *cause, *by, utc),
            Event::LegMeasured { leg, .. } => {
                self.parting.remove(leg);
            }
            Event::Answered { .. }
            | Event::DialogConfirmed { .. }
            | Event::StepEntered { .. }
            | Event::LanguageChosen { .. }
            | Event::TopicChosen { .. }
            | Event::DangerPressed { .. }
            | Event::InputMissed { .. }
            | Event::NoticeHeard { .. }
            | Event::Queued { .. }
            | Event::Offered { .. }
            | Event::OfferEnded { .. }
            | Event::Conversing { .. }
            | Event::Held { .. }
            | Event::Muted { .. }
            | Event::Reconnecting { .. }
            | Event::CallerSilent { .. }
            | Event::Requeued { .. }
            | Event::Dialled { .. } => self.fold_journey(event, utc),
        }
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
