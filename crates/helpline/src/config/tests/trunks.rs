use super::{Folder, plain, told};

const MAIN: &str = "helpline.toml";
const ADDRESSES: &str = "addresses = [\"203.0.113.7\"]";
const NUMBERS: &str = "numbers = [\"4000000001\"]";

/// The folder with a trunk that has these keys, too; 13925278096 is one of our numbers.
fn folder(keys: &str) -> Folder {
    let folder = Folder::new();
    folder.spoil(MAIN, NUMBERS, "numbers = [\"4000000001\", \"13925278096\", \"076922334455\"]");
    folder.spoil(MAIN, ADDRESSES, &format!("{ADDRESSES}\n{keys}"));
    folder
}

/// The faults, without their places.
fn faults(keys: &str) -> Vec<String> {
    folder(keys).faults(plain()).iter().map(|fault| fault.split_once(' ').unwrap().1.to_owned()).collect()
}

#[test]
fn a_trunk_that_calls_leave_by_has_its_way_and_its_bounds() {
    let keys = "send_to = \"sip:sbc.carrier.example;transport=tcp\"\ndomain = \"ims.carrier.example\"\n\
                presents = \"+86 139 2527 8096\"\n";
    assert_eq!(faults(keys).len(), 1, "written as it is dialled: digits only");
    let keys = "send_to = \"sip:sbc.carrier.example;transport=tcp\"\ndomain = \"ims.carrier.example\"\n\
                presents = \"8613925278096\"\nformat = [{ prefix = \"1\", put = \"+861\" }]\nchannels = 1\npace_s = 20\n\
                cents_per_day = 5000\ncents_per_minute = { \"\" = 1, \"0769\" = 5 }\ncalls_per_hour = 0\n\
                login = { user = \"us\", password = \"secret\" }\nregister = { user = \"us\" }\n";
    let config = folder(keys).load(plain());
    let out = config.sip.trunks[0].out.clone().unwrap();
    assert_eq!(out.send_to, "sip:sbc.carrier.example;transport=tcp");
    assert_eq!((out.domain.as_deref(), out.format[0].put.as_str()), (Some("ims.carrier.example"), "+861"));
    assert_eq!((out.patience.as_secs(), out.options_every.unwrap().as_secs(), out.misses), (5, 30, 3));
    assert_eq!(out.login.unwrap().password.reveal(), "secret");
    assert_eq!(out.register.unwrap().expires_s, 600);
    let trunk = &config.routing.trunks["carrier"];
    assert_eq!((trunk.from.as_str(), trunk.channels, trunk.per_hour), ("13925278096", Some(1), None));
    assert_eq!((trunk.pace.as_secs(), trunk.minutes_per_day, trunk.cents_per_day), (20, Some(600), Some(5000)));
    assert_eq!(trunk.cents_per_minute["0769"], 5);
}

#[test]
fn without_a_number_to_present_nobody_is_called_by_a_trunk() {
    assert!(folder("").load(plain()).routing.trunks.is_empty());
    let config = folder("send_to = \"sip:203.0.113.7\"").load(plain());
    assert!(config.routing.trunks.is_empty() && config.sip.trunks[0].out.is_some());
}

/// Rule 9.
#[test]
fn the_number_presented_is_one_of_ours_and_none_that_cannot_call() {
    let presents = |number: &str| faults(&format!("send_to = \"sip:203.0.113.7\"\npresents = \"{number}\""));
    for number in ["13925278096", "013925278096", "8613925278096", "076922334455"] {
        assert_eq!(presents(number), Vec::<String>::new(), "{number}");
    }
    let cannot =
        "trunk.carrier.presents: is a 400 number, or one of its kind, and cannot call anybody; name the line behind it";
    for number in ["4000000001", "4008169580", "95588", "8008101234"] {
        assert_eq!(presents(number), [cannot], "{number}");
    }
    let strange = "trunk.carrier.presents: leads to no service: whoever calls it back must reach us; add it to the numbers of one";
    assert_eq!(presents("13900000000"), [strange]);
    assert_eq!(presents("110"), ["trunk.carrier.presents: is no mobile number or fixed line of the mainland"]);
}

