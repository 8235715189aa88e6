//! A caller's number stands nowhere but in what goes back to the trunk, and sealed in the journal (rule 20).

use routing::Event;

use crate::caller::{Caller, NUMBER};
use crate::node::Node;
use crate::settings::{CARRIER, LINE, PHONE, one_phone};

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

#[test]
fn what_the_headers_said_is_sealed_byte_for_byte_though_the_number_is_withheld() {
    let mut node = Node::new(one_phone());
    node.call(&Caller::with("a", "Privacy: id\r\nDiversion: <sip:076988880000@192.0.2.10>;reason=unconditional\r\n"));
    let opened = node.records.iter().find_map(|record| {
        let Event::JourneyOpened { caller, .. } = &record.event else { return None };
        Some(caller.clone())
    });
    let caller = opened.expect("a journey");
    assert_eq!((caller.person, caller.masked.as_str(), caller.private), (None, "", true));
    let opened = node.vault.open(caller.number.as_ref().expect("a record"), "number").unwrap();
    let text = String::from_utf8_lossy(&opened);
    assert_eq!(text.lines().next(), Some(NUMBER));
    assert!(text.contains("\nPrivacy: id\n") && text.contains("\nDiversion: <sip:076988880000@192.0.2.10>"), "{text}");
}

#[test]
fn our_number_in_another_form_is_our_number() {
    let mut node = Node::new(one_phone());
    let other = format!("INVITE tel:+86-{}-{} ", &LINE[..3], &LINE[3..]);
    node.carrier(&Caller::new("a").invite().replace(&format!("INVITE sip:{LINE}@198.51.100.1 "), &other));
    assert_eq!(node.next().line(), "SIP/2.0 200 OK");
}
