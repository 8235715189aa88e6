use base::ObligationId;
use routing::{Event, HoldList, Part, Reason};
use sqlx::{PgConnection, Row};
use store::{Database, ObligationFilter, Standing};

use crate::story::{Story, at, id, mei};
use crate::support::with_database;

fn held(n: u64, list: HoldList, reason: &'static str) -> Event {
    Event::CallbackHeld { obligation: id(n), list, reason: Reason::new(reason), by: None }
}

/// Six who gave up: one due, one planned, one on each list, one exhausted; and one who was spoken with.
fn six_who_gave_up() -> Story {
    let mut story = Story::new();
    for n in 1..=6 {
        story.abandoned(n);
    }
    story.conversation(7).due(1, 0).due(2, 3_600_000);
    for (n, list, reason) in [
        (3, HoldList::Review, "short_calls"),
        (4, HoldList::Supervisor, "not_asked"),
        (5, HoldList::Supervisor, "exhausted"),
        (6, HoldList::DoNotCall, "flagged"),
    ] {
        story.then(0, held(n, list, reason));
    }
    story
}

#[test]
fn what_is_owed_is_found_by_where_it_stands() {
    with_database("standings", async |database: Database, _direct: PgConnection| {
        let story = six_who_gave_up();
        database.projector().project(&story.records).await.unwrap();
        let reader = database.reader();
        let now = story.records.last().unwrap().utc;
        let tomorrow = now.checked_add(hours(25)).unwrap();
        for (standing, now, expected) in [
            (Some(Standing::Open), now, &[1, 2, 3, 4, 5, 6][..]),
            (Some(Standing::Due), now, &[1]),
            (Some(Standing::Planned), now, &[2]),
            (Some(Standing::Due), tomorrow, &[1, 2]),
            (Some(Standing::Late), now, &[]),
            (Some(Standing::Late), tomorrow, &[1, 2, 3, 4, 5]),
            (Some(Standing::Review), now, &[3]),
            (Some(Standing::Supervisor), now, &[4, 5]),
            (Some(Standing::Exhausted), now, &[5]),
            (Some(Standing::DoNotCall), now, &[6]),
            (Some(Standing::InHand), now, &[]),
            (Some(Standing::Discharged), now, &[7]),
            (None, now, &[1, 2, 3, 4, 5, 6, 7]),
        ] {
            let filter = ObligationFilter { standing, language: None, now };
            let page = reader.obligations(&filter, None, 10).await.unwrap();
            let found: Vec<u64> = page.obligations.iter().map(|row| row.obligation.n).collect();
            assert_eq!(found, expected, "{standing:?} at {now}");
        }
        let filter = ObligationFilter { standing: None, language: Some("yue".to_owned()), now };
        assert_eq!(reader.obligations(&filter, None, 10).await.unwrap().obligations, []);
    });
}

fn hours(n: i64) -> std::time::Duration {
    std::time::Duration::from_secs(n.unsigned_abs() * 3600)
}

#[test]
fn pages_follow_each_other_without_a_gap_or_a_double() {
    with_database("owed_pages", async |database: Database, _direct: PgConnection| {
        let story = six_who_gave_up();
        database.projector().project(&story.records).await.unwrap();
        let filter = ObligationFilter { standing: Some(Standing::Open), language: None, now: at(0) };
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = database.reader().obligations(&filter, after, 2).await.unwrap();
            found.extend(page.obligations.iter().map(|row| row.obligation.n));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, [1, 2, 3, 4, 5, 6]);
    });
}

#[test]
fn a_row_has_what_they_said_and_what_was_tried() {
    with_database("owed_row", async |database: Database, mut direct: PgConnection| {
        let mut story = Story::new();
        let (obligation, journey): (ObligationId, _) = (id(1), id(1));
        story.arrives(1, false).queues(1);
        story.then(0, Event::CallbackWanted { journey, wanted: true });
        story.then(0, Event::PartWanted { journey, part: Part::Evening });
        story.then(0, Event::ContactGiven { journey, contact: crate::story::contact() });
        let by = at(9_000_000);
        story.then(0, Event::PromiseMade { obligation, journey, by });
        story.hangs_up(1, 42_000, routing::TerminalCause::Abandoned).due(1, 0);
        story.then(0, Event::CallbackClaimed { obligation, operator: mei() });
        story.tried(1, 101, Some("no_answer"));
        database.projector().project(&story.records).await.unwrap();

        let filter = ObligationFilter { standing: None, language: None, now: at(0) };
        let page = database.reader().obligations(&filter, None, 10).await.unwrap();
        let row = &page.obligations[0];
        assert_eq!(
            (row.part.as_deref(), row.wanted, row.contact.as_deref()),
            (Some("evening"), Some(true), Some("137****0001"))
        );
        assert_eq!((row.promise, row.attempts, row.last_result.as_deref()), (Some(by), 1, Some("no_answer")));
        assert_eq!(
            (row.journeys, row.claimed_by.clone(), row.under_way.clone()),
            (1, None, None),
            "an attempt is no call of theirs"
        );
        assert_eq!((row.list.as_deref(), row.due), (Some("supervisor"), None));

        let attempt = database.reader().call(id(101)).await.unwrap().unwrap();
        assert_eq!((attempt.call.cause.as_deref(), attempt.call.caller.as_str()), (Some("not_reached"), "139****0001"));
        assert_eq!(attempt.call.obligation.as_deref(), Some("open"));
        let steps: Vec<&str> = attempt.steps.iter().map(|step| step.event.as_str()).collect();
        assert!(steps.contains(&"attempt_dialled") && steps.contains(&"callback_held"), "{steps:?}");

        let sealed: String = sqlx::query("SELECT contact_sealed FROM helpline.journeys WHERE journey = 'j1.1.1'")
            .fetch_one(&mut direct)
            .await
            .unwrap()
            .get(0);
        assert!(!sealed.contains("137"), "sealed bytes only");
    });
}
