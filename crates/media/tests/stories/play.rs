//! Prompts on a 20 ms clock that does not drift.

use std::time::Duration;

use crate::lab::{Lab, Talker, assert_seamless, leg, play};
use base::Mono;
use media::{Fact, Order, Sound, Source};

const FRAME: Duration = Duration::from_millis(20);

fn prompt(name: &str) -> Sound {
    Sound::Prompt(name.to_owned())
}

fn start(lab: &mut Lab, n: u64, sounds: Vec<Sound>, repeat: bool) {
    lab.order(Order::Play { leg: leg(1), play: play(n), sounds, repeat });
}

#[test]
fn sounds_follow_each_other_without_a_gap_and_the_end_is_told_when_it_has_been_heard() {
    let mut lab = Lab::default().with_library(&[("en/a", vec![1; 1000]), ("en/b", vec![2; 280])], &[]);
    lab.open(1, "127.0.0.2:4000", "8");
    let began = lab.now.mono;
    start(&mut lab, 7, vec![prompt("en/a"), Sound::Silence(40), prompt("en/b")], false);
    lab.ms(199);
    assert_eq!(lab.facts(), []);
    lab.ms(1);
    assert_eq!(lab.facts(), [Fact::Played { leg: leg(1), play: play(7) }]);
    let packets = lab.take(1);
    assert_seamless(&packets);
    let heard: Vec<u8> = packets.iter().flat_map(|packet| packet.payload.clone()).collect();
    let said = [vec![1; 1000], vec![0xD5; 320], vec![2; 280]].concat();
    assert_eq!(heard, said);
    for (n, packet) in packets.iter().enumerate() {
        assert_eq!((packet.at, packet.marker), (began + FRAME * n as u32, n == 0));
        assert_eq!((packet.payload_type, packet.to), (8, crate::lab::at("127.0.0.2:4000")));
    }
}

#[test]
fn ten_minutes_with_late_wake_ups_do_not_drift() {
    let mut lab = Lab::default().with_library(&[("en/long", vec![9; 8000 * 600])], &[]);
    lab.open(1, "127.0.0.2:4000", "8");
    let began = lab.now.mono;
    start(&mut lab, 1, vec![prompt("en/long")], false);
    let mut noise = 12345u64;
    while lab.now.mono < began + Duration::from_secs(600) {
        let due = lab.switch.poll_timeout().unwrap();
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let late = Duration::from_micros(match noise >> 60 {
            0 => 90_000, // a wake-up that misses four packets
            slight => slight * 500,
        });
        lab.now = lab.now.after(due + late - lab.now.mono);
        lab.wake();
    }
    let packets = lab.take(1);
    assert_eq!(packets.len(), 30_000);
    assert_seamless(&packets);
    for (n, packet) in packets.iter().enumerate() {
        let due = began + FRAME * n as u32;
        assert!(packet.at >= due && packet.at <= due + Duration::from_millis(110), "packet {n} at {:?}", packet.at);
    }
    assert_eq!(lab.facts(), [Fact::Played { leg: leg(1), play: play(1) }]);
}

#[test]
fn legs_whose_plays_began_a_millisecond_apart_are_served_by_the_same_wake_ups() {
    let mut lab = Lab::default().with_library(&[("en/long", vec![9; 8000 * 10])], &[]);
    for n in 1..=20 {
        lab.open(n, &format!("127.0.0.2:{}", 4000 + n), "8");
        lab.order(Order::Play { leg: leg(n), play: play(n), sounds: vec![prompt("en/long")], repeat: false });
        lab.ms(1);
    }
    (lab.wakes, lab.sent) = (0, Vec::new());
    lab.ms(1000);
    assert_eq!(lab.sent.len(), 20 * 50);
    assert!(lab.wakes <= 4 * 50, "{} wake-ups", lab.wakes);
}

#[test]
fn a_long_sleep_is_not_made_up_for_in_one_burst() {
    let mut lab = Lab::default().with_library(&[("en/long", vec![9; 80_000])], &[]);
    lab.open(1, "127.0.0.2:4000", "8");
    start(&mut lab, 1, vec![prompt("en/long")], false);
    lab.wake();
    lab.now = lab.now.after(Duration::from_secs(4));
    lab.wake();
    let packets = lab.take(1);
    assert_eq!(packets.len(), 12);
    assert_eq!(packets[11].timestamp.wrapping_sub(packets[0].timestamp), 4 * 8000, "time went on all the same");
}

