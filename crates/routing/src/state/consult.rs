use base::{JourneyId, LegId, OfferId, OperatorId, Timestamp};

use super::{After, Stage, State, Talk};
use crate::{Event, Party, TerminalCause, TransferTarget};

/// Whom an operator asks while the caller hears music.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consult {
    /// As it was asked for.
    pub to: TransferTarget,
    /// The colleague who is rung for or speaks.
    pub colleague: Option<OperatorId>,
    /// Their offer.
    pub offer: Option<OfferId>,
    /// The leg of a service outside.
    pub leg: Option<LegId>,
    /// When it rings out.
    pub until: Timestamp,
    /// They answered.
    pub answered: bool,
    /// The operator speaks with the caller meanwhile.
    pub with_caller: bool,
    /// And whom they asked is with both.
    pub conference: bool,
}

impl State {
    /// Folds what concerns consultation and transfer.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the fold of all events, an arm for each, leads only these here"
    )]
    pub(super) fn fold_consult(&mut self, event: &Event, utc: Timestamp) {
        match event {
            Event::ConsultOpened { journey, to, colleague, offer, leg, until, .. } => {
                let (to, colleague) = (to.clone(), colleague.clone());
                let consult = Consult {
                    to,
                    colleague,
                    offer: *offer,
                    leg: *leg,
                    until: *until,
                    answered: false,
                    with_caller: false,
                    conference: false,
                };
                self.talk(*journey, utc, |talk| talk.consult = Some(consult));
                self.journey(*journey, |journey| journey.dialled_anew(*leg));
            }
            Event::ConsultAnswered { journey, .. } => {
                self.consulting(*journey, utc, |consult| consult.answered = true);
            }
            Event::ConsultSwapped { journey, with_caller, .. } => {
                self.consulting(*journey, utc, |consult| {
                    (consult.with_caller, consult.conference) = (*with_caller, false);
                });
            }
            Event::ConferenceOpened { journey, .. } => {
                self.consulting(*journey, utc, |consult| (consult.with_caller, consult.conference) = (true, true));
            }
            Event::ConsultClosed { journey, .. } => self.talk(*journey, utc, |talk| talk.consult = None),
            Event::Transferred { journey, .. } => self.transferred(*journey, utc),
            _ => {}
        }
    }

    fn consulting(&mut self, id: JourneyId, utc: Timestamp, change: impl FnOnce(&mut Consult)) {
        self.talk(id, utc, |talk| {
            if let Some(consult) = &mut talk.consult {
                change(consult);
            }
        });
    }

    /// Who was asked has the caller now. A conversation that ends at a service outside is over for its operator, who says what came of it.
    fn transferred(&mut self, id: JourneyId, utc: Timestamp) {
        let Some(journey) = self.journeys.get_mut(&id) else { return };
        let Some(consult) = journey.talk().and_then(|talk| talk.consult.clone()) else { return };
        match consult {
            Consult { colleague: Some(colleague), offer: Some(offer), .. } => {
                journey.stage = Stage::Talking(Talk::new(offer, colleague, None, utc));
            }
            Consult { leg: Some(leg), .. } => {
                let after = After::of(id, journey, TerminalCause::Conversed, Party::Operator, utc);
                journey.stage = Stage::Dialled { leg };
                if let Some((operator, after)) = after {
                    self.operator(&operator).after = Some(after);
                }
            }
            Consult { .. } => {}
        }
    }

    /// The journey in which a colleague is rung for by this offer.
    pub(crate) fn consult_offer(&self, offer: OfferId) -> Option<JourneyId> {
        let asks = |talk: &Talk| talk.consult.as_ref().is_some_and(|it| it.offer == Some(offer) && !it.answered);
        self.journeys.iter().find(|(_, journey)| journey.talk().is_some_and(asks)).map(|(id, _)| *id)
    }
}
