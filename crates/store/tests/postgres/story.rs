use base::{
    Boot, Id, JourneyId, Kind, NodeId, NumberClass, ObligationId, OfferId, OperatorId, PersonId, Sealed, Timestamp,
};
use routing::{
    Caller, ChosenBy, Contact, Event, HoldList, Language, LegQuality, LegRole, ObligationKind, OfferOutcome, Outcome,
    Party, Reason, Record, Role, Skill, TerminalCause, User,
};

/// Records as an engine writes them, told call by call.
pub(crate) struct Story {
    pub(crate) records: Vec<Record>,
    now_ms: i64,
}

/// The bytes that stand for a sealed number; they must not leave Postgres.
pub(crate) const SEALED: &[u8] = b"sealed number";

pub(crate) fn id<K: Kind>(n: u64) -> Id<K> {
    Id::new(NodeId(1), Boot(1), n)
}

pub(crate) fn mei() -> OperatorId {
    OperatorId("mei".to_owned())
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
}

impl Story {
    pub(crate) fn new() -> Self {
        let mut story = Story { records: Vec::new(), now_ms: 0 };
        story.then(0, Event::Started { version: "0.1.0".to_owned() });
        let user = User {
            operator: mei(),
            name: "小梅".to_owned(),
            roles: vec![Role::Operator, Role::Supervisor],
            skills: vec![Skill("zh-CN".to_owned())],
        };
        story.then(0, Event::UserAdded { user, password: "$argon2id$v=19$secret".to_owned() });
        story
    }

    /// What happens `after_ms` later.
    pub(crate) fn then(&mut self, after_ms: i64, event: Event) -> &mut Self {
        self.now_ms += after_ms;
        let seq = self.records.len() as u64 + 1;
        self.records.push(Record { seq, utc: at(self.now_ms), node: NodeId(1), boot: Boot(1), event });
        self
    }

    /// A caller comes in and chooses Mandarin; what is owed to them has the journey's number.
    pub(crate) fn arrives(&mut self, n: u64, synthetic: bool) -> &mut Self {
        let journey: JourneyId = id(n);
        let person = PersonId([n as u8; 16]);
        let caller = Caller {
            person: Some(person),
            number: Some(Sealed(SEALED.to_vec())),
            masked: format!("139****{n:04}"),
            class: NumberClass::Mobile,
            private: false,
        };
        self.then(
            1000,
            Event::JourneyOpened {
                journey,
                leg: id(n),
                caller,
                dialled: "4000000001".to_owned(),
                trunk: "carrier".to_owned(),
                service: "workers".to_owned(),
                synthetic,
                open: true,
                flow: "main".to_owned(),
                calendar_version: "c1".to_owned(),
                settings_version: "s1".to_owned(),
            },
        );
        if !synthetic {
            let opened = Event::ObligationOpened {
                obligation: id(n),
                journey,
                person: Some(person),
                kind: ObligationKind::Reach,
                reason: Reason::new("called"),
                from: None,
            };
            self.then(0, opened);
        }
        self.then(20, Event::Answered { journey, leg: id(n) });
        let dialog = Sealed(b"sealed dialog".to_vec());
        self.then(10, Event::DialogConfirmed { journey, leg: id(n), role: LegRole::Caller, dialog });
        self.then(3000, Event::LanguageChosen { journey, language: Language("zh-CN".to_owned()), by: ChosenBy::Key });
        self.then(2000, Event::TopicChosen { journey, topic: "wages".to_owned() })
    }

    pub(crate) fn queues(&mut self, n: u64) -> &mut Self {
        let since = at(self.now_ms);
        let skills = vec![Skill("zh-CN".to_owned())];
        self.then(0, Event::Queued { journey: id(n), queue: "main".to_owned(), skills, priority: 0, since })
    }

    /// Mei takes the call `wait_ms` after it is offered.
    pub(crate) fn answered_by_mei(&mut self, n: u64, wait_ms: i64) -> &mut Self {
        let (journey, offer): (JourneyId, OfferId) = (id(n), id(n * 100 + self.records.len() as u64));
        let until = at(self.now_ms + 20_000);
        self.then(0, Event::Offered { offer, journey, operator: mei(), leg: None, until, pick: None });
        let outcome = OfferOutcome::Accepted;
        self.then(wait_ms, Event::OfferEnded { offer, journey, operator: mei(), outcome });
        self.then(0, Event::Conversing { journey, offer, operator: mei() });
        self.then(0, Event::ObligationInHand { obligation: id(n), journey, operator: mei() })
    }

    pub(crate) fn hangs_up(&mut self, n: u64, after_ms: i64, cause: TerminalCause) -> &mut Self {
        self.then(after_ms, Event::Ended { journey: id(n), cause, by: Party::Caller });
        let quality =
            LegQuality { received: 500, lost: 2, sent: 498, jitter_ms: 1.5, mos: Some(4.25), ..LegQuality::default() };
        self.then(0, Event::LegMeasured { journey: id(n), leg: id(n), role: LegRole::Caller, quality })
    }

    pub(crate) fn spoken(&mut self, n: u64) -> &mut Self {
        self.then(2000, Event::OutcomeGiven { journey: id(n), operator: mei(), outcome: Outcome::Spoken });
        self.then(0, Event::WrappedUp { journey: id(n), operator: mei(), outcome: Some(Outcome::Spoken) });
        let obligation: ObligationId = id(n);
        self.then(0, Event::ObligationDischarged { obligation, reason: Reason::new("spoken"), by: Some(mei()) })
    }

