//! Reliable provisional answers to our own calls (RFC 3262 §4).

use sip::{Event, Order};

use crate::caller::response;
use crate::support::{SDP, Sent, Story, udp};

const PHONE: &str = "203.0.113.5:5090";
const URI: &str = "sip:operator@203.0.113.5:5090";

fn reliable(invite: &Sent, status: &str, tag: &str, rseq: &str, sdp: &str) -> String {
    response(invite, status, tag, URI, sdp).replace("Contact:", &format!("Require: 100rel\r\nRSeq: {rseq}\r\nContact:"))
}

#[test]
fn our_invite_says_that_we_can() {
    let mut story = Story::new();
    story.dial(URI);
    assert_eq!(story.next().header("Supported"), "timer, 100rel");
}

#[test]
fn each_is_acknowledged_once_and_in_order() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), reliable(&invite, "183 Session Progress", "t", "7001", ""));
    let prack = story.next();
    assert_eq!(prack.line(), format!("PRACK {URI} SIP/2.0"));
    assert_eq!((prack.header("RAck"), prack.header("CSeq")), ("7001 1 INVITE".to_owned(), "2 PRACK".to_owned()));
    assert!(prack.header("To").ends_with(";tag=t"));
    story.receive(udp(PHONE), response(&prack, "200 OK", "", "", ""));
    // A copy, one from before, one that skips its predecessor.
    for rseq in ["7001", "7000", "7003", "4294967296", "x"] {
        story.receive(udp(PHONE), reliable(&invite, "180 Ringing", "t", rseq, ""));
        assert!(story.sent.is_empty(), "{rseq}");
    }
    story.receive(udp(PHONE), reliable(&invite, "180 Ringing", "t", "7002", ""));
    let prack = story.next();
    assert_eq!((prack.header("RAck"), prack.header("CSeq")), ("7002 1 INVITE".to_owned(), "3 PRACK".to_owned()));
}

#[test]
fn what_asks_for_none_gets_none() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", URI, ""));
    story
        .receive(udp(PHONE), response(&invite, "180 Ringing", "t", URI, "").replace("Contact:", "RSeq: 5\r\nContact:"));
    assert!(story.lines().is_empty());
    assert!(matches!(story.event(), Event::Ringing { .. }));
}

#[test]
fn a_lost_prack_is_sent_again_by_its_own_timers() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), reliable(&invite, "180 Ringing", "t", "1", ""));
    let prack = story.next();
    story.pass_ms(500);
    assert_eq!(story.next().text(), prack.text());
    story.receive(udp(PHONE), response(&prack, "200 OK", "", "", ""));
    story.pass_ms(30_000);
    assert_eq!(story.lines(), Vec::<String>::new());
}

#[test]
fn an_answer_in_a_reliable_provisional_is_the_answer() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), reliable(&invite, "183 Session Progress", "t", "1", SDP));
    let ok = response(&invite, "200 OK", "t", URI, &SDP.replace("40000", "9"));
    story.receive(udp(PHONE), ok);
    assert!(matches!(story.event(), Event::Ringing { .. }));
    assert!(matches!(story.event(), Event::Answered { sdp: Some(sdp), .. } if sdp == SDP.as_bytes()));
    let (prack, ack) = (story.next(), story.next());
    assert_eq!((prack.header("CSeq"), ack.header("CSeq")), ("2 PRACK".to_owned(), "1 ACK".to_owned()));
    story.order(Order::End { leg, reason: None });
    assert_eq!(story.next().header("CSeq"), "3 BYE", "after the PRACK's number");
}

#[test]
fn an_answer_in_a_plain_provisional_counts_where_the_200_has_none() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "183 Session Progress", "t", URI, SDP));
    story.receive(udp(PHONE), response(&invite, "200 OK", "t", URI, ""));
    story.event();
    assert!(matches!(story.event(), Event::Answered { sdp: Some(sdp), .. } if sdp == SDP.as_bytes()));
}

#[test]
fn forks_ring_in_dialogs_of_their_own() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), reliable(&invite, "180 Ringing", "one", "10", ""));
    story.receive(udp(PHONE), reliable(&invite, "180 Ringing", "two", "500", SDP));
    let (one, two) = (story.next(), story.next());
    assert_eq!((one.header("RAck"), one.header("CSeq")), ("10 1 INVITE".to_owned(), "2 PRACK".to_owned()));
    assert_eq!((two.header("RAck"), two.header("CSeq")), ("500 1 INVITE".to_owned(), "2 PRACK".to_owned()));
    story.receive(udp(PHONE), response(&invite, "200 OK", "one", URI, SDP));
    story.receive(udp(PHONE), response(&invite, "200 OK", "two", URI, ""));
    let lines: Vec<(String, String)> = story.sent.drain(..).map(|sent| (sent.header("CSeq"), sent.to_tag())).collect();
    let line = |cseq: &str, tag: &str| (cseq.to_owned(), tag.to_owned());
    assert_eq!(lines, [line("1 ACK", "one"), line("1 ACK", "two"), line("3 BYE", "two")]);
}

#[test]
fn a_reliable_provisional_is_acknowledged_though_the_call_is_taken_back() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.order(Order::End { leg, reason: None });
    story.receive(udp(PHONE), reliable(&invite, "180 Ringing", "t", "1", ""));
    let lines = story.lines();
    assert_eq!(lines, [format!("PRACK {URI} SIP/2.0"), format!("CANCEL {URI} SIP/2.0")]);
}
