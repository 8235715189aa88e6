mod rest;

use std::collections::BTreeMap;

use routing::{Event, Record, TerminalCause};
use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};

use crate::StoreError;

/// How many differences are spelled out.
const SPELLED_OUT: usize = 100;

/// Holds the journal against a picture of the tables: take the picture, then give it every record of the journal in order.
///
/// It folds the journal by rules of its own, not by the projector's.
#[derive(Debug)]
pub struct Reconciler {
    tables: Facts,
    journal: Facts,
    journal_last: u64,
}

/// What is compared. Words are those on the wire.
#[derive(Debug, Default)]
struct Facts {
    position: u64,
    events: u64,
    /// The terminal cause, or none yet.
    journeys: BTreeMap<String, Option<String>>,
    /// The state.
    obligations: BTreeMap<String, String>,
    /// Everything else, aggregate by aggregate.
    rest: rest::Rest,
}

/// What journal and tables agree on, and where they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// No difference.
    pub clean: bool,
    /// The last record of the journal,
    pub journal: u64,
    /// and of the tables.
    pub position: u64,
    /// Journeys in the journal up to there,
    pub journeys: u64,
    /// how many of them have their terminal cause,
    pub ended: u64,
    /// obligations,
    pub obligations: u64,
    /// and how many of them are not discharged.
    pub owed: u64,
    /// Each difference, for people. At most a hundred are spelled out.
    pub differences: Vec<String>,
}

impl Reconciler {
    pub(crate) async fn take(pool: &PgPool) -> Result<Self, StoreError> {
        let mut tx = pool.begin().await.map_err(StoreError::database("begin a picture"))?;
        let tables = picture(&mut tx).await?;
        tx.commit().await.map_err(StoreError::database("end a picture"))?;
        Ok(Reconciler { tables, journal: Facts::default(), journal_last: 0 })
    }

    /// Takes the journal's next record.
    pub fn record(&mut self, record: &Record) {
        self.journal_last = record.seq;
        if record.seq <= self.tables.position {
            self.journal.fold(record);
        }
    }

    /// Compares.
    pub fn finish(self) -> Reconciliation {
        let Reconciler { tables, journal, journal_last } = self;
        let mut differences = places(&tables, &journal, journal_last);
        compare("journey", &journal.journeys, &tables.journeys, &mut differences);
        compare("obligation", &journal.obligations, &tables.obligations, &mut differences);
        for (what, ours, theirs) in journal.rest.beside(&tables.rest) {
            compare(what, ours, theirs, &mut differences);
        }
        let clean = differences.is_empty();
        if let Some(more) = differences.len().checked_sub(SPELLED_OUT).filter(|more| *more > 0) {
            differences.truncate(SPELLED_OUT);
            differences.push(format!("and {more} more"));
        }
        Reconciliation {
            clean,
            journal: journal_last,
            position: tables.position,
            journeys: journal.journeys.len() as u64,
            ended: journal.journeys.values().flatten().count() as u64,
            obligations: journal.obligations.len() as u64,
            owed: journal.obligations.values().filter(|state| *state != "discharged").count() as u64,
            differences,
        }
    }
}

impl Facts {
    fn fold(&mut self, record: &Record) {
        self.position = record.seq;
        self.events += 1;
        self.fold_journey(&record.event);
        self.fold_obligation(&record.event);
        self.rest.fold(record);
    }

    fn fold_journey(&mut self, event: &Event) {
        if let Event::JourneyOpened { journey, .. }
        | Event::AttemptOpened { attempt: journey, .. }
        | Event::CarrierCallFound { journey, .. } = event
        {
            self.journeys.insert(journey.to_string(), None);
        }
        if let Event::Ended { journey, cause, .. } = event {
            self.journeys.insert(journey.to_string(), Some(word(*cause)));
        }
    }

    fn fold_obligation(&mut self, event: &Event) {
        let now =
            if let Event::ObligationOpened { obligation, .. } | Event::ObligationReopened { obligation, .. } = event {
                Some((obligation, "open"))
            } else if let Event::ObligationInHand { obligation, .. } = event {
                Some((obligation, "in_hand"))
            } else if let Event::ObligationDischarged { obligation, .. } = event {
                Some((obligation, "discharged"))
            } else {
                None
            };
        if let Some((obligation, state)) = now {
            self.obligations.insert(obligation.to_string(), state.to_owned());
        }
    }
}

fn word(cause: TerminalCause) -> String {
    serde_json::to_value(cause).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// All of it as of one moment, whatever is projected meanwhile.
async fn picture(tx: &mut Transaction<'_, Postgres>) -> Result<Facts, StoreError> {
    let failed = || StoreError::database("take a picture of the tables");
    sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(&mut **tx)
        .await
        .map_err(failed())?;
    let position = crate::projector::position(&mut **tx).await?;
    let events = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM helpline.events"#)
        .fetch_one(&mut **tx)
        .await
        .map_err(failed())?
        .unsigned_abs();
    let journeys =
        sqlx::query!("SELECT journey, cause FROM helpline.journeys").fetch_all(&mut **tx).await.map_err(failed())?;
    let obligations = sqlx::query!("SELECT obligation, state FROM helpline.obligations")
        .fetch_all(&mut **tx)
        .await
        .map_err(failed())?;
    Ok(Facts {
        position,
        events,
        journeys: journeys.into_iter().map(|row| (row.journey, row.cause)).collect(),
        obligations: obligations.into_iter().map(|row| (row.obligation, row.state)).collect(),
        rest: rest::Rest::picture(tx).await?,
    })
}

fn places(tables: &Facts, journal: &Facts, journal_last: u64) -> Vec<String> {
    let mut differences = Vec::new();
    if journal_last > tables.position {
        let behind = journal_last - tables.position;
        differences.push(format!(
            "Postgres has yet to take {behind} records: it is at {}, the journal at {journal_last}",
            tables.position
        ));
    }
    if tables.position > journal_last {
        differences.push(format!(
            "Postgres is at record {}, but the journal ends at {journal_last}: it is another's, or was cut",
            tables.position
        ));
    }
    if tables.events != journal.events {
        differences
            .push(format!("the journal has {} records up to there, Postgres {} events", journal.events, tables.events));
    }
    differences
}

fn compare<T: PartialEq + Told>(
    what: &str,
    journal: &BTreeMap<String, T>,
    tables: &BTreeMap<String, T>,
    differences: &mut Vec<String>,
) {
    for (id, fact) in journal {
        match tables.get(id) {
            None => differences.push(format!("{what} {id} ({}) is missing in Postgres", fact.told())),
            Some(other) if other != fact => {
                differences.push(format!(
                    "{what} {id} is {} in the journal, {} in Postgres",
                    fact.told(),
                    other.told()
                ));
            }
            Some(_) => {}
        }
    }
    let extra = tables.iter().filter(|(id, _)| !journal.contains_key(*id));
    differences.extend(extra.map(|(id, fact)| format!("{what} {id} ({}) is in Postgres only", fact.told())));
}

trait Told {
    fn told(&self) -> &str;
}

impl Told for String {
    fn told(&self) -> &str {
        self
    }
}

impl Told for Option<String> {
    fn told(&self) -> &str {
        self.as_deref().unwrap_or("under way")
    }
}
