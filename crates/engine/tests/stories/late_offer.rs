//! A call whose INVITE brings no offer: ours goes with the 200, theirs comes with the ACK (RFC 3261 §13.2.1).

use routing::{Event, TerminalCause};

use crate::caller::{Caller, SDP};
use crate::node::{Node, Sent};
use crate::refused::{ended, lost};
use crate::settings::nobody;

/// A caller whose call was answered with our offer.
fn offered(node: &mut Node) -> (Caller, Sent) {
    let caller = Caller::new("a");
    node.carrier(&caller.late_invite());
    let offer = node.next();
    assert_eq!(offer.line(), "SIP/2.0 200 OK");
    assert!(offer.text.contains("m=audio 40000 RTP/AVP 8 0 101\r\n"), "{}", offer.text);
    (caller, offer)
}

fn answered(node: &Node) -> bool {
    node.records.iter().any(|record| matches!(record.event, Event::Answered { .. }))
}

#[test]
fn the_call_goes_on_once_the_ack_has_brought_the_answer() {
    let mut node = Node::with_media(nobody());
    let (caller, offer) = offered(&mut node);
    node.pass_ms(200);
    assert!(!answered(&node), "nothing can be heard yet");
    node.carrier(&caller.within("ACK", 1, &offer, "application/sdp", SDP));
    assert!(answered(&node));
    node.pass_ms(1_000);
    assert!(node.orders.iter().any(|order| matches!(order, media::Order::Play { .. })), "the welcome");
    assert!(node.lines().iter().all(|line| !line.starts_with("BYE")));
}

#[test]
fn an_ack_without_an_answer_or_with_a_bad_one_ends_the_call_which_stays_owed() {
    let unusable = SDP.replace("RTP/AVP 8", "RTP/AVP 18");
    for answer in ["", "v=0", unusable.as_str()] {
        let mut node = Node::with_media(nobody());
        let (caller, offer) = offered(&mut node);
        node.carrier(&caller.within("ACK", 1, &offer, "application/sdp", answer));
        let bye = node.next();
        assert!(bye.line().starts_with("BYE "), "{answer:?}: {}", bye.line());
        assert_eq!(bye.header("Reason"), "SIP;cause=488;text=\"Not acceptable here\"");
        assert_eq!(lost(&node), ["answer_unusable"], "{answer:?}");
        assert_eq!(ended(&node), [TerminalCause::Incompatible]);
        assert_eq!(node.board.open_obligations(), 1);
    }
}

#[test]
fn rule_1_our_offer_waits_for_the_record_too() {
    let mut node = Node::with_slow_journal(nobody());
    node.carrier(&Caller::new("a").late_invite());
    assert!(node.sent.is_empty());
    let owed = node.seq_of(|event| matches!(event, Event::ObligationOpened { .. }));
    node.durable(owed);
    assert_eq!(node.lines(), ["SIP/2.0 200 OK"]);
}

#[test]
fn a_call_without_any_ack_is_lost_with_its_trunk_and_stays_owed() {
    let mut node = Node::with_media(nobody());
    offered(&mut node);
    node.pass_ms(33_000);
    assert!(node.lines().iter().any(|line| line.starts_with("BYE")));
    assert_eq!(lost(&node), ["ack_missing"]);
    assert_eq!(ended(&node), [TerminalCause::TrunkLost]);
    assert_eq!(node.board.open_obligations(), 1);
}
