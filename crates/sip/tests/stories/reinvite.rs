//! re-INVITE from the trunk: hold, resume, glare (RFC 3261 §14.2).

use sip::{EndCause, Event, Order};

use crate::caller::{Caller, talking};
use crate::support::{SDP, Story};

#[test]
fn a_reoffer_is_answered_by_order_and_repeated_until_ack() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next("INVITE"));
    assert!(matches!(story.event(), Event::Reoffered { leg: which, sdp: Some(_) } if which == leg));
    assert!(story.lines().is_empty());
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    let ok = story.next();
    assert_eq!((ok.line().as_str(), ok.header("CSeq").as_str()), ("SIP/2.0 200 OK", "2 INVITE"));
    story.pass_ms(500);
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    story.carrier(caller.ack());
    story.pass_ms(60_000);
    story.is_quiet();
}

#[test]
fn a_refused_reoffer_leaves_the_call_as_it_was() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    let reinvite = caller.next("INVITE");
    story.carrier(&reinvite);
    story.event();
    story.order(Order::RefuseReoffer { leg, status: 488 });
    assert_eq!(story.lines(), ["SIP/2.0 488 Not Acceptable Here"]);
    story.carrier(reinvite.replace("INVITE", "ACK"));
    story.carrier(caller.next("BYE"));
    assert!(matches!(story.event(), Event::Ended { cause: EndCause::Bye, .. }));
}

#[test]
fn a_second_reoffer_before_the_answer_gets_500_and_before_the_ack_491() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next("INVITE"));
    story.carrier(caller.next("INVITE"));
    let refusal = story.next();
    assert_eq!(refusal.line(), "SIP/2.0 500 Server Internal Error");
    assert!((0..=10).contains(&refusal.header("Retry-After").parse().unwrap()));
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    story.carrier(caller.next("INVITE"));
    assert_eq!(story.lines(), ["SIP/2.0 491 Request Pending"]);
}

/// The CSeq of an ACK is its INVITE's, whatever was refused in between.
#[test]
fn the_ack_of_a_reoffer_is_known_by_its_own_number() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next("INVITE"));
    story.carrier(caller.next("INVITE"));
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    story.lines();
    story.carrier(Caller { cseq: 2, ..caller }.ack());
    story.pass_ms(5_000);
    assert!(!story.lines().contains(&"SIP/2.0 200 OK".to_owned()));
}

#[test]
fn a_reoffer_moves_the_target() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(
        caller.next("INVITE").replace("Contact: <sip:13900000001@192.0.2.10:5060>", "Contact: <sip:b@192.0.2.99:5062>"),
    );
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    story.carrier(caller.ack());
    story.lines();
    story.order(Order::End { leg, reason: None });
    let bye = story.next();
    assert_eq!(
        (bye.line().as_str(), bye.flow.remote),
        ("BYE sip:b@192.0.2.99:5062 SIP/2.0", "192.0.2.99:5062".parse().unwrap())
    );
}

#[test]
fn a_bye_during_a_reoffer_ends_it_with_487() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next("INVITE"));
    story.carrier(caller.next("BYE"));
    let mut lines = story.lines();
    lines.sort();
    assert_eq!(lines, ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    assert!(story.lines().is_empty());
}

#[test]
fn a_cancelled_reoffer_leaves_the_call_as_it_was() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    let reinvite = caller.next("INVITE");
    story.carrier(&reinvite);
    story.event();
    let head = reinvite.split("Content-Type").next().unwrap();
    story.carrier(format!("{}Content-Length: 0\r\n\r\n", head.replace("INVITE", "CANCEL")));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    assert!(story.events.is_empty());
    story.order(Order::End { leg, reason: None });
    assert!(story.lines().iter().any(|line| line.starts_with("BYE")));
}
