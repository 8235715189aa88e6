//! Calls to numbers, by a trunk.

use base::{Boot, LegId, NodeId, Pii};
use sip::{Event, Order, Outbound, Rewrite, Settings};

use crate::caller::response;
use crate::support::{SDP, Sent, Story, udp, with_outbound};

pub(crate) const OUT: &str = "192.0.2.77:5080";

fn rule(prefix: &str, put: &str) -> Rewrite {
    Rewrite { prefix: prefix.into(), length: None, put: put.into() }
}

fn outbound(send_to: &str) -> Settings {
    let format = vec![rule("0", "+86"), rule("1", "+861")];
    with_outbound(Outbound { send_to: send_to.into(), format, ..Outbound::default() })
}

pub(crate) fn leg() -> LegId {
    LegId::new(NodeId(1), Boot(1), 2)
}

pub(crate) fn dial(story: &mut Story) {
    let number = Pii::new("13812345678".to_owned());
    let (trunk, from) = ("mobile".to_owned(), "076922334455".to_owned());
    story.order(Order::DialNumber { leg: leg(), trunk, number, from, sdp: SDP.into() });
}

pub(crate) fn dialled(story: &mut Story) -> Sent {
    dial(story);
    story.next()
}

#[test]
fn an_invite_by_a_trunk_names_our_number_and_the_one_that_is_called_as_the_trunk_writes_them() {
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    let invite = dialled(&mut story);
    assert_eq!(invite.line(), "INVITE sip:+8613812345678@192.0.2.77:5080;user=phone SIP/2.0");
    assert_eq!(invite.header("To"), "<sip:+8613812345678@192.0.2.77:5080;user=phone>");
    let from = "<sip:+8676922334455@192.0.2.77:5080;user=phone>";
    assert!(invite.header("From").starts_with(&format!("{from};tag=")), "{}", invite.header("From"));
    assert_eq!(invite.header("P-Asserted-Identity"), from);
    assert_eq!(invite.flow, udp(OUT));
}

#[test]
fn a_domain_of_its_own_stands_in_every_uri() {
    let mut settings = outbound("sip:192.0.2.77:5080");
    let out = settings.trunks[1].out.as_mut().unwrap();
    out.domain = Some("ims.carrier.example".into());
    let mut story = Story::with(settings);
    let invite = dialled(&mut story);
    assert_eq!(invite.line(), "INVITE sip:+8613812345678@ims.carrier.example;user=phone SIP/2.0");
    assert_eq!(invite.flow, udp(OUT));
}

#[test]
fn what_is_no_number_or_no_trunk_fails_at_once() {
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    for (trunk, number) in
        [("mobile", "138@evil"), ("mobile", ""), ("mobile", "+"), ("carrier", "13812345678"), ("", "1")]
    {
        let number = Pii::new(number.to_owned());
        let from = "076922334455".to_owned();
        story.order(Order::DialNumber { leg: leg(), trunk: trunk.into(), number, from, sdp: SDP.into() });
        assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
    }
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn early_media_rings_and_is_no_answer() {
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    let invite = dialled(&mut story);
    story.receive(udp(OUT), response(&invite, "183 Session Progress", "t", "sip:a@192.0.2.77:5080", SDP));
    assert!(matches!(story.event(), Event::Ringing { .. }));
    story.is_quiet();
    story.receive(udp(OUT), response(&invite, "200 OK", "t", "sip:a@192.0.2.77:5080", SDP));
    assert!(matches!(story.event(), Event::Answered { sdp: Some(_), .. }));
    assert!(story.next().line().starts_with("ACK "));
}

#[test]
fn silence_is_told_when_the_trunks_patience_ends_and_what_wakes_up_later_is_taken_back() {
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    let invite = dialled(&mut story);
    story.pass_ms(4_999);
    assert!(story.events.is_empty());
    story.pass_ms(1);
    assert!(matches!(story.event(), Event::Failed { leg: failed, status: 408 } if failed == leg()));
    story.sent.clear();
    // It had only been slow: nobody's phone may go on ringing.
    story.receive(udp(OUT), response(&invite, "180 Ringing", "t", "sip:a@192.0.2.77:5080", ""));
    let cancel = story.next();
    assert_eq!(cancel.line(), "CANCEL sip:+8613812345678@192.0.2.77:5080;user=phone SIP/2.0");
    story.receive(udp(OUT), response(&cancel, "200 OK", "t", "", ""));
    story.receive(udp(OUT), response(&invite, "487 Request Terminated", "t", "", ""));
    story.pass_ms(60_000);
    assert!(story.events.iter().all(|event| !matches!(event, Event::Ringing { leg: rings } if *rings == leg())));
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn an_answer_that_comes_after_the_patience_ended_is_given_back() {
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    let invite = dialled(&mut story);
    story.pass_ms(5_000);
    story.sent.clear();
    story.receive(udp(OUT), response(&invite, "200 OK", "t", "sip:a@192.0.2.77:5080", SDP));
    assert_eq!(story.lines(), ["ACK sip:a@192.0.2.77:5080 SIP/2.0", "BYE sip:a@192.0.2.77:5080 SIP/2.0"]);
}

#[test]
fn any_answer_at_all_ends_the_wait_for_one() {
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    let invite = dialled(&mut story);
    story.pass_ms(4_000);
    story.receive(udp(OUT), response(&invite, "100 Trying", "", "", ""));
    story.sent.clear();
    story.pass_ms(60_000);
    story.is_quiet();
}

#[test]
fn nothing_that_is_printed_names_who_is_called() {
    let number = Pii::new("13812345678".to_owned());
    let (trunk, from) = ("mobile".to_owned(), "076922334455".to_owned());
    let order = Order::DialNumber { leg: leg(), trunk, number, from, sdp: SDP.into() };
    assert!(!format!("{order:?}").contains("13812345678"));
    let mut story = Story::with(outbound("sip:192.0.2.77:5080"));
    dial(&mut story);
    assert!(!format!("{:?} {:?} {:?}", story.agent, story.ladder, story.events).contains("13812345678"));
}
