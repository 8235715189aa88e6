//! A port between two calls: one worker's voice never lands in another's (rule 16).

use std::time::Duration;

use media::{Fact, Opening, Order, Port};

use crate::lab::{Lab, Talker, at, leg, sdp};

/// A call on port 1 has ended, and the next one has the same port and, from the same carrier, another port on the other side.
fn one_after_the_other() -> (Lab, Talker) {
    let mut lab = Lab::default();
    lab.open(2, "127.0.0.3:5000", "8");
    lab.open(1, "127.0.0.2:4000", "8");
    let mut before = Talker::new(1, "127.0.0.2:4000", 8);
    (0..10).for_each(|_| lab.voice(&mut before, &[1; 160]));
    lab.close(1);
    let opening = Opening::AnswerRtp {
        port: Port(1),
        local: at("127.0.0.1:10002"),
        offer: sdp("127.0.0.2:4100", "8", ""),
        srtp: media::Srtp::Off,
    };
    lab.order(Order::Open { leg: leg(11), opening });
    lab.bridge(11, 2);
    lab.facts();
    lab.sent.clear();
    (lab, before)
}

fn heard(lab: &mut Lab) -> Vec<u8> {
    lab.take_voice(2).iter().map(|packet| packet.payload[0]).collect()
}

#[test]
fn a_late_voice_of_the_call_before_is_not_heard_in_the_next() {
    let (mut lab, mut before) = one_after_the_other();
    lab.voice(&mut before, &[9; 160]);
    assert_eq!(heard(&mut lab), [], "not even before the caller says a word");
    let mut two = Talker::new(2, "127.0.0.3:5000", 8);
    lab.voice(&mut two, &[2; 160]);
    let replies = lab.take(1);
    assert!(replies.iter().all(|packet| packet.to == at("127.0.0.2:4100")), "nor is it answered");
    // Whoever did not notice the end goes on for minutes.
    let mut caller = Talker { ssrc: 77, ..Talker::new(1, "127.0.0.2:4100", 8) };
    for _ in 0..10_000 {
        lab.voice(&mut caller, &[3; 160]);
        lab.voice(&mut before, &[9; 160]);
        lab.ms(20);
    }
    let heard = heard(&mut lab);
    assert_eq!((heard.len(), heard.contains(&9)), (10_000, false));
}

#[test]
fn another_call_behind_the_same_nat_is_heard_though_its_port_is_the_same() {
    let (mut lab, before) = one_after_the_other();
    lab.voice(&mut Talker { ssrc: 77, ..before }, &[3; 160]);
    assert_eq!(heard(&mut lab), [3]);
}

#[test]
fn the_port_that_the_new_call_names_is_its_own() {
    let (mut lab, mut before) = one_after_the_other();
    lab.order(Order::Reoffer { leg: leg(11), sdp: Some(sdp("127.0.0.2:4000", "8", "")) });
    lab.voice(&mut before, &[3; 160]);
    assert_eq!(heard(&mut lab), [3]);
}

#[test]
fn a_port_of_a_crash_has_rested_once_nothing_came_for_a_minute() {
    let mut lab = Lab::default();
    lab.order(Order::Rest { port: Port(1), local: at("127.0.0.1:10002") });
    lab.pass(Duration::from_secs(40));
    lab.packet(Port(1), false, at("127.0.0.9:9"), &[0; 3]);
    lab.pass(Duration::from_millis(59_999));
    assert_eq!(lab.facts(), []);
    lab.ms(1);
    assert_eq!(lab.facts(), [Fact::Rested { port: Port(1) }]);
    assert_eq!(lab.switch.poll_timeout(), None);
}
