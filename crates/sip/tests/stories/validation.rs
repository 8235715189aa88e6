//! What is refused, and how (RFC 3261 §8.2).

use sip::{Event, Order};

use crate::caller::Caller;
use crate::support::{CARRIER, SDP, Story, incoming, to_refuse, udp};

const METHODS: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, INFO, UPDATE";

/// The answer to an INVITE, after a change to it.
fn refused(change: impl Fn(String) -> String) -> String {
    let mut story = Story::new();
    story.carrier(change(Caller::new("a").invite()));
    let answer = story.next().text();
    assert!(story.events.is_empty(), "{:?}", story.events);
    answer
}

/// The answer to an INVITE that is told first, once the engine has ordered its refusal.
fn refused_once_told(change: impl Fn(String) -> String) -> String {
    let mut story = Story::new();
    story.carrier(change(Caller::new("a").invite()));
    let (leg, status) = to_refuse(&mut story);
    story.is_quiet();
    story.order(Order::Reject { leg, status, reason: None });
    let answer = story.next().text();
    story.is_quiet();
    answer
}

#[test]
fn options_are_answered_outside_and_within_a_dialog() {
    let mut story = Story::new();
    story.carrier(Caller::new("a").next("OPTIONS"));
    let answer = story.next();
    assert_eq!(answer.line(), "SIP/2.0 200 OK");
    assert_eq!(answer.header("Allow"), METHODS);
    assert_eq!(answer.header("Accept"), "application/sdp");
    let (mut caller, _) = crate::caller::talking(&mut story, "b");
    story.carrier(caller.next("OPTIONS"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
}

#[test]
fn a_known_method_that_we_do_not_take_is_405_an_unknown_one_501() {
    let mut story = Story::new();
    let (mut within, _) = crate::caller::talking(&mut story, "b");
    for (method, status) in [("REGISTER", "405"), ("SUBSCRIBE", "405"), ("FOO", "501"), ("invite", "501")] {
        for text in [Caller::new(method).next(method), within.next(method)] {
            story.carrier(text);
            let answer = story.next();
            assert!(answer.line().starts_with(&format!("SIP/2.0 {status}")), "{method}: {}", answer.line());
            assert_eq!(answer.header("Allow"), METHODS);
        }
    }
}

#[test]
fn a_required_extension_is_420() {
    let answer = refused_once_told(|text| {
        text.replace("Max-Forwards", "Require: 100rel, precondition, timer, gruu\r\nMax-Forwards")
    });
    assert!(answer.starts_with("SIP/2.0 420 Bad Extension\r\n"));
    assert!(answer.contains("\r\nUnsupported: precondition, gruu\r\n"));
}

#[test]
fn a_body_that_is_no_sdp_is_415_unless_it_may_be_ignored() {
    let odd = |text: String| text.replace("application/sdp", "application/isup");
    let answer = refused_once_told(odd);
    assert!(
        answer.starts_with("SIP/2.0 415 Unsupported Media Type\r\n")
            && answer.contains("\r\nAccept: application/sdp\r\n")
    );
    let answer = refused_once_told(|text| text.replace("Content-Type", "Content-Encoding: gzip\r\nContent-Type"));
    assert!(answer.starts_with("SIP/2.0 415") && answer.contains("\r\nAccept-Encoding: identity\r\n"));
    let mut story = Story::new();
    story.carrier(
        odd(Caller::new("a").invite())
            .replace("Content-Type", "Content-Disposition: x;handling=optional\r\nContent-Type"),
    );
    assert!(matches!(story.event(), Event::Incoming { sdp: None, .. }));
}

#[test]
fn scheme_version_and_hops() {
    assert!(
        refused(|text| text.replace("INVITE sip:4008169580@198.51.100.1 ", "INVITE http://x "))
            .starts_with("SIP/2.0 416")
    );
    assert!(
        refused(|text| text.replacen(" SIP/2.0\r\n", " SIP/3.0\r\n", 1))
            .starts_with("SIP/2.0 505 Version Not Supported")
    );
    assert!(
        refused_once_told(|text| text.replace("Max-Forwards: 70", "Max-Forwards: 0"))
            .starts_with("SIP/2.0 483 Too Many Hops")
    );
}

#[test]
fn a_tel_uri_is_dialled_too() {
    let mut story = Story::new();
    story.carrier(
        Caller::new("a")
            .invite()
            .replace("INVITE sip:4008169580@198.51.100.1 ", "INVITE tel:+86-400-816-9580;phone-context=x "),
    );
    let Event::Incoming { dialled, .. } = story.event() else { panic!("no call") };
    assert_eq!(dialled, "+86-400-816-9580");
}

#[test]
fn the_same_invite_by_another_path_is_482() {
    let mut story = Story::new();
    story.carrier(Caller::new("a").invite());
    incoming(&mut story);
    story.carrier(Caller { invite_branch: "z9hG4bKother".into(), ..Caller::new("a") }.invite());
    assert_eq!(story.lines(), ["SIP/2.0 482 Loop Detected"]);
    assert!(story.events.is_empty());
}

#[test]
fn an_invite_for_a_dialog_that_is_no_more_is_481() {
    let mut story = Story::new();
    story.carrier(Caller { to_tag: Some("old".into()), ..Caller::new("a") }.invite());
    assert_eq!(story.lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
}

#[test]
fn what_cannot_be_read_is_400_with_the_fault_and_kept_nowhere() {
    for (change, words) in [
        (("CSeq: 1 INVITE", "CSeq: 1 BYE"), "Bad CSeq"),
        (("CSeq: 1 INVITE", "CSeq: 4294967296 INVITE"), "Bad CSeq"),
        (("Call-ID: a@192.0.2.10\r\n", ""), "Bad Call-ID"),
        (("To: <", "To: \"open <"), "Bad To"),
        (("To: <", "To: <<"), "Bad To"),
        (("Max-Forwards: 70", "Max-Forwards: many"), "Bad Max-Forwards"),
        (("Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 69"), "Repeated Header"),
        (("Max-Forwards: 70", "Max-Forwards"), "Bad Header Line"),
        (("Max-Forwards: 70", "Max-Forwards: 70\nX: y"), "Bad Header Line"),
        (("INVITE sip", "INVITE  sip"), "Bad Request Line"),
    ] {
        let mut story = Story::new();
        story.carrier(Caller::new("a").invite().replacen(change.0, change.1, 1));
        assert_eq!(story.lines(), [format!("SIP/2.0 400 {words}")], "{change:?}");
        assert_eq!(story.agent.load(), 0);
    }
}

#[test]
fn a_body_shorter_than_announced_is_400_and_a_longer_one_is_cut() {
    let length = format!("Content-Length: {}", SDP.len());
    assert!(refused(|text| text.replace(&length, "Content-Length: 9999")).starts_with("SIP/2.0 400"));
    let mut story = Story::new();
    story.carrier(Caller::new("a").invite() + "trailing rubbish");
    assert!(matches!(story.event(), Event::Incoming { sdp: Some(sdp), .. } if sdp == SDP.as_bytes()));
}

#[test]
fn keep_alives_are_let_go() {
    let mut story = Story::new();
    for nothing in ["\r\n\r\n", "\r\n", "\0\0\0\0", ""] {
        story.receive(udp(CARRIER), nothing);
        story.receive(udp(crate::support::STRANGER), nothing);
    }
    story.is_quiet();
}

#[test]
fn an_order_for_a_leg_that_has_gone_does_nothing() {
    let mut story = Story::new();
    let (mut caller, leg) = crate::caller::talking(&mut story, "a");
    story.carrier(caller.next("BYE"));
    story.lines();
    story.events.clear();
    for order in [
        Order::Trying { leg },
        Order::Answer { leg, sdp: vec![] },
        Order::Reject { leg, status: 486, reason: None },
        Order::End { leg, reason: None },
        Order::Reanswer { leg, sdp: vec![] },
        Order::RefuseReoffer { leg, status: 488 },
    ] {
        story.order(order);
    }
    story.is_quiet();
}
