//! UPDATE from a peer (RFC 3311), before the call stands and after.

use sip::{Event, Order};

use crate::caller::{answered, response, talking};
use crate::support::{SDP, Sent, Story, udp};

const PHONE: &str = "203.0.113.5:5090";
const URI: &str = "sip:operator@203.0.113.5:5090";

#[test]
fn an_offer_in_an_update_is_answered_by_order_and_needs_no_ack() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    let update = caller.next_with("UPDATE", SDP);
    story.carrier(&update);
    assert!(matches!(story.event(), Event::Reoffered { leg: which, sdp: Some(_) } if which == leg));
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    let ok = story.next();
    assert_eq!((ok.line().as_str(), ok.header("CSeq").as_str()), ("SIP/2.0 200 OK", "2 UPDATE"));
    assert!(ok.text().ends_with(SDP));
    assert_eq!(ok.header("Contact"), "<sip:helpline@198.51.100.1:5060>");
    story.carrier(&update);
    assert_eq!(story.next().text(), ok.text(), "a copy of it gets the same answer");
    story.pass_ms(60_000);
    story.is_quiet();
}

#[test]
fn an_update_without_sdp_is_answered_at_once_and_moves_the_target() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    let update = caller.next_with("UPDATE", "");
    story.carrier(update.replace("Contact: <sip:13900000001@192.0.2.10:5060>", "Contact: <sip:b@192.0.2.99:5062>"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    assert!(story.events.is_empty());
    story.order(Order::End { leg, reason: None });
    assert_eq!(story.next().line(), "BYE sip:b@192.0.2.99:5062 SIP/2.0");
}

#[test]
fn a_refused_update_leaves_the_call_as_it_was() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next_with("UPDATE", SDP));
    story.event();
    story.order(Order::RefuseReoffer { leg, status: 488 });
    assert_eq!(story.lines(), ["SIP/2.0 488 Not Acceptable Here"]);
    story.carrier(caller.next("INVITE"));
    assert!(matches!(story.event(), Event::Reoffered { .. }));
}

#[test]
fn while_an_offer_of_theirs_waits_another_gets_500_with_a_time_to_wait() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    for first in ["UPDATE", "INVITE"] {
        story.carrier(caller.next_with(first, SDP));
        story.event();
        for second in ["UPDATE", "INVITE"] {
            story.carrier(caller.next_with(second, SDP));
            let refusal = story.next();
            assert_eq!(refusal.line(), "SIP/2.0 500 Server Internal Error", "{second} within {first}");
            assert!((0..=10).contains(&refusal.header("Retry-After").parse().unwrap()));
        }
        story.order(Order::RefuseReoffer { leg, status: 488 });
        story.lines();
    }
}

#[test]
fn an_update_may_come_before_the_ack() {
    let mut story = Story::new();
    let (mut caller, leg) = answered(&mut story, "a");
    story.carrier(caller.next_with("UPDATE", SDP));
    assert!(matches!(story.event(), Event::Reoffered { .. }));
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    caller.cseq = 1;
    story.carrier(caller.ack());
    assert!(matches!(story.event(), Event::Confirmed { .. }));
}

#[test]
fn a_bye_while_an_update_waits_ends_it_with_487() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next_with("UPDATE", SDP));
    story.event();
    story.carrier(caller.next("BYE"));
    let mut lines = story.lines();
    lines.sort();
    assert_eq!(lines, ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    assert!(story.lines().is_empty());
}

#[test]
fn in_an_update_a_body_that_is_no_sdp_is_415() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    story.carrier(caller.next_with("UPDATE", SDP).replace("application/sdp", "text/plain"));
    assert_eq!(story.lines(), ["SIP/2.0 415 Unsupported Media Type"]);
}

/// A request of the phone that we call, in the dialog that its answers made.
fn from_phone(invite: &Sent, method: &str, cseq: u32, sdp: &str) -> String {
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!(
        "{method} sip:helpline@198.51.100.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKp{method}{cseq};rport\r\n\
         Max-Forwards: 70\r\nFrom: {to};tag=t\r\nTo: {from}\r\nCall-ID: {call}\r\nCSeq: {cseq} {method}\r\n\
         Contact: <{URI}>\r\n{kind}Content-Length: {length}\r\n\r\n{sdp}",
        to = invite.header("To"),
        from = invite.header("From"),
        call = invite.header("Call-ID"),
        length = sdp.len(),
    )
}

#[test]
fn before_the_phone_answers_an_offer_is_491_until_ours_was_answered_reliably() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", URI, ""));
    story.event();
    story.receive(udp(PHONE), from_phone(&invite, "UPDATE", 1, SDP));
    assert_eq!(story.lines(), ["SIP/2.0 491 Request Pending"]);
    story.receive(udp(PHONE), from_phone(&invite, "UPDATE", 2, ""));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    let progress = response(&invite, "183 Session Progress", "t", URI, SDP)
        .replace("Contact:", "Require: 100rel\r\nRSeq: 9\r\nContact:");
    story.receive(udp(PHONE), progress);
    assert_eq!(story.lines(), [format!("PRACK {URI} SIP/2.0")]);
    let moved = SDP.replace("40000", "40002");
    story.receive(udp(PHONE), from_phone(&invite, "UPDATE", 3, &moved));
    assert!(matches!(story.event(), Event::Reoffered { sdp: Some(_), .. }));
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    story.receive(udp(PHONE), response(&invite, "200 OK", "t", URI, ""));
    assert!(matches!(story.event(), Event::Answered { sdp: Some(sdp), .. } if sdp == moved.as_bytes()));
}

#[test]
fn a_request_of_a_fork_that_did_not_answer_is_481() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", URI, ""));
    story.receive(udp(PHONE), response(&invite, "200 OK", "other", URI, SDP));
    story.lines();
    story.receive(udp(PHONE), from_phone(&invite, "UPDATE", 1, SDP));
    assert_eq!(story.lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
}
