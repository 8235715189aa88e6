//! A call comes, is answered, is acknowledged.

use sip::{EndCause, Event, Order};

use crate::caller::{Caller, answered, talking};
use crate::support::{CARRIER, SDP, Story, incoming, udp};

#[test]
fn nothing_is_answered_before_the_engine_says_so() {
    let mut story = Story::new();
    story.carrier(Caller::new("a").invite());
    let Event::Incoming { leg, trunk, dialled, identity, sdp, source, secure, refusal } = story.event() else {
        panic!("no call")
    };
    assert!(!secure, "UDP");
    assert_eq!(leg.n, 1, "sip mints odd counters");
    assert_eq!((trunk.as_str(), dialled.as_str()), ("carrier", "4008169580"));
    assert_eq!(identity.number.map(|number| number.into_revealed()).as_deref(), Some("13900000001"));
    assert_eq!((sdp.as_deref(), source), (Some(SDP.as_bytes()), CARRIER.parse().unwrap()));
    assert_eq!(refusal, None);
    story.carrier(Caller::new("a").invite());
    story.pass_ms(60_000);
    story.is_quiet();
}

#[test]
fn trying_goes_once_when_ordered_and_again_for_each_invite_that_comes_again() {
    let mut story = Story::new();
    story.carrier(Caller::new("a").invite());
    let leg = incoming(&mut story);
    story.order(Order::Trying { leg });
    story.order(Order::Trying { leg });
    assert_eq!(story.lines(), ["SIP/2.0 100 Trying"]);
    story.carrier(Caller::new("a").invite());
    assert_eq!(story.lines(), ["SIP/2.0 100 Trying"]);
}

#[test]
fn an_answer_is_repeated_until_its_ack_t1_doubling_to_t2() {
    let mut story = Story::new();
    let (mut caller, leg) = answered(&mut story, "a");
    let mut times = Vec::new();
    for _ in 0..100 {
        story.pass_ms(100);
        times.extend(story.lines().iter().map(|_| story.now.mono.0.as_millis()));
    }
    assert_eq!(times, [500, 1_500, 3_500, 7_500]);
    story.carrier(caller.ack());
    let Event::Confirmed { leg: confirmed, dialog } = story.event() else { panic!("not confirmed") };
    assert_eq!(confirmed, leg);
    assert_eq!(dialog.target.reveal(), "sip:13900000001@192.0.2.10:5060");
    story.pass_ms(120_000);
    story.is_quiet();
}

#[test]
fn an_answer_carries_what_a_dialog_needs() {
    let mut story = Story::new();
    let mut caller = Caller::new("a");
    caller.extra = "Record-Route: <sip:192.0.2.77;lr>, <sip:192.0.2.78;lr>\r\n".into();
    story.carrier(caller.invite());
    let leg = incoming(&mut story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    let answer = story.next();
    assert_eq!(answer.line(), "SIP/2.0 200 OK");
    assert_eq!(answer.header("Contact"), "<sip:helpline@198.51.100.1:5060>");
    assert_eq!(answer.header("Record-Route"), "<sip:192.0.2.77;lr>, <sip:192.0.2.78;lr>");
    assert_eq!(answer.header("Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, INFO, UPDATE");
    assert_eq!(answer.header("Server"), "helpline/0.1.0");
    assert_eq!(answer.header("Via"), "SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKa-1;received=192.0.2.10;rport=5060");
    assert!(answer.text().ends_with(SDP));
}

#[test]
fn without_an_ack_the_call_is_ended_after_64_t1() {
    let mut story = Story::new();
    let (_, leg) = answered(&mut story, "a");
    story.pass_ms(31_999);
    assert!(story.lines().iter().all(|line| line == "SIP/2.0 200 OK"));
    story.pass_ms(1);
    assert!(matches!(story.event(), Event::Ended { leg: ended, cause: EndCause::AckTimeout } if ended == leg));
    assert!(story.next().line().starts_with("BYE sip:13900000001@192.0.2.10:5060 SIP/2.0"));
}

#[test]
fn an_invite_that_comes_again_after_the_answer_is_absorbed() {
    let mut story = Story::new();
    let (caller, _) = talking(&mut story, "a");
    story.carrier(Caller { to_tag: None, ..caller }.invite());
    story.is_quiet();
}

#[test]
fn a_refusal_is_repeated_until_its_ack_and_the_ack_is_absorbed() {
    let mut story = Story::new();
    let caller = Caller::new("a");
    story.carrier(caller.invite());
    let leg = incoming(&mut story);
    story.order(Order::Reject { leg, status: 404, reason: Some("No Such Line") });
    let refusal = story.next();
    assert_eq!(refusal.line(), "SIP/2.0 404 No Such Line");
    story.pass_ms(1_600);
    assert_eq!(story.lines().len(), 2, "timer G");
    story.carrier(caller.ack_refusal(&refusal));
    story.pass_ms(60_000);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn an_ack_for_a_call_of_an_old_sender_without_magic_cookie_is_matched() {
    let mut story = Story::new();
    let mut caller = Caller::new("a");
    caller.invite_branch = "1".into();
    story.carrier(caller.invite());
    let leg = incoming(&mut story);
    story.order(Order::Reject { leg, status: 480, reason: None });
    let refusal = story.next();
    story.carrier(caller.ack_refusal(&refusal));
    story.pass_ms(10_000);
    story.is_quiet();
}

#[test]
fn a_response_goes_to_the_port_in_via_where_no_rport_is_asked_for() {
    let mut story = Story::new();
    let invite = Caller::new("a").invite().replace(";rport", "").replace("UDP 192.0.2.10;", "UDP 192.0.2.10:5099;");
    story.receive(udp("192.0.2.10:40000"), invite);
    let leg = incoming(&mut story);
    story.order(Order::Trying { leg });
    assert_eq!(story.next().flow.remote, "192.0.2.10:5099".parse().unwrap());
}

#[test]
fn the_ladder_tells_every_message_and_no_number() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next("BYE"));
    let rungs: Vec<String> =
        story.ladder.iter().map(|rung| format!("{}{}", if rung.inbound { "< " } else { "> " }, rung.what())).collect();
    assert_eq!(rungs, ["< INVITE", "> 200 (INVITE)", "< ACK", "< BYE", "> 200 (BYE)"]);
    assert!(story.ladder.iter().all(|rung| rung.leg == leg && !rung.retransmission));
    assert!(!format!("{:?} {:?}", story.ladder, story.events).contains("139"));
}
