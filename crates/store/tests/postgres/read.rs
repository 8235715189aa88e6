use base::{JourneyId, ObligationId};
use routing::{Event, Reason, TerminalCause};
use serde_json::json;
use sqlx::{Connection, PgConnection, Row};
use store::{CallFilter, Database, ObligationFilter, Standing};

use crate::story::{Story, at, id, mei};
use crate::support::with_database;

#[test]
fn a_whole_call_stands_in_the_log_with_every_step() {
    with_database("whole_call", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.conversation(1);
        database.projector().project(&story.records).await.unwrap();
        let detail = database.reader().call(id(1)).await.unwrap().unwrap();

        let call = &detail.call;
        assert_eq!((call.journey, call.caller.as_str(), call.dialled.as_str()), (id(1), "139****0001", "4000000001"));
        assert_eq!((call.service.as_str(), call.open, call.synthetic, call.danger), ("workers", true, false, false));
        assert_eq!((call.language.as_deref(), call.topic.as_deref()), (Some("zh-CN"), Some("wages")));
        assert_eq!((call.operator.clone(), call.wait_ms, call.talk_ms), (Some(mei()), Some(5000), Some(61_000)));
        assert_eq!((call.cause.as_deref(), call.outcome.as_deref()), (Some("conversed"), Some("spoken")));
        assert_eq!(call.obligation.as_deref(), Some("discharged"));
        assert_eq!((call.opened, call.ended), (at(1000), Some(at(72_030))));

        let steps: Vec<&str> = detail.steps.iter().map(|step| step.event.as_str()).collect();
        assert_eq!(
            steps,
            [
                "journey_opened",
                "obligation_opened",
                "answered",
                "dialog_confirmed",
                "language_chosen",
                "topic_chosen",
                "queued",
                "offered",
                "offer_ended",
                "conversing",
                "obligation_in_hand",
                "ended",
                "leg_measured",
                "outcome_given",
                "wrapped_up",
                "obligation_discharged",
            ]
        );
        assert_eq!(detail.steps[4].detail, json!({"journey": "j1.1.1", "language": "zh-CN", "by": "key"}));
        assert_eq!(detail.steps[4].utc, at(4030));
        assert_eq!(detail.records.len(), detail.steps.len());
        assert!(detail.records.iter().all(|record| story.records.contains(record)), "as they were written");
        assert!(database.reader().call(id(99)).await.unwrap().is_none());
    });
}

#[test]
fn nothing_sealed_and_nobody_s_hash_leaves_postgres_and_no_password_enters_it() {
    with_database("secrets", async |database: Database, mut direct: PgConnection| {
        let mut story = Story::new();
        story.conversation(1);
        database.projector().project(&story.records).await.unwrap();
        let steps = database.reader().call(id(1)).await.unwrap().unwrap().steps;
        let told = serde_json::to_string(&steps.iter().map(|step| &step.detail).collect::<Vec<_>>()).unwrap();
        assert!(told.contains("139****0001"), "{told}");
        let person = "01".repeat(16);
        let sealed = serde_json::to_value(base::Sealed(crate::story::SEALED.to_vec())).unwrap();
        for secret in ["dialog\":", "\"number\"", person.as_str(), sealed.as_str().unwrap()] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        let stored =
            sqlx::query("SELECT string_agg(body::text, ' ') FROM helpline.events").fetch_one(&mut direct).await;
        let stored: String = stored.unwrap().get(0);
        assert!(stored.contains(sealed.as_str().unwrap()) && !stored.contains("argon2"), "{stored}");
    });
}

#[test]
fn the_log_is_read_page_by_page_newest_first_while_new_calls_come() {
    with_database("paging", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        (1..=5).for_each(|n| {
            story.abandoned(n);
        });
        let (mut projector, reader) = (database.projector(), database.reader());
        projector.project(&story.records).await.unwrap();
        let all = CallFilter::default();
        let first = reader.calls(&all, None, 2).await.unwrap();
        story.abandoned(6);
        projector.project(&story.records).await.unwrap();
        let second = reader.calls(&all, first.next, 2).await.unwrap();
        let third = reader.calls(&all, second.next, 2).await.unwrap();
        let pages = [first, second, third].map(|page| page.calls.iter().map(|call| call.journey.n).collect::<Vec<_>>());
        assert_eq!(pages, [vec![5, 4], vec![3, 2], vec![1]]);
        let whole = reader.calls(&all, None, 6).await.unwrap();
        assert_eq!((whole.calls.len(), whole.next), (6, None));
        let cursor = reader.calls(&all, None, 1).await.unwrap().next.unwrap();
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    });
}

