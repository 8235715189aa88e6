use super::super::Overrides;
use super::{Folder, plain, told};

const FLOW: &str = "flows/open.toml";

#[test]
fn a_dead_end_is_told_with_the_step_that_was_meant() {
    told(
        FLOW,
        "keys.1 = { next = \"line\" }",
        "keys.1 = { next = \"lines\" }",
        &[
            "flows/open.toml:7:12 steps.menu.keys.1.next: leads nowhere: there is no step \"lines\"; did you mean \"line\"?",
        ],
    );
    told(
        FLOW,
        "start = \"menu\"",
        "start = \"welcome\"",
        &["flows/open.toml:1:1 start: leads nowhere: there is no step \"welcome\"; there is: end, line, menu, promise"],
    );
}

#[test]
fn an_unknown_kind_of_step_is_told() {
    told(
        FLOW,
        "do = \"hangup\"",
        "do = \"hang_up\"",
        &["flows/open.toml:22:1 steps.end.do: is no kind of step; did you mean \"hangup\"?"],
    );
    told(
        FLOW,
        "do = \"hangup\"",
        "",
        &["flows/open.toml:21:8 steps.end.do: is missing; there is: say, menu, collect, queue, dial, if, hangup"],
    );
    told(
        FLOW,
        "do = \"hangup\"",
        "do = \"hangup\"\nnext = \"line\"",
        &["flows/open.toml:23:1 steps.end.next: is no setting"],
    );
}

#[test]
fn keys_that_every_menu_has_are_taken() {
    let taken = "is taken in every menu: 0 is an operator, 9 is danger, * says it again";
    told(FLOW, "keys.1 ", "keys.0 ", &[&format!("flows/open.toml:7:6 steps.menu.keys.0: {taken}")]);
    told(FLOW, "keys.1 ", "keys.9 ", &[&format!("flows/open.toml:7:6 steps.menu.keys.9: {taken}")]);
    told(FLOW, "keys.1 ", "keys.\"*\" ", &[&format!("flows/open.toml:7:6 steps.menu.keys.*: {taken}")]);
    told(FLOW, "keys.1 ", "keys.12 ", &["flows/open.toml:7:6 steps.menu.keys.12: is no key: 1 to 8, or #"]);
    told(FLOW, "keys.1 ", "keys.\"#\" ", &[]);
}

#[test]
fn nobody_is_hung_up_on_without_a_person_or_a_promise() {
    let why = "hangs up on a caller who was neither put through nor promised a call back; go through a say with notice = true first";
    told(FLOW, "notice = true\n", "", &[&format!("flows/open.toml:18:1 steps.promise.next: {why}")]);
    told(
        FLOW,
        "next = \"promise\"",
        "next = \"end\"",
        &[
            &format!("flows/open.toml:13:1 steps.line.next: {why}"),
            "flows/open.toml:15:8 steps.promise: no path leads to this step",
        ],
    );
}

#[test]
fn the_queue_of_0_and_9_needs_a_step_with_a_way_out() {
    told(
        FLOW,
        "queue = \"line\"\n\n",
        "",
        &["flows/open.toml:1:1 queue: is missing: in every menu 0 and 9 must lead to a person"],
    );
    told(
        FLOW,
        "queue = \"line\"\n\n",
        "queue = \"lines\"\n\n",
        &["flows/open.toml:2:1 queue: there is no queue \"lines\"; did you mean \"line\"?"],
    );
}

#[test]
fn a_caller_who_presses_nothing_does_not_go_round_for_ever() {
    told(
        FLOW,
        "otherwise = \"line\"",
        "otherwise = \"again\"\n\n[steps.again]\ndo = \"say\"\nprompts = [\"hello\"]\nnext = \"menu\"",
        &[
            "flows/open.toml:10:8 steps.again: goes round for ever for a caller who presses nothing: again → menu → again",
        ],
    );
    told(FLOW, "keys.1 = { next = \"line\" }", "keys.1 = { next = \"line\" }\nkeys.2 = { next = \"menu\" }", &[]);
    told(FLOW, "next = \"end\"", "next = \"line\"", &["flows/open.toml:21:8 steps.end: no path leads to this step"]);
}

