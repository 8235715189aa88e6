//! Each figure of the design's list that is about callbacks, on a story small enough to count by hand.

use routing::{Event, Reason};
use sqlx::{PgConnection, Row};
use store::Database;

use crate::story::{Story, at, id};
use crate::support::with_database;

async fn numbers(direct: &mut PgConnection, query: &'static str) -> Vec<f64> {
    let row = sqlx::query(query).fetch_one(direct).await.unwrap();
    (0..row.len()).map(|at| row.try_get::<Option<f64>, _>(at).unwrap().unwrap_or(-1.0)).collect()
}

/// Four are left open: the first is spoken with at the second try after an hour, the second by phoning again, the third picks up a machine,
/// the fourth is not tried. A fifth gets through at once, a sixth is a probe's.
fn six_callers() -> Story {
    let mut story = Story::new();
    story.abandoned(1).abandoned(2).abandoned(3).abandoned(4).conversation(5).arrives(6, true);
    story.then(1_800_000, Event::Stopped {}).tried(1, 101, Some("no_answer"));
    story.then(1_800_000, Event::Stopped {}).reached(1, 102, "spoken");
    let (obligation, journey) = (id(2), id(7));
    story.rings_again(7);
    story.then(0, Event::ObligationJoined { obligation, journey });
    story.put_through(7, 2);
    story.discharged(2, "spoken");
    story.reached(3, 103, "machine");
    story
}

#[test]
fn callback_completion_counts_conversations_over_what_was_left_open() {
    with_database("completion", async |database: Database, mut direct: PgConnection| {
        database.projector().project(&six_callers().records).await.unwrap();
        let figures = "SELECT owed::float8, conversations::float8, still_open::float8, percent::float8 FROM helpline.callback_completion";
        assert_eq!(numbers(&mut direct, figures).await, [4.0, 2.0, 2.0, 50.0]);
    });
}

#[test]
fn time_to_contact_runs_from_the_first_call_to_the_first_try_and_to_the_talk() {
    with_database("contact_time", async |database: Database, mut direct: PgConnection| {
        let story = six_callers();
        database.projector().project(&story.records).await.unwrap();
        let figures =
            "SELECT attempted::float8, spoken::float8, round(attempt_p50_s)::float8 FROM helpline.time_to_contact";
        let found = numbers(&mut direct, figures).await;
        let first = |n: u64, seeks: fn(&Event, u64) -> bool| {
            story.records.iter().find(|record| seeks(&record.event, n)).unwrap().utc.as_millisecond()
        };
        let opened =
            |event: &Event, n: u64| matches!(event, Event::ObligationOpened { obligation, .. } if obligation.n == n);
        let attempt =
            |event: &Event, n: u64| matches!(event, Event::AttemptOpened { obligation, .. } if obligation.n == n);
        let spans = [first(1, attempt) - first(1, opened), first(3, attempt) - first(3, opened)];
        assert_eq!(found[..2], [2.0, 2.0]);
        assert!((found[2] - (spans[0] + spans[1]) as f64 / 2000.0).abs() < 1.0, "{found:?} {spans:?}");
    });
}

#[test]
fn reach_counts_persons_who_have_had_their_time() {
    with_database("reach", async |database: Database, mut direct: PgConnection| {
        let mut story = six_callers();
        database.projector().project(&story.records).await.unwrap();
        let figures = "SELECT sum(persons_24)::float8, sum(reached_24)::float8, sum(persons_1)::float8, sum(reached_1)::float8 FROM helpline.reach";
        assert_eq!(numbers(&mut direct, figures).await[..2], [0.0, 0.0], "nobody has had 24 hours");
        story.then(25 * 3_600_000, Event::Stopped {});
        database.projector().project(&story.records).await.unwrap();
        let found = numbers(&mut direct, figures).await;
        assert_eq!(found[..2], [5.0, 3.0], "a machine is nobody, a probe no person");
        assert_eq!((found[2], found[3]), (5.0, 1.0), "within the hour only who got through at once");
    });
}

#[test]
fn a_promise_is_kept_or_broken_once_its_time_has_come() {
    with_database("promises", async |database: Database, mut direct: PgConnection| {
        let mut story = Story::new();
        for (n, by) in [(1, 600_000), (2, 600_000), (3, 600_000), (4, 900_000_000)] {
            story.abandoned(n);
            story.then(0, Event::PromiseMade { obligation: id(n), journey: id(n), by: at(by) });
        }
        story.then(0, Event::PromiseSettled { obligation: id(1), by: at(600_000), kept: true });
        story.then(0, Event::PromiseSettled { obligation: id(2), by: at(600_000), kept: false });
        story.then(700_000, Event::Stopped {});
        database.projector().project(&story.records).await.unwrap();
        let figures = "SELECT sum(promises)::float8, sum(kept)::float8, sum(broken)::float8 FROM helpline.promise_kept";
        assert_eq!(numbers(&mut direct, figures).await, [3.0, 1.0, 2.0], "the fourth is still to come");
    });
}

#[test]
fn a_lost_caller_is_closed_by_nobody_or_forgotten_by_a_run() {
    with_database("lost", async |database: Database, mut direct: PgConnection| {
        let mut story = six_callers();
        database.projector().project(&story.records).await.unwrap();
        let lost = "SELECT count(*)::float8 FROM helpline.lost_callers";
        assert_eq!(numbers(&mut direct, lost).await, [0.0]);
        let reason = Reason::new("vanished");
        story.then(0, Event::ObligationDischarged { obligation: id(4), reason: reason.clone(), by: None });
        story.then(0, Event::ObligationDischarged { obligation: id(3), reason, by: Some(crate::story::mei()) });
        database.projector().project(&story.records).await.unwrap();
        assert_eq!(numbers(&mut direct, lost).await, [1.0], "a named person answers for the other");
        assert_eq!(database.reader().lost_callers().await.unwrap(), 1, "and the console says the same");
        sqlx::raw_sql("UPDATE helpline.journeys SET ended = NULL WHERE journey = 'j1.1.1'")
            .execute(&mut direct)
            .await
            .unwrap();
        assert_eq!(numbers(&mut direct, lost).await, [1.0], "under way in this run");
        let restart = "UPDATE helpline.events SET boot = 2 WHERE type = 'started'";
        sqlx::raw_sql(restart).execute(&mut direct).await.unwrap();
        assert_eq!(numbers(&mut direct, lost).await, [3.0], "with the probe's that never ended");
    });
}

#[test]
fn the_load_is_calls_in_line_by_hour_of_the_week_and_what_one_takes() {
    with_database("load", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.abandoned(1).conversation(5).arrives(6, true);
        database.projector().project(&story.records).await.unwrap();
        let load = database.reader().load(8).await.unwrap();
        // The story begins on a Friday, at four in the afternoon in China.
        assert_eq!(load.hours, [store::LoggedHour { weekday: 5, hour: 16, calls: 2 }]);
        assert_eq!((load.weeks, load.conversations), (1.0, 1));
        assert_eq!(load.handling_s, Some(63.0), "61 s of talk, 2 s of wrap-up");
    });
}
