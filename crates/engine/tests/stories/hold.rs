//! Hold and resume by the trunk, in every shape (RFC 3264 §8.4, RFC 6337 §5.3), by re-INVITE and by UPDATE.

use crate::caller::{Caller, SDP};
use crate::node::{Node, Sent};
use crate::refused::ended;
use crate::settings::menu;

/// What the trunk says, and what we must say to it.
const SHAPES: [(&str, &str); 7] = [
    ("a=sendonly", "a=recvonly"),
    ("a=inactive", "a=inactive"),
    ("a=recvonly", "a=sendonly"),
    ("c=IN IP4 0.0.0.0", "a=recvonly"),
    ("c=IN IP4 0.0.0.0\r\na=sendonly", "a=recvonly"),
    ("c=IN IP4 0.0.0.0\r\na=inactive", "a=inactive"),
    ("a=sendrecv", "a=sendrecv"),
];

/// A call that stands, with what is needed to go on in it.
struct Held {
    node: Node,
    caller: Caller,
    ok: Sent,
    cseq: u32,
}

impl Held {
    fn new() -> Self {
        let mut node = Node::with_media(menu());
        let caller = Caller::new("a");
        let ok = node.call(&caller);
        Held { node, caller, ok, cseq: 1 }
    }

    /// An offer within the call, and the answer to it.
    fn offer(&mut self, method: &str, sdp: &str) -> Sent {
        self.cseq += 1;
        self.node.carrier(&self.caller.within(method, self.cseq, &self.ok, "application/sdp", sdp));
        let answer = self.node.next();
        if method == "INVITE" {
            self.ack("");
        }
        answer
    }

    fn ack(&mut self, sdp: &str) {
        self.node.carrier(&self.caller.within("ACK", self.cseq, &self.ok, "application/sdp", sdp));
    }
}

#[test]
fn each_shape_is_answered_in_kind_and_ends_with_a_resume() {
    for method in ["INVITE", "UPDATE"] {
        let mut held = Held::new();
        for (said, answer) in SHAPES {
            for (sdp, expected) in [(format!("{SDP}{said}\r\n"), answer), (SDP.to_owned(), "a=sendrecv")] {
                let ok = held.offer(method, &sdp);
                assert_eq!(ok.line(), "SIP/2.0 200 OK", "{method} {said}");
                assert!(ok.text.contains(&format!("{expected}\r\n")), "{method} {said}: {}", ok.text);
            }
        }
        held.node.pass_ms(40_000);
        assert!(held.node.lines().is_empty() && ended(&held.node).is_empty(), "{method}: the call stands");
    }
}

#[test]
fn an_offer_that_cannot_be_taken_leaves_the_call_as_it_was() {
    for method in ["INVITE", "UPDATE"] {
        let mut held = Held::new();
        for sdp in [SDP.replace("RTP/AVP 8", "RTP/AVP 18"), SDP.replace("40000", "0"), "v=0\r\n".to_owned()] {
            assert_eq!(held.offer(method, &sdp).line(), "SIP/2.0 488 Not Acceptable Here", "{method}");
        }
        assert_eq!(held.offer(method, SDP).line(), "SIP/2.0 200 OK");
        assert!(ended(&held.node).is_empty());
    }
}

#[test]
fn a_reinvite_without_sdp_gets_all_that_we_can_and_its_ack_settles_the_hold() {
    let mut held = Held::new();
    held.offer("INVITE", &format!("{SDP}a=inactive\r\n"));
    held.cseq += 1;
    held.node.carrier(&held.caller.within("INVITE", held.cseq, &held.ok, "", ""));
    let offer = held.node.next();
    assert!(offer.text.contains("m=audio 40000 RTP/AVP 8 0 101\r\n") && offer.text.contains("a=sendrecv\r\n"));
    let orders = held.node.orders.len();
    held.ack(&format!("{SDP}a=sendonly\r\n"));
    assert!(matches!(held.node.orders.get(orders), Some(media::Order::AcceptAnswer { .. })));
    held.node.pass_ms(40_000);
    assert!(held.node.lines().is_empty() && ended(&held.node).is_empty());
}

#[test]
fn a_reinvite_without_sdp_whose_ack_brings_no_usable_answer_leaves_the_call_as_it_was() {
    for answer in ["", "v=0\r\n"] {
        let mut held = Held::new();
        held.cseq += 1;
        held.node.carrier(&held.caller.within("INVITE", held.cseq, &held.ok, "", ""));
        assert_eq!(held.node.next().line(), "SIP/2.0 200 OK");
        held.ack(answer);
        assert_eq!(held.offer("INVITE", SDP).line(), "SIP/2.0 200 OK", "{answer:?}");
        assert!(held.node.lines().is_empty() && ended(&held.node).is_empty());
    }
}

#[test]
fn a_bye_right_behind_a_hold_ends_the_call_once() {
    for method in ["INVITE", "UPDATE"] {
        let mut held = Held::new();
        held.offer(method, &format!("{SDP}a=sendonly\r\n"));
        held.cseq += 1;
        held.node.carrier(&held.caller.within("BYE", held.cseq, &held.ok, "", ""));
        assert_eq!(held.node.next().line(), "SIP/2.0 200 OK");
        assert_eq!(ended(&held.node).len(), 1, "{method}");
        held.node.pass_ms(40_000);
        assert!(held.node.lines().is_empty());
    }
}
