//! BYE, theirs and ours, and its races (RFC 3261 §15).

use sip::{EndCause, Event, Order};

use crate::caller::{Caller, answered, response, talking};
use crate::support::{CARRIER, SDP, Story, incoming, udp};

#[test]
fn a_caller_hangs_up() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    let bye = caller.next("BYE");
    story.carrier(&bye);
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    assert!(matches!(story.event(), Event::Ended { leg: ended, cause: EndCause::Bye } if ended == leg));
    story.carrier(&bye);
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"], "the same BYE again");
    story.order(Order::End { leg, reason: None });
    story.is_quiet();
}

#[test]
fn we_hang_up_with_a_reason() {
    let mut story = Story::new();
    let (_, leg) = talking(&mut story, "a");
    story.order(Order::End { leg, reason: Some("Q.850;cause=16;text=\"Normal call clearing\"") });
    let bye = story.next();
    assert_eq!(bye.line(), "BYE sip:13900000001@192.0.2.10:5060 SIP/2.0");
    assert_eq!(bye.header("Reason"), "Q.850;cause=16;text=\"Normal call clearing\"");
    assert_eq!(
        (bye.header("From"), bye.header("To")),
        (
            format!("<sip:4008169580@198.51.100.1>;tag={}", bye.header("From").split(";tag=").nth(1).unwrap()),
            "<sip:13900000001@192.0.2.10>;tag=fa".to_owned(),
        )
    );
    assert!(matches!(story.event(), Event::Ended { cause: EndCause::ByUs, .. }));
    story.carrier(response(&bye, "200 OK", "", "", ""));
    story.order(Order::End { leg, reason: None });
    story.pass_ms(60_000);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn a_bye_that_nobody_answers_is_sent_again_and_given_up() {
    let mut story = Story::new();
    let (_, leg) = talking(&mut story, "a");
    story.order(Order::End { leg, reason: None });
    story.pass_ms(32_000);
    assert_eq!(story.lines().len(), 11, "timer E: 0, 0.5, 1.5, 3.5, then every 4 s");
    story.pass_ms(1_000);
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn two_byes_that_cross_are_both_answered() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.order(Order::End { leg, reason: None });
    let ours = story.next();
    story.carrier(caller.next("BYE"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    story.carrier(response(&ours, "200 OK", "", "", ""));
    assert!(matches!(story.event(), Event::Ended { cause: EndCause::ByUs, .. }));
    story.pass_ms(60_000);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn our_bye_waits_for_the_ack_to_our_answer() {
    let mut story = Story::new();
    let (mut caller, leg) = answered(&mut story, "a");
    story.order(Order::End { leg, reason: None });
    assert!(matches!(story.event(), Event::Ended { cause: EndCause::ByUs, .. }));
    story.is_quiet();
    story.carrier(caller.ack());
    assert!(story.next().line().starts_with("BYE "));
    story.is_quiet();
}

#[test]
fn a_bye_before_the_ack_ends_the_repeating() {
    let mut story = Story::new();
    let (mut caller, _) = answered(&mut story, "a");
    story.carrier(caller.next("BYE"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    assert!(matches!(story.event(), Event::Ended { cause: EndCause::Bye, .. }));
    story.pass_ms(40_000);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn an_order_to_end_a_call_that_rings_refuses_it() {
    let mut story = Story::new();
    story.carrier(Caller::new("a").invite());
    let leg = incoming(&mut story);
    story.order(Order::End { leg, reason: None });
    assert_eq!(story.lines(), ["SIP/2.0 480 Temporarily Unavailable"]);
    assert!(story.events.is_empty());
}

#[test]
fn a_bye_for_no_dialog_gets_481_and_an_old_one_500() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    let mut other = Caller { to_tag: Some("nonsense".into()), ..caller.clone() };
    story.carrier(other.next("BYE"));
    assert_eq!(story.lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
    caller.cseq = 9;
    story.carrier(caller.next("OPTIONS"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    caller.cseq = 3;
    story.carrier(caller.next("BYE"));
    assert_eq!(story.lines(), ["SIP/2.0 500 Server Internal Error"]);
    assert!(story.events.is_empty());
}

#[test]
fn an_operators_phone_that_no_trunk_knows_may_hang_up() {
    let mut story = Story::new();
    let leg = story.dial("sip:operator@203.0.113.5:5090");
    let invite = story.next();
    let phone = udp("203.0.113.5:5090");
    story.receive(phone, response(&invite, "200 OK", "t", "sip:operator@203.0.113.5:5090", SDP));
    let ack = story.next();
    let bye = format!(
        "BYE sip:helpline@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.5:5090;branch=z9hG4bKx\r\nFrom: {}\r\nTo: {}\r\n\
         Call-ID: {}\r\nCSeq: 7 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
        ack.header("To"),
        ack.header("From"),
        ack.header("Call-ID"),
    );
    story.receive(phone, bye);
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    assert!(matches!(story.event(), Event::Answered { .. }));
    assert!(matches!(story.event(), Event::Ended { leg: ended, cause: EndCause::Bye } if ended == leg));
}

#[test]
fn a_target_that_is_a_name_is_reached_where_the_call_came_from() {
    let mut story = Story::new();
    let caller = Caller::new("a");
    let invite =
        caller.invite().replace("Contact: <sip:13900000001@192.0.2.10:5060>", "Contact: <sip:x@sbc.example.cn>");
    story.carrier(invite);
    let leg = incoming(&mut story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    let mut caller = Caller { to_tag: Some(story.next().to_tag()), ..caller };
    story.carrier(caller.ack());
    story.order(Order::End { leg, reason: None });
    let bye = story.next();
    assert_eq!((bye.line().as_str(), bye.flow.remote), ("BYE sip:x@sbc.example.cn SIP/2.0", CARRIER.parse().unwrap()));
}

#[test]
fn our_tag_alone_does_not_open_a_dialog() {
    let mut story = Story::new();
    let (caller, _) = talking(&mut story, "a");
    let mut other = Caller { id: "b".into(), ..caller.clone() };
    story.carrier(other.next("BYE"));
    let mut tag = Caller { branches: 90, ..caller.clone() };
    story.carrier(tag.next("BYE").replace("tag=fa", "tag=fb"));
    let gone = "SIP/2.0 481 Call/Transaction Does Not Exist";
    assert_eq!(story.lines(), [gone, gone]);
    story.is_quiet();
}
