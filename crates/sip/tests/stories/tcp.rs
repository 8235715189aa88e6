//! TCP: framing, connections, keep-alive (RFC 3261 §18, RFC 5626 §3.5.1).

use sip::{ConnectionId, Event, Input, Order};

use crate::caller::Caller;
use crate::support::{SDP, Story, incoming, tcp};

const PEER: &str = "192.0.2.10:41000";

fn over_tcp(text: &str) -> String {
    text.replace("SIP/2.0/UDP", "SIP/2.0/TCP")
}

#[test]
fn a_message_may_come_in_any_pieces_and_several_in_one() {
    let stream = over_tcp(&(Caller::new("a").invite() + "\r\n" + &Caller::new("b").invite()));
    for size in [1, 7, 100, 10_000] {
        let mut story = Story::new();
        for piece in stream.as_bytes().chunks(size) {
            story.receive(tcp(PEER, 1), piece);
        }
        assert_eq!(story.events.len(), 2, "{size}");
        for event in &story.events {
            assert!(matches!(event, Event::Incoming { sdp: Some(sdp), .. } if sdp == SDP.as_bytes()), "{size}");
        }
    }
}

#[test]
fn responses_take_the_same_connection_and_are_not_repeated_by_the_transaction() {
    let mut story = Story::new();
    story.receive(tcp(PEER, 4), over_tcp(&Caller::new("a").invite()));
    let leg = incoming(&mut story);
    story.order(Order::Reject { leg, status: 404, reason: None });
    let refusal = story.next();
    assert_eq!((refusal.flow.connection, refusal.flow.remote), (Some(ConnectionId(4)), PEER.parse().unwrap()));
    story.pass_ms(31_000);
    story.is_quiet();
    story.pass_ms(2_000);
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn when_the_connection_is_gone_the_response_goes_to_the_port_in_via() {
    let mut story = Story::new();
    story.receive(tcp(PEER, 4), over_tcp(&Caller::new("a").invite()));
    let leg = incoming(&mut story);
    story.input(Input::Closed { flow: tcp(PEER, 4) });
    story.order(Order::Answer { leg, sdp: SDP.into() });
    let answer = story.next();
    assert_eq!((answer.flow.connection, answer.flow.remote), (None, "192.0.2.10:5060".parse().unwrap()));
}

#[test]
fn a_bye_reuses_the_connection_while_it_stands_and_then_asks_for_another() {
    for gone in [false, true] {
        let mut story = Story::new();
        let mut caller = Caller::new("a");
        story.receive(tcp(PEER, 4), over_tcp(&caller.invite()));
        let leg = incoming(&mut story);
        story.order(Order::Answer { leg, sdp: SDP.into() });
        caller.to_tag = Some(story.next().to_tag());
        story.receive(tcp(PEER, 4), over_tcp(&caller.ack()));
        if gone {
            story.input(Input::Closed { flow: tcp(PEER, 4) });
        }
        story.order(Order::End { leg, reason: None });
        let flow = story.next().flow;
        let expected = if gone { (None, "192.0.2.10:5060") } else { (Some(ConnectionId(4)), PEER) };
        assert_eq!((flow.connection, flow.remote), (expected.0, expected.1.parse().unwrap()));
    }
}

#[test]
fn a_ping_gets_its_pong() {
    let mut story = Story::new();
    story.receive(tcp(PEER, 1), "\r\n");
    story.receive(tcp(PEER, 1), "\r\n");
    assert_eq!(story.next().bytes, b"\r\n");
    story.receive(tcp(PEER, 1), over_tcp(&Caller::new("a").invite()));
    incoming(&mut story);
    story.is_quiet();
}

#[test]
fn without_content_length_a_stream_cannot_go_on() {
    let mut story = Story::new();
    let invite = over_tcp(&Caller::new("a").invite());
    let lost: String =
        invite.lines().filter(|line| !line.starts_with("Content-Length")).map(|line| format!("{line}\r\n")).collect();
    story.receive(tcp(PEER, 1), lost);
    assert_eq!(story.lines(), ["SIP/2.0 400 Cannot Tell Where The Message Ends"]);
    assert_eq!(story.closed, [tcp(PEER, 1)]);
    assert!(story.events.is_empty());
}

#[test]
fn what_is_too_long_ends_the_connection() {
    let mut story = Story::new();
    story.receive(
        tcp(PEER, 1),
        over_tcp(&Caller::new("a").next("INVITE"))
            .replace(&format!("Content-Length: {}", SDP.len()), "Content-Length: 70000"),
    );
    assert_eq!(story.closed.len(), 1);
    story.receive(tcp(PEER, 2), vec![b'A'; 40_000]);
    assert_eq!(story.closed.len(), 2);
    assert_eq!(story.lines().len(), 1, "400 to the one that could be read");
}
