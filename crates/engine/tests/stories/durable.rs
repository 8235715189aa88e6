//! Both records are on disk before any response leaves; what happens when they are not (rules 1 and 17).

use engine::{Alarm, Input};
use routing::Event;

use crate::caller::Caller;
use crate::node::Node;
use crate::settings::nobody;

const UNWELL: Alarm = Alarm::Routing(routing::Alarm::JournalUnwell);

fn obligation(event: &Event) -> bool {
    matches!(event, Event::ObligationOpened { .. })
}

fn journey(event: &Event) -> bool {
    matches!(event, Event::JourneyOpened { .. })
}

#[test]
fn rule_1_a_call_is_answered_only_when_its_obligation_is_durable() {
    let mut node = Node::with_slow_journal(nobody());
    node.carrier(&Caller::new("a").invite());
    let owed = node.seq_of(obligation);
    assert!(node.seq_of(journey) < owed);
    assert!(node.sent.is_empty() && node.orders.is_empty(), "nothing moves yet");
    node.durable(owed - 1);
    assert!(node.sent.is_empty() && node.orders.is_empty(), "the journey alone is not enough");
    node.durable(owed);
    assert_eq!(node.lines(), ["SIP/2.0 200 OK"]);
    assert_eq!((node.engine.counters().early_trying, node.engine.counters().unheld), (0, 0));
}

#[test]
fn after_200_ms_without_the_journal_100_goes_out_and_is_counted() {
    let mut node = Node::with_slow_journal(nobody());
    node.carrier(&Caller::new("a").invite());
    node.input(Input::Handed { seq: node.seq_of(obligation) });
    node.pass_ms(199);
    assert!(node.sent.is_empty());
    node.pass_ms(1);
    assert_eq!(node.lines(), ["SIP/2.0 100 Trying"]);
    assert_eq!(node.engine.counters().early_trying, 1);
    node.durable(node.seq_of(obligation));
    assert_eq!(node.lines(), ["SIP/2.0 200 OK"]);
}

/// Whoever heard 100 from a process that was killed then would be in nobody's record.
#[test]
fn not_even_100_goes_out_before_what_is_owed_outlives_the_process() {
    let mut node = Node::with_slow_journal(nobody());
    node.carrier(&Caller::new("a").invite());
    let owed = node.seq_of(obligation);
    node.pass_ms(250);
    node.input(Input::Handed { seq: owed - 1 });
    node.pass_ms(100);
    assert!(node.sent.is_empty(), "the journey alone is not enough");
    node.input(Input::Handed { seq: owed });
    node.pass_ms(20);
    assert_eq!(node.lines(), ["SIP/2.0 100 Trying"]);
}

#[test]
fn in_time_no_100_goes_out_and_none_is_counted() {
    let mut node = Node::with_slow_journal(nobody());
    node.carrier(&Caller::new("a").invite());
    node.pass_ms(199);
    node.durable(node.seq_of(obligation));
    assert_eq!(node.lines(), ["SIP/2.0 200 OK"]);
    node.pass_ms(100);
    assert!(!node.lines().contains(&"SIP/2.0 100 Trying".to_owned()));
    assert_eq!(node.engine.counters().early_trying, 0);
}

#[test]
fn rule_17_after_500_ms_the_journal_is_told_unwell_and_nothing_waits_for_it() {
    let mut node = Node::with_slow_journal(nobody());
    let caller = Caller::new("a");
    node.carrier(&caller.invite());
    node.pass_ms(499);
    assert!(!node.alarms.contains(&UNWELL));
    assert!(node.sent.is_empty(), "not even 100");
    node.pass_ms(1);
    assert_eq!(node.alarms, [UNWELL]);
    let answer = node.next();
    assert_eq!(answer.line(), "SIP/2.0 200 OK");
    node.carrier(&caller.ack(&answer));
    assert!(node.engine.counters().unheld > 0, "counted");
}

#[test]
fn an_unwell_journal_promises_nothing_to_the_next_caller_until_it_is_well_again() {
    let mut node = Node::with_slow_journal(nobody());
    let caller = Caller::new("a");
    node.carrier(&caller.invite());
    node.pass_ms(500);
    let answer = node.sent.pop_back().expect("an answer");
    node.carrier(&caller.ack(&answer));
    node.lines();
    node.carrier(&Caller::new("b").invite());
    assert_eq!(node.lines(), ["SIP/2.0 480 Temporarily Unavailable"]);
    assert_eq!(node.alarms, [UNWELL], "told once");
    node.durable(node.records.last().unwrap().seq);
    node.durable_at_once = true;
    node.carrier(&Caller::new("c").invite());
    assert_eq!(node.lines(), ["SIP/2.0 200 OK"]);
}
