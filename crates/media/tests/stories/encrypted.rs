//! Legs whose voice is encrypted with keys in the SDP (RFC 4568): two switches, each the other's carrier.

use media::{DigitWay, Fact, Opening, Order, Port, RefuseReason, Srtp};

use crate::lab::{Lab, Sent, Talker, at, leg, raw, sdp};

const OURS: &str = "127.0.0.1:10002";
const THEIRS: &str = "127.0.0.2:10002";

/// A calls B; both know what they may.
struct Call {
    a: Lab,
    b: Lab,
}

fn text(facts: Vec<Fact>) -> Result<String, RefuseReason> {
    match facts.into_iter().next() {
        Some(Fact::Opened { sdp, .. } | Fact::Offering { sdp, .. } | Fact::Reanswered { sdp, .. }) => {
            Ok(String::from_utf8(sdp).unwrap())
        }
        Some(Fact::Refused { reason, .. }) => Err(reason),
        other => panic!("{other:?}"),
    }
}

impl Call {
    fn try_open(a_may: Srtp, b_may: Srtp) -> Result<(Self, String, String), RefuseReason> {
        let (mut a, mut b) = (Lab::seeded(1), Lab::seeded(2));
        let opening = Opening::OfferRtp { port: Port(1), local: at(OURS), srtp: a_may };
        a.order(Order::Open { leg: leg(1), opening });
        let offer = text(a.facts())?;
        let opening = Opening::AnswerRtp { port: Port(1), local: at(THEIRS), offer: offer.clone().into(), srtp: b_may };
        b.order(Order::Open { leg: leg(1), opening });
        let answer = text(b.facts())?;
        a.order(Order::AcceptAnswer { leg: leg(1), sdp: answer.clone().into() });
        text(a.facts())?;
        Ok((Call { a, b }, offer, answer))
    }

    fn open() -> Self {
        Call::try_open(Srtp::Required, Srtp::Required).unwrap().0
    }

    /// A says this: through a leg of its own that is heard. What is on the wire.
    fn a_says(&mut self, talker: &mut Talker, payload: &[u8]) -> Vec<Sent> {
        self.a.voice(talker, payload);
        let sent = std::mem::take(&mut self.a.sent);
        sent.into_iter().filter(|sent| sent.port == Port(1) && !sent.rtcp).collect()
    }

    fn b_takes(&mut self, from: &str, bytes: &[u8]) {
        self.b.packet(Port(1), false, at(from), bytes);
    }

    /// A leg on either side in the clear: who talks, and who listens.
    fn with_people(mut self) -> (Self, Talker) {
        self.a.open(2, "127.0.0.3:5000", "8 101");
        self.a.bridge(1, 2);
        self.b.open(2, "127.0.0.4:5000", "8 101");
        self.b.bridge(1, 2);
        (self, Talker::new(2, "127.0.0.3:5000", 8))
    }

    fn heard_by_b(&mut self) -> Vec<u8> {
        self.b.take_voice(2).iter().map(|packet| packet.payload[0]).collect()
    }
}

#[test]
fn voice_and_keys_go_encrypted_and_come_out_as_they_were() {
    let (mut call, mut talker) = Call::open().with_people();
    for n in 0..100u8 {
        for sent in call.a_says(&mut talker, &[n; 160]) {
            assert_eq!(sent.bytes.len(), 12 + 160 + 10, "a tag of 80 bits");
            assert_ne!(sent.bytes[12..172], [n; 160]);
            call.b_takes(OURS, &sent.bytes);
        }
        call.a.ms(20);
        call.b.ms(20);
    }
    assert_eq!(call.heard_by_b(), (0..100).collect::<Vec<u8>>());
    for packet in talker.press(5) {
        call.a.packet(Port(2), false, at("127.0.0.3:5000"), &packet);
    }
    for sent in std::mem::take(&mut call.a.sent) {
        call.b_takes(OURS, &sent.bytes);
    }
    assert!(call.b.facts().contains(&Fact::Digit { leg: leg(1), digit: '5', way: DigitWay::Event }));
}

#[test]
fn what_is_forged_in_the_clear_or_came_before_is_not_heard_and_takes_nothing_over() {
    let (mut call, mut talker) = Call::open().with_people();
    let wire: Vec<Sent> = (0..20u8).flat_map(|n| call.a_says(&mut talker, &[n; 160])).collect();
    // Before anything of A came: in the clear, and under another SSRC.
    call.b_takes(OURS, &raw(0x80, 8, false, 1, 160, 9, &[99; 160]));
    for sent in &wire[..5] {
        let mut other = sent.bytes.clone();
        other[8] ^= 1;
        call.b_takes(OURS, &other);
    }
    for sent in &wire {
        call.b_takes(OURS, &sent.bytes);
        call.b_takes(OURS, &sent.bytes);
        let mut turned = sent.bytes.clone();
        turned[50] ^= 1;
        call.b_takes(OURS, &turned);
    }
    assert_eq!(call.heard_by_b(), (0..20).collect::<Vec<u8>>(), "each once");
    wire.iter().for_each(|sent| call.b_takes("127.0.0.9:10002", &sent.bytes));
    let before = call.b.close(1);
    assert_eq!((before.received, before.lost), (20, 0));
}

