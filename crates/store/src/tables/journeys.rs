use std::collections::BTreeMap;

use base::{JourneyId, NumberClass, ObligationId, OperatorId, PersonId, Sealed, Timestamp};
use routing::{Caller, Event, Language, Outcome, Part, Party, Record, TerminalCause};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use super::touched;
use crate::StoreError;

/// A row of `helpline.journeys`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Journey {
    journey: JourneyId,
    seq: u64,
    opened: Timestamp,
    service: String,
    synthetic: bool,
    open: bool,
    dialled: String,
    trunk: String,
    person: Option<PersonId>,
    caller: String,
    class: NumberClass,
    private: bool,
    flow: String,
    settings_version: String,
    calendar_version: String,
    language: Option<Language>,
    topic: Option<String>,
    danger: bool,
    queue: Option<String>,
    /// In line now, since.
    waiting_since: Option<Timestamp>,
    wait_ms: Option<i64>,
    operator: Option<OperatorId>,
    /// Conversing now, since.
    talking_since: Option<Timestamp>,
    talk_ms: Option<i64>,
    outcome: Option<Outcome>,
    ended: Option<Timestamp>,
    ended_seq: Option<u64>,
    cause: Option<TerminalCause>,
    ended_by: Option<Party>,
    /// What is owed, where we began it to keep that.
    attempt_of: Option<ObligationId>,
    /// Heard to the end that we call back.
    noticed: bool,
    wanted: Option<bool>,
    part: Option<Part>,
    contact_masked: Option<String>,
    contact_class: Option<NumberClass>,
    contact_sealed: Option<Sealed>,
    /// The first audio both ways.
    conversed: Option<Timestamp>,
}

/// Folds a batch into the journeys that it speaks of.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    let touched = touched(records, changed);
    if touched.is_empty() {
        return Ok(());
    }
    let mut journeys = load(tx, &touched).await?;
    records.iter().for_each(|row| apply(&mut journeys, &row.record));
    save(tx, journeys.into_values().collect()).await
}

/// The journey whose row an event changes.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what changes no journey's row stands in events alone, later variants too"
)]
fn changed(event: &Event) -> Option<JourneyId> {
    match event {
        Event::JourneyOpened { journey, .. }
        | Event::AttemptOpened { attempt: journey, .. }
        | Event::CarrierCallFound { journey, .. }
        | Event::NoticeHeard { journey, .. }
        | Event::CallbackWanted { journey, .. }
        | Event::PartWanted { journey, .. }
        | Event::ContactGiven { journey, .. }
        | Event::LanguageChosen { journey, .. }
        | Event::TopicChosen { journey, .. }
        | Event::DangerPressed { journey }
        | Event::Queued { journey, .. }
        | Event::Requeued { journey, .. }
        | Event::Conversing { journey, .. }
        | Event::OutcomeGiven { journey, .. }
        | Event::WrappedUp { journey, .. }
        | Event::Ended { journey, .. } => Some(*journey),
        _ => None,
    }
}

fn apply(journeys: &mut BTreeMap<JourneyId, Journey>, record: &Record) {
    if let Some(journey) = opened(record).or_else(|| begun(record)).or_else(|| found(record)) {
        journeys.insert(journey.journey, journey);
    } else if let Some(journey) = changed(&record.event).and_then(|id| journeys.get_mut(&id)) {
        journey.apply(record);
    }
}

fn opened(record: &Record) -> Option<Journey> {
    let Event::JourneyOpened {
        journey,
        leg: _,
        caller,
        dialled,
        trunk,
        service,
        synthetic,
        open,
        flow,
        calendar_version,
        settings_version,
    } = record.event.clone()
    else {
        return None;
    };
    Some(Journey {
        service,
        synthetic,
        open,
        dialled,
        trunk,
        flow,
        settings_version,
        calendar_version,
        ..Journey::of(journey, record, caller)
    })
}

/// A call that only the carrier saw, placed by the carrier's clock.
fn found(record: &Record) -> Option<Journey> {
    let Event::CarrierCallFound { journey, caller, dialled, service, began, lasted_s: _, settings_version } =
        record.event.clone()
    else {
        return None;
    };
    Some(Journey { opened: began, dialled, service, settings_version, ..Journey::of(journey, record, caller) })
}

/// An attempt: we dialled, so nobody dialled us.
fn begun(record: &Record) -> Option<Journey> {
    let Event::AttemptOpened {
        attempt,
        obligation,
        offer: _,
        operator,
        service,
        caller,
        given: _,
        language,
        calendar_version,
        settings_version,
    } = record.event.clone()
    else {
        return None;
    };
    Some(Journey {
        service,
        settings_version,
        calendar_version,
        language: Some(language),
        operator: Some(operator),
        attempt_of: Some(obligation),
        ..Journey::of(attempt, record, caller)
    })
}

