//! BYE of a dialog of a run that is over (rule 16).

use sip::{Event, Flow, Order};

use crate::caller::{response, talking};
use crate::support::{CARRIER, Story, udp};

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
    let mut again = crate::caller::Caller::new("a");
    first.carrier(again.invite());
    let leg = crate::support::incoming(&mut first);
    first.order(Order::Answer { leg, sdp: crate::support::SDP.into() });
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
