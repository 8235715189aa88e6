//! Nobody gets into a call who was not named in SDP (rtpbleed, injection).

use media::{Order, Port};

use crate::lab::{Lab, Talker, at, leg, sdp};

fn bridged() -> Lab {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    lab
}

#[test]
fn a_stranger_is_neither_heard_nor_answered() {
    let mut lab = bridged();
    for address in ["127.0.0.9:4000", "127.0.0.3:4000", "[::1]:4000"] {
        lab.voice(&mut Talker::new(1, address, 8), &[1; 160]);
    }
    assert_eq!(lab.take(2).len(), 0);
    lab.voice(&mut Talker::new(2, "127.0.0.3:5000", 8), &[1; 160]);
    assert_eq!(lab.take(1)[0].to, at("127.0.0.2:4000"), "voice still goes to whom SDP named");
    assert_eq!(lab.close(1).received, 0);
}

#[test]
fn a_stranger_cannot_break_into_a_running_call() {
    let mut lab = bridged();
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    for n in 0..100u64 {
        lab.voice(&mut one, &[1; 160]);
        let mut forged = one.clone();
        forged.from = at(if n % 2 == 0 { "127.0.0.9:4000" } else { "127.0.0.2:4444" });
        lab.voice(&mut forged, &[9; 160]);
        lab.ms(20);
    }
    assert!(lab.take(2).iter().all(|packet| packet.payload[0] == 1));
}

#[test]
fn behind_a_nat_of_ports_we_answer_where_packets_come_from() {
    let mut lab = bridged();
    lab.voice(&mut Talker::new(1, "127.0.0.2:61234", 8), &[1; 160]);
    lab.voice(&mut Talker::new(2, "127.0.0.3:5000", 8), &[1; 160]);
    assert_eq!(lab.take(1)[0].to, at("127.0.0.2:61234"));
    assert_eq!(lab.take(2).len(), 1);
}

#[test]
fn a_new_description_lets_a_new_address_in_and_the_old_one_no_more() {
    let mut lab = bridged();
    lab.voice(&mut Talker::new(1, "127.0.0.2:4000", 8), &[1; 160]);
    lab.order(Order::Reoffer { leg: leg(1), sdp: Some(sdp("127.0.0.7:4000", "8", "")) });
    lab.voice(&mut Talker::new(1, "127.0.0.2:4000", 8), &[2; 160]);
    lab.voice(&mut Talker::new(1, "127.0.0.7:4000", 8), &[3; 160]);
    let heard: Vec<u8> = lab.take(2).iter().map(|packet| packet.payload[0]).collect();
    assert_eq!(heard, [1, 3]);
    lab.voice(&mut Talker::new(2, "127.0.0.3:5000", 8), &[1; 160]);
    assert_eq!(lab.take(1)[0].to, at("127.0.0.7:4000"));
}

#[test]
fn a_payload_type_that_was_not_agreed_is_not_heard() {
    let mut lab = bridged();
    for payload_type in [18, 96, 101, 127] {
        lab.voice(&mut Talker::new(1, "127.0.0.2:4000", payload_type), &[1; 160]);
    }
    assert_eq!((lab.take(2).len(), lab.close(1).received), (0, 0));
}

#[test]
fn ports_are_not_shared() {
    let mut lab = bridged();
    for port in [Port(1), Port::BROWSER, Port(u32::MAX)] {
        let offer = sdp("127.0.0.8:4000", "8", "");
        lab.order(Order::Open {
            leg: leg(9),
            opening: media::Opening::AnswerRtp { port, local: at("127.0.0.1:10018"), offer, srtp: media::Srtp::Off },
        });
        let refused = media::Fact::Refused { leg: leg(9), reason: media::RefuseReason::WrongState };
        assert_eq!(lab.facts(), [refused]);
    }
}