#[test]
fn conditions_and_addresses_are_checked() {
    let with = |when: &str| {
        format!(
            "start = \"if\"\n[steps.if]\ndo = \"if\"\nwhen = \"{when}\"\nthen = \"menu\"\notherwise = \"dial\"\n[steps.dial]\ndo = \"dial\"\nuri = \"sip:a@127.0.0.1\"\nnext = \"line\"\n"
        )
    };
    let spoilt = |when: &str| {
        let folder = Folder::new();
        folder.spoil(FLOW, "start = \"menu\"\nqueue = \"line\"\n", &format!("queue = \"line\"\n{}", with(when)));
        folder.faults(plain())
    };
    assert_eq!(spoilt("open"), Vec::<String>::new());
    assert_eq!(spoilt("language:yue"), Vec::<String>::new());
    assert_eq!(
        spoilt("closed"),
        [
            "flows/open.toml:5:1 steps.if.when: \"closed\" is no condition; there is: open, callable, extension, wanted, language_chosen, language:<tag>"
        ]
    );
}

/// A flow whose promise tells a time, and which asks for a number whom it may not call.
const ASKS: &str = "\
start = \"reach\"
queue = \"line\"

[steps.reach]
do = \"if\"
when = \"callable\"
then = \"promise\"
otherwise = \"ask\"