#[test]
fn a_new_play_replaces_the_old_one_and_a_stopped_one_tells_nothing() {
    let mut lab = Lab::default().with_library(&[("en/a", vec![1; 8000]), ("en/b", vec![2; 160])], &[]);
    lab.open(1, "127.0.0.2:4000", "8");
    start(&mut lab, 1, vec![prompt("en/a")], false);
    lab.ms(105);
    start(&mut lab, 2, vec![prompt("en/b")], false);
    lab.ms(100);
    assert_eq!(lab.facts(), [Fact::Played { leg: leg(1), play: play(2) }]);
    let packets = lab.take(1);
    assert_seamless(&packets);
    assert_eq!(packets.len(), 7);
    start(&mut lab, 3, vec![prompt("en/a")], true);
    lab.ms(5000);
    lab.order(Order::StopPlay { leg: leg(1) });
    lab.ms(5000);
    assert_eq!(lab.facts(), []);
    assert_eq!(lab.take_voice(1).len(), 251, "it repeated until it was stopped");
}

#[test]
fn a_missing_sound_is_a_short_silence_and_is_told() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    start(&mut lab, 1, vec![prompt("yue/none")], false);
    assert_eq!(lab.facts(), [Fact::MissingSound { leg: leg(1), sound: "yue/none".into() }]);
    lab.ms(200);
    assert_eq!(lab.take(1).len(), 10);
    start(&mut lab, 2, vec![], true);
    lab.ms(150);
    assert_eq!(lab.facts().last(), Some(&Fact::Played { leg: leg(1), play: play(2) }));
    assert_eq!(lab.take(1).len(), 0);
}

#[test]
fn a_mu_law_caller_hears_mu_law() {
    let mut lab = Lab::default().with_library(&[("en/a", vec![0xD5; 160])], &[]);
    lab.open(1, "127.0.0.2:4000", "0");
    start(&mut lab, 1, vec![prompt("en/a")], false);
    lab.ms(100);
    let packets = lab.take(1);
    assert_eq!((packets[0].payload_type, packets[0].payload.as_slice()), (0, &[0xFE; 160][..]));
}

#[test]
fn a_caller_who_hears_nothing_is_sent_silence_so_that_the_carrier_keeps_the_call() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "0");
    lab.ms(1001);
    let packets = lab.take(1);
    assert_eq!(packets.len(), 5);
    assert!(packets.iter().all(|packet| packet.payload_type == 0 && packet.payload == [0xFE; 160]), "silence in µ-law");
    assert!(packets.windows(2).all(|pair| pair[1].timestamp.wrapping_sub(pair[0].timestamp) == 1600));
}

#[test]
fn music_goes_on_where_it_stopped() {
    let music: Vec<u8> = (0..8000u32).map(|n| (n % 251) as u8).collect();
    let mut lab = Lab::default().with_library(&[("en/a", vec![1; 1600])], &[("calm", music.clone())]);
    lab.open(1, "127.0.0.2:4000", "8");
    let calm = || Order::Hear { leg: leg(1), sources: vec![Source::Music("calm".into())] };
    lab.order(calm());
    lab.ms(399);
    start(&mut lab, 1, vec![prompt("en/a")], false);
    lab.ms(400);
    lab.order(Order::Hear { leg: leg(1), sources: vec![] });
    lab.ms(1000);
    let before_pause = lab.take_voice(1);
    assert_seamless(&before_pause);
    lab.order(calm());
    lab.order(calm());
    lab.ms(1000);
    let after_pause = lab.take(1);
    assert_seamless(&after_pause);
    let heard = before_pause.iter().chain(&after_pause).flat_map(|packet| packet.payload.clone());
    let heard: Vec<u8> = heard.filter(|sample| *sample != 1).collect();
    let said: Vec<u8> = music.iter().cycle().take(heard.len()).copied().filter(|sample| *sample != 1).collect();
    assert_eq!(heard[..8000], said[..8000], "not one sample left out or twice");
    assert_eq!(lab.facts(), [Fact::Played { leg: leg(1), play: play(1) }]);
}

#[test]
fn while_a_prompt_plays_the_bridge_waits() {
    let mut lab = Lab::default().with_library(&[("en/a", vec![1; 1600])], &[]);
    lab.open(1, "127.0.0.2:4000", "8");
    lab.open(2, "127.0.0.3:4000", "8");
    lab.bridge(1, 2);
    let mut other = Talker::new(2, "127.0.0.3:4000", 8);
    start(&mut lab, 1, vec![prompt("en/a")], false);
    for _ in 0..20 {
        lab.voice(&mut other, &[2; 160]);
        lab.ms(20);
    }
    let packets = lab.take(1);
    assert_seamless(&packets);
    let heard: Vec<u8> = packets.iter().map(|packet| packet.payload[0]).collect();
    assert_eq!(heard, [vec![1; 10], vec![2; 10]].concat());
    assert_eq!(lab.now.mono, Mono(Duration::from_millis(100_400)));
}
