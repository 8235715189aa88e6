//! What must be refused is told first, so that it goes on record (obligations, rule 1).

use sip::{Event, Order};

use crate::caller::Caller;
use crate::support::{CARRIER, Story, to_refuse, udp};

/// A call that requires what we do not know.
fn demanding(id: &str) -> Caller {
    Caller { extra: "Require: gruu\r\n".into(), ..Caller::new(id) }
}

#[test]
fn rule_1_a_call_that_sip_must_refuse_is_told_before_any_response_leaves() {
    for (from, to, status, header) in [
        ("Max-Forwards: 70", "Max-Forwards: 70\r\nRequire: gruu", 420, Some(("Unsupported", "gruu"))),
        ("Max-Forwards: 70", "Max-Forwards: 70\r\nAccept: text/plain", 406, None),
        ("application/sdp", "application/isup", 415, Some(("Accept", "application/sdp"))),
        ("Content-Type", "Content-Encoding: gzip\r\nContent-Type", 415, Some(("Accept-Encoding", "identity"))),
        ("Max-Forwards: 70", "Max-Forwards: 0", 483, None),
    ] {
        let mut story = Story::new();
        story.carrier(Caller::new("a").invite().replacen(from, to, 1));
        assert!(story.sent.is_empty(), "{status}: nothing leaves before it is on record");
        let event = story.event();
        let Event::Incoming { leg, trunk, dialled, identity, refusal, .. } = event else { panic!("{event:?}") };
        assert_eq!((trunk.as_str(), dialled.as_str(), refusal), ("carrier", "4008169580", Some(status)));
        assert_eq!(identity.number.map(|number| number.into_revealed()).as_deref(), Some("13900000001"));
        story.order(Order::Reject { leg, status, reason: None });
        let answer = story.next();
        assert!(answer.line().starts_with(&format!("SIP/2.0 {status} ")), "{}", answer.line());
        if let Some((name, value)) = header {
            assert_eq!(answer.header(name), value);
        }
        story.carrier(Caller::new("a").ack_refusal(&answer));
        story.pass_ms(60_000);
        story.is_quiet();
        assert_eq!(story.agent.load(), 0);
    }
}

#[test]
fn while_it_waits_it_is_like_any_call_100_to_the_order_and_nothing_to_a_retransmission() {
    let mut story = Story::new();
    story.carrier(demanding("a").invite());
    let (leg, status) = to_refuse(&mut story);
    story.carrier(demanding("a").invite());
    story.is_quiet();
    story.order(Order::Trying { leg });
    assert_eq!(story.lines(), ["SIP/2.0 100 Trying"]);
    story.order(Order::Reject { leg, status, reason: None });
    assert_eq!(story.lines(), ["SIP/2.0 420 Bad Extension"]);
    story.carrier(demanding("a").invite());
    assert_eq!(story.lines(), ["SIP/2.0 420 Bad Extension"]);
    assert!(story.events.is_empty(), "told once");
}

#[test]
fn a_cancel_while_it_waits_is_200_and_487() {
    let mut story = Story::new();
    let caller = demanding("a");
    story.carrier(caller.invite());
    let (leg, status) = to_refuse(&mut story);
    story.carrier(caller.cancel());
    assert_eq!(story.lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    assert!(matches!(story.event(), Event::Cancelled { leg: cancelled } if cancelled == leg));
    story.order(Order::Reject { leg, status, reason: None });
    story.is_quiet();
}

#[test]
fn another_status_than_its_own_goes_without_its_headers() {
    let mut story = Story::new();
    story.carrier(demanding("a").invite());
    let (leg, _) = to_refuse(&mut story);
    story.order(Order::Reject { leg, status: 404, reason: None });
    let answer = story.next();
    assert_eq!(answer.line(), "SIP/2.0 404 Not Found");
    assert_eq!(answer.headers("Unsupported"), Vec::<String>::new());
}

#[test]
fn within_a_dialog_or_by_another_path_or_from_another_method_it_is_refused_at_once() {
    let mut story = Story::new();
    story.carrier(Caller { to_tag: Some("old".into()), ..demanding("a") }.invite());
    story.carrier(demanding("b").next("OPTIONS"));
    assert_eq!(story.lines(), ["SIP/2.0 420 Bad Extension", "SIP/2.0 420 Bad Extension"]);
    story.carrier(demanding("c").invite());
    to_refuse(&mut story);
    story.receive(udp(CARRIER), Caller { invite_branch: "z9hG4bKother".into(), ..demanding("c") }.invite());
    assert_eq!(story.lines(), ["SIP/2.0 420 Bad Extension"]);
    assert!(story.events.is_empty());
}

#[test]
fn a_reinvite_that_cannot_be_taken_is_refused_at_once() {
    let mut story = Story::new();
    let (caller, _) = crate::caller::talking(&mut story, "a");
    let mut caller = Caller { extra: "Require: gruu\r\n".into(), ..caller };
    story.carrier(caller.next("INVITE"));
    assert_eq!(story.lines(), ["SIP/2.0 420 Bad Extension"]);
    assert!(story.events.is_empty());
}
