use super::{Folder, plain, told};

const MAIN: &str = "helpline.toml";

#[test]
fn an_unknown_key_is_refused_with_the_nearest_one() {
    told(
        MAIN,
        "ring_s",
        "rings_s",
        &["helpline.toml:11:1 queue.line.rings_s: is no setting; did you mean \"ring_s\"?"],
    );
    told(
        MAIN,
        "addresses",
        "address",
        &[
            "helpline.toml:1:8 trunk.carrier.addresses: is missing: no call can come by this trunk, or leave by it",
            "helpline.toml:2:1 trunk.carrier.address: is no setting; did you mean \"addresses\"?",
        ],
    );
}

#[test]
fn a_value_of_the_wrong_kind_or_size_is_told() {
    let ring = "helpline.toml:11:1 queue.line.ring_s: must be a whole number from 5 to 120";
    for wrong in ["ring_s = 121", "ring_s = 4", "ring_s = \"20\"", "ring_s = 20.5", "ring_s = true"] {
        told(MAIN, "ring_s = 20", wrong, &[ring]);
    }
    told(
        MAIN,
        "comfort = []",
        "comfort = []\nskills = \"queue:x\"",
        &["helpline.toml:14:1 queue.line.skills: must be a list, in square brackets"],
    );
    let number = "is not a number of 3 to 15 digits as the trunk sends it";
    let fault = format!("helpline.toml:5:12 service.line.numbers[0]: \"400-0000001\" {number}");
    told(MAIN, "4000000001", "400-0000001", &[&fault]);
    told(MAIN, "[\"4000000001\"]", "[]", &["helpline.toml:5:1 service.line.numbers: must name at least one"]);
}

#[test]
fn no_session_stands_for_less_than_90_s() {
    let fault = "trunk.carrier.session_expires_s: must be 0, or from 90 to 86400: no session may stand for less than 90 s (RFC 4028)";
    for (seconds, faults) in [("89", 1), ("1", 1), ("0", 0), ("90", 0), ("86400", 0)] {
        let folder = Folder::new();
        folder.spoil(MAIN, "[trunk.carrier]", &format!("[trunk.carrier]\nsession_expires_s = {seconds}"));
        let told = folder.faults(plain());
        assert_eq!(told.iter().filter(|told| told.ends_with(fault)).count(), faults, "{seconds}: {told:?}");
        assert_eq!(told.len(), faults, "{seconds}: {told:?}");
    }
}

#[test]
fn a_trunk_says_how_it_writes_numbers() {
    let folder = Folder::new();
    let rules = "dialled = \"diversion\"\nrewrite = [{ prefix = \"+1\", length = 12, put = \"+861\" }, { prefix = \"9\" }]\n[service.line]";
    folder.spoil(MAIN, "[service.line]", rules);
    assert_eq!(folder.faults(plain()), Vec::<String>::new());
    let addresses = "[\"203.0.113.7\"]";
    let place = "helpline.toml:3";
    for (wrong, fault) in [
        (
            "dialled = \"from\"",
            format!(
                "{place}:1 trunk.carrier.dialled: \"from\" is not \"request_uri\", \"to\", \"diversion\" or \"history_info\""
            ),
        ),
        (
            "rewrite = [{ prefix = \"1x\", put = \"1\" }]",
            format!("{place}:14 trunk.carrier.rewrite[0].prefix: must be digits, perhaps behind a +, in quotes"),
        ),
        (
            "rewrite = [{ prefix = \"0\", put = \"0\" }]",
            format!("{place}:12 trunk.carrier.rewrite[0]: \"0\" becomes itself: give another prefix or put"),
        ),
    ] {
        told(MAIN, addresses, &format!("{addresses}\n{wrong}"), &[&fault]);
    }
}