    /// A whole call, heard and answered.
    pub(crate) fn conversation(&mut self, n: u64) -> &mut Self {
        self.arrives(n, false)
            .queues(n)
            .answered_by_mei(n, 5000)
            .hangs_up(n, 61_000, TerminalCause::Conversed)
            .spoken(n)
    }

    /// A call that was given up in line.
    pub(crate) fn abandoned(&mut self, n: u64) -> &mut Self {
        self.arrives(n, false).queues(n).hangs_up(n, 42_000, TerminalCause::Abandoned)
    }

    /// What is owed is offered from `after_ms` on.
    pub(crate) fn due(&mut self, n: u64, after_ms: i64) -> &mut Self {
        let (since, due) = (at(self.now_ms), at(self.now_ms + after_ms));
        let reason = Reason::new("promised_callback");
        self.then(
            0,
            Event::CallbackPlanned {
                obligation: id(n),
                due,
                until: at(self.now_ms + 90_000_000),
                priority: 6,
                since,
                reason,
            },
        )
    }

    fn begins(&mut self, n: u64, attempt: u64) -> &mut Self {
        let (offer, obligation): (OfferId, ObligationId) = (id(attempt), id(n));
        self.then(0, Event::CallbackOffered { offer, obligation, operator: mei(), until: at(self.now_ms + 20_000) });
        let outcome = OfferOutcome::Accepted;
        self.then(1000, Event::CallbackOfferEnded { offer, obligation, operator: mei(), outcome });
        let caller = Caller {
            person: Some(PersonId([n as u8; 16])),
            number: Some(Sealed(SEALED.to_vec())),
            masked: format!("139****{n:04}"),
            class: NumberClass::Mobile,
            private: false,
        };
        self.then(
            0,
            Event::AttemptOpened {
                attempt: id(attempt),
                obligation,
                offer,
                operator: mei(),
                service: "workers".to_owned(),
                caller,
                given: false,
                language: Language("zh-CN".to_owned()),
                calendar_version: "c1".to_owned(),
                settings_version: "s1".to_owned(),
            },
        );
        let (trunk, from) = ("out".to_owned(), "02160000000".to_owned());
        self.then(0, Event::AttemptDialled { attempt: id(attempt), leg: id(attempt), trunk, from });
        self.then(2000, Event::AttemptRinging { attempt: id(attempt), leg: id(attempt) })
    }

    /// An attempt that reaches nobody; a supervisor decides.
    pub(crate) fn tried(&mut self, n: u64, attempt: u64, why: Option<&'static str>) -> &mut Self {
        self.begins(n, attempt);
        let reason = Reason::new(why.unwrap_or("no_answer"));
        self.then(20_000, Event::AttemptFailed { attempt: id(attempt), leg: id(attempt), reason });
        self.then(0, Event::Ended { journey: id(attempt), cause: TerminalCause::NotReached, by: Party::Trunk });
        let (list, reason) = (HoldList::Supervisor, Reason::new("not_asked"));
        self.then(0, Event::CallbackHeld { obligation: id(n), list, reason, by: None })
    }

    /// An attempt that is answered, by whomever the operator says.
    pub(crate) fn reached(&mut self, n: u64, attempt: u64, outcome: &str) -> &mut Self {
        self.begins(n, attempt);
        let (journey, offer): (JourneyId, OfferId) = (id(attempt), id(attempt));
        self.then(3000, Event::Answered { journey, leg: id(attempt) });
        self.then(100, Event::Conversing { journey, offer, operator: mei() });
        self.then(0, Event::ObligationInHand { obligation: id(n), journey, operator: mei() });
        self.then(60_000, Event::Ended { journey, cause: TerminalCause::Conversed, by: Party::Caller });
        let said = if outcome == "spoken" { Outcome::Spoken } else { Outcome::Machine };
        self.then(1000, Event::OutcomeGiven { journey, operator: mei(), outcome: said });
        match said == Outcome::Spoken {
            true => self.discharged(n, "spoken"),
            false => self.then(0, Event::ObligationReopened { obligation: id(n), reason: Reason::new("machine") }),
        }
    }

    pub(crate) fn discharged(&mut self, n: u64, reason: &'static str) -> &mut Self {
        self.then(0, Event::ObligationDischarged { obligation: id(n), reason: Reason::new(reason), by: Some(mei()) })
    }

    /// A call of somebody who is owed already: nothing is opened for it.
    pub(crate) fn rings_again(&mut self, n: u64) -> &mut Self {
        let before = self.records.len();
        self.arrives(n, false);
        self.records
            .retain(|record| record.seq <= before as u64 || !matches!(record.event, Event::ObligationOpened { .. }));
        for (seq, record) in (1..).zip(self.records.iter_mut()) {
            record.seq = seq;
        }
        self
    }

    /// They talk; `owed` is in hand meanwhile.
    pub(crate) fn put_through(&mut self, n: u64, owed: u64) -> &mut Self {
        let (journey, offer): (JourneyId, OfferId) = (id(n), id(n * 100));
        self.then(0, Event::Conversing { journey, offer, operator: mei() });
        self.then(0, Event::ObligationInHand { obligation: id(owed), journey, operator: mei() });
        self.then(61_000, Event::Ended { journey, cause: TerminalCause::Conversed, by: Party::Caller })
    }
}

/// A number that someone keyed in.
pub(crate) fn contact() -> Contact {
    let (number, masked) = (Some(Sealed(b"sealed contact".to_vec())), "137****0001".to_owned());
    Contact { key: None, number, masked, class: NumberClass::Mobile, extension: None }
}
