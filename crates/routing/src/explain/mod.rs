//! Why a call went as it did, told from its records and the reasons in them, and from nothing else.
//!
//! [`explain`] folds a journey's records into [`Sentence`]s: a moment and what to say, without words. [`Tongue`] has the words; the
//! command line and the pages use the same ones.

mod en;
mod sentence;
mod wait;
mod words;
mod zh_cn;

use base::{OperatorId, Timestamp};

pub use sentence::{Says, Sentence};
pub use wait::{Share, Wait};
pub use words::Tongue;

use crate::explain::wait::Clock;
use crate::{Event, OfferOutcome, Pick, Record, Skill};

/// A journey explained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// How long they stood in line and what for; none: they never did.
    pub wait: Option<Wait>,
    /// In the order of the records.
    pub sentences: Vec<Sentence>,
}

/// Explains one journey. `records` are those that name it, and those of what is owed for it.
pub fn explain<'a>(records: impl IntoIterator<Item = &'a Record>) -> Explanation {
    let mut teller = Teller::default();
    for record in records {
        teller.tell(&record.event, record.utc);
    }
    Explanation { wait: teller.clock.finish(), sentences: teller.sentences }
}

/// What must be remembered from one record to the next.
#[derive(Debug, Default)]
struct Teller {
    sentences: Vec<Sentence>,
    clock: Clock,
    /// What who answers must have, as it was said last.
    needs: Option<Vec<Skill>>,
    rings_since: Option<Timestamp>,
    talks_since: Option<Timestamp>,
    /// A journey that we began.
    attempt: bool,
}

impl Teller {
    fn tell(&mut self, event: &Event, utc: Timestamp) {
        self.clock.learn(event, utc);
        if let Some(says) = self.says(event, utc) {
            self.sentences.push(Sentence { utc, says });
        }
    }