impl Journey {
    fn of(journey: JourneyId, record: &Record, caller: Caller) -> Self {
        Journey {
            journey,
            seq: record.seq,
            opened: record.utc,
            service: String::new(),
            synthetic: false,
            open: true,
            dialled: String::new(),
            trunk: String::new(),
            person: caller.person,
            caller: caller.masked,
            class: caller.class,
            private: caller.private,
            flow: String::new(),
            settings_version: String::new(),
            calendar_version: String::new(),
            language: None,
            topic: None,
            danger: false,
            queue: None,
            waiting_since: None,
            wait_ms: None,
            operator: None,
            talking_since: None,
            talk_ms: None,
            outcome: None,
            ended: None,
            ended_seq: None,
            cause: None,
            ended_by: None,
            attempt_of: None,
            noticed: false,
            wanted: None,
            part: None,
            contact_masked: None,
            contact_class: None,
            contact_sealed: None,
            conversed: None,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what changes no journey's row stands in events alone, later variants too"
    )]
    fn apply(&mut self, record: &Record) {
        let utc = record.utc;
        match &record.event {
            Event::LanguageChosen { language, .. } => self.language = Some(language.clone()),
            Event::TopicChosen { topic, .. } => self.topic = Some(topic.clone()),
            Event::DangerPressed { .. } => self.danger = true,
            Event::Queued { queue, since, .. } => self.wait(queue, *since),
            Event::Requeued { queue, .. } => {
                self.settle(utc);
                self.wait(queue, utc);
            }
            Event::Conversing { operator, .. } => {
                self.settle(utc);
                self.operator = Some(operator.clone());
                self.talking_since = Some(utc);
                self.conversed = self.conversed.or(Some(utc));
            }
            Event::NoticeHeard { .. } => self.noticed = true,
            Event::CallbackWanted { wanted, .. } => self.wanted = Some(*wanted),
            Event::PartWanted { part, .. } => self.part = Some(*part),
            Event::ContactGiven { contact, .. } => {
                self.contact_masked = Some(contact.masked.clone());
                self.contact_class = Some(contact.class);
                self.contact_sealed.clone_from(&contact.number);
            }
            Event::OutcomeGiven { outcome, .. } => self.outcome = Some(*outcome),
            Event::WrappedUp { outcome, .. } => self.outcome = outcome.or(self.outcome),
            Event::Ended { cause, by, .. } => {
                self.settle(utc);
                self.ended = Some(utc);
                self.ended_seq = Some(record.seq);
                self.cause = Some(*cause);
                self.ended_by = Some(*by);
            }
            _ => {}
        }
    }

    fn wait(&mut self, queue: &str, since: Timestamp) {
        self.queue = Some(queue.to_owned());
        self.waiting_since = self.waiting_since.or(Some(since));
    }

    /// Ends a wait or a talk under way and adds it to its sum.
    fn settle(&mut self, utc: Timestamp) {
        add_span(&mut self.wait_ms, self.waiting_since.take(), utc);
        add_span(&mut self.talk_ms, self.talking_since.take(), utc);
    }
}

/// A clock set back in between counts as no time.
fn add_span(sum_ms: &mut Option<i64>, since: Option<Timestamp>, until: Timestamp) {
    if let Some(since) = since {
        let span_ms = until.as_millisecond().saturating_sub(since.as_millisecond()).max(0);
        *sum_ms = Some(sum_ms.unwrap_or(0).saturating_add(span_ms));
    }
}

async fn load(tx: &mut Transaction<'_, Postgres>, ids: &[String]) -> Result<BTreeMap<JourneyId, Journey>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT to_jsonb(j) AS "row!: Json<Journey>" FROM helpline.journeys j WHERE journey = ANY($1)"#,
        ids,
    )
    .fetch_all(&mut **tx)
    .await
    .map_err(StoreError::database("load journeys"))?;
    Ok(rows.into_iter().map(|Json(journey)| (journey.journey, journey)).collect())
}

async fn save(tx: &mut Transaction<'_, Postgres>, journeys: Vec<Journey>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO helpline.journeys SELECT * FROM jsonb_populate_recordset(NULL::helpline.journeys, $1)
         ON CONFLICT (journey) DO UPDATE SET
            language = EXCLUDED.language, topic = EXCLUDED.topic, danger = EXCLUDED.danger, queue = EXCLUDED.queue,
            waiting_since = EXCLUDED.waiting_since, wait_ms = EXCLUDED.wait_ms, operator = EXCLUDED.operator,
            talking_since = EXCLUDED.talking_since, talk_ms = EXCLUDED.talk_ms, outcome = EXCLUDED.outcome,
            ended = EXCLUDED.ended, ended_seq = EXCLUDED.ended_seq, cause = EXCLUDED.cause, ended_by = EXCLUDED.ended_by,
            noticed = EXCLUDED.noticed, wanted = EXCLUDED.wanted, part = EXCLUDED.part, contact_masked = EXCLUDED.contact_masked,
            contact_class = EXCLUDED.contact_class, contact_sealed = EXCLUDED.contact_sealed, conversed = EXCLUDED.conversed",
        Json(journeys) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save journeys"))?;
    Ok(())
}