#[test]
fn reports_are_encrypted_and_read() {
    let (mut call, mut talker) = Call::open().with_people();
    for n in 0..600u32 {
        call.a.voice(&mut talker, &[n as u8; 160]);
        for sent in std::mem::take(&mut call.a.sent).into_iter().filter(|sent| sent.port == Port(1)) {
            call.b.packet(Port(1), sent.rtcp, at(OURS), &sent.bytes);
        }
        call.a.ms(20);
        call.b.ms(20);
        for sent in std::mem::take(&mut call.b.sent).into_iter().filter(|sent| sent.port == Port(1)) {
            call.a.packet(Port(1), sent.rtcp, at(THEIRS), &sent.bytes);
        }
    }
    let quality = call.a.close(1);
    assert_eq!(quality.far_lost, Some(0), "{quality:?}");
    assert!(quality.rtt_ms.is_some(), "{quality:?}");
}

#[test]
fn both_get_what_both_may() {
    use Srtp::{Off, Offered, Required};
    for (a, b, encrypted) in [
        (Off, Off, Some(false)),
        (Off, Offered, Some(false)),
        (Off, Required, None),
        (Offered, Off, Some(false)),
        (Offered, Offered, Some(true)),
        (Offered, Required, Some(true)),
        (Required, Off, None),
        (Required, Offered, Some(true)),
        (Required, Required, Some(true)),
    ] {
        let opened = Call::try_open(a, b).ok().map(|(_, offer, answer)| {
            assert_eq!(offer.contains("RTP/SAVP"), a == Required, "{offer}");
            assert_eq!(offer.matches("a=crypto:").count(), if a == Off { 0 } else { 2 }, "{offer}");
            answer.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")
        });
        assert_eq!(opened, encrypted, "{a:?} calls {b:?}");
    }
}

#[test]
fn an_answer_without_the_key_that_was_asked_for_is_refused() {
    for answer in [
        sdp(THEIRS, "8 101", ""),
        sdp(THEIRS, "8 101", "a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"),
    ] {
        let mut lab = Lab::default();
        let opening = Opening::OfferRtp { port: Port(1), local: at(OURS), srtp: Srtp::Required };
        lab.order(Order::Open { leg: leg(1), opening });
        lab.facts();
        lab.order(Order::AcceptAnswer { leg: leg(1), sdp: answer });
        assert_eq!(text(lab.facts()), Err(RefuseReason::Incompatible));
    }
}

#[test]
fn the_short_tag_is_spoken_too_and_a_hold_keeps_keys_and_counts() {
    let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    let offer = |direction: &str| {
        let crypto = format!("a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:{key}\r\na={direction}\r\n");
        String::from_utf8(sdp(THEIRS, "8 101", &crypto)).unwrap().replace("RTP/AVP", "RTP/SAVP")
    };
    let mut lab = Lab::default();
    let opening =
        Opening::AnswerRtp { port: Port(1), local: at(OURS), offer: offer("sendrecv").into(), srtp: Srtp::Offered };
    lab.order(Order::Open { leg: leg(1), opening });
    let answer = text(lab.facts()).unwrap();
    let ours = |sdp: &str| sdp.lines().find(|line| line.starts_with("a=crypto:")).unwrap().to_owned();
    assert!(ours(&answer).starts_with("a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:"), "{answer}");
    assert!(!answer.contains(key), "a key of our own");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    let mut talker = Talker::new(2, "127.0.0.3:5000", 8);
    lab.voice(&mut talker, &[1; 160]);
    let sent = std::mem::take(&mut lab.sent);
    assert_eq!(sent[0].bytes.len(), 12 + 160 + 4);
    for direction in ["sendonly", "sendrecv"] {
        lab.order(Order::Reoffer { leg: leg(1), sdp: Some(offer(direction).into()) });
        assert_eq!(ours(&text(lab.facts()).unwrap()), ours(&answer));
    }
    lab.order(Order::Reoffer { leg: leg(1), sdp: None });
    assert_eq!(ours(&text(lab.facts()).unwrap()), ours(&answer), "and in an offer of our own");
}

#[test]
fn keys_do_not_print() {
    let opening = Opening::AnswerRtp {
        port: Port(1),
        local: at(OURS),
        offer: b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz".to_vec(),
        srtp: Srtp::Offered,
    };
    let printed = format!("{:?}", Order::Open { leg: leg(1), opening });
    assert!(!printed.contains("WVNf") && !printed.contains("87, 86, 78"), "{printed}");
}
