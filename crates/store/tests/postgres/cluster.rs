use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use routing::Record;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use sqlx::{Connection, PgConnection};
use store::{Cluster, Database, Embedded, EmbeddedError};

use crate::story::Story;
use crate::support::{folder, patiently, url};

/// Removes a folder when the test is over, and ends a server that a failed one left in it.
struct Swept(PathBuf);

impl Drop for Swept {
    fn drop(&mut self) {
        if self.0.join("postgres/cluster/postmaster.pid").exists() {
            let _ = kill_process(postmaster(&self.0), Signal::QUIT);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A private cluster's life: made, stopped, started, left by a killed engine, adopted, killed itself, damaged.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_outlives_its_engines_and_loses_nothing() {
    let data = folder(&format!("life-{}", std::process::id()));
    let _swept = Swept(data.clone());
    let mut story = Story::new();
    story.conversation(1).abandoned(2);
    let records = story.records;

    let cluster = Embedded::start(&data, None).await.unwrap();
    assert!(!cluster.was_adopted());
    let socket = cluster.socket().to_owned();
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o700);
    let database = patiently(async || Database::attach(&cluster).await).await;
    patiently(async || database.projector().project(&records[..9]).await).await;
    assert_closed_and_plain(&cluster).await;

    cluster.stop().await.unwrap();
    assert!(!socket.exists(), "an orderly stop leaves its socket's folder behind");
    let away = database.projector().project(&records).await.unwrap_err();
    assert!(away.is_passing(), "{away:?}");

    // The same connections find the cluster again.
    let cluster = Embedded::start(&data, None).await.unwrap();
    assert_eq!(cluster.socket(), socket);
    let position = patiently(async || database.projector().project(&records).await).await;
    assert_eq!(position, records.len() as u64);
    assert_clean(&database, &records).await;

    // An engine that is killed stops nothing; the next one adopts.
    let first = postmaster(&data);
    drop(cluster);
    let adopted = Embedded::start(&data, None).await.unwrap();
    assert!(adopted.was_adopted());
    assert_eq!(postmaster(&data), first);
    assert_no_value_in_the_log(&adopted).await;

    // Killed itself, it leaves its pid file and a socket: both are stale.
    kill_process(first, Signal::KILL).unwrap();
    wait_until_gone(first).await;
    let risen = Embedded::start(&data, None).await.unwrap();
    assert!(!risen.was_adopted());
    assert_clean(&database, &records).await;
    database.close().await;

    risen.stop().await.unwrap();
    fs::remove_file(data.join("postgres/cluster/global/pg_control")).unwrap();
    let damaged = Embedded::start(&data, None).await.unwrap_err();
    assert!(matches!(&damaged, EmbeddedError::Ended { said } if said.contains("pg_control")), "{damaged}");
    fs::remove_dir(socket).unwrap();
}

async fn assert_clean(database: &Database, records: &[Record]) {
    let mut reconciler = patiently(async || database.reconciler().await).await;
    records.iter().for_each(|record| reconciler.record(record));
    let report = reconciler.finish();
    assert!(report.clean, "{report:?}");
}

/// It listens on nothing, and speaks UTF-8, C and UTC whatever the machine is set to.
async fn assert_closed_and_plain(cluster: &Cluster) {
    let mut direct = PgConnection::connect(&url(cluster, "helpline")).await.unwrap();
    for (setting, value) in [
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
        ("TimeZone", "UTC"),
        ("data_checksums", "on"),
    ] {
        let found: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(&mut direct).await.unwrap();
        assert_eq!(found, value, "{setting}");
    }
}

/// Values that a failing statement carries, as parameters, in its own text, in a DETAIL.
async fn assert_no_value_in_the_log(cluster: &Cluster) {
    let mut direct = PgConnection::connect(&url(cluster, "helpline")).await.unwrap();
    let number = "13900004711";
    let cast = sqlx::query("SELECT ($1::text || 'x')::bigint").bind(number).fetch_one(&mut direct).await;
    assert!(cast.unwrap_err().to_string().contains(number), "the error quotes the value, so the test means something");
    let twice = "INSERT INTO helpline.users SELECT $1, $1, '{}', '{}', now(), NULL FROM generate_series(1, 2)";
    assert!(sqlx::query(twice).bind(number).execute(&mut direct).await.is_err());
    assert!(sqlx::raw_sql("SELECT '13900004711'::text::date").execute(&mut direct).await.is_err());
    direct.close().await.unwrap();

    let files: Vec<PathBuf> = fs::read_dir(cluster.log()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(text.contains("database system is ready"), "no log in {files:?}");
    assert!(!text.contains("4711"), "{text}");
}

fn postmaster(data: &Path) -> Pid {
    let file = fs::read_to_string(data.join("postgres/cluster/postmaster.pid")).unwrap();
    Pid::from_raw(file.lines().next().unwrap().parse().unwrap()).unwrap()
}

async fn wait_until_gone(pid: Pid) {
    let gone = async {
        let mut look = tokio::time::interval(Duration::from_millis(10));
        while test_kill_process(pid).is_ok() && !is_zombie(pid) {
            look.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.unwrap();
}

fn is_zombie(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
}

#[tokio::test]
async fn a_folder_that_postgres_cannot_enter_is_named() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let closed = folder(&format!("closed-{}", std::process::id()));
    let _swept = Swept(closed.clone());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let error = Embedded::start(&closed.join("data"), None).await.unwrap_err();
    assert!(matches!(&error, EmbeddedError::CannotEnter { folder } if *folder == closed), "{error}");
    assert!(error.to_string().contains("/var/lib/helpline"), "{error}");
}

#[tokio::test]
async fn a_socket_path_that_no_unix_socket_can_have_is_told() {
    let data = folder(&format!("long-{}", std::process::id()));
    let _swept = Swept(data.clone());
    let error = Embedded::start(&data, Some(&data.join("x".repeat(100)))).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::SocketPath { .. }), "{error}");
}

/// In a place where everybody may write, a folder that somebody else made first is a trap.
#[tokio::test]
async fn a_folder_that_is_not_the_database_user_s_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let data = folder(&format!("trap-{}", std::process::id()));
    let _swept = Swept(data.clone());
    fs::create_dir(data.join("postgres")).unwrap();
    let error = Embedded::start(&data, None).await.unwrap_err();
    assert!(matches!(error, EmbeddedError::NotOurs { .. }), "{error}");
}
