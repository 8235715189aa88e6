//! Keys by RFC 4733, each once.

use media::{Fact, Order, Port};
use proptest::prelude::*;

use crate::lab::{Lab, Talker, at, leg};

fn digits(facts: Vec<Fact>) -> String {
    facts.into_iter().filter_map(|fact| if let Fact::Digit { digit, .. } = fact { Some(digit) } else { None }).collect()
}

proptest! {
    /// Of each press something arrives, in any number of copies; neighbours may change places.
    #[test]
    fn each_key_is_told_once_under_loss_doubling_and_reordering(
        presses in prop::collection::vec((0u8..16, 1u8..128, prop::array::uniform7(1usize..4)), 1..12),
        swaps in prop::collection::vec(any::<bool>(), 300),
    ) {
        let mut lab = Lab::default();
        lab.open(1, "127.0.0.2:4000", "8 101");
        let mut talker = Talker::new(1, "127.0.0.2:4000", 8);
        let mut packets = Vec::new();
        let mut pressed = String::new();
        for (code, kept, copies) in &presses {
            talker.timestamp = talker.timestamp.wrapping_add(800);
            let sent = talker.press(*code);
            for (n, packet) in sent.into_iter().enumerate().filter(|(n, _)| kept & 1 << n != 0) {
                packets.extend(std::iter::repeat_n(packet, copies[n]));
            }
            pressed.push(b"0123456789*#ABCD"[usize::from(*code)].into());
        }
        // A swap across two presses can hide the begin of the second, never the press.
        for n in 1..packets.len() {
            if swaps[n % swaps.len()] && packets[n - 1][4..8] == packets[n][4..8] {
                packets.swap(n - 1, n);
            }
        }
        for packet in &packets {
            lab.packet(Port(1), false, at("127.0.0.2:4000"), packet);
        }
        prop_assert_eq!(digits(lab.facts()), pressed);
    }
}

#[test]
fn keys_are_told_while_a_prompt_plays_and_cross_a_bridge_with_the_hearers_own_payload_type() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8 101");
    let offer = String::from_utf8(crate::lab::sdp("127.0.0.3:5000", "8 97", "a=rtpmap:97 telephone-event/8000\r\n"));
    lab.order(Order::Open {
        leg: leg(2),
        opening: media::Opening::AnswerRtp {
            port: Port(2),
            local: at("127.0.0.1:10004"),
            offer: offer.unwrap().into(),
            srtp: media::Srtp::Off,
        },
    });
    lab.facts();
    lab.bridge(1, 2);
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    lab.voice(&mut one, &[1; 160]);
    for packet in one.press(5) {
        lab.packet(Port(1), false, at("127.0.0.2:4000"), &packet);
        lab.ms(20);
    }
    lab.voice(&mut one, &[1; 160]);
    assert_eq!(digits(lab.facts()), "5");
    let packets = lab.take(2);
    let events: Vec<_> = packets.iter().filter(|packet| packet.payload_type == 97).collect();
    assert_eq!((events.len(), events[0].payload[0], events[0].marker), (7, 5, true));
    assert!(events.iter().all(|packet| packet.timestamp == packets[0].timestamp.wrapping_add(160)));
    assert_eq!(packets[8].timestamp, packets[0].timestamp.wrapping_add(160 + 1600));
    assert!(packets.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
}

/// The key that chose a person in the menu is still being pressed when the two hear each other: no key of the operator's phone.
#[test]
fn the_rest_of_a_key_that_was_pressed_before_does_not_cross_and_the_next_key_does() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8 101");
    lab.open(2, "127.0.0.3:5000", "8 101");
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    let packets = one.press(1);
    for (n, packet) in packets.iter().enumerate() {
        if n == 3 {
            lab.bridge(1, 2);
        }
        lab.packet(Port(1), false, at("127.0.0.2:4000"), packet);
        lab.ms(20);
    }
    lab.voice(&mut one, &[2; 160]);
    let before = lab.take_voice(2);
    assert!(before.iter().all(|packet| packet.payload_type == 8), "{before:?}");
    assert_eq!(before.last().unwrap().payload, [2; 160]);
    assert!(before.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
    for packet in one.press(2).into_iter().chain([packets[6].clone()]) {
        lab.packet(Port(1), false, at("127.0.0.2:4000"), &packet);
    }
    let keys: Vec<_> = lab.take(2).into_iter().filter(|packet| packet.payload_type == 101).collect();
    assert_eq!(keys.len(), 7, "one whole key, and no late end of the one before");
    assert!(keys.iter().all(|key| key.payload[0] == 2));
    assert_eq!(digits(lab.facts()), "12");
}

/// A whisper to the operator covers the begin of a key: its rest is no key either.
#[test]
fn a_key_whose_begin_was_not_heard_does_not_cross() {
    let mut lab = Lab::default().with_library(&[("en/whisper", vec![7; 480])], &[]);
    lab.open(1, "127.0.0.2:4000", "8 101");
    lab.open(2, "127.0.0.3:5000", "8 101");
    lab.bridge(1, 2);
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    lab.order(Order::Play {
        leg: leg(2),
        play: crate::lab::play(1),
        sounds: vec![media::Sound::Prompt("en/whisper".to_owned())],
        repeat: false,
    });
    for packet in one.press(5) {
        lab.packet(Port(1), false, at("127.0.0.2:4000"), &packet);
        lab.ms(20);
    }
    assert!(lab.take(2).iter().all(|packet| packet.payload_type == 8));
}

#[test]
fn one_who_takes_no_events_gets_none_and_no_hole() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8 101");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    lab.voice(&mut one, &[1; 160]);
    for packet in one.press(5) {
        lab.packet(Port(1), false, at("127.0.0.2:4000"), &packet);
        lab.ms(20);
    }
    lab.voice(&mut one, &[1; 160]);
    let packets = lab.take(2);
    assert_eq!(packets.len(), 2);
    assert_eq!(packets[1].sequence, packets[0].sequence.wrapping_add(1));
}

#[test]
fn a_key_that_we_send_is_100_ms_with_three_ends_and_the_bridge_goes_on_behind_it() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8 101");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    let mut two = Talker::new(2, "127.0.0.3:5000", 8);
    lab.voice(&mut two, &[2; 160]);
    lab.ms(20);
    lab.order(Order::SendDigit { leg: leg(1), digit: '#' });
    for _ in 0..15 {
        lab.voice(&mut two, &[2; 160]);
        lab.ms(20);
    }
    let packets = lab.take(1);
    let events: Vec<_> = packets.iter().filter(|packet| packet.payload_type == 101).collect();
    let seen: Vec<_> = events
        .iter()
        .map(|it| (it.marker, it.payload[1] >> 7, it.payload[3] as u16 | (it.payload[2] as u16) << 8))
        .collect();
    let expected = [
        (true, 0, 160),
        (false, 0, 320),
        (false, 0, 480),
        (false, 0, 640),
        (false, 1, 800),
        (false, 1, 800),
        (false, 1, 800),
    ];
    assert_eq!(seen, expected);
    assert!(events.iter().all(|it| it.payload[0] == 11 && it.timestamp == events[0].timestamp));
    assert!(packets.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
    assert!(packets.last().is_some_and(|packet| packet.payload_type == 8), "voice goes on afterwards");
    lab.order(Order::SendDigit { leg: leg(2), digit: '1' });
    lab.ms(500);
    assert!(lab.take(2).iter().all(|packet| packet.payload_type == 8), "a peer without events gets none");
}
