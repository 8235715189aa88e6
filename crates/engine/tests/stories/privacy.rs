//! A caller's number stands nowhere but in what goes back to the trunk, and sealed in the journal (rule 20).

use routing::Event;

use crate::caller::{Caller, NUMBER};
use crate::node::Node;
use crate::settings::{CARRIER, PHONE, one_phone};

/// A call that is answered, put through to a phone, cut off by a crash; and one that is refused.
fn eventful() -> Node {
    let mut node = Node::new(one_phone());
    node.call(&Caller::new("a"));
    node.pass_ms(1_000);
    node.carrier(&Caller::with("b", "Require: gruu\r\n").invite());
    node.crash();
    node
}

/// The number in any form that a derived `Debug` gives it: as text, or as bytes.
fn forms() -> [String; 2] {
    [NUMBER.to_owned(), format!("{:?}", NUMBER.as_bytes()).replace(['[', ']'], "")]
}

#[test]
fn no_record_holds_the_number_but_sealed() {
    let node = eventful();
    let mut sealed = 0;
    for record in &node.records {
        let json = serde_json::to_string(record).unwrap();
        assert!(!json.contains(NUMBER), "{json}");
        if let Event::JourneyOpened { caller, .. } = &record.event {
            let opened = node.vault.open(caller.number.as_ref().expect("a number"), "number").unwrap();
            assert!(String::from_utf8_lossy(&opened).contains(NUMBER));
            sealed += 1;
        }
    }
    assert_eq!(sealed, 2);
}

#[test]
fn no_output_prints_the_number() {
    let node = eventful();
    assert!(node.printed.contains("Send") && node.printed.contains("Ladder"));
    for form in forms() {
        let line = node.printed.lines().find(|line| line.contains(&form));
        assert_eq!(line, None);
    }
}

#[test]
fn the_trunk_alone_is_sent_the_number() {
    let node = eventful();
    let to = |address: &str| {
        let address: std::net::SocketAddr = address.parse().unwrap();
        node.sent.iter().filter(move |sent| sent.to == address)
    };
    assert!(to(CARRIER).any(|sent| sent.text.contains(NUMBER)));
    assert!(to(PHONE).any(|sent| sent.line().starts_with("INVITE ")), "the operator was rung");
    assert!(to(PHONE).all(|sent| !sent.text.contains(NUMBER)));
}
