//! Three talk together: each hears the others, and not itself.

use std::time::Duration;

use media::{Order, Port, Source};

use crate::lab::{Lab, Talker, assert_seamless, at, leg};
use crate::peer::Browser;
use crate::signal::{Singer, amplitude, code, samples};

const NOTES: [f32; 3] = [400.0, 700.0, 1100.0];
const FORMATS: [&str; 3] = ["8 101", "0 101", "8 101"];
/// As loud as it was sung, but for the codec's steps.
const SUNG: std::ops::Range<f32> = 3_400.0..4_400.0;

fn address(n: u64) -> String {
    format!("127.0.0.{}:4000", n + 1)
}

fn hear(lab: &mut Lab, n: u64, others: &[u64]) {
    let sources = others.iter().map(|other| Source::Leg(leg(*other))).collect();
    lab.order(Order::Hear { leg: leg(n), sources });
}

fn together(lab: &mut Lab) {
    hear(lab, 1, &[2, 3]);
    hear(lab, 2, &[1, 3]);
    hear(lab, 3, &[2, 1]);
}

/// Three, one of whom speaks µ-law.
fn three() -> (Lab, [Singer; 3]) {
    let mut lab = Lab::default();
    let singers = [1, 2, 3].map(|n: u64| {
        let index = n as usize - 1;
        lab.open(n, &address(n), FORMATS[index]);
        let payload_type = if n == 2 { 0 } else { 8 };
        Singer::new(Talker::new(n, &address(n), payload_type), NOTES[index])
    });
    (lab, singers)
}

fn sing(lab: &mut Lab, singers: &mut [Singer], packets: usize) {
    for _ in 0..packets {
        singers.iter_mut().for_each(|singer| singer.sing(lab));
        lab.ms(20);
    }
}

/// Which of the notes leg `n` heard, as they were sung, since it was last asked; what is not there is hardly there at all.
fn heard(lab: &mut Lab, n: u64) -> [bool; 3] {
    let packets = lab.take(n);
    let all = samples(&packets);
    // The first packets are the change itself.
    let settled = &all[(5 * 160).min(all.len())..];
    NOTES.map(|note| {
        let amplitude = amplitude(settled, note);
        assert!(amplitude < 120.0 || SUNG.contains(&amplitude), "{note} Hz at {n}: {amplitude}");
        amplitude > 120.0
    })
}

fn forget(lab: &mut Lab) {
    [1, 2, 3].iter().for_each(|n| drop(lab.take(*n)));
}

#[test]
fn each_of_three_hears_the_two_others_and_not_itself() {
    let (mut lab, mut singers) = three();
    together(&mut lab);
    sing(&mut lab, &mut singers, 100);
    let packets = lab.take(2);
    assert_seamless(&packets);
    assert!((99..=101).contains(&packets.len()) && packets.iter().all(|it| it.payload.len() == 160));
    sing(&mut lab, &mut singers, 100);
    for (n, others) in [(1, [false, true, true]), (2, [true, false, true]), (3, [true, true, false])] {
        assert_eq!(heard(&mut lab, n), others, "leg {n}");
    }
}

#[test]
fn from_two_to_three_and_back_each_is_one_stream_without_a_hole() {
    let (mut lab, mut singers) = three();
    lab.bridge(1, 2);
    sing(&mut lab, &mut singers, 50);
    together(&mut lab);
    sing(&mut lab, &mut singers, 50);
    lab.bridge(1, 3);
    sing(&mut lab, &mut singers, 50);
    let packets = lab.take(1);
    assert!(packets.windows(2).all(|it| it[1].sequence == it[0].sequence.wrapping_add(1) && it[1].ssrc == it[0].ssrc));
    assert!(packets.len() >= 148, "{}", packets.len());
    let all = samples(&packets);
    let stretch = |from: usize| NOTES.map(|note| amplitude(&all[160 * from..160 * (from + 35)], note) > 1_000.0);
    assert_eq!(stretch(10), [false, true, false]);
    assert_eq!(stretch(60), [false, true, true]);
    assert_eq!(stretch(110), [false, false, true]);
}

