use std::collections::BTreeMap;

use base::Timestamp;
use routing::{Event, OfferOutcome, Record};
use sqlx::{Postgres, Transaction};

use crate::StoreError;
use crate::utc::Utc;

/// Offers, plans, attempts, promises, legs and users, each by its id with what is told of it. Words are ours, not the projector's.
#[derive(Debug, Default)]
pub(super) struct Rest {
    offers: BTreeMap<String, String>,
    callbacks: BTreeMap<String, String>,
    attempts: BTreeMap<String, String>,
    promises: BTreeMap<String, String>,
    legs: BTreeMap<String, String>,
    users: BTreeMap<String, String>,
}

type Facts = BTreeMap<String, String>;

impl Rest {
    /// Each aggregate of two pictures side by side.
    pub(super) fn beside<'a>(&'a self, other: &'a Rest) -> [(&'static str, &'a Facts, &'a Facts); 6] {
        [
            ("offer", &self.offers, &other.offers),
            ("callback", &self.callbacks, &other.callbacks),
            ("attempt", &self.attempts, &other.attempts),
            ("promise", &self.promises, &other.promises),
            ("leg", &self.legs, &other.legs),
            ("user", &self.users, &other.users),
        ]
    }

    pub(super) fn fold(&mut self, record: &Record) {
        self.fold_offer(&record.event);
        self.fold_callback(record);
        self.fold_attempt(&record.event);
        self.fold_rest(&record.event);
    }

    fn fold_offer(&mut self, event: &Event) {
        if let Event::Offered { offer, .. } | Event::CallbackOffered { offer, .. } = event {
            self.offers.insert(offer.to_string(), "ringing".to_owned());
        }
        if let Event::OfferEnded { offer, outcome, .. } | Event::CallbackOfferEnded { offer, outcome, .. } = event {
            self.offers.insert(offer.to_string(), how(*outcome).to_owned());
        }
    }

    fn fold_callback(&mut self, record: &Record) {
        if let Event::CallbackPlanned { obligation, due, .. } = &record.event {
            self.callbacks.insert(obligation.to_string(), planned(*due));
        }
        if let Event::CallbackHeld { obligation, list, .. } = &record.event {
            let list = serde_json::to_value(list).unwrap_or_default();
            self.callbacks.insert(obligation.to_string(), on_list(list.as_str().unwrap_or_default()));
        }
        if let Event::PromiseMade { obligation, by, .. } = &record.event {
            self.promises.insert(format!("{obligation} of record {}", record.seq), settled(*by, None));
        }
        if let Event::PromiseSettled { obligation, by, kept } = &record.event {
            let theirs = format!("{obligation} of record ");
            let told = settled(*by, None);
            let open = self.promises.iter_mut().filter(|(id, fact)| id.starts_with(&theirs) && **fact == told);
            open.for_each(|(_, fact)| *fact = settled(*by, Some(*kept)));
        }
    }

    fn fold_attempt(&mut self, event: &Event) {
        if let Event::AttemptOpened { attempt, .. } = event {
            self.attempts.insert(attempt.to_string(), attempted(false, false).to_owned());
        }
        if let Event::Answered { journey, .. } = event {
            self.change_attempt(&journey.to_string(), |fact| attempted(true, fact.ends_with("over")));
        }
        if let Event::Ended { journey, .. } = event {
            self.change_attempt(&journey.to_string(), |fact| attempted(fact.starts_with("answered"), true));
        }
    }

    fn change_attempt(&mut self, id: &str, change: impl FnOnce(&str) -> &'static str) {
        if let Some(fact) = self.attempts.get_mut(id) {
            change(fact).clone_into(fact);
        }
    }

    fn fold_rest(&mut self, event: &Event) {
        if let Event::LegMeasured { journey, leg, quality, .. } = event {
            self.legs.insert(format!("{leg} of {journey}"), packets(quality.received, quality.lost));
        }
        if let Event::UserAdded { user, .. } = event {
            self.users.insert(user.operator.to_string(), may_sign_in(true).to_owned());
        }
        if let Event::UserDisabled { operator, .. } = event {
            self.users.insert(operator.to_string(), may_sign_in(false).to_owned());
        }
    }

    /// The tables' side, within the picture's transaction.
    pub(super) async fn picture(tx: &mut Transaction<'_, Postgres>) -> Result<Self, StoreError> {
        let failed = || StoreError::database("take a picture of the tables");
        let offers =
            sqlx::query!("SELECT offer, how FROM helpline.offers").fetch_all(&mut **tx).await.map_err(failed())?;
        let callbacks = sqlx::query!(r#"SELECT obligation, due AS "due: Utc", list FROM helpline.callbacks"#)
            .fetch_all(&mut **tx)
            .await
            .map_err(failed())?;
        let attempts = sqlx::query!(
            r#"SELECT attempt, answered IS NOT NULL AS "answered!", ended IS NOT NULL AS "ended!" FROM helpline.attempts"#
        )
        .fetch_all(&mut **tx)
        .await
        .map_err(failed())?;
        let promises =
            sqlx::query!(r#"SELECT obligation, seq, promised AS "promised: Utc", kept FROM helpline.promises"#)
                .fetch_all(&mut **tx)
                .await
                .map_err(failed())?;
        let legs = sqlx::query!("SELECT journey, leg, received, lost FROM helpline.legs")
            .fetch_all(&mut **tx)
            .await
            .map_err(failed())?;
        let users = sqlx::query!(r#"SELECT operator, disabled IS NULL AS "may!" FROM helpline.users"#)
            .fetch_all(&mut **tx)
            .await
            .map_err(failed())?;
        let plan = |due: Option<Utc>, list: Option<String>| match (due, list) {
            (Some(Utc(due)), _) => Some(planned(due)),
            (None, list) => list.map(|list| on_list(&list)),
        };
        Ok(Rest {
            offers: offers
                .into_iter()
                .map(|row| (row.offer, row.how.unwrap_or_else(|| "ringing".to_owned())))
                .collect(),
            callbacks: callbacks
                .into_iter()
                .filter_map(|row| Some((row.obligation, plan(row.due, row.list)?)))
                .collect(),
            attempts: attempts
                .into_iter()
                .map(|row| (row.attempt, attempted(row.answered, row.ended).to_owned()))
                .collect(),
            promises: promises
                .into_iter()
                .map(|row| (format!("{} of record {}", row.obligation, row.seq), settled(row.promised.0, row.kept)))
                .collect(),
            legs: legs
                .into_iter()
                .map(|row| {
                    let packets = packets(row.received.unsigned_abs(), row.lost.unsigned_abs());
                    (format!("{} of {}", row.leg, row.journey), packets)
                })
                .collect(),
            users: users.into_iter().map(|row| (row.operator, may_sign_in(row.may).to_owned())).collect(),
        })
    }
}

fn how(outcome: OfferOutcome) -> &'static str {
    match outcome {
        OfferOutcome::Accepted => "accepted",
        OfferOutcome::Declined => "declined",
        OfferOutcome::NoAnswer => "no_answer",
        OfferOutcome::Failed => "failed",
        OfferOutcome::Withdrawn { .. } => "withdrawn",
    }
}

/// Postgres keeps microseconds.
fn planned(due: Timestamp) -> String {
    format!("due {} µs", due.as_microsecond())
}

fn on_list(list: &str) -> String {
    format!("on the list {list}")
}

fn attempted(answered: bool, ended: bool) -> &'static str {
    match (answered, ended) {
        (false, false) => "under way",
        (true, false) => "answered",
        (false, true) => "not answered and over",
        (true, true) => "answered and over",
    }
}

fn settled(by: Timestamp, kept: Option<bool>) -> String {
    let word = match kept {
        None => "open",
        Some(true) => "kept",
        Some(false) => "broken",
    };
    format!("{word}, by {} µs", by.as_microsecond())
}

fn packets(received: u64, lost: u64) -> String {
    format!("{received} packets in, {lost} lost")
}

fn may_sign_in(may: bool) -> &'static str {
    if may { "one who may sign in" } else { "disabled" }
}
