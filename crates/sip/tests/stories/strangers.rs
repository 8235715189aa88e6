//! Sources that no trunk knows.

use sip::Event;

use crate::caller::Caller;
use crate::support::{STRANGER, Story, tcp, udp};

#[test]
fn a_scanner_gets_nothing_and_is_told_of_once_a_minute() {
    let mut story = Story::new();
    let mut scan = Caller::new("scan");
    for _ in 0..10 {
        story.receive(udp(STRANGER), scan.next("OPTIONS"));
        story.receive(udp(STRANGER), scan.next("REGISTER"));
        story.receive(udp(STRANGER), "GET / HTTP/1.1\r\n\r\n");
        story.receive(udp(STRANGER), "INVITE broken SIP/2.0\r\n\r\n");
        story.pass_ms(100);
    }
    assert!(
        matches!(story.event(), Event::UnknownSource { source, ours: false } if source == STRANGER.parse().unwrap())
    );
    story.is_quiet();
    story.pass_ms(60_000);
    story.receive(udp(STRANGER), scan.next("OPTIONS"));
    assert!(matches!(story.event(), Event::UnknownSource { .. }));
    story.pass_ms(60_000);
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn a_stranger_who_dials_one_of_our_numbers_is_told_of_as_such() {
    for dialled in ["4008169580", "+864008169580", "008640081%36%39580"] {
        let mut story = Story::new();
        story.receive(udp(STRANGER), Caller::new("a").next("OPTIONS"));
        story.event();
        story.receive(udp(STRANGER), Caller::new("b").invite().replace("sip:4008169580@", &format!("sip:{dialled}@")));
        assert!(matches!(story.event(), Event::UnknownSource { ours: true, .. }), "{dialled}");
        story.is_quiet();
    }
}

#[test]
fn a_stranger_on_tcp_gets_nothing_either() {
    let mut story = Story::new();
    story.receive(tcp(STRANGER, 1), Caller::new("a").next("OPTIONS").replace("UDP", "TCP"));
    story.receive(tcp(STRANGER, 1), "\r\n\r\n");
    assert!(story.lines().is_empty());
    story.receive(tcp(STRANGER, 1), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(story.lines().is_empty());
    assert_eq!(story.closed.len(), 1);
}

#[test]
fn a_guess_at_a_dialog_is_no_key() {
    let mut story = Story::new();
    let mut guess = Caller::new("a");
    guess.to_tag = Some("guess".into());
    story.receive(udp(STRANGER), guess.next("BYE"));
    story.receive(udp(STRANGER), guess.next("INVITE"));
    assert!(story.lines().is_empty());
}
