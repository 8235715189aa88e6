//! A key counts once, though the trunk sends it in more than one way.

use media::{DigitWay, Fact};
use routing::Event;

use crate::caller::Caller;
use crate::node::{Node, Sent};
use crate::settings::menu;

/// A caller in a menu whose keys choose a topic.
fn in_menu() -> (Node, Caller, Sent) {
    let mut node = Node::new(menu());
    let caller = Caller::new("a");
    let answer = node.call(&caller);
    node.pass_ms(1_000);
    (node, caller, answer)
}

fn topics(node: &Node) -> usize {
    node.records.iter().filter(|record| matches!(record.event, Event::TopicChosen { .. })).count()
}

#[test]
fn a_key_by_info_is_a_key() {
    let (mut node, caller, answer) = in_menu();
    node.carrier(&caller.within("INFO", 2, &answer, "application/dtmf-relay", "Signal=1\r\nDuration=160\r\n"));
    assert_eq!(node.next().line(), "SIP/2.0 200 OK");
    assert_eq!(topics(&node), 1);
}

#[test]
fn a_key_by_info_and_as_an_event_is_one_key() {
    let (mut node, caller, answer) = in_menu();
    let leg = node.leg();
    node.input(engine::Input::Media(Fact::Digit { leg, digit: '1', way: DigitWay::Event }));
    node.carrier(&caller.within("INFO", 2, &answer, "application/dtmf", "1"));
    assert_eq!(node.next().line(), "SIP/2.0 200 OK");
    assert_eq!(topics(&node), 1, "the menu came again, and heard no second key");
    node.input(engine::Input::Media(Fact::Digit { leg, digit: '1', way: DigitWay::Event }));
    assert_eq!(topics(&node), 2);
}
