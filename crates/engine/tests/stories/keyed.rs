//! A number that a caller keys in is read back, goes into the vault and stands nowhere else (rules 7 and 20).

use base::NumberClass;
use media::{DigitWay, Fact};
use routing::{Contact, Event};

use crate::caller::Caller;
use crate::node::Node;
use crate::settings::{LINE, keyed};

const GIVEN: &str = "13712345678";

/// A caller who keys this in.
fn keys(digits: &str) -> Node {
    let mut node = Node::new(keyed());
    node.call(&Caller::new("a"));
    node.pass_ms(1_000);
    for digit in digits.chars() {
        let leg = node.leg();
        node.input(engine::Input::Media(Fact::Digit { leg, digit, way: DigitWay::Event }));
    }
    node
}

fn contact(node: &Node) -> Option<Contact> {
    node.records.iter().find_map(|record| {
        let Event::ContactGiven { contact, .. } = &record.event else { return None };
        Some(contact.clone())
    })
}

#[test]
fn it_is_sealed_masked_and_counted_with_its_person() {
    let node = keys(&format!("{GIVEN}1"));
    let contact = contact(&node).expect("a contact");
    let opened = node.vault.open(contact.number.as_ref().unwrap(), "number").unwrap();
    assert_eq!(String::from_utf8_lossy(&opened), format!("{GIVEN}\n"));
    assert_eq!((contact.masked.as_str(), contact.class), ("137****5678", NumberClass::Mobile));
    assert_eq!(contact.key, node.vault.person(&base::PhoneNumber::parse(GIVEN)));
    assert_eq!(contact.extension, None);
}

#[test]
fn it_stands_in_no_record_and_no_output() {
    let node = keys(&format!("{GIVEN}1"));
    assert!(contact(&node).is_some());
    let records = serde_json::to_string(&node.records).unwrap();
    assert!(!records.contains(GIVEN) && !node.printed.contains(GIVEN));
    assert!(node.sent.iter().all(|sent| !sent.text.contains(GIVEN)));
}

#[test]
fn what_is_not_confirmed_is_not_sealed() {
    assert_eq!(contact(&keys(GIVEN)), None);
    assert_eq!(contact(&keys(&format!("{GIVEN}2"))), None);
}

#[test]
fn our_own_number_is_no_number_to_be_called_on() {
    assert_eq!(contact(&keys(&format!("{LINE}#1"))), None);
    assert_eq!(contact(&keys("076988881234#1")), None, "the line's own callback number");
    assert!(contact(&keys("076988881235#1")).is_some());
}
