//! CANCEL, theirs and ours, and its races with 200 (RFC 3261 §9).

use sip::{Event, Order};

use crate::caller::{Caller, answered, response};
use crate::support::{SDP, Story, incoming, udp};

const PHONE: &str = "203.0.113.5:5090";
const URI: &str = "sip:operator@203.0.113.5:5090";

#[test]
fn a_caller_who_cancels_gets_200_and_487() {
    let mut story = Story::new();
    let caller = Caller::new("a");
    story.carrier(caller.invite());
    let leg = incoming(&mut story);
    story.carrier(caller.cancel());
    let (ok, gone) = (story.next(), story.next());
    assert_eq!((ok.line().as_str(), ok.header("CSeq").as_str()), ("SIP/2.0 200 OK", "1 CANCEL"));
    assert_eq!((gone.line().as_str(), gone.header("CSeq").as_str()), ("SIP/2.0 487 Request Terminated", "1 INVITE"));
    assert_eq!(ok.to_tag(), gone.to_tag());
    assert!(matches!(story.event(), Event::Cancelled { leg: cancelled } if cancelled == leg));
    story.order(Order::Answer { leg, sdp: SDP.into() });
    story.carrier(caller.ack_refusal(&gone));
    story.carrier(caller.cancel());
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"], "the same CANCEL again");
    story.pass_ms(60_000);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn a_cancel_after_the_answer_changes_nothing() {
    let mut story = Story::new();
    let (mut caller, _) = answered(&mut story, "a");
    story.carrier(Caller { to_tag: None, ..caller.clone() }.cancel());
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    story.carrier(caller.ack());
    assert!(matches!(story.event(), Event::Confirmed { .. }));
    story.carrier(caller.next("BYE"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
}

#[test]
fn a_cancel_of_nothing_gets_481() {
    let mut story = Story::new();
    story.carrier(Caller::new("a").cancel());
    assert_eq!(story.lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
}

#[test]
fn our_cancel_waits_for_a_provisional_answer() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.order(Order::End { leg, reason: Some("SIP;cause=487;text=\"Withdrawn\"") });
    story.is_quiet();
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", "", ""));
    let cancel = story.next();
    assert_eq!(cancel.line(), format!("CANCEL {URI} SIP/2.0"));
    assert_eq!(cancel.header("Via"), invite.header("Via"));
    assert_eq!(cancel.header("CSeq"), "1 CANCEL");
    assert_eq!(cancel.header("Reason"), "SIP;cause=487;text=\"Withdrawn\"");
    story.receive(udp(PHONE), response(&cancel, "200 OK", "t", "", ""));
    story.receive(udp(PHONE), response(&invite, "487 Request Terminated", "t", "", ""));
    let ack = story.next();
    assert_eq!((ack.line(), ack.header("Via")), (format!("ACK {URI} SIP/2.0"), invite.header("Via")));
    assert!(ack.header("To").ends_with(";tag=t"));
    assert!(matches!(story.event(), Event::Failed { leg: failed, status: 487 } if failed == leg));
    story.is_quiet();
    story.pass_ms(60_000);
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn an_answer_that_crosses_our_cancel_is_acknowledged_and_given_back() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", "", ""));
    assert!(matches!(story.event(), Event::Ringing { .. }));
    story.order(Order::End { leg, reason: None });
    assert!(story.next().line().starts_with("CANCEL"));
    story.receive(udp(PHONE), response(&invite, "200 OK", "t", URI, SDP));
    let (ack, bye) = (story.next(), story.next());
    assert!(ack.line().starts_with("ACK") && bye.line().starts_with("BYE"), "{} {}", ack.line(), bye.line());
    assert_eq!((ack.header("CSeq").as_str(), bye.header("CSeq").as_str()), ("1 ACK", "2 BYE"));
    assert!(matches!(story.event(), Event::Failed { status: 487, .. }));
    story.receive(udp(PHONE), response(&bye, "200 OK", "", "", ""));
    story.pass_ms(60_000);
    assert!(story.events.is_empty());
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn a_cancel_that_leads_to_nothing_is_given_up_after_64_t1() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "100 Trying", "", "", ""));
    story.order(Order::End { leg, reason: None });
    story.pass_ms(31_999);
    assert!(story.events.is_empty());
    story.pass_ms(1);
    assert!(matches!(story.event(), Event::Failed { status: 487, .. }));
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn an_answer_that_comes_while_our_cancel_waits_is_given_back_too() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.order(Order::End { leg, reason: Some("SIP;cause=487;text=\"Withdrawn\"") });
    story.receive(udp(PHONE), response(&invite, "200 OK", "t", URI, SDP));
    assert!(story.next().line().starts_with("ACK"));
    assert_eq!(story.next().header("Reason"), "SIP;cause=487;text=\"Withdrawn\"");
    assert!(matches!(story.event(), Event::Failed { leg: failed, status: 487 } if failed == leg));
    story.is_quiet();
}