[steps.ask]
do = \"menu\"
prompts = [\"hello\"]
keys.1 = { callback = \"wanted\", part = \"evening\", next = \"number\" }
keys.2 = { callback = \"declined\", next = \"bye\" }
otherwise = \"bye\"

[steps.number]
do = \"collect\"
what = \"number\"
prompts = [\"hello\"]
confirm = [\"hello\"]
next = \"sure\"
otherwise = \"bye\"

[steps.promise]
do = \"say\"
prompts = [\"{promise}\"]
notice = true
next = \"end\"

[steps.bye]
do = \"say\"
prompts = [\"hello\"]
next = \"end\"

[steps.line]
do = \"queue\"
queue = \"line\"
next = \"reach\"

[steps.end]
do = \"hangup\"

[steps.sure]
do = \"if\"
when = \"callable\"
then = \"promise\"
otherwise = \"bye\"
";

/// What the flow that asks is told after one change; the recordings of times do not matter here.
fn asks(piece: &str, with: &str) -> Vec<String> {
    let folder = Folder::new();
    folder.write(FLOW, ASKS);
    if !piece.is_empty() {
        folder.spoil(FLOW, piece, with);
    }
    folder.faults(plain()).into_iter().filter(|fault| !fault.contains("there is no prompt")).collect()
}

#[test]
fn every_path_of_a_flow_that_asks_ends_well() {
    assert_eq!(asks("", ""), Vec::<String>::new());
}

#[test]
fn a_promise_with_a_time_is_for_those_whom_we_may_call() {
    assert_eq!(
        asks("otherwise = \"ask\"", "otherwise = \"promise\""),
        [
            "flows/open.toml:10:8 steps.ask: no path leads to this step",
            "flows/open.toml:17:8 steps.number: no path leads to this step",
            "flows/open.toml:27:1 steps.promise.prompts: promises a call to callers whom we may not call; go through if when = \"callable\" first",
            "flows/open.toml:31:8 steps.bye: no path leads to this step",
            "flows/open.toml:44:8 steps.sure: no path leads to this step",
        ]
    );
    assert_eq!(
        asks("notice = true\n", ""),
        [
            "flows/open.toml:27:1 steps.promise.prompts: says {promise} without notice = true: it is the promise of a call back",
            "flows/open.toml:28:1 steps.promise.next: hangs up on a caller who was neither put through nor promised a call back; go through a say with notice = true first",
        ]
    );
}

#[test]
fn whom_we_may_not_call_is_asked_for_a_number_before_they_are_let_go() {
    let why = "hangs up on a caller whom we may not call and who was not asked for a number: offer a collect first";
    assert_eq!(
        asks("part = \"evening\", next = \"number\"", "next = \"reach\""),
        [
            "flows/open.toml:17:8 steps.number: no path leads to this step",
            &format!("flows/open.toml:34:1 steps.bye.next: {why}"),
            "flows/open.toml:44:8 steps.sure: no path leads to this step",
        ]
    );
}

#[test]
fn who_declined_is_promised_no_call() {
    assert_eq!(
        asks(
            "callback = \"declined\", next = \"bye\"",
            "callback = \"declined\", part = \"evening\", next = \"number\""
        ),
        ["flows/open.toml:28:1 steps.promise.notice: promises a call to callers who declined one"]
    );
}

#[test]
fn an_extension_is_asked_for_only_behind_a_number_that_we_see() {
    let why = "asks for an extension of a number that we do not see; go through if when = \"extension\" first";
    assert_eq!(
        asks("what = \"number\"", "what = \"extension\""),
        [format!("flows/open.toml:19:1 steps.number.what: {why}")]
    );
}

#[test]
fn a_collect_is_checked_like_a_menu() {
    let told = |piece, with| asks(piece, with).remove(0);
    assert!(
        told("what = \"number\"", "what = \"name\"")
            .ends_with("steps.number.what: \"name\" is not number or extension")
    );
    assert!(
        told("what = \"number\"", "what = \"number\"\nmax_digits = 21")
            .contains("steps.number.max_digits: must be a whole number")
    );
    assert!(
        told("part = \"evening\"", "part = \"night\"")
            .contains("\"night\" is not morning, midday, afternoon or evening")
    );
    assert!(told("callback = \"wanted\"", "callback = \"yes\"").contains("\"yes\" is not wanted or declined"));
    assert!(
        told("next = \"sure\"\notherwise = \"bye\"", "next = \"sure\"\notherwise = \"buy\"")
            .contains("there is no step \"buy\"")
    );
    let digits = asks("confirm = [\"hello\"]", "confirm = [\"{opens}\"]");
    assert!(digits[0].contains("is not a prompt's name, or {digits}"), "{digits:?}");
    let round = asks("next = \"sure\"\notherwise = \"bye\"", "next = \"sure\"\notherwise = \"number\"");
    assert!(round[0].contains("goes round for ever for a caller who presses nothing: number → number"), "{round:?}");
}

#[test]
fn all_that_is_wrong_with_a_flow_is_told_at_once() {
    let folder = Folder::new();
    folder.write(FLOW, &ASKS.replace("notice = true\n", "").replace("what = \"number\"", "what = \"extension\""));
    let told: Vec<String> = folder.faults(plain());
    for key in ["steps.promise.prompts", "steps.promise.next", "steps.number.what", "steps.number.confirm"] {
        assert!(told.iter().any(|fault| fault.contains(key)) || key == "steps.number.confirm", "{key}: {told:?}");
    }
    assert!(told.len() >= 4, "{told:?}");
}

#[test]
fn a_synthetic_flow_owes_nothing() {
    let folder = Folder::new();
    folder.write("flows/load.toml", "start = \"end\"\n[steps.end]\ndo = \"hangup\"\n");
    folder.write(
        "trial.toml",
        "sip = { udp = [], tcp = [] }\nweb = { https = [], http = [\"127.0.0.1:8080\"] }\n[service.load]\nnumbers = [\"4000000009\"]\nflow = \"load\"\nsynthetic = true\n[trial]\nnumber = \"4000000001\"\nclosed_number = \"4000000001\"\nprobe_number = \"4000000009\"\n",
    );
    let trial = Overrides { trial: true, ..plain() };
    assert_eq!(folder.faults(trial.clone()), Vec::<String>::new());
    folder.spoil("trial.toml", "synthetic = true\n", "");
    assert_eq!(
        folder.faults(trial),
        [
            "flows/load.toml:1:1 queue: is missing: in every menu 0 and 9 must lead to a person",
            "flows/load.toml:1:1 start: hangs up at once",
            "trial.toml:9:1 trial.probe_number: leads to a service of real callers; a probe needs one with synthetic = true",
        ]
    );
}
