//! A session that nobody refreshes is over, and why is on record (RFC 4028 §10).

use routing::TerminalCause;

use crate::caller::Caller;
use crate::node::Node;
use crate::refused::{ended, lost};
use crate::settings::menu;

/// Seconds until our BYE, and nothing before it.
fn stands_s(node: &mut Node) -> u64 {
    let mut seconds = 0;
    while !node.lines().iter().any(|line| line.starts_with("BYE")) {
        node.pass_ms(1_000);
        seconds += 1;
        assert!(seconds < 10_000, "it never ends");
    }
    seconds
}

#[test]
fn a_caller_whose_trunk_stops_refreshing_is_lost_with_the_trunk_and_stays_owed() {
    let mut node = Node::new(menu());
    node.call(&Caller::with("a", "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n"));
    assert_eq!(stands_s(&mut node), 268);
    assert_eq!(lost(&node), ["session_expired"]);
    assert_eq!(ended(&node), [TerminalCause::TrunkLost]);
    assert_eq!(node.board.open_obligations(), 1);
}
