//! Trunks that say nothing while their caller says nothing: comfort noise (RFC 3389) and plain pauses.

use media::{Fact, Order, Port};

use crate::lab::{Lab, Talker, at, leg};

fn bridged() -> (Lab, Talker) {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    (lab, Talker::new(1, "127.0.0.2:4000", 8))
}

/// One packet of comfort noise: its level, and nothing of its colour.
fn noise(lab: &mut Lab, talker: &mut Talker) {
    let packet = talker.packet(13, false, &[40]);
    lab.packet(Port(1), false, at("127.0.0.2:4000"), &packet);
}

fn say(lab: &mut Lab, talker: &mut Talker, packets: u8) {
    for n in 0..packets {
        lab.voice(talker, &[n; 160]);
        lab.ms(20);
    }
}

#[test]
fn a_pause_with_comfort_noise_is_a_pause_and_no_loss() {
    let (mut lab, mut talker) = bridged();
    say(&mut lab, &mut talker, 50);
    noise(&mut lab, &mut talker);
    lab.ms(2_000);
    talker.timestamp += 16_000;
    say(&mut lab, &mut talker, 50);
    let packets = lab.take(2);
    assert!(packets.iter().all(|packet| packet.payload_type == 8 && packet.payload.len() == 160));
    assert!(packets.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)), "no hole");
    let (first, last) = (&packets[49], &packets[packets.len() - 50]);
    assert!(last.marker, "what is said after a pause begins anew");
    let gap = last.timestamp.wrapping_sub(first.timestamp);
    assert!((16_000..=16_320).contains(&gap), "time went on: {gap}");
    assert!(packets.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) < 2_000));
    let quality = lab.close(1);
    assert_eq!((quality.lost, quality.jitter_ms), (0, 0.0), "{quality:?}");
    assert!(lab.facts().iter().all(|fact| !matches!(fact, Fact::Digit { .. })));
}

#[test]
fn a_pause_without_a_packet_is_relayed_as_it_is() {
    let (mut lab, mut talker) = bridged();
    say(&mut lab, &mut talker, 10);
    lab.ms(1_000);
    talker.timestamp += 8_000;
    say(&mut lab, &mut talker, 10);
    let packets = lab.take(2);
    assert!(packets.windows(2).all(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(1)));
    let span = packets.last().unwrap().timestamp.wrapping_sub(packets[0].timestamp);
    assert!((8_000 + 19 * 160..=8_000 + 21 * 160).contains(&span), "{span}");
    assert_eq!(lab.close(1).lost, 0);
}

/// Rule 14: packets decide. Noise is a packet, and announces that none may follow for a while.
#[test]
fn one_who_announced_silence_and_reports_is_not_dead_and_one_who_does_not_is_after_three_seconds() {
    let (mut lab, mut talker) = bridged();
    lab.order(Order::Watch { leg: leg(1), on: true });
    say(&mut lab, &mut talker, 10);
    assert_eq!(lab.facts(), [Fact::Flowing { leg: leg(1) }]);
    noise(&mut lab, &mut talker);
    let report = [&[0x80, 201, 0, 1][..], &talker.ssrc.to_be_bytes()].concat();
    for _ in 0..6 {
        lab.ms(5_000);
        lab.packet(Port(1), true, at("127.0.0.2:4001"), &report);
    }
    assert_eq!(lab.facts(), [], "half a minute of silence");
    lab.ms(11_999);
    assert_eq!(lab.facts(), []);
    lab.ms(1);
    assert_eq!(lab.facts(), [Fact::Silent { leg: leg(1) }], "neither voice nor reports");
    say(&mut lab, &mut talker, 1);
    assert_eq!(lab.facts(), [Fact::Flowing { leg: leg(1) }]);
    lab.packet(Port(1), true, at("127.0.0.2:4001"), &report);
    lab.ms(3_000);
    assert_eq!(lab.facts(), [Fact::Silent { leg: leg(1) }], "nothing was announced: 3 s, whatever is reported");
}