#[test]
fn filters_narrow_the_log() {
    with_database("filters", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.conversation(1).abandoned(2).arrives(3, true).hangs_up(3, 10, TerminalCause::FlowEnded).arrives(4, false);
        database.projector().project(&story.records).await.unwrap();
        let reader = database.reader();
        let text = |text: &str| Some(text.to_owned());
        let none = CallFilter::default();
        let opened = reader.calls(&none, None, 10).await.unwrap().calls;
        let (second, first) = (opened[1].opened, opened[2].opened);
        for (filter, expected) in [
            (none.clone(), &[4, 2, 1][..]),
            (CallFilter { synthetic: true, ..none.clone() }, &[4, 3, 2, 1]),
            (CallFilter { cause: text("abandoned"), ..none.clone() }, &[2]),
            (CallFilter { outcome: text("spoken"), ..none.clone() }, &[1]),
            (CallFilter { operator: Some(mei()), ..none.clone() }, &[1]),
            (CallFilter { language: text("yue"), ..none.clone() }, &[]),
            (CallFilter { obligation: text("open"), ..none.clone() }, &[4, 2]),
            (CallFilter { obligation: text("discharged"), ..none.clone() }, &[1]),
            (CallFilter { from: Some(second), ..none.clone() }, &[4, 2]),
            (CallFilter { from: Some(first), to: Some(second), ..none.clone() }, &[1]),
        ] {
            let found = reader.calls(&filter, None, 10).await.unwrap().calls;
            assert_eq!(found.iter().map(|call| call.journey.n).collect::<Vec<_>>(), expected, "{filter:?}");
        }
        let under_way = &opened[0];
        assert_eq!((under_way.ended, under_way.wait_ms, under_way.talk_ms), (None, None, None));
    });
}

#[test]
fn what_is_owed_is_listed_oldest_first_with_its_reason() {
    with_database("owed", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.abandoned(1).conversation(2).arrives(3, false).arrives(4, false);
        let (obligation, journey): (ObligationId, JourneyId) = (id(1), id(5));
        story.then(0, Event::ObligationJoined { obligation, journey });
        story.queues(3).answered_by_mei(3, 10).hangs_up(3, 10, TerminalCause::Conversed);
        story.then(0, Event::ObligationReopened { obligation: id(3), reason: Reason::new("not_spoken") });
        database.projector().project(&story.records).await.unwrap();
        let reader = database.reader();

        let all = ObligationFilter { standing: None, language: None, now: at(0) };
        let open = ObligationFilter { standing: Some(Standing::Open), ..all.clone() };
        let first = reader.obligations(&open, None, 2).await.unwrap();
        let rest = reader.obligations(&open, first.next, 2).await.unwrap();
        let told = |page: &store::ObligationPage| {
            let rows = page.obligations.iter();
            rows.map(|row| (row.obligation.n, row.reason.clone(), row.journeys)).collect::<Vec<_>>()
        };
        assert_eq!(told(&first), [(1, "abandoned".to_owned(), 2), (3, "not_spoken".to_owned(), 1)]);
        assert_eq!((told(&rest), rest.next), (vec![(4, "called".to_owned(), 1)], None));
        let row = &first.obligations[0];
        assert_eq!((row.kind.as_str(), row.caller.as_str(), row.journey), ("reach", "139****0001", id(1)));
        assert_eq!((row.language.as_deref(), row.topic.as_deref()), (Some("zh-CN"), Some("wages")));

        let all = reader.obligations(&all, None, 10).await.unwrap();
        assert_eq!(
            all.obligations.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(),
            ["open", "discharged", "open", "open"]
        );
        assert_eq!(reader.open_obligations().await.unwrap(), 3);
        assert_eq!(reader.position().await.unwrap(), story.records.len() as u64);
    });
}

#[test]
fn without_postgres_a_question_is_answered_soon_and_as_passing() {
    with_database("away", async |database: Database, direct: PgConnection| {
        direct.close().await.unwrap();
        database.close().await;
        let error = database.reader().open_obligations().await.unwrap_err();
        assert!(error.is_passing(), "{error:?}");
    });
}
