//! Every shipped recording, as a caller hears it: played by the media of a SIP call, on A-law and on µ-law trunks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base::{Boot, Id, Mono, NodeId, Now, PlayId, Timestamp};
use media::{Fact, Opening, Order, Port, Sound, Source, Switch, SwitchConfig};

use super::super::{load, loudness::active_level};
use super::{plain, shipped};

/// A call whose packets are kept.
struct Call {
    switch: Switch,
    now: Now,
    heard: Vec<u8>,
}

const LEG: base::LegId = Id::new(NodeId(1), Boot(1), 1);

impl Call {
    /// `format` is the trunk's: 8 for A-law, 0 for µ-law.
    fn new(format: u8) -> Self {
        let browser_local = vec!["127.0.0.1:9000".parse().unwrap()];
        let mut switch = Switch::new(SwitchConfig { browser_local, seed: 1, secret: [7; 32], origin: Instant::now() });
        let now = Now { mono: Mono(Duration::from_secs(1)), utc: Timestamp::UNIX_EPOCH };
        switch.order(Order::Library(load(&shipped().join("helpline.toml"), plain()).unwrap().prompts), now);
        let offer = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP {format}\r\n"
        );
        let local = "127.0.0.1:10000".parse().unwrap();
        let opening = Opening::AnswerRtp { port: Port(1), local, offer: offer.into_bytes(), srtp: media::Srtp::Off };
        switch.order(Order::Open { leg: LEG, opening }, now);
        let opened = switch.poll_fact();
        assert!(matches!(opened, Some(Fact::Opened { .. })), "{opened:?}");
        Call { switch, now, heard: Vec::new() }
    }

    /// What is heard of a prompt, packet by packet, until the engine is told that it is over.
    fn play(&mut self, name: &str) -> Vec<u8> {
        let play: PlayId = Id::new(NodeId(1), Boot(1), 1);
        self.order(Order::Play { leg: LEG, play, sounds: vec![Sound::Prompt(name.to_owned())], repeat: false });
        while self.switch.poll_fact() != Some(Fact::Played { leg: LEG, play }) {
            self.wake();
        }
        std::mem::take(&mut self.heard)
    }

    /// What is heard of the music in a time.
    fn wait(&mut self, music: &str, span: Duration) -> Vec<u8> {
        self.order(Order::Hear { leg: LEG, sources: vec![Source::Music(music.to_owned())] });
        let until = self.now.mono + span;
        while self.now.mono < until {
            self.wake();
        }
        std::mem::take(&mut self.heard)
    }

    fn order(&mut self, order: Order) {
        self.switch.order(order, self.now);
    }

    fn wake(&mut self) {
        let due = self.switch.poll_timeout().expect("nothing is due, and nothing was told");
        self.now = self.now.after(due - self.now.mono);
        let heard = &mut self.heard;
        self.switch.handle_timeout(self.now, &mut |packet| {
            if !packet.rtcp {
                heard.extend(&packet.bytes[12..]);
            }
        });
    }
}

/// Recordings by `<folder>/<name>`, read without our own reader: what follows `data` in the file.
fn files() -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in entries(&shipped().join("prompts")).into_iter().filter(|path| path.is_dir()) {
        for file in entries(&folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "wav")) {
            let bytes = std::fs::read(&file).unwrap();
            let data = bytes.windows(4).position(|word| word == b"data").unwrap();
            let length = u32::from_le_bytes(bytes[data + 4..data + 8].try_into().unwrap()) as usize;
            let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            found.insert(format!("{}/{}", name(&folder), name(&file)), bytes[data + 8..][..length].to_vec());
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn linear(alaw: &[u8]) -> Vec<i16> {
    alaw.iter().map(|code| crate::alaw::decode(*code)).collect()
}

/// G.711 µ-law, table 2a/G.711: sign, three bits of exponent, four of mantissa, all inverted.
fn linear_of_mulaw(mulaw: &[u8]) -> Vec<i16> {
    let decode = |code: &u8| {
        let code = !code;
        let magnitude = ((i16::from(code & 0x0F) << 3) + 0x84) << (code >> 4 & 7);
        if code & 0x80 != 0 { 0x84 - magnitude } else { magnitude - 0x84 }
    };
    mulaw.iter().map(decode).collect()
}

/// 1 for the same sound at whatever volume.
fn correlation(a: &[i16], b: &[i16]) -> f64 {
    let product = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

/// Plays every prompt and compares with its file; yields how many there were.
fn every_prompt_is_heard(format: u8, decode: impl Fn(&[u8]) -> Vec<i16>, alike: f64) -> usize {
    let mut call = Call::new(format);
    let prompts: Vec<_> = files().into_iter().filter(|(name, _)| !name.starts_with("music/")).collect();
    for (name, file) in &prompts {
        let (recorded, mut heard) = (linear(file), decode(&call.play(name)));
        assert_eq!(heard.len(), recorded.len().next_multiple_of(160), "{name}: its length");
        heard.truncate(recorded.len());
        let (level, reference) = (active_level(&heard).unwrap(), active_level(&recorded).unwrap());
        assert!((level - reference).abs() < 0.3, "{name}: {level} dBov instead of {reference}");
        assert!((-26.0..=-20.0).contains(&level), "{name}: {level} dBov");
        let same = correlation(&heard, &recorded);
        assert!(same >= alike, "{name}: correlates by {same}");
    }
    prompts.len()
}

#[test]
fn every_prompt_plays_at_its_level_on_an_a_law_call() {
    let count = every_prompt_is_heard(8, linear, 1.0 - 1e-9);
    assert!(count > 450, "{count} prompts");
}

#[test]
fn every_prompt_plays_at_its_level_on_a_mu_law_call() {
    every_prompt_is_heard(0, linear_of_mulaw, 0.998);
}

/// Soft, 60 to 90 s, and no click where it begins again.
#[test]
fn music_loops_without_a_click_and_stays_under_speech() {
    let file = linear(&files()["music/waiting"]);
    let seconds = file.len() / 8_000;
    assert!((60..=90).contains(&seconds), "{seconds} s");
    let heard = linear(&Call::new(8).wait("waiting", Duration::from_secs(2 * seconds as u64 + 2)));
    assert!(heard.len() >= 2 * file.len());
    let expected: Vec<i16> = file.iter().copied().cycle().take(heard.len()).collect();
    assert_eq!(heard, expected);
    let jump = |window: &[i16]| (i32::from(window[1]) - i32::from(window[0])).abs();
    let steepest = file.windows(2).map(jump).max().unwrap();
    let at_the_seam = jump(&[file[file.len() - 1], file[0]]);
    assert!(at_the_seam <= steepest / 2, "{at_the_seam} of {steepest}");
    let loudest = file.chunks(8_000).map(|second| active_level(second).unwrap()).fold(f64::MIN, f64::max);
    assert!((-30.0..=-24.0).contains(&loudest), "{loudest} dBov in its loudest second");
}