#[test]
fn who_hangs_up_is_gone_and_the_two_go_on() {
    let (mut lab, mut singers) = three();
    together(&mut lab);
    sing(&mut lab, &mut singers, 50);
    lab.close(3);
    let [one, two, _] = &mut singers;
    forget(&mut lab);
    for _ in 0..100 {
        one.sing(&mut lab);
        two.sing(&mut lab);
        lab.ms(20);
    }
    assert_eq!(heard(&mut lab, 1), [false, true, false]);
    assert_eq!(heard(&mut lab, 2), [true, false, false]);
    // Who gets the slot next is no part of it.
    lab.open(4, "127.0.0.9:4000", "8");
    forget(&mut lab);
    let mut four = Singer::new(Talker::new(4, "127.0.0.9:4000", 8), NOTES[2]);
    sing(&mut lab, std::slice::from_mut(&mut four), 50);
    assert_eq!([heard(&mut lab, 1), heard(&mut lab, 2)], [[false; 3]; 2]);
}

#[test]
fn who_is_waited_for_joins_when_they_come() {
    let mut lab = Lab::default();
    lab.open(1, &address(1), "8");
    lab.open(2, &address(2), "8");
    hear(&mut lab, 1, &[2, 3]);
    let mut two = Singer::new(Talker::new(2, &address(2), 8), NOTES[1]);
    let mut three = Singer::new(Talker::new(3, &address(3), 8), NOTES[2]);
    sing(&mut lab, std::slice::from_mut(&mut two), 50);
    assert_eq!(heard(&mut lab, 1), [false, true, false]);
    lab.open(3, &address(3), "8");
    for _ in 0..60 {
        two.sing(&mut lab);
        three.sing(&mut lab);
        lab.ms(20);
    }
    assert_eq!(heard(&mut lab, 1), [false, true, true]);
}

#[test]
fn one_who_is_named_twice_or_names_themselves_is_heard_once_and_never_by_themselves() {
    let (mut lab, mut singers) = three();
    hear(&mut lab, 1, &[1, 2, 2]);
    let [_, two, _] = &mut singers;
    let note = two.note();
    lab.voice(&mut two.talker, &note);
    assert_eq!(lab.take(1).len(), 1, "relayed at once, as between two");
}

#[test]
fn a_muted_party_is_silence_and_nobody_else_notices() {
    let (mut lab, mut singers) = three();
    together(&mut lab);
    sing(&mut lab, &mut singers, 20);
    lab.order(Order::Mute { leg: leg(3), on: true });
    forget(&mut lab);
    sing(&mut lab, &mut singers, 50);
    assert_eq!(heard(&mut lab, 1), [false, true, false]);
    assert_eq!(heard(&mut lab, 3), [true, true, false]);
    lab.order(Order::Mute { leg: leg(3), on: false });
    forget(&mut lab);
    sing(&mut lab, &mut singers, 50);
    let packets = lab.take(1);
    assert!(packets.iter().all(|packet| !packet.marker));
    assert!(amplitude(&samples(&packets[5..]), NOTES[2]) > 3_600.0);
}

/// RFC 4733: the packets of a key carry no samples.
#[test]
fn a_key_of_one_is_no_noise_for_the_others() {
    let (mut lab, mut singers) = three();
    together(&mut lab);
    let [one, two, _] = &mut singers;
    for press in 0..10u8 {
        for packet in one.talker.press(press % 10) {
            lab.packet(Port(1), false, at(&address(1)), &packet);
            two.sing(&mut lab);
            lab.ms(20);
        }
    }
    let to_three = lab.take(3);
    assert!(to_three.iter().all(|packet| packet.payload_type == 8 && packet.payload.len() == 160));
    let alone = samples(&to_three[5..]);
    let rest = alone.iter().map(|it| it * it).sum::<f32>() / alone.len() as f32 - 4_000.0f32.powi(2) / 2.0;
    assert!(amplitude(&alone, NOTES[1]) > 3_600.0 && rest.abs() < 200_000.0, "{rest}");
}

