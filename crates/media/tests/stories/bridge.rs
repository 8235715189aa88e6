//! Two parties hear each other.

use media::{Order, Source};

use crate::lab::{Lab, Talker, assert_seamless, at, leg, raw};

fn pair(a: &str, b: &str) -> Lab {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", a);
    lab.open(2, "127.0.0.3:5000", b);
    lab.bridge(1, 2);
    lab
}

#[test]
fn where_the_laws_agree_the_payload_is_untouched() {
    let mut lab = pair("8 101", "8 101");
    let (mut one, mut two) = (Talker::new(1, "127.0.0.2:4000", 8), Talker::new(2, "127.0.0.3:5000", 8));
    for n in 0..100u8 {
        lab.voice(&mut one, &[n; 160]);
        lab.voice(&mut two, &[n ^ 0xFF; 160]);
        lab.ms(20);
    }
    for (n, flip, to, foreign) in [(2, 0, "127.0.0.3:5000", one.ssrc), (1, 0xFF, "127.0.0.2:4000", two.ssrc)] {
        let packets = lab.take(n);
        assert_seamless(&packets);
        assert_eq!(packets.len(), 100);
        for (n, packet) in packets.iter().enumerate() {
            assert_eq!(packet.payload, [n as u8 ^ flip; 160]);
            assert_eq!((packet.to, packet.first, packet.marker), (at(to), 0x80, n == 0));
            assert_ne!(packet.ssrc, foreign, "each stream is our own");
        }
    }
}

#[test]
fn where_they_differ_the_table_translates_both_ways() {
    let mut lab = pair("8", "0");
    let (mut one, mut two) = (Talker::new(1, "127.0.0.2:4000", 8), Talker::new(2, "127.0.0.3:5000", 0));
    // A-law and µ-law silence, and the loudest value of either sign.
    lab.voice(&mut one, &[0xD5, 0x2A, 0xAA]);
    lab.voice(&mut two, &[0xFF, 0x00, 0x80]);
    let (to_mu, to_a) = (lab.take(2), lab.take(1));
    assert_eq!((to_mu[0].payload_type, to_mu[0].payload.as_slice()), (0, &[0xFE, 0x00, 0x80][..]));
    assert_eq!((to_a[0].payload_type, to_a[0].payload.as_slice()), (8, &[0xD5, 0x2A, 0xAA][..]));
}

#[test]
fn one_who_is_heard_by_both_laws_reaches_each_in_its_own() {
    let mut lab = pair("8", "0");
    lab.open(3, "127.0.0.4:6000", "8");
    lab.order(Order::Hear { leg: leg(3), sources: vec![Source::Leg(leg(1))] });
    lab.voice(&mut Talker::new(1, "127.0.0.2:4000", 8), &[0x2A; 160]);
    assert_eq!((lab.take(3)[0].payload[0], lab.take(2)[0].payload[0]), (0x2A, 0x00));
}

#[test]
fn header_extensions_contributors_and_padding_do_not_cross() {
    let mut lab = pair("8", "8");
    let tail = [
        &[0, 0, 0, 77][..],                    // one CSRC
        &[0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0], // an audio level (RFC 6464)
        &[3; 160],                             // voice
        &[0, 0, 0, 4],                         // padding
    ]
    .concat();
    lab.packet(media::Port(1), false, at("127.0.0.2:4000"), &raw(0xB1, 8, false, 1, 1, 9, &tail));
    let packets = lab.take(2);
    assert_eq!((packets[0].first, packets[0].payload.as_slice()), (0x80, &[3; 160][..]));
}

#[test]
fn a_muted_leg_is_heard_by_nobody_and_leaves_no_hole() {
    let mut lab = pair("8", "8");
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    let mut say = |lab: &mut Lab, n: u8| {
        lab.voice(&mut one, &[n; 160]);
        lab.ms(20);
    };
    say(&mut lab, 1);
    lab.order(Order::Mute { leg: leg(1), on: true });
    (0..10).for_each(|_| say(&mut lab, 2));
    lab.order(Order::Mute { leg: leg(1), on: false });
    say(&mut lab, 3);
    let packets = lab.take(2);
    assert_eq!(packets.iter().map(|packet| packet.payload[0]).collect::<Vec<_>>(), [1, 0xD5, 3], "silence meanwhile");
    assert!(packets.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
    assert_eq!(packets[2].timestamp, packets[0].timestamp.wrapping_add(11 * 160));
    assert!(packets[2].marker);
}

#[test]
fn from_music_to_a_voice_and_back_it_is_one_stream() {
    let mut lab = Lab::default().with_library(&[], &[("calm", vec![7; 80_000])]);
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:5000", "8");
    let hear = |sources| Order::Hear { leg: leg(1), sources };
    lab.order(hear(vec![Source::Music("calm".into())]));
    lab.ms(195);
    lab.order(hear(vec![Source::Leg(leg(2))]));
    let mut two = Talker::new(2, "127.0.0.3:5000", 8);
    lab.ms(5);
    for _ in 0..10 {
        lab.voice(&mut two, &[1; 160]);
        lab.ms(20);
    }
    lab.order(hear(vec![Source::Music("calm".into())]));
    lab.ms(100);
    let packets = lab.take(1);
    assert_seamless(&packets);
    let markers: Vec<usize> = (0..packets.len()).filter(|n| packets[*n].marker).collect();
    assert_eq!(markers, [0, 10, 20], "the marker tells each change");
}

#[test]
fn one_who_has_gone_is_heard_no_more_and_one_who_comes_is() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.order(Order::Hear { leg: leg(1), sources: vec![Source::Leg(leg(2))] });
    lab.open(2, "127.0.0.3:5000", "8");
    let mut two = Talker::new(2, "127.0.0.3:5000", 8);
    lab.voice(&mut two, &[1; 160]);
    assert_eq!(lab.take(1).len(), 1);
    let quality = lab.close(2);
    assert_eq!((quality.received, quality.sent), (1, 0));
    // Another caller gets the port and the slot: their voice must not land in the first one's call.
    lab.open(2, "127.0.0.3:5000", "8");
    lab.order(Order::Hear { leg: leg(1), sources: vec![] });
    lab.voice(&mut two, &[1; 160]);
    lab.order(Order::Close { leg: leg(1) });
    lab.voice(&mut two, &[1; 160]);
    assert_eq!(lab.take(1).len(), 0);
}
