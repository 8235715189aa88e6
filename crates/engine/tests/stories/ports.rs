//! RTP ports that another program has.

use engine::Alarm;

use crate::caller::Caller;
use crate::node::Node;
use crate::settings::nobody;

#[test]
fn a_port_that_another_program_has_is_passed_over() {
    let mut node = Node::new(nobody());
    node.taken_ports = vec![40_000];
    node.call(&Caller::new("a"));
    assert_eq!(node.opened_ports(), [40_000, 40_002]);
    assert_eq!(node.alarms, []);
}

#[test]
fn with_every_port_in_other_hands_the_caller_is_refused_and_someone_is_told() {
    let mut node = Node::new(nobody());
    node.taken_ports = vec![40_000, 40_002];
    node.carrier(&Caller::new("a").invite());
    assert_eq!(node.lines(), ["SIP/2.0 480 Temporarily Unavailable"]);
    assert!(node.alarms.contains(&Alarm::NoPort));
    assert_eq!(node.board.open_obligations(), 1, "still owed");
    node.taken_ports.clear();
    node.call(&Caller::new("b"));
}
