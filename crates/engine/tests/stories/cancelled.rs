//! A caller who gives up before the answer is owed a conversation all the same.

use routing::{Event, Party, TerminalCause};

use crate::caller::Caller;
use crate::node::Node;
use crate::settings::nobody;

#[test]
fn a_cancel_before_the_answer_ends_the_journey_cancelled_and_nothing_opens_afterwards() {
    for extra in ["", "Require: gruu\r\n"] {
        let mut node = Node::with_slow_journal(nobody());
        let caller = Caller::with("a", extra);
        node.carrier(&caller.invite());
        node.carrier(&caller.cancel());
        assert_eq!(node.lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
        let ended =
            |event: &Event| matches!(event, Event::Ended { cause: TerminalCause::Cancelled, by: Party::Caller, .. });
        assert!(node.records.iter().any(|record| ended(&record.event)), "{:?}", node.records);
        node.durable(node.records.last().unwrap().seq);
        assert!(node.sent.is_empty(), "{:?}", node.sent);
        assert!(node.opened_ports().is_empty());
        assert_eq!(node.board.open_obligations(), 1);
    }
}
