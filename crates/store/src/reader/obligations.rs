use base::{JourneyId, ObligationId, Timestamp};

use super::{Cursor, Reader, cut_page, id};
use crate::StoreError;
use crate::utc::Utc;

/// Which obligations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObligationFilter {
    /// None: all.
    pub standing: Option<Standing>,
    /// BCP 47.
    pub language: Option<String>,
    /// What counts as now, for what is due and late.
    pub now: Timestamp,
}

/// Where something that we owe stands, as a supervisor looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not kept and in nobody's hands.
    Open,
    /// Open, and offered to operators by now.
    Due,
    /// Open, and not called by the time told; or open for a day without one.
    Late,
    /// Open, to be offered later.
    Planned,
    /// A supervisor decides.
    Supervisor,
    /// Everything was tried; a supervisor decides.
    Exhausted,
    /// Noise by its look.
    Review,
    /// Is not dialled.
    DoNotCall,
    /// Someone speaks with them.
    InHand,
    /// Kept, or closed by a person.
    Discharged,
}

impl Standing {
    /// All of them, in the order of a page.
    pub const ALL: [Standing; 10] = [
        Standing::Open,
        Standing::Due,
        Standing::Late,
        Standing::Planned,
        Standing::Supervisor,
        Standing::Exhausted,
        Standing::Review,
        Standing::DoNotCall,
        Standing::InHand,
        Standing::Discharged,
    ];

    /// Its word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Due => "due",
            Standing::Late => "late",
            Standing::Planned => "planned",
            Standing::Supervisor => "supervisor",
            Standing::Exhausted => "exhausted",
            Standing::Review => "review",
            Standing::DoNotCall => "do_not_call",
            Standing::InHand => "in_hand",
            Standing::Discharged => "discharged",
        }
    }

    /// By its word.
    pub fn of(word: &str) -> Option<Self> {
        Standing::ALL.into_iter().find(|standing| standing.word() == word)
    }
}

/// A page of obligations, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct ObligationPage {
    /// Rows.
    pub obligations: Vec<Obligation>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// One thing that we owe.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// Its id.
    pub obligation: ObligationId,
    /// `open`, `in_hand`, `discharged`.
    pub state: String,
    /// [`routing::ObligationKind`] on the wire.
    pub kind: String,
    /// When it came to be.
    pub opened: Timestamp,
    /// Its state's last change.
    pub changed: Timestamp,
    /// By which journey.
    pub journey: JourneyId,
    /// Journeys merged into it, the first included.
    pub journeys: u32,
    /// Masked, of the last journey.
    pub caller: String,
    /// [`base::NumberClass`] on the wire.
    pub class: String,
    /// The number stands for one person.
    pub one_person: bool,
    /// BCP 47; what follows is their last word on it.
    pub language: Option<String>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// Why it is (still, again) open, or how it was discharged.
    pub reason: String,
    /// [`routing::Part`] on the wire.
    pub part: Option<String>,
    /// By their own key.
    pub wanted: Option<bool>,
    /// Masked; empty: an extension.
    pub contact: Option<String>,
    /// From when on it is offered.
    pub due: Option<Timestamp>,
    /// Why then.
    pub plan_reason: Option<String>,
    /// [`routing::HoldList`] on the wire: not offered by itself.
    pub list: Option<String>,
    /// Why.
    pub list_reason: Option<String>,
    /// Who wants it next.
    pub claimed_by: Option<String>,
    /// The time told that is not settled.
    pub promise: Option<Timestamp>,
    /// So far.
    pub attempts: u32,
    /// The attempt that is.
    pub under_way: Option<String>,
    /// The last one,
    pub last_attempt: Option<Timestamp>,
    /// and what came of it.
    pub last_result: Option<String>,
    /// Who has it in hand, or had it last.
    pub operator: Option<String>,
    /// Who closed it.
    pub discharged_by: Option<String>,
}

/// A row of the view `helpline.owed`.
struct Row {
    seq: i64,
    obligation: String,
    state: String,
    kind: String,
    opened: Utc,
    changed: Utc,
    journey: String,
    journeys: i64,
    caller: String,
    class: String,
    one_person: bool,
    language: Option<String>,
    topic: Option<String>,
    danger: bool,
    reason: String,
    part: Option<String>,
    wanted: Option<bool>,
    contact: Option<String>,
    due: Option<Utc>,
    plan_reason: Option<String>,
    list: Option<String>,
    list_reason: Option<String>,
    claimed_by: Option<String>,
    promise: Option<Utc>,
    attempts: i64,
    under_way: Option<String>,
    last_attempt: Option<Utc>,
    last_result: Option<String>,
    operator: Option<String>,
    discharged_by: Option<String>,
}