#[test]
fn what_a_trunk_needs_to_be_reached_is_told() {
    let needs = "needs send_to beside it: where the trunk is";
    assert_eq!(faults("presents = \"13925278096\""), [format!("trunk.carrier.presents: {needs}")]);
    assert_eq!(faults("register = { user = \"us\" }"), [format!("trunk.carrier.register: {needs}")]);
    assert_eq!(
        faults("send_to = \"sips:203.0.113.7\""),
        ["trunk.carrier.send_to: is reached over tls, and sip.tls names no socket"]
    );
    for wrong in ["sip:us@203.0.113.7", "203.0.113.7", "sip:203.0.113.7;transport=sctp", "tel:+861"] {
        assert_eq!(faults(&format!("send_to = \"{wrong}\"")).len(), 1, "{wrong}");
    }
    assert_eq!(faults("cents_per_minute = { x = 1 }").len(), 1);
    assert_eq!(faults("format = [{ prefix = \"1\", put = \"1\" }]").len(), 1);
    told(
        MAIN,
        ADDRESSES,
        "",
        &["helpline.toml:1:8 trunk.carrier.addresses: is missing: no call can come by this trunk, or leave by it"],
    );
}

#[test]
fn a_name_over_tls_must_stand_in_the_certificate_and_its_addresses_in_the_file() {
    let folder = folder("send_to = \"sips:sbc.carrier.example\"");
    folder.spoil(MAIN, "[trunk.carrier]", "[sip]\ntls = [\"192.0.2.1:5061\"]\n[trunk.carrier]");
    let config = folder.load(plain());
    let name = config.tls.peers[0].name.clone().unwrap();
    assert_eq!(name.to_str(), "sbc.carrier.example");
    folder.spoil(MAIN, ADDRESSES, "presents = \"13925278096\"");
    let fault = folder.faults(plain()).join("\n");
    assert!(fault.contains("trunk.carrier.send_to: is a name over TLS, and needs addresses beside it"), "{fault}");
}

#[test]
fn a_password_is_in_no_fault_and_may_come_from_the_environment() {
    let bad = "send_to = \"sip:203.0.113.7\"\nlogin = { user = \"us\", password = \"sec\\u0000ret\" }";
    assert_eq!(faults(bad), ["trunk.carrier.login.password: must be text, in quotes"]);
    let folder = folder("send_to = \"sip:203.0.113.7\"\nlogin = { user = \"us\", password = \"wrong\" }");
    let environment = vec![("HELPLINE_TRUNK__CARRIER__LOGIN__PASSWORD".to_owned(), "right".to_owned())];
    let config = folder.load(crate::config::Overrides { environment, ..plain() });
    let login = config.sip.trunks[0].out.clone().unwrap().login.unwrap();
    assert_eq!(login.password.reveal(), "right");
    assert!(!format!("{config:?}").contains("right"));
}

#[test]
fn the_dial_plan_names_whom_else_we_may_call_and_never_the_police() {
    let plan = "\n[dial_plan]\nfixed_lines = true\nper_day = 2\nreferrals = { mind = \"12356\" }\n[service.line]";
    let folder = Folder::new();
    folder.spoil(MAIN, "\n[service.line]", plan);
    let read = folder.load(plain()).routing.dial_plan.clone();
    assert_eq!((read.geographic, read.per_day, read.in_all), (true, 2, 8));
    assert_eq!(read.referrals["mind"], "12356");
    folder.spoil(MAIN, "12356", "110");
    let fault = folder.faults(plain()).join("\n");
    assert!(fault.ends_with("is an emergency number: callers dial it themselves, we never do"), "{fault}");
}

/// A step `dial` is held to what a phone is held to.
#[test]
fn a_step_that_dials_can_reach_whom_it_names() {
    let step = |uri: &str, sip: &str| {
        let folder = Folder::new();
        folder.spoil("flows/open.toml", "next = \"end\"", "next = \"other\"");
        let dial = format!("[steps.other]\ndo = \"dial\"\nuri = \"{uri}\"\nnext = \"end\"\n\n[steps.end]");
        folder.spoil("flows/open.toml", "[steps.end]", &dial);
        folder.spoil(MAIN, "[trunk.carrier]", &format!("{sip}\n[trunk.carrier]"));
        folder.faults(plain())
    };
    assert_eq!(step("sip:a@192.0.2.7", ""), Vec::<String>::new());
    let over_tls = step("sips:a@192.0.2.7", "");
    assert!(over_tls.len() == 1 && over_tls[0].contains("steps.other.uri: is called over TLS"), "{over_tls:?}");
    assert_eq!(step("sips:a@192.0.2.7", "[sip]\ntls = [\"192.0.2.1:5061\"]"), Vec::<String>::new());
    let named = step("sip:a@phone.example", "");
    assert!(named.len() == 1 && named[0].contains("steps.other.uri: has a host name"), "{named:?}");
}
