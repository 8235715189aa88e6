//! Our provisional answers to callers who want them reliable (RFC 3262 §3).

use base::LegId;
use sip::{EndCause, Event, Order};

use crate::caller::Caller;
use crate::support::{SDP, Sent, Story, incoming};

/// A caller whose INVITE carries these lines, and to whom it rings.
fn ringing(story: &mut Story, lines: &str) -> (Caller, LegId, Sent) {
    let mut caller = Caller { extra: lines.into(), ..Caller::new("a") };
    story.carrier(caller.invite());
    let leg = incoming(story);
    story.order(Order::Ring { leg });
    let ringing = story.next();
    caller.to_tag = Some(ringing.to_tag());
    (caller, leg, ringing)
}

fn prack(caller: &mut Caller, rack: &str) -> String {
    caller.extra = format!("RAck: {rack}\r\n");
    let text = caller.next("PRACK");
    caller.extra.clear();
    text
}

#[test]
fn it_rings_plainly_for_who_cannot_do_otherwise() {
    let mut story = Story::new();
    let (_, leg, ringing) = ringing(&mut story, "");
    assert_eq!(ringing.line(), "SIP/2.0 180 Ringing");
    assert!(ringing.headers("Require").is_empty() && ringing.headers("RSeq").is_empty());
    story.order(Order::Ring { leg });
    story.pass_ms(40_000);
    story.is_quiet();
}

#[test]
fn required_or_supported_it_is_reliable_and_repeated_until_prack() {
    for lines in ["Require: 100rel\r\n", "Supported: timer, 100rel\r\n", "k: 100REL\r\n"] {
        let mut story = Story::new();
        let (mut caller, leg, ringing) = ringing(&mut story, lines);
        assert_eq!(ringing.header("Require"), "100rel");
        let rseq: u32 = ringing.header("RSeq").parse().unwrap();
        assert!((1..1 << 31).contains(&rseq));
        story.pass_ms(3_600);
        assert_eq!(story.lines(), ["SIP/2.0 180 Ringing"; 3], "at 0.5, 1.5 and 3.5 s");
        story.carrier(prack(&mut caller, &format!("{rseq} 1 INVITE")));
        assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
        story.pass_ms(60_000);
        story.is_quiet();
        story.order(Order::Answer { leg, sdp: SDP.into() });
        assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    }
}

#[test]
fn a_prack_that_matches_nothing_is_481() {
    let mut story = Story::new();
    let (mut caller, _, ringing) = ringing(&mut story, "Require: 100rel\r\n");
    let rseq: u32 = ringing.header("RSeq").parse().unwrap();
    for rack in
        [format!("{} 1 INVITE", rseq ^ 1), format!("{rseq} 2 INVITE"), format!("{rseq} 1 UPDATE"), "x".to_owned()]
    {
        story.carrier(prack(&mut caller, &rack));
        assert_eq!(story.lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"], "{rack}");
    }
    story.carrier(prack(&mut caller, &format!("{rseq}  1  INVITE")));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    story.carrier(prack(&mut caller, &format!("{rseq} 1 INVITE")));
    assert_eq!(story.lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"], "it was acknowledged before");
}

#[test]
fn the_answer_waits_for_no_prack_which_is_still_taken_after_it() {
    let mut story = Story::new();
    let (mut caller, leg, ringing) = ringing(&mut story, "Require: 100rel\r\n");
    story.order(Order::Answer { leg, sdp: SDP.into() });
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
    caller.extra.clear();
    story.carrier(caller.ack());
    story.pass_ms(40_000);
    assert_eq!(story.lines(), Vec::<String>::new(), "it rings no more");
    story.carrier(prack(&mut caller, &format!("{} 1 INVITE", ringing.header("RSeq"))));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"]);
}

#[test]
fn without_prack_the_call_is_refused_and_told_over() {
    let mut story = Story::new();
    let (_, leg, _) = ringing(&mut story, "Require: 100rel\r\n");
    story.pass_ms(31_900);
    assert_eq!(story.lines(), ["SIP/2.0 180 Ringing"; 6], "0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s");
    story.pass_ms(100);
    assert!(matches!(story.event(), Event::Ended { leg: over, cause: EndCause::PrackTimeout } if over == leg));
    assert_eq!(story.lines(), ["SIP/2.0 504 Server Time Out"]);
}

#[test]
fn a_cancel_or_a_bye_of_a_ringing_call_ends_it_with_487() {
    for method in ["CANCEL", "BYE"] {
        let mut story = Story::new();
        let (mut caller, leg, _) = ringing(&mut story, "Require: 100rel\r\n");
        caller.extra.clear();
        let text =
            if method == "CANCEL" { Caller { to_tag: None, ..caller.clone() }.cancel() } else { caller.next("BYE") };
        story.carrier(text);
        let mut lines = story.lines();
        lines.sort();
        assert_eq!(lines, ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"], "{method}");
        assert!(matches!(story.event(), Event::Cancelled { leg: over } if over == leg));
        story.pass_ms(5_000);
        assert!(story.lines().iter().all(|line| line.contains("487")), "it rings no more");
    }
}

#[test]
fn sdp_has_no_place_in_a_prack_to_a_bare_180() {
    let mut story = Story::new();
    let (mut caller, _, ringing) = ringing(&mut story, "Require: 100rel\r\n");
    caller.extra = format!("RAck: {} 1 INVITE\r\n", ringing.header("RSeq"));
    story.carrier(caller.next_with("PRACK", SDP));
    assert_eq!(story.lines(), ["SIP/2.0 488 Not Acceptable Here"]);
    story.pass_ms(10_000);
    story.is_quiet();
}