#[test]
fn what_is_lost_is_silence_for_as_long_and_no_longer() {
    let (mut lab, mut singers) = three();
    together(&mut lab);
    let [one, two, _] = &mut singers;
    for n in 0..500 {
        one.sing(&mut lab);
        if n % 10 == 3 {
            two.unheard()
        } else {
            two.sing(&mut lab)
        }
        lab.ms(20);
    }
    let packets = lab.take(3);
    assert_seamless(&packets);
    let all = samples(&packets);
    let one_heard = amplitude(&all[1600..], NOTES[0]);
    assert!(SUNG.contains(&one_heard), "whoever else loses packets: {one_heard}");
    let two_heard = amplitude(&all[1600..], NOTES[1]);
    assert!((3_300.0..3_800.0).contains(&two_heard), "nine tenths: {two_heard}");
}

/// How far behind a click is heard, in ms: packets of the source come at `at_us` of each 20 ms of ours.
fn behind(lab: &mut Lab, two: &mut Talker) -> u128 {
    drop(lab.take(1));
    let said = lab.now.mono;
    lab.voice(two, &[code(8, 20_000.0); 160]);
    for _ in 0..10 {
        lab.ms(20);
        lab.voice(two, &[0xD5; 160]);
    }
    let click = lab.take(1).into_iter().find(|packet| samples(std::slice::from_ref(packet))[159] > 10_000.0).unwrap();
    (click.at - said).as_millis()
}

#[test]
fn a_source_whose_clock_is_wrong_is_heard_in_time_for_hours() {
    for period_us in [19_980, 20_020, 19_000] {
        let (mut lab, _) = three();
        hear(&mut lab, 1, &[2, 3]);
        lab.open(4, "127.0.0.9:4000", "8");
        hear(&mut lab, 1, &[4, 3]);
        let mut two = Talker::new(4, "127.0.0.9:4000", 8);
        for n in 0..60_000u32 {
            lab.voice(&mut two, &[0xD5; 160]);
            lab.pass(Duration::from_micros(period_us));
            if n % 5_000 == 4_999 {
                let late = behind(&mut lab, &mut two);
                assert!(late <= 60, "{period_us} µs: {late} ms behind");
            }
        }
    }
}

#[test]
fn what_comes_in_bursts_leaves_nobody_behind() {
    let (mut lab, _) = three();
    hear(&mut lab, 1, &[3, 2]);
    let mut three = Talker::new(3, &address(3), 8);
    for _ in 0..40 {
        (0..25).for_each(|_| lab.voice(&mut three, &[0xD5; 160]));
        lab.ms(500);
    }
    assert!(behind(&mut lab, &mut three) <= 60);
    for _ in 0..200 {
        lab.voice(&mut three, &[0xD5; 160]);
        lab.ms(20);
    }
    assert!(behind(&mut lab, &mut three) <= 20, "and is made short again");
}

#[test]
fn two_who_shout_at_once_are_clipped_and_do_not_wrap() {
    let (mut lab, singers) = three();
    together(&mut lab);
    let [one, two, _] = singers;
    let mut both = [one.loud(30_000.0), two.loud(30_000.0)];
    sing(&mut lab, &mut both, 100);
    let all = samples(&lab.take(3));
    let jump = all.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(jump < 35_000.0, "from one end to the other: {jump}");
    assert!(all.iter().any(|sample| *sample > 32_000.0));
}

/// A browser's leg is encrypted, a SIP leg here is not: all three hear each other.
#[test]
fn a_browser_hears_two_and_two_hear_the_browser() {
    let (mut lab, mut singers) = three();
    let mut browser = Browser::connect(&mut lab, 5, "127.0.0.1:7000");
    let mut singer = Singer::new(Talker::new(5, "127.0.0.1:7000", 8), NOTES[2]);
    hear(&mut lab, 5, &[1, 2]);
    hear(&mut lab, 1, &[2, 5]);
    let [one, two, _] = &mut singers;
    for _ in 0..100 {
        one.sing(&mut lab);
        two.sing(&mut lab);
        browser.say(&lab, 8, &singer.note());
        browser.run(&mut lab, Duration::from_millis(20));
    }
    assert_eq!(heard(&mut lab, 1), [false, true, true]);
    let heard: Vec<u8> = browser.heard[10..].iter().flat_map(|packet| packet.payload.to_vec()).collect();
    let as_packets: Vec<f32> = heard.iter().map(|code| crate::signal::linear(8, *code) as f32).collect();
    let strong = NOTES.map(|note| amplitude(&as_packets, note) > 3_000.0);
    assert_eq!(strong, [true, true, false]);
}
