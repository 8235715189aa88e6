//! Nothing of a call remains.

use sip::Order;

use crate::caller::{response, talking};
use crate::support::{SDP, Story, udp};

#[test]
fn of_a_thousand_calls_nothing_remains() {
    let mut story = Story::new();
    for n in 0..1_000 {
        let (mut caller, leg) = talking(&mut story, &format!("c{n}"));
        if n % 2 == 0 {
            story.carrier(caller.next("BYE"));
        } else {
            story.order(Order::End { leg, reason: None });
            let bye = story.next();
            story.carrier(response(&bye, "200 OK", "", "", ""));
        }
        let dialled = story.dial("sip:operator@203.0.113.5:5090");
        let invite = story.sent.pop_back().unwrap();
        match n % 3 {
            0 => story.receive(udp("203.0.113.5:5090"), response(&invite, "486 Busy Here", "t", "", "")),
            1 => {
                story.receive(udp("203.0.113.5:5090"), response(&invite, "200 OK", "t", "sip:o@203.0.113.5", SDP));
                story.order(Order::End { leg: dialled, reason: None });
            }
            _ => story.order(Order::End { leg: dialled, reason: None }),
        }
        story.pass_ms(20);
        story.sent.clear();
        story.events.clear();
    }
    assert!(story.agent.load() > 0);
    story.pass_ms(100_000);
    assert_eq!(story.agent.load(), 0);
    assert_eq!(story.agent.poll_timeout(), None);
}
