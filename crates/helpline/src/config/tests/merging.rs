use std::net::SocketAddr;

use super::super::Overrides;
use super::{Folder, plain};

const TRIAL: &str = "\
[sip]
udp = [\"127.0.0.1:5060\"]
tcp = []
[web]
https = []
http = [\"127.0.0.1:8080\"]
[service.probe]
numbers = [\"4000000009\"]
flow = \"open\"
synthetic = true
[service.shut]
numbers = [\"4000000002\"]
flow = \"open\"
calendar = \"hours\"
[queue.line]
ring_s = 10
[trial]
number = \"4000000001\"
closed_number = \"4000000002\"
probe_number = \"4000000009\"
always_open = [\"line\"]
";

fn trial() -> Overrides {
    Overrides { trial: true, ..plain() }
}

fn variables(list: &[(&str, &str)]) -> Overrides {
    let environment = list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Overrides { environment, ..plain() }
}

#[test]
fn the_trial_file_lies_over_the_main_one_table_by_table() {
    let folder = Folder::new();
    folder.write("trial.toml", TRIAL);
    assert_eq!(folder.load(plain()).routing.queues["line"].ring.as_secs(), 20);
    let config = folder.load(trial());
    assert_eq!(config.routing.queues["line"].ring.as_secs(), 10);
    assert!(config.routing.queues["line"].entry.is_empty(), "what only the main file says stays");
    assert_eq!(config.sip.trunks[0].name, "carrier");
    assert_eq!(config.trial.unwrap().probe_number, "4000000009");
    assert_ne!(folder.load(plain()).version, config.version);
}

#[test]
fn a_trial_is_open_unless_the_clock_says_when_it_is() {
    let folder = Folder::new();
    folder.write("trial.toml", TRIAL);
    let calendars = |overrides| {
        let routing = folder.load(overrides).routing;
        ["line", "shut"].map(|name| routing.services[name].calendar.clone())
    };
    let hours = Some("hours".to_owned());
    assert_eq!(calendars(trial()), [hours.clone(), hours.clone()]);
    assert_eq!(calendars(Overrides { clock: None, ..trial() }), [None, hours]);
}

#[test]
fn a_trial_stays_on_loopback_and_needs_its_numbers() {
    let folder = Folder::new();
    folder.write(
        "trial.toml",
        &TRIAL.replace("127.0.0.1:5060", "10.0.0.1:5060").replace("[\"4000000009\"]", "[\"4000000008\"]"),
    );
    assert_eq!(
        folder.faults(trial()),
        [
            "trial.toml:2:8 sip.udp[0]: 10.0.0.1:5060 is open to others; a trial stays on 127.0.0.1 and [::1]",
            "trial.toml:20:1 trial.probe_number: 4000000009 leads to no service",
        ]
    );
    std::fs::remove_file(folder.0.join("trial.toml")).unwrap();
    assert!(folder.faults(trial()).iter().any(|fault| fault == "helpline.toml:1:1 trial: is missing"));
}

#[test]
fn a_variable_goes_before_the_files() {
    let folder = Folder::new();
    let config = folder.load(variables(&[
        ("HELPLINE_QUEUE__LINE__RING_S", "30"),
        ("HELPLINE_WEB__HTTPS", "127.0.0.1:9443, [::1]:9443"),
        ("HELPLINE_SERVICE__LINE__LANGUAGE", "zh-CN"),
        ("HELPLINE_MEDIA__RTP_PORTS", "20000,20999"),
        ("HELPLINE_DATABASE", "postgres://db/helpline"),
    ]));
    assert_eq!(config.routing.queues["line"].ring.as_secs(), 30);
    let sockets = ["127.0.0.1:9443", "[::1]:9443"].map(|socket| socket.parse::<SocketAddr>().unwrap());
    assert_eq!(config.web.https, sockets);
    assert_eq!(config.media.rtp_ports, 20_000..=20_999);
    assert_ne!(config.version, folder.load(plain()).version);
}

#[test]
fn numbers_in_a_variable_go_before_a_list_in_the_file() {
    let folder = Folder::new();
    folder.write("helpline.toml", &format!("{}\n[media]\nrtp_ports = [10000, 19999]\n", super::MAIN));
    let config = folder.load(variables(&[("HELPLINE_MEDIA__RTP_PORTS", "20000,20999")]));
    assert_eq!(config.media.rtp_ports, 20_000..=20_999);
}

#[test]
fn a_faulty_variable_is_told_by_its_name() {
    let folder = Folder::new();
    let overrides = variables(&[
        ("HELPLINE_QUEUE__LINE__RING_S", "soon"),
        ("HELPLINE_WEB__HTPS", "127.0.0.1:1"),
        ("HELPLINE_WEB__HTTP", "localhost:8080"),
        ("HELPLINE_BINARY", "target/helpline"),
    ]);
    assert_eq!(
        folder.faults(overrides),
        [
            "environment HELPLINE_QUEUE__LINE__RING_S queue.line.ring_s: must be a whole number from 5 to 120",
            "environment HELPLINE_WEB__HTPS web.htps: is no setting; did you mean \"https\"?",
            "environment HELPLINE_WEB__HTTP web.http[0]: \"localhost:8080\" is not an address with a port, like 127.0.0.1:5060 or [::1]:5060",
            "environment HELPLINE_BINARY binary: warning: is no setting",
        ]
    );
}

#[test]
fn the_version_follows_every_byte() {
    let folder = Folder::new();
    let before = folder.load(plain()).version;
    assert_eq!(before, folder.load(plain()).version);
    folder.spoil("flows/open.toml", "start", "# first\nstart");
    assert_ne!(before, folder.load(plain()).version);
}