impl Row {
    fn into_obligation(self) -> Result<Obligation, StoreError> {
        Ok(Obligation {
            obligation: id(&self.obligation)?,
            state: self.state,
            kind: self.kind,
            opened: self.opened.0,
            changed: self.changed.0,
            journey: id(&self.journey)?,
            journeys: u32::try_from(self.journeys).unwrap_or(u32::MAX),
            caller: self.caller,
            class: self.class,
            one_person: self.one_person,
            language: self.language,
            topic: self.topic,
            danger: self.danger,
            reason: self.reason,
            part: self.part,
            wanted: self.wanted,
            contact: self.contact,
            due: self.due.map(|utc| utc.0),
            plan_reason: self.plan_reason,
            list: self.list,
            list_reason: self.list_reason,
            claimed_by: self.claimed_by,
            promise: self.promise.map(|utc| utc.0),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            under_way: self.under_way,
            last_attempt: self.last_attempt.map(|utc| utc.0),
            last_result: self.last_result,
            operator: self.operator,
            discharged_by: self.discharged_by,
        })
    }
}

impl Reader {
    /// A page of obligations, oldest first, at most `limit` of them.
    pub async fn obligations(
        &self,
        filter: &ObligationFilter,
        after: Option<Cursor>,
        limit: u16,
    ) -> Result<ObligationPage, StoreError> {
        let mut rows = sqlx::query_as!(
            Row,
            r#"SELECT seq AS "seq!", obligation AS "obligation!", state AS "state!", kind AS "kind!", opened AS "opened!: Utc",
                changed AS "changed!: Utc", journey AS "journey!", journeys AS "journeys!", caller AS "caller!",
                class AS "class!", one_person AS "one_person!", language, topic, danger AS "danger!", reason AS "reason!",
                part, wanted, contact_masked AS contact, due AS "due: Utc", plan_reason, list, list_reason, claimed_by,
                promise AS "promise: Utc", attempts AS "attempts!", under_way, last_attempt AS "last_attempt: Utc",
                last_result, operator, discharged_by
            FROM helpline.owed
            WHERE ($1::bigint IS NULL OR seq > $1)
                AND ($3::text IS NULL OR language = $3)
                AND CASE coalesce($2, 'all')
                    WHEN 'all' THEN true
                    WHEN 'open' THEN state = 'open'
                    WHEN 'due' THEN state = 'open' AND due <= $4 AND under_way IS NULL
                    WHEN 'late' THEN state = 'open' AND list IS DISTINCT FROM 'do_not_call'
                        AND coalesce(promise, opened + interval '24 hours') < $4
                    WHEN 'planned' THEN state = 'open' AND due > $4
                    WHEN 'exhausted' THEN state = 'open' AND list = 'supervisor' AND list_reason = 'exhausted'
                    WHEN 'supervisor' THEN state = 'open' AND list = 'supervisor'
                    WHEN 'review' THEN state = 'open' AND list = 'review'
                    WHEN 'do_not_call' THEN state = 'open' AND list = 'do_not_call'
                    ELSE state = $2
                END
            ORDER BY seq
            LIMIT $5"#,
            after.map(|cursor| cursor.0),
            filter.standing.map(Standing::word),
            filter.language.as_deref(),
            Utc(filter.now) as _,
            i64::from(limit) + 1,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::database("read the obligations"))?;
        let next = cut_page(&mut rows, limit, |row| row.seq);
        let obligations = rows.into_iter().map(Row::into_obligation).collect::<Result<_, _>>()?;
        Ok(ObligationPage { obligations, next })
    }

    /// How many obligations are not discharged.
    pub async fn open_obligations(&self) -> Result<u64, StoreError> {
        let count =
            sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM helpline.obligations WHERE state <> 'discharged'"#)
                .fetch_one(&self.pool)
                .await
                .map_err(StoreError::database("count the open obligations"))?;
        Ok(count.unsigned_abs())
    }
}
