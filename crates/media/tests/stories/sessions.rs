//! Offers and answers (RFC 3264): opening, hold, resume, refusal.

use media::{Fact, Opening, Order, Port, RefuseReason, Source};

use crate::lab::{Lab, Talker, at, leg, sdp};

fn reoffer(lab: &mut Lab, sdp: Option<Vec<u8>>) -> String {
    lab.order(Order::Reoffer { leg: leg(1), sdp });
    match lab.facts().pop() {
        Some(Fact::Reanswered { sdp, .. }) => String::from_utf8(sdp).unwrap(),
        other => panic!("not answered: {other:?}"),
    }
}

#[test]
fn a_call_that_we_make_is_offered_and_then_answered() {
    let mut lab = Lab::default();
    lab.order(Order::Open {
        leg: leg(1),
        opening: Opening::OfferRtp { port: Port(1), local: at("[::1]:10002"), srtp: media::Srtp::Off },
    });
    let Some(Fact::Offering { sdp: offer, .. }) = lab.facts().pop() else { panic!("no offer") };
    let offer = String::from_utf8(offer).unwrap();
    assert!(offer.contains("c=IN IP6 ::1\r\n") && offer.contains("m=audio 10002 RTP/AVP 8 0 101\r\n"), "{offer}");
    lab.voice(&mut Talker::new(1, "[::1]:4000", 8), &[1; 160]);
    lab.order(Order::AcceptAnswer { leg: leg(1), sdp: b"no sdp".to_vec() });
    assert_eq!(lab.facts(), [Fact::Refused { leg: leg(1), reason: RefuseReason::BadSdp }]);
    lab.order(Order::AcceptAnswer { leg: leg(1), sdp: sdp("[::1]:4000", "0 101", "") });
    assert_eq!(lab.facts(), [Fact::Opened { leg: leg(1), sdp: vec![] }]);
    lab.voice(&mut Talker::new(1, "[::1]:4000", 0), &[1; 160]);
    assert_eq!(lab.close(1).received, 1, "nothing counts before the answer");
}

#[test]
fn on_hold_nothing_is_sent_and_resumed_it_is() {
    let mut lab = Lab::default();
    let answer = lab.open(1, "127.0.0.2:4000", "8");
    assert!(answer.contains("a=sendrecv"));
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    let mut two = Talker::new(2, "127.0.0.3:5000", 8);
    for (offer, direction) in [
        (sdp("127.0.0.2:4000", "8", "a=sendonly\r\n"), "recvonly"),
        (sdp("127.0.0.2:4000", "8", "a=inactive\r\n"), "inactive"),
        (sdp("0.0.0.0:4000", "8", ""), "recvonly"),
    ] {
        let held = reoffer(&mut lab, Some(offer));
        assert!(held.contains(&format!("a={direction}\r\n")), "{held}");
        lab.voice(&mut two, &[1; 160]);
        assert_eq!(lab.take(1).len(), 0);
        let resumed = reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "8", "")));
        assert!(resumed.contains("a=sendrecv\r\n"), "{resumed}");
        lab.voice(&mut two, &[1; 160]);
        assert_eq!(lab.take(1).len(), 1);
    }
}

#[test]
fn a_hold_in_the_middle_of_music_uses_up_no_sequence_numbers() {
    let mut lab = Lab::default().with_library(&[], &[("calm", vec![7; 8000])]);
    lab.open(1, "127.0.0.2:4000", "8");
    lab.order(Order::Hear { leg: leg(1), sources: vec![Source::Music("calm".into())] });
    lab.ms(190);
    reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "8", "a=sendonly\r\n")));
    lab.ms(1000);
    assert_eq!(lab.take(1).len(), 10);
    reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "8", "")));
    lab.ms(100);
    reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "8", "a=sendonly\r\n")));
    lab.ms(1000);
    reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "8", "")));
    lab.ms(100);
    let packets = lab.take(1);
    assert_eq!(packets.len(), 10);
    assert!(packets.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
    assert_eq!(packets[5].timestamp, packets[4].timestamp.wrapping_add(1020 * 8));
    assert!(packets[5].marker);
}

#[test]
fn held_music_of_the_other_side_is_still_heard() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    reoffer(&mut lab, Some(sdp("0.0.0.0:4000", "8", "")));
    lab.voice(&mut Talker::new(1, "127.0.0.2:4000", 8), &[1; 160]);
    assert_eq!(lab.take(2).len(), 1);
}

#[test]
fn without_an_offer_we_say_all_that_we_can_and_their_answer_settles_it() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "8", "a=inactive\r\n")));
    let full = reoffer(&mut lab, None);
    assert!(full.contains(" RTP/AVP 8 0 101\r\n") && full.contains("a=sendrecv\r\n"), "{full}");
    lab.order(Order::AcceptAnswer { leg: leg(1), sdp: sdp("127.0.0.2:4000", "0", "") });
    assert_eq!(lab.facts(), [Fact::Opened { leg: leg(1), sdp: Vec::new() }]);
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    lab.voice(&mut Talker::new(2, "127.0.0.3:5000", 8), &[0x2A; 160]);
    assert_eq!(lab.take(1)[0].payload_type, 0);
}

#[test]
fn a_new_offer_that_is_refused_leaves_all_as_it_was() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    lab.order(Order::Reoffer { leg: leg(1), sdp: Some(sdp("127.0.0.7:4000", "18", "")) });
    assert_eq!(lab.facts(), [Fact::Refused { leg: leg(1), reason: RefuseReason::Incompatible }]);
    lab.voice(&mut Talker::new(2, "127.0.0.3:5000", 8), &[1; 160]);
    assert_eq!(lab.take(1)[0].to, at("127.0.0.2:4000"));
}

#[test]
fn a_change_of_law_takes_effect_at_once() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    let mut two = Talker::new(2, "127.0.0.3:5000", 8);
    lab.voice(&mut two, &[0x2A; 160]);
    reoffer(&mut lab, Some(sdp("127.0.0.2:4000", "0", "")));
    lab.voice(&mut two, &[0x2A; 160]);
    let packets = lab.take(1);
    assert_eq!((packets[0].payload_type, packets[0].payload[0]), (8, 0x2A));
    assert_eq!((packets[1].payload_type, packets[1].payload[0]), (0, 0x00));
}

#[test]
fn orders_for_a_leg_that_is_not_there_do_nothing() {
    let mut lab = Lab::default();
    lab.order(Order::Close { leg: leg(1) });
    lab.order(Order::Hear { leg: leg(1), sources: vec![] });
    lab.order(Order::Mute { leg: leg(1), on: true });
    lab.order(Order::SendDigit { leg: leg(1), digit: '1' });
    assert_eq!(lab.facts(), []);
    lab.order(Order::Reoffer { leg: leg(1), sdp: None });
    lab.order(Order::AcceptAnswer { leg: leg(1), sdp: vec![] });
    let refused = Fact::Refused { leg: leg(1), reason: RefuseReason::WrongState };
    assert_eq!(lab.facts(), [refused.clone(), refused]);
    assert_eq!(lab.switch.poll_timeout(), None);
}
