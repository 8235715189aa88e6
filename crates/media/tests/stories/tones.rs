//! Keys as tones in the voice, where no telephone events were agreed.

use std::f32::consts::TAU;
use std::path::Path;

use media::{DigitWay, Fact};

use crate::lab::{Lab, Talker, leg};
use crate::signal::code;

/// 60 ms of a key and 60 ms of nothing.
fn key(low: f32, high: f32) -> Vec<u8> {
    let tone = |hz: f32, n: usize| 5_000.0 * (TAU * hz * n as f32 / 8000.0).sin();
    let pressed = (0..480).map(|n| code(8, tone(low, n) + tone(high, n)));
    pressed.chain(std::iter::repeat_n(0xD5, 480)).collect()
}

fn say(lab: &mut Lab, talker: &mut Talker, samples: &[u8]) {
    for packet in samples.chunks(160) {
        lab.voice(talker, packet);
        lab.ms(20);
    }
}

fn digits(lab: &mut Lab) -> Vec<Fact> {
    lab.facts().into_iter().filter(|fact| matches!(fact, Fact::Digit { .. })).collect()
}

#[test]
fn keys_in_the_voice_are_told_where_no_events_were_agreed_and_only_there() {
    for (formats, heard) in [("8", true), ("8 101", false)] {
        let mut lab = Lab::default();
        lab.open(1, "127.0.0.2:4000", formats);
        let mut talker = Talker::new(1, "127.0.0.2:4000", 8);
        say(&mut lab, &mut talker, &[key(770.0, 1336.0), key(770.0, 1336.0), key(941.0, 1477.0)].concat());
        let told = |digit| Fact::Digit { leg: leg(1), digit, way: DigitWay::InBand };
        let expected = if heard { vec![told('5'), told('5'), told('#')] } else { vec![] };
        assert_eq!(digits(&mut lab), expected, "{formats}");
    }
}

/// Every shipped recording, in three languages, and the music: minutes of speech.
#[test]
fn no_word_of_any_prompt_is_taken_for_a_key() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    let mut talker = Talker::new(1, "127.0.0.2:4000", 8);
    let mut heard = 0;
    for folder in ["en", "zh-CN", "yue", "music"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/prompts").join(folder);
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_none_or(|end| end != "wav") {
                continue;
            }
            let bytes = std::fs::read(&file).unwrap();
            let data = bytes.windows(4).position(|four| four == b"data").unwrap() + 8;
            say(&mut lab, &mut talker, &bytes[data..]);
            heard += bytes.len() - data;
            assert_eq!(digits(&mut lab), [], "{}", file.display());
            lab.sent.clear();
        }
    }
    assert!(heard > 8_000 * 60 * 5, "five minutes at least: {} s", heard / 8_000);
}
