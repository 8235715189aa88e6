//! INVITE without SDP: our offer in the 200, their answer in the ACK (RFC 3261 §13.2.1, §14.2).

use sip::{EndCause, Event, Order};

use crate::caller::{Caller, talking};
use crate::support::{SDP, Story, incoming};

/// A caller without an offer, whose call we have answered with ours.
fn offered(story: &mut Story) -> (Caller, base::LegId) {
    let mut caller = Caller::new("a");
    story.carrier(caller.request("INVITE", 1, &caller.invite_branch, ""));
    let leg = incoming(story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    let ok = story.next();
    assert!(ok.text().ends_with(SDP));
    caller.to_tag = Some(ok.to_tag());
    (caller, leg)
}

#[test]
fn the_answer_comes_with_the_ack() {
    let mut story = Story::new();
    let (mut caller, leg) = offered(&mut story);
    let ack = caller.ack_with(SDP);
    story.carrier(&ack);
    assert!(matches!(story.event(), Event::Confirmed { .. }));
    assert!(
        matches!(story.event(), Event::AnswerCame { leg: which, sdp: Some(sdp) } if which == leg && sdp == SDP.as_bytes())
    );
    story.carrier(&ack);
    story.is_quiet();
}

#[test]
fn an_ack_without_the_answer_is_told() {
    let mut story = Story::new();
    let (mut caller, leg) = offered(&mut story);
    story.carrier(caller.ack());
    story.event();
    assert!(matches!(story.event(), Event::AnswerCame { sdp: None, .. }));
    story.order(Order::End { leg, reason: Some("SIP;cause=488;text=\"No answer to our offer\"") });
    assert_eq!(story.next().header("Reason"), "SIP;cause=488;text=\"No answer to our offer\"");
}

#[test]
fn an_ack_to_an_answer_of_ours_brings_no_news() {
    let mut story = Story::new();
    let mut caller = Caller::new("a");
    story.carrier(caller.invite());
    let leg = incoming(&mut story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    caller.to_tag = Some(story.next().to_tag());
    story.carrier(caller.ack_with(SDP));
    assert!(matches!(story.event(), Event::Confirmed { .. }));
    story.is_quiet();
}

#[test]
fn until_the_answer_comes_any_other_offer_is_491() {
    let mut story = Story::new();
    let (mut caller, _) = offered(&mut story);
    story.carrier(caller.next_with("UPDATE", SDP));
    story.carrier(caller.next("INVITE"));
    assert_eq!(story.lines(), ["SIP/2.0 491 Request Pending", "SIP/2.0 491 Request Pending"]);
    story.carrier(caller.next_with("UPDATE", ""));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"], "it offers nothing");
}

#[test]
fn without_any_ack_the_call_ends() {
    let mut story = Story::new();
    offered(&mut story);
    story.pass_ms(32_000);
    assert!(story.lines().last().unwrap().starts_with("BYE"));
    assert!(matches!(story.event(), Event::Ended { cause: EndCause::AckTimeout, .. }));
}

#[test]
fn a_reinvite_without_sdp_asks_for_our_offer_and_is_answered_in_its_ack() {
    let mut story = Story::new();
    let (mut caller, leg) = talking(&mut story, "a");
    story.carrier(caller.next_with("INVITE", ""));
    assert!(matches!(story.event(), Event::Reoffered { sdp: None, .. }));
    story.order(Order::Reanswer { leg, sdp: SDP.into() });
    assert!(story.next().text().ends_with(SDP));
    story.carrier(caller.ack_with(SDP));
    assert!(matches!(story.event(), Event::AnswerCame { sdp: Some(_), .. }));
    story.pass_ms(60_000);
    story.is_quiet();
}
