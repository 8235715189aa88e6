//! BYE of a dialog of a run that is over (rule 16).

use base::LegId;
use sip::{DialogRecord, Event, Flow, Input, Order, Transport};

use crate::caller::{Caller, response, talking};
use crate::support::{CARRIER, SDP, Story, incoming, tcp, udp};

#[test]
fn a_dialog_of_a_run_that_is_over_gets_its_bye_with_a_leap_in_cseq() {
    let mut before = Story::new();
    let (mut caller, _) = talking(&mut before, "a");
    let mut record = None;
    before.carrier(caller.next("INVITE"));
    if let Some(Event::Reoffered { leg, .. }) = before.events.pop_front() {
        before.order(Order::End { leg, reason: None });
    }
    let expected = before.sent.iter().find(|sent| sent.line().starts_with("BYE")).unwrap().clone();

    let mut first = Story::new();
    let mut again = Caller::new("a");
    first.carrier(again.invite());
    let leg = incoming(&mut first);
    first.order(Order::Answer { leg, sdp: SDP.into() });
    again.to_tag = Some(first.next().to_tag());
    first.carrier(again.ack());
    if let Event::Confirmed { dialog, .. } = first.event() {
        record = Some(dialog);
    }
    let dialog = record.unwrap();
    assert_eq!(dialog.flow, Flow { connection: None, ..udp(CARRIER) });

    let mut after = Story::new();
    after.order(Order::ByeRecovered { leg, dialog });
    let bye = after.next();
    assert_eq!(bye.header("CSeq"), "1000 BYE");
    for name in ["From", "To", "Call-ID"] {
        assert_eq!(bye.header(name), expected.header(name), "{name}");
    }
    assert_eq!((bye.line(), bye.flow.remote), (expected.line(), expected.flow.remote));
    after.pass_ms(500);
    assert_eq!(after.lines().len(), 1, "retried");
    after.carrier(response(&bye, "481 Gone", "", "", ""));
    after.pass_ms(10_000);
    after.is_quiet();
    assert!(after.ladder.iter().all(|rung| rung.leg == leg));
    assert_eq!(after.agent.load(), 0);
}

/// The dialog of a call that came by this path, with these lines changed in its INVITE, as the journal keeps it.
fn kept(flow: Flow, changed: &[(&str, &str)]) -> (LegId, DialogRecord) {
    let mut story = Story::new();
    let mut caller = Caller::new("a");
    let over = |text: String| match flow.transport {
        Transport::Udp => text,
        Transport::Tcp | Transport::Tls => text.replace("SIP/2.0/UDP", "SIP/2.0/TCP"),
    };
    let invite = changed.iter().fold(over(caller.invite()), |text, (from, to)| text.replace(from, to));
    story.receive(flow, invite);
    let leg = incoming(&mut story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    caller.to_tag = Some(story.next().to_tag());
    story.receive(flow, over(caller.ack()));
    let Event::Confirmed { dialog, .. } = story.event() else { panic!("a dialog") };
    // The connection is gone with its run.
    (leg, DialogRecord { flow: Flow { connection: None, ..dialog.flow }, ..dialog })
}

const THROUGH_A_PROXY: [(&str, &str); 1] =
    [("Max-Forwards:", "Record-Route: <sip:192.0.2.20:5080;transport=tcp;lr>\r\nMax-Forwards:")];

#[test]
fn the_bye_of_a_dialog_of_a_run_that_is_over_follows_the_route_set() {
    let (leg, dialog) = kept(tcp("192.0.2.20:41000", 4), &THROUGH_A_PROXY);
    let mut after = Story::new();
    after.order(Order::ByeRecovered { leg, dialog });
    let bye = after.next();
    assert_eq!(bye.flow.remote, "192.0.2.20:5080".parse().unwrap());
    assert_eq!(bye.headers("Route"), ["<sip:192.0.2.20:5080;transport=tcp;lr>"]);
}

#[test]
fn over_a_stream_whoever_is_not_where_they_say_is_called_at_the_address_that_they_sent_from() {
    let (leg, dialog) = kept(tcp("192.0.2.10:41000", 4), &THROUGH_A_PROXY);
    let mut after = Story::new();
    after.order(Order::ByeRecovered { leg, dialog });
    let mut numbers = Vec::new();
    for place in ["192.0.2.20:5080", "192.0.2.10:5060", "192.0.2.10:41000"] {
        let bye = after.next();
        assert_eq!((bye.flow.remote, bye.flow.connection), (place.parse().unwrap(), None));
        numbers.push(bye.header("CSeq"));
        after.input(Input::Closed { flow: bye.flow });
    }
    assert_eq!(numbers, ["1000 BYE", "1001 BYE", "1002 BYE"], "each a request of its own");
    after.is_quiet();
    assert_eq!(after.agent.load(), 0, "and then it is given up");
}

#[test]
fn a_contact_that_nobody_answers_at_is_followed_by_where_the_call_came_from() {
    let (leg, dialog) =
        kept(udp(CARRIER), &[("Contact: <sip:13900000001@192.0.2.10:5060>", "Contact: <sip:10.0.0.9>")]);
    let mut after = Story::new();
    after.order(Order::ByeRecovered { leg, dialog });
    assert_eq!(after.next().flow.remote, "10.0.0.9:5060".parse().unwrap());
    after.pass_ms(32_000);
    let bye = after.sent.iter().find(|sent| sent.flow.remote == CARRIER.parse().unwrap()).cloned();
    let bye = bye.expect("one to where it came from");
    after.lines();
    after.carrier(response(&bye, "200 OK", "", "", ""));
    after.pass_ms(40_000);
    after.is_quiet();
    assert_eq!(after.agent.load(), 0);
}
