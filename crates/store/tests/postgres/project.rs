use base::{JourneyId, Timestamp};
use routing::{Event, Record, TerminalCause};
use sqlx::{PgConnection, Row};
use store::{Database, StoreError};

use crate::story::{Story, id, mei};
use crate::support::with_database;

/// All rows of all tables, as text.
async fn dump(connection: &mut PgConnection) -> Vec<String> {
    let mut rows = Vec::new();
    for query in [
        "SELECT to_jsonb(t)::text FROM helpline.projected t",
        "SELECT to_jsonb(t)::text FROM helpline.events t ORDER BY seq",
        "SELECT to_jsonb(t)::text FROM helpline.journeys t ORDER BY seq",
        "SELECT to_jsonb(t)::text FROM helpline.offers t ORDER BY seq",
        "SELECT to_jsonb(t)::text FROM helpline.obligations t ORDER BY seq",
        "SELECT to_jsonb(t)::text FROM helpline.obligation_journeys t ORDER BY obligation, journey",
        "SELECT to_jsonb(t)::text FROM helpline.legs t ORDER BY leg",
        "SELECT to_jsonb(t)::text FROM helpline.users t ORDER BY operator",
    ] {
        let found = sqlx::query(query).fetch_all(&mut *connection).await.unwrap();
        rows.extend(found.iter().map(|row| row.get::<String, _>(0)));
    }
    rows
}

fn two_calls() -> Vec<Record> {
    let mut story = Story::new();
    story.conversation(1).abandoned(2);
    story.records
}

/// Found here: the user and the schema are both called `helpline`, so the list of migrations moved with the search path.
#[test]
fn a_database_migrated_before_is_left_as_it_is() {
    with_database("migrate_twice", async |database: Database, mut direct: PgConnection| {
        database.projector().project(&two_calls()).await.unwrap();
        let before = dump(&mut direct).await;
        let again = connect_again(&mut direct).await;
        assert_eq!(again.projector().position().await.unwrap(), two_calls().len() as u64);
        assert_eq!(dump(&mut direct).await, before);
    });
}

#[test]
fn projecting_twice_or_in_any_portions_comes_to_the_same() {
    with_database("portions", async |database: Database, mut direct: PgConnection| {
        let records = two_calls();
        let mut projector = database.projector();
        assert_eq!(projector.project(&records).await.unwrap(), records.len() as u64);
        let at_once = dump(&mut direct).await;
        assert_eq!(projector.project(&records).await.unwrap(), records.len() as u64);
        assert_eq!(dump(&mut direct).await, at_once, "twice is not once");

        sqlx::raw_sql("DROP SCHEMA helpline CASCADE; DROP TABLE _sqlx_migrations").execute(&mut direct).await.unwrap();
        let database = connect_again(&mut direct).await;
        let mut projector = database.projector();
        for portion in records.chunks(3) {
            // Each portion comes with the ones before it, as after a commit whose answer was lost.
            let upto = portion.last().unwrap().seq as usize;
            assert_eq!(projector.project(&records[upto.saturating_sub(5)..upto]).await.unwrap(), upto as u64);
        }
        assert_eq!(dump(&mut direct).await, at_once, "portions differ from all at once");
    });
}

async fn connect_again(direct: &mut PgConnection) -> Database {
    let host: String =
        sqlx::query_scalar("SELECT current_setting('unix_socket_directories')").fetch_one(&mut *direct).await.unwrap();
    let name: String = sqlx::query_scalar("SELECT current_database()::text").fetch_one(direct).await.unwrap();
    Database::connect(&format!("postgres://helpline@localhost/{name}?host={}", host.trim_matches('"'))).await.unwrap()
}

#[test]
fn a_gap_is_refused_and_nothing_of_its_batch_stays() {
    with_database("gap", async |database: Database, mut direct: PgConnection| {
        let records = two_calls();
        let mut projector = database.projector();
        projector.project(&records[..4]).await.unwrap();
        let before = dump(&mut direct).await;
        let late = projector.project(&records[5..]).await;
        assert!(matches!(late, Err(StoreError::Gap { expected: 5, got: 6 })), "{late:?}");
        let mut holed = records[4..].to_vec();
        holed.remove(3);
        let holed = projector.project(&holed).await;
        assert!(matches!(holed, Err(StoreError::Gap { expected: 8, got: 9 })), "{holed:?}");
        assert_eq!(dump(&mut direct).await, before);
        assert_eq!(projector.project(&records).await.unwrap(), records.len() as u64);
    });
}

#[test]
fn two_projectors_at_once_fold_each_record_once() {
    with_database("two_at_once", async |database: Database, mut direct: PgConnection| {
        let records = two_calls();
        let (mut one, mut other) = (database.projector(), database.projector());
        let (one, other) = tokio::join!(one.project(&records), other.project(&records));
        assert_eq!((one.unwrap(), other.unwrap()), (records.len() as u64, records.len() as u64));
        let events: i64 =
            sqlx::query_scalar("SELECT count(*) FROM helpline.events").fetch_one(&mut direct).await.unwrap();
        assert_eq!(events, records.len() as i64);
    });
}

#[test]
fn waits_and_talks_add_up_over_a_return_to_the_head_of_the_line() {
    with_database("cut_off", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.arrives(1, false).queues(1).answered_by_mei(1, 4000);
        let requeued =
            Event::Requeued { journey: id(1), queue: "main".to_owned(), reason: routing::Reason::new("desk_silent") };
        story.then(10_000, requeued).answered_by_mei(1, 2000).hangs_up(1, 30_000, TerminalCause::Conversed);
        database.projector().project(&story.records).await.unwrap();
        let call = database.reader().call(id(1)).await.unwrap().unwrap().call;
        assert_eq!((call.wait_ms, call.talk_ms), (Some(6000), Some(40_000)));
        assert_eq!(call.operator, Some(mei()));
    });
}

/// Postgres knows no NUL in text; a dialled number that holds one must not stop the projector for ever.
#[test]
fn a_nul_from_outside_does_not_stop_the_projector() {
    with_database("nul", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.abandoned(1);
        for record in &mut story.records {
            if let Event::JourneyOpened { dialled, .. } = &mut record.event {
                *dialled = "400\u{0}1".to_owned();
            }
        }
        database.projector().project(&story.records).await.unwrap();
        assert_eq!(database.reader().call(id(1)).await.unwrap().unwrap().call.dialled, "400\u{fffd}1");
    });
}

/// A thousand journeys by the thousand records, as after an hour without Postgres.
#[test]
fn a_backlog_is_folded_by_the_batch() {
    with_database("backlog", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        (1..=1000).for_each(|n| {
            story.arrives(n, true).hangs_up(n, 1000, TerminalCause::FlowEnded);
        });
        let mut projector = database.projector();
        for batch in story.records.chunks(1000) {
            projector.project(batch).await.unwrap();
        }
        assert_eq!(projector.position().await.unwrap(), story.records.len() as u64);
        let last: JourneyId = id(1000);
        let call = database.reader().call(last).await.unwrap().unwrap().call;
        assert!(call.synthetic && call.ended > Some(Timestamp::UNIX_EPOCH));
    });
}
