//! Nothing that prints holds a caller's number, or a whole message.

use sip::{Input, Output};

use crate::caller::{Caller, talking};
use crate::support::{CARRIER, SDP, Story, udp};

#[test]
fn what_is_printed_names_nobody() {
    let mut story = Story::new();
    let mut old = Caller::new("13900000001");
    old.invite_branch = "old".into();
    let invite = old.invite();
    let input = Input::Received { flow: udp(CARRIER), bytes: invite.as_bytes() };
    let mut printed = format!("{input:?}");
    story.input(input);
    talking(&mut story, "b");
    printed += &format!("{:?}{:?}{:?}", story.agent, story.events, story.ladder);
    let output = Output::Send { flow: udp(CARRIER), bytes: invite.clone().into_bytes() };
    printed += &format!("{output:?}");
    for secret in ["139000", "49, 51, 57", SDP] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn a_dialog_record_prints_without_call_id_and_routes() {
    let mut story = Story::new();
    let mut caller = Caller::new("13900000001");
    caller.extra = "Record-Route: <sip:13900000001@192.0.2.10;lr>\r\n".into();
    story.carrier(caller.invite());
    let leg = crate::support::incoming(&mut story);
    story.order(sip::Order::Answer { leg, sdp: SDP.into() });
    caller.to_tag = Some(story.next().to_tag());
    story.carrier(caller.ack());
    let printed = format!("{:?}", story.event());
    assert!(printed.starts_with("Confirmed") && !printed.contains("139"), "{printed}");
}
