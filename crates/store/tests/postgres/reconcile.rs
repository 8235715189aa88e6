use routing::Record;
use sqlx::PgConnection;
use store::{Database, Reconciliation};

use crate::story::Story;
use crate::support::with_database;

async fn reconcile(database: &Database, records: &[Record]) -> Reconciliation {
    let mut reconciler = database.reconciler().await.unwrap();
    records.iter().for_each(|record| reconciler.record(record));
    reconciler.finish()
}

#[test]
fn journal_and_tables_agree_or_each_difference_is_told() {
    with_database("reconcile", async |database: Database, mut direct: PgConnection| {
        let mut story = Story::new();
        story.conversation(1).abandoned(2).arrives(3, false);
        story.due(2, 60_000).tried(2, 102, Some("no_answer"));
        let records = story.records;
        let last = records.len() as u64;
        database.projector().project(&records).await.unwrap();

        let clean = reconcile(&database, &records).await;
        assert!(clean.clean && clean.differences.is_empty(), "{clean:?}");
        assert_eq!((clean.journal, clean.position, clean.journeys, clean.ended), (last, last, 4, 3));
        assert_eq!((clean.obligations, clean.owed), (3, 2));

        let ahead = reconcile(&database, &records[..10]).await;
        assert!(!ahead.clean && ahead.differences[0].contains("the journal ends at 10"), "{ahead:?}");

        for (damage, told) in [
            (
                "UPDATE helpline.journeys SET cause = 'closed' WHERE journey = 'j1.1.2'",
                "journey j1.1.2 is abandoned in the journal, closed in Postgres",
            ),
            (
                "UPDATE helpline.journeys SET cause = NULL WHERE journey = 'j1.1.1'",
                "journey j1.1.1 is conversed in the journal, under way in Postgres",
            ),
            (
                "DELETE FROM helpline.journeys WHERE journey = 'j1.1.3'",
                "journey j1.1.3 (under way) is missing in Postgres",
            ),
            (
                "UPDATE helpline.obligations SET state = 'open' WHERE obligation = 'b1.1.1'",
                "obligation b1.1.1 is discharged in the journal, open in Postgres",
            ),
            (
                "UPDATE helpline.obligations SET obligation = 'b9.9.9' WHERE obligation = 'b1.1.2'",
                "obligation b9.9.9 (open) is in Postgres only",
            ),
            (
                "UPDATE helpline.offers SET how = 'declined' WHERE journey = 'j1.1.1'",
                "offer o1.1.109 is accepted in the journal, declined in Postgres",
            ),
            (
                "UPDATE helpline.callbacks SET due = NULL, list = 'review'",
                "callback b1.1.2 is on the list supervisor in the journal, on the list review in Postgres",
            ),
            ("DELETE FROM helpline.attempts", "attempt j1.1.102 (not answered and over) is missing in Postgres"),
            ("DELETE FROM helpline.users", "user mei (one who may sign in) is missing in Postgres"),
            ("DELETE FROM helpline.events WHERE seq = 7", "the journal has 45 records up to there, Postgres 44 events"),
        ] {
            let told = told.replace("45", &last.to_string()).replace("44", &(last - 1).to_string());
            sqlx::raw_sql(damage).execute(&mut direct).await.unwrap();
            let report = reconcile(&database, &records).await;
            assert!(!report.clean && report.differences.contains(&told), "{told}: {report:?}");
        }
    });
}

#[test]
fn tables_that_lag_are_told_as_behind_and_nothing_else() {
    with_database("lag", async |database: Database, _direct: PgConnection| {
        let mut story = Story::new();
        story.conversation(1).abandoned(2);
        let records = story.records;
        database.projector().project(&records[..12]).await.unwrap();
        let report = reconcile(&database, &records).await;
        let behind = records.len() - 12;
        let told = format!("Postgres has yet to take {behind} records: it is at 12, the journal at {}", records.len());
        assert_eq!((report.clean, report.differences), (false, vec![told]));
    });
}