#[test]
fn a_trunk_names_clean_networks_and_not_the_internet() {
    let place = "helpline.toml:2:14 trunk.carrier.addresses[0]:";
    let kind = "is not an address or a network, like 203.0.113.7 or 10.1.0.0/16";
    for wrong in ["carrier.example", "203.0.113.7/24", "203.0.113.0/33", "2001:db8::1/32", "203.0.113.7:5060"] {
        let folder = Folder::new();
        folder.spoil(MAIN, "203.0.113.7", wrong);
        assert_eq!(folder.faults(plain()), [format!("{place} \"{wrong}\" {kind}")]);
    }
    let folder = Folder::new();
    folder.spoil(MAIN, "203.0.113.7", "0.0.0.0/0");
    let wide = format!("{place} would let half the internet in; name the carrier's own addresses");
    assert_eq!(folder.faults(plain()), [wide]);
    for right in ["10.1.0.0/16", "203.0.113.7/32", "2001:db8::/32", "::1"] {
        told(MAIN, "203.0.113.7", right, &[]);
    }
}

#[test]
fn what_is_named_must_be_there() {
    let folder = Folder::new();
    folder.spoil(MAIN, "flow = \"open\"\nclosed", "flow = \"opened\"\nclosed");
    folder.spoil(MAIN, "\"hours\"", "\"huors\"");
    folder.spoil(MAIN, "entry = []", "entry = [\"helo\"]\nmusic = \"wating\"");
    folder.spoil(
        MAIN,
        "[queue.line]",
        "[operator.desk1]\nuri = \"sip:desk1@127.0.0.1\"\nskills = []\nqueues = [\"lime\"]\n[queue.line]",
    );
    let told = folder.faults(plain());
    let root = folder.0.display();
    let missing = |file: &str| format!("there is no file {root}/{file}").replace(&format!("{root}/"), "");
    assert_eq!(
        told,
        [
            format!("helpline.toml:6:1 service.line.flow: {}; did you mean \"open\"?", missing("flows/opened.toml")),
            format!(
                "helpline.toml:8:1 service.line.calendar: {}; did you mean \"hours\"?",
                missing("calendars/huors.toml")
            ),
            "helpline.toml:13:11 operator.desk1.queues[0]: there is no queue \"lime\"; did you mean \"line\"?"
                .to_owned(),
            "helpline.toml:16:10 queue.line.entry[0]: there is no prompt zh-CN/helo.wav; did you mean \"hello\"?"
                .to_owned(),
            "helpline.toml:17:1 queue.line.music: there is no music/wating.wav; did you mean \"waiting\"?".to_owned(),
        ]
    );
}

#[test]
fn without_a_trunk_or_a_service_nobody_can_call() {
    let folder = Folder::new();
    folder.write("helpline.toml", "[queue.line]\nentry = []\ncomfort = []\n");
    assert_eq!(
        folder.faults(plain()),
        [
            "helpline.toml:1:1 service: there is no service: no number leads anywhere",
            "helpline.toml:1:1 trunk: warning: there is no trunk: nobody can call",
        ]
    );
}

#[test]
fn one_number_leads_to_one_service() {
    let folder = Folder::new();
    folder.spoil(MAIN, "[queue.line]", "[service.other]\nnumbers = [\"4000000001\"]\nflow = \"open\"\n[queue.line]");
    let fault = "helpline.toml:11:12 service.other.numbers[0]: leads to service line already";
    assert_eq!(folder.faults(plain()), [fault]);
}

#[test]
fn a_certificate_needs_its_key_and_clear_text_stays_on_loopback() {
    let folder = Folder::new();
    let text = "[web]\ncertificate = \"chain.pem\"\nhttp = [\"127.0.0.1:80\", \"0.0.0.0:80\"]\n[trunk.carrier]";
    folder.spoil(MAIN, "[trunk.carrier]", text);
    assert_eq!(
        folder.faults(plain()),
        [
            "helpline.toml:2:1 web.certificate: needs web.key beside it",
            "helpline.toml:3:25 web.http[1]: 0.0.0.0:80 would carry passwords in clear; use web.https, or a loopback address",
        ]
    );
}

