//! A refusal keeps its obligation (rule 1).

use routing::{Event, TerminalCause};

use crate::caller::Caller;
use crate::node::Node;
use crate::settings::nobody;

pub(crate) fn ended(node: &Node) -> Vec<TerminalCause> {
    let ended = node.records.iter().filter_map(|record| {
        let Event::Ended { cause, .. } = &record.event else { return None };
        Some(*cause)
    });
    ended.collect()
}

/// Why legs were lost.
pub(crate) fn lost(node: &Node) -> Vec<String> {
    let lost = node.records.iter().filter_map(|record| {
        let Event::LegLost { reason, .. } = &record.event else { return None };
        Some(reason.0.to_string())
    });
    lost.collect()
}

#[test]
fn rule_1_a_call_that_sip_must_refuse_gets_its_refusal_only_once_durable_and_stays_owed() {
    let mut node = Node::with_slow_journal(nobody());
    node.carrier(&Caller::with("a", "Require: gruu\r\n").invite());
    let owed = node.seq_of(|event| matches!(event, Event::ObligationOpened { .. }));
    assert!(node.seq_of(|event| matches!(event, Event::JourneyOpened { .. })) < owed);
    node.durable(owed - 1);
    assert!(node.sent.is_empty() && ended(&node).is_empty(), "on record first");
    node.durable(owed);
    let refusal = node.next();
    assert_eq!((refusal.line(), refusal.header("Unsupported")), ("SIP/2.0 420 Bad Extension", "gruu"));
    assert!(node.sent.is_empty());
    assert_eq!(ended(&node), [TerminalCause::Incompatible]);
    assert_eq!(node.board.open_obligations(), 1);
    assert!(node.opened_ports().is_empty(), "no port was taken");
}