    /// None: it tells nothing of a wait or a way out, and is left to the timeline.
    fn says(&mut self, event: &Event, utc: Timestamp) -> Option<Says> {
        Some(match event {
            Event::JourneyOpened { caller, dialled, service, open, .. } => Says::Called {
                masked: caller.masked.clone(),
                dialled: dialled.clone(),
                service: service.clone(),
                open: *open,
            },
            Event::CarrierCallFound { caller, dialled, began, .. } => {
                Says::CarrierCall { masked: caller.masked.clone(), dialled: dialled.clone(), began: *began }
            }
            Event::ObligationOpened { reason, .. } => Says::Owed { reason: reason.clone() },
            Event::ObligationJoined { .. } => Says::OwedTogether,
            Event::ObligationInHand { operator, .. } => Says::InHand { operator: operator.clone() },
            Event::ObligationReopened { reason, .. } => Says::OwedAgain { reason: reason.clone() },
            Event::ObligationDischarged { reason, by, .. } => Says::Kept { reason: reason.clone(), by: by.clone() },
            Event::NumberShared { .. } => Says::NumberShared,
            Event::Answered { .. } => Says::Answered { attempt: self.attempt },
            Event::LanguageChosen { language, by, .. } => Says::Language { language: language.clone(), by: *by },
            Event::TopicChosen { topic, .. } => Says::Topic { topic: topic.clone() },
            Event::DangerPressed { .. } => Says::Danger,
            Event::InputMissed { reason, .. } => Says::Missed { reason: reason.clone() },
            Event::NoticeHeard { opens, .. } => Says::NoticeHeard { opens: *opens },
            Event::Queued { queue, skills, priority, since, .. } => self.queued(queue, skills, *priority, *since, utc),
            Event::NobodyFree { crew, .. } => Says::NobodyFree { crew: crew.clone() },
            Event::WaitTold { minutes, ahead, operators, takes_s, .. } => {
                let (minutes, ahead, operators, takes_s) = (*minutes, *ahead, *operators, *takes_s);
                Says::WaitTold { minutes, ahead, operators, takes_s }
            }
            Event::Offered { operator, pick, .. } => self.rings(operator, pick.as_ref(), utc),
            Event::OfferEnded { operator, outcome, .. } => self.ring_over(operator, *outcome, utc),
            Event::Conversing { operator, .. } if self.attempt => Says::Reached { operator: operator.clone() },
            Event::Conversing { operator, .. } => {
                Says::Talking { operator: operator.clone(), waited_ms: self.clock.waited_ms() }
            }
            Event::Held { operator, on, .. } => Says::Hold { operator: operator.clone(), on: *on },
            Event::Reconnecting { operator, on, .. } => Says::DeskAway { operator: operator.clone(), on: *on },
            Event::CallerSilent { on, .. } => Says::CallerSilent { on: *on },
            Event::Requeued { reason, .. } => {
                self.talks_since = None;
                Says::BackInLine { reason: reason.clone() }
            }
            Event::LineLeft { reason, .. } => {
                self.needs = None;
                Says::LineLeft { reason: reason.clone() }
            }
            Event::ConsultOpened { operator, to, trunk, .. } => {
                Says::Asks { operator: operator.clone(), to: to.clone(), trunk: trunk.clone() }
            }
            Event::ConferenceOpened { operator, .. } => Says::Conference { operator: operator.clone() },
            Event::ConsultClosed { operator, reason, .. } => {
                Says::AskOver { operator: operator.clone(), reason: reason.clone() }
            }
            Event::Transferred { operator, to, .. } => Says::HandedOn { operator: operator.clone(), to: to.clone() },
            Event::Dialled { step, .. } => Says::Dialled { step: step.clone() },
            Event::LegLost { role, reason, .. } => Says::LegLost { role: *role, reason: reason.clone() },
            Event::OutcomeGiven { operator, outcome, .. } => {
                Says::Noted { operator: operator.clone(), outcome: *outcome }
            }
            Event::Ended { cause, by, .. } => {
                let talked_ms = self.talks_since.take().map(|from| since(Some(from), utc));
                Says::Ended { cause: *cause, by: *by, talked_ms }
            }
            Event::CallbackWanted { wanted, .. } => Says::Wants { wanted: *wanted },
            Event::PartWanted { part, .. } => Says::WantsPart { part: *part },
            Event::ContactGiven { contact, .. } => Says::GaveContact { masked: contact.masked.clone() },
            Event::PromiseMade { by, .. } => Says::Promised { by: *by },
            Event::PromiseSettled { by, kept, .. } => Says::PromiseSettled { by: *by, kept: *kept },
            Event::CallbackPlanned { due, reason, .. } => Says::Planned { due: *due, reason: reason.clone() },
            Event::CallbackHeld { list, reason, by, .. } => {
                Says::OnList { list: *list, reason: reason.clone(), by: by.clone() }
            }
            Event::CallbackClaimed { operator, .. } => Says::Claimed { operator: operator.clone() },
            Event::CallbackOffered { operator, .. } => Says::CallbackRings { operator: operator.clone() },
            Event::CallbackOfferEnded { operator, outcome, .. } => {
                Says::CallbackRingOver { operator: operator.clone(), outcome: *outcome }
            }
            Event::AttemptOpened { operator, caller, .. } => {
                self.attempt = true;
                Says::AttemptBegan { operator: operator.clone(), masked: caller.masked.clone() }
            }
            Event::AttemptDialled { trunk, .. } => Says::AttemptDialled { trunk: trunk.clone() },
            Event::AttemptRinging { .. } => Says::AttemptRings,
            Event::AttemptFailed { reason, .. } => Says::AttemptFailed { reason: reason.clone() },
            Event::NumberFlagged { flag, on, reason, by, .. } => {
                Says::Marked { flag: *flag, on: *on, reason: reason.clone(), by: by.clone() }
            }
            Event::LineClosed { served_until, reason, .. } => {
                Says::LineClosed { served_until: *served_until, reason: reason.clone() }
            }
            Event::LineReopened { .. } => Says::LineReopened,
            Event::SamePerson { operator, .. } => Says::SamePerson { operator: operator.clone() },
            Event::Started { .. }
            | Event::RotaSet { .. }
            | Event::HolidayConfirmed { .. }
            | Event::AttemptCounted { .. }
            | Event::TrunkChanged { .. }
            | Event::NodeLost { .. }
            | Event::Stopped {}
            | Event::Configured { .. }
            | Event::UserAdded { .. }
            | Event::UserDisabled { .. }
            | Event::PasswordSet { .. }
            | Event::ServiceSwitched { .. }
            | Event::DialogConfirmed { .. }
            | Event::StepEntered { .. }
            | Event::Muted { .. }
            | Event::ConsultAnswered { .. }
            | Event::ConsultSwapped { .. }
            | Event::LegMeasured { .. }
            | Event::OperatorChanged { .. }
            | Event::DeskAudio { .. }
            | Event::BreakAsked { .. }
            | Event::WrappedUp { .. } => return None,
        })
    }

    fn rings(&mut self, operator: &OperatorId, pick: Option<&Pick>, utc: Timestamp) -> Says {
        self.rings_since = Some(utc);
        Says::Rings { operator: operator.clone(), pick: pick.cloned() }
    }

    fn ring_over(&mut self, operator: &OperatorId, outcome: OfferOutcome, utc: Timestamp) -> Says {
        let rang_ms = since(self.rings_since.take(), utc);
        self.talks_since = (outcome == OfferOutcome::Accepted).then_some(utc);
        Says::RingOver { operator: operator.clone(), outcome, rang_ms }
    }

    /// In line, or in line still with less asked of who answers.
    fn queued(&mut self, queue: &str, skills: &[Skill], priority: u8, line: Timestamp, utc: Timestamp) -> Says {
        let before = self.needs.replace(skills.to_vec()).unwrap_or_default();
        if before.iter().any(|skill| !skills.contains(skill)) {
            return Says::Relaxed { at: utc, before, now: skills.to_vec() };
        }
        let kept_since = (line < utc).then_some(line);
        Says::InLine { queue: queue.to_owned(), needs: skills.to_vec(), priority, kept_since }
    }
}

/// A clock set back in between counts as no time.
fn since(from: Option<Timestamp>, utc: Timestamp) -> i64 {
    from.map_or(0, |from| utc.as_millisecond().saturating_sub(from.as_millisecond()).max(0))
}