#[test]
fn ports_come_in_pairs_and_do_not_meet() {
    for (ports, fault) in [
        ("[11, 10]", "helpline.toml:2:1 media.rtp_ports: must be two ports, the lower one first, like [10000, 19999]"),
        ("[10001, 10002]", "helpline.toml:2:1 media.rtp_ports: holds no pair of an even and the next odd port"),
        ("[8000, 9999]", "helpline.toml:1:2 media.browser_port: lies within media.rtp_ports; choose one outside"),
    ] {
        let with = format!("[media]\nrtp_ports = {ports}\n[trunk.carrier]");
        told(MAIN, "[trunk.carrier]", &with, &[fault]);
    }
    let folder = Folder::new();
    folder.spoil(MAIN, "[trunk.carrier]", "[media]\nrtp_ports = [10001, 10006]\n[trunk.carrier]");
    assert_eq!(folder.load(plain()).media.rtp_ports, 10_002..=10_005);
}

#[test]
fn a_synthetic_service_is_for_trials_only() {
    let fault = "helpline.toml:5:1 service.line.synthetic: only trial mode (--trial) has synthetic services: their callers are owed nothing";
    told(MAIN, "numbers", "synthetic = true\nnumbers", &[fault]);
}

#[test]
fn every_syntax_fault_is_told_and_those_of_other_files_with_it() {
    let folder = Folder::new();
    folder.spoil(MAIN, "ring_s = 20", "ring_s = ");
    folder.spoil(MAIN, "addresses = [\"203.0.113.7\"]", "addresses = [\"203.0.113.7\"");
    folder.spoil("calendars/hours.toml", "Asia/Shanghai", "Asia/Shangai");
    let told = folder.faults(plain());
    assert!(told.iter().any(|fault| fault.starts_with("helpline.toml:11:")), "{told:?}");
    assert!(told.iter().any(|fault| fault.starts_with("calendars/hours.toml:1:1 zone:")), "{told:?}");
}

#[test]
fn a_missing_file_is_told() {
    let folder = Folder::new();
    std::fs::remove_file(folder.main()).unwrap();
    assert_eq!(folder.faults(plain()), ["helpline.toml: cannot be read: No such file or directory (os error 2)"]);
}

#[test]
fn a_database_password_is_never_shown() {
    let folder = Folder::new();
    folder.spoil(MAIN, "[trunk.carrier]", "database = \"postgres://helpline:hunter2@db/helpline\"\n[trunk.carrier]");
    assert!(!format!("{:?}", folder.load(plain())).contains("hunter2"));
    folder.spoil(MAIN, "postgres://", "mysql://");
    let told = folder.faults(plain());
    assert_eq!(told, ["helpline.toml:1:1 database: must be \"embedded\", or begin with postgres://"]);
}

#[test]
fn never_is_a_time_that_does_not_come() {
    let folder = Folder::new();
    let ten_minutes = folder.load(plain()).routing.queues["line"].max_wait;
    assert_eq!(ten_minutes.map(|wait| wait.as_secs()), Some(600));
    folder.spoil(MAIN, "ring_s = 20", "max_wait_s = \"never\"\nrelax_language_s = \"never\"");
    let queue = &folder.load(plain()).routing.queues["line"];
    assert_eq!((queue.max_wait, queue.relax.as_slice()), (None, [].as_slice()));
    folder.spoil(MAIN, "max_wait_s = \"never\"", "max_wait_s = \"newer\"");
    let fault = "helpline.toml:11:1 queue.line.max_wait_s: must be a whole number from 10 to 7200, or \"never\"";
    assert_eq!(folder.faults(plain()), [fault]);
}

#[test]
fn what_a_wait_insists_on_relaxes_step_by_step() {
    let folder = Folder::new();
    let relax = "topic_level = 2\nlast_operator_s = 20\nrelax = [\n\
        { after_s = 60, skill = \"topic\", level = 1 },\n\
        { after_s = 120, skill = \"topic\" },\n]\nring_s = 20";
    folder.spoil(MAIN, "ring_s = 20", relax);
    let queue = &folder.load(plain()).routing.queues["line"];
    let steps: Vec<_> = queue.relax.iter().map(|step| (step.after.as_secs(), step.what, step.level)).collect();
    use routing::Relaxes::{Language, LastOperator, Topic};
    assert_eq!(steps, [(20, LastOperator, 0), (60, Topic, 1), (90, Language, 0), (120, Topic, 0)]);
}

#[test]
fn a_schedule_that_relaxes_nothing_is_told_with_its_line() {
    let one = |step: &str| format!("topic_level = 2\nrelax = [{step}]\nring_s = 20");
    let topic = "helpline.toml:11:1 queue.line.topic_level: warning: a topic that nobody at work knows leads to a call back; let relax come to level 0";
    for (step, faults) in [
        (
            "{ after_s = 600, skill = \"topic\" }",
            vec!["helpline.toml:12:12 queue.line.relax[0].after_s: comes after max_wait_s, when nobody waits any more"],
        ),
        (
            "{ after_s = 9, skill = \"topic\", level = 2 }",
            vec!["helpline.toml:12:42 queue.line.relax[0].level: asks for no less than before", topic],
        ),
        (
            "{ after_s = 9, skill = \"topic\", level = 1 }, { after_s = 9, skill = \"topic\" }",
            vec!["helpline.toml:12:57 queue.line.relax[1].after_s: comes no later than the step before"],
        ),
        (
            "{ after_s = 9, skill = \"topic\" }, { after_s = 60, skill = \"language\", level = 0 }",
            vec!["helpline.toml:12:80 queue.line.relax[1].level: a language is given up by relax_language_s alone"],
        ),
        (
            "{ after_s = 9, skill = \"topic\" }, { after_s = 60, skill = \"topic\" }",
            vec![
                "helpline.toml:12:60 queue.line.relax[1].skill: nothing of it is asked for any more by then (a topic is asked for with topic_level)",
            ],
        ),
        (
            "{ after_s = 9, skill = \"place\" }",
            vec!["helpline.toml:12:25 queue.line.relax[0].skill: \"place\" is not \"topic\" or \"language\"", topic],
        ),
    ] {
        told(MAIN, "ring_s = 20", &one(step), &faults);
    }
    told(MAIN, "ring_s = 20", "topic_level = 2\nring_s = 20", &[topic]);
}

#[test]
fn a_skill_may_have_a_level() {
    let folder = Folder::new();
    folder.spoil(MAIN, "ring_s = 20", "skills = [\"topic:wages=2\"]\nring_s = 20");
    assert_eq!(folder.load(plain()).routing.queues["line"].skills[0].level(), 2);
    let fault = "helpline.toml:11:11 queue.line.skills[0]: \"topic:wages=0\" is not a skill, like lang:yue or topic:wages, with a level like topic:wages=2";
    told(MAIN, "ring_s = 20", "skills = [\"topic:wages=0\"]\nring_s = 20", &[fault]);
}

#[test]
fn a_host_is_advertised_for_a_socket_that_we_listen_on() {
    let folder = Folder::new();
    let advertise = "[sip]\nadvertise = { \"0.0.0.0:5060\" = \"203.0.113.20\" }\n[trunk.carrier]";
    folder.spoil(MAIN, "[trunk.carrier]", advertise);
    let advertised = folder.load(plain()).sip.advertised;
    assert_eq!(advertised, [("0.0.0.0:5060".parse().unwrap(), "203.0.113.20".to_owned())]);
    folder.spoil(MAIN, "0.0.0.0:5060", "0.0.0.0:5061");
    assert_eq!(
        folder.faults(plain()),
        ["helpline.toml:2:15 sip.advertise.0.0.0.0:5061: is none of the sockets under sip.udp, sip.tcp and sip.tls"]
    );
}
