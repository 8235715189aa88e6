use crate::codec::Law;
use crate::rtp::Header;

/// Samples that are judged at once, 12.75 ms: short enough for keys of 50 ms, long enough to tell 697 from 770 Hz.
const BLOCK: usize = 102;
/// Blocks overlap by half.
const HOP: usize = 51;
/// Blocks in a row that begin a key (32 ms), and that end it (25 ms without it: a lost packet leaves a seam of two).
const ON: u8 = 4;
const OFF: u8 = 4;
/// Each tone is louder than −35 dBm0, in 16 bits.
const LEAST: f32 = 400.0;
/// The high tone may be 8 dB weaker than the low one (a long line) and 4 dB stronger (Q.24 and its national values); in so short a block either
/// weighs on the other, up to 3 dB.
const TWIST: f32 = 12.6;
const REVERSE_TWIST: f32 = 5.0;
/// How far the two tones stand out of the others of their group (6 dB),
const PEAK: f32 = 4.0;
/// and the share of all that is heard which the two are: speech has more to it. Tones that are 1.5 % off lose a quarter between two bins.
const SHARE: f32 = 0.7;

/// 2·cos(2π·f/8000) of 697, 770, 852 and 941 Hz (Q.23),
const LOW: [f32; 4] = [1.707_737_8, 1.645_281, 1.568_687, 1.478_204_6];
/// and of 1209, 1336, 1477 and 1633 Hz.
const HIGH: [f32; 4] = [1.164_104, 0.996_370_2, 0.798_618_4, 0.568_532_7];
const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Tells keys that come as two tones in the voice, each once.
#[derive(Debug)]
pub(crate) struct Tones {
    samples: [f32; BLOCK],
    filled: usize,
    /// The key that is pressed.
    pressed: Option<char>,
    /// What the last blocks were, and how many in a row.
    last: Option<char>,
    run: u8,
    /// The newest packet.
    source: Option<(u32, u16)>,
}

impl Default for Tones {
    fn default() -> Self {
        Tones { samples: [0.0; BLOCK], filled: 0, pressed: None, last: None, run: 0, source: None }
    }
}

impl Tones {
    /// Listens to a packet of voice; tells a key once it has lasted long enough. Packets that come late are passed over.
    pub(crate) fn hear(&mut self, header: &Header, law: Law, payload: &[u8]) -> Option<char> {
        if let Some((ssrc, newest)) = self.source
            && ssrc == header.ssrc
            && (header.sequence.wrapping_sub(newest) as i16) <= 0
        {
            return None;
        }
        self.source = Some((header.ssrc, header.sequence));
        let mut told = None;
        for code in payload {
            if let Some(room) = self.samples.get_mut(self.filled) {
                *room = f32::from(law.linear(*code));
            }
            self.filled += 1;
            if self.filled == BLOCK {
                let key = key_of(&self.samples);
                told = self.count(key).or(told);
                self.samples.copy_within(HOP.., 0);
                self.filled = BLOCK - HOP;
            }
        }
        told
    }

    /// One more block. A key is told when it begins.
    fn count(&mut self, key: Option<char>) -> Option<char> {
        self.run = if key == self.last { self.run.saturating_add(1) } else { 1 };
        self.last = key;
        match key {
            Some(_) if key != self.pressed && self.run >= ON => {
                self.pressed = key;
                key
            }
            None if self.run >= OFF => {
                self.pressed = None;
                None
            }
            Some(_) | None => None,
        }
    }
}

/// The key whose two tones a block is, and nothing else.
fn key_of(block: &[f32; BLOCK]) -> Option<char> {
    let low = LOW.map(|coefficient| power(block, coefficient));
    let high = HIGH.map(|coefficient| power(block, coefficient));
    let (row, column) = (peak(&low)?, peak(&high)?);
    let (low, high) = (*low.get(row)?, *high.get(column)?);
    let half = BLOCK as f32 / 2.0;
    let least = (LEAST * half) * (LEAST * half);
    let all = block.iter().map(|sample| sample * sample).sum::<f32>() * half;
    let loud = low >= least && high >= least;
    let even = high * TWIST >= low && low * REVERSE_TWIST >= high;
    (loud && even && low + high >= SHARE * all).then(|| KEYS.get(row)?.get(column).copied())?
}

/// The tone that stands out of its group.
fn peak(powers: &[f32; 4]) -> Option<usize> {
    let (at, most) = powers.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    powers.iter().enumerate().all(|(other, power)| other == at || power * PEAK <= *most).then_some(at)
}

/// Goertzel's power of one tone: (amplitude · BLOCK / 2)².
fn power(block: &[f32; BLOCK], coefficient: f32) -> f32 {
    let (mut before, mut last) = (0.0f32, 0.0f32);
    for sample in block {
        (before, last) = (last, sample + coefficient * last - before);
    }
    last * last + before * before - coefficient * last * before
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;
    use std::sync::OnceLock;

    use super::*;

    const LOW_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
    const HIGH_HZ: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

    /// A line on which keys are pressed: level of the low tone (16 bits), dB of the high one over it, noise, off from the right pitch.
    #[derive(Clone, Copy)]
    struct Line {
        level: f32,
        twist_db: f32,
        noise: f32,
        detune: f32,
        law: Law,
    }

    const GOOD: Line = Line { level: 6_000.0, twist_db: 0.0, noise: 0.0, detune: 1.0, law: Law::A };

    struct Dice(u64);

    impl Dice {
        fn noise(&mut self) -> f32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        }
    }

    /// The code nearest to a sample, to within eight steps of 16 bits.
    fn encode(law: Law, sample: f32) -> u8 {
        static CODES: [OnceLock<Vec<u8>>; 2] = [OnceLock::new(), OnceLock::new()];
        let table = CODES[usize::from(law == Law::Mu)]
            .get_or_init(|| (0..8_192i32).map(|n| law.nearest(i16::try_from(n * 8 - 32_768).unwrap())).collect());
        table[(sample as i32 + 32_768).clamp(0, 65_535) as usize / 8]
    }

    /// So many samples of a key, or of a pause.
    fn press(line: Line, key: Option<char>, samples: usize, dice: &mut Dice) -> Vec<f32> {
        let place = key.and_then(|key| {
            (0..16)
                .find(|n| KEYS[n / 4][n % 4] == key)
                .map(|n| (LOW_HZ[n / 4] * line.detune, HIGH_HZ[n % 4] * line.detune))
        });
        let high = line.level * 10f32.powf(line.twist_db / 20.0);
        (0..samples)
            .map(|n| {
                let tone = |hz: f32| (TAU * hz * n as f32 / 8000.0).sin();
                let tones = place.map_or(0.0, |(low, up)| line.level * tone(low) + high * tone(up));
                tones + line.noise * dice.noise()
            })
            .collect()
    }

    /// Presses each for `on` ms with pauses of `off` ms, at any place of the blocks; what is told.
    fn told(line: Line, keys: &str, on_ms: usize, off_ms: usize, shift: usize, lost: impl Fn(usize) -> bool) -> String {
        let mut dice = Dice(7);
        let mut samples = press(line, None, 160 + shift, &mut dice);
        for key in keys.chars() {
            samples.extend(press(line, Some(key), on_ms * 8, &mut dice));
            samples.extend(press(line, None, off_ms * 8, &mut dice));
        }
        samples.extend(press(line, None, 800, &mut dice));
        let mut tones = Tones::default();
        let mut text = String::new();
        for (n, packet) in samples.chunks(160).enumerate().filter(|(n, _)| !lost(*n)) {
            let codes: Vec<u8> = packet.iter().map(|sample| encode(line.law, *sample)).collect();
            let header =
                Header { marker: false, payload_type: 8, sequence: n as u16, timestamp: 160 * n as u32, ssrc: 1 };
            text.extend(tones.hear(&header, line.law, &codes));
            text.extend(tones.hear(&header, line.law, &codes));
        }
        text
    }

    const ALL: &str = "1234567890*#ABCD";

    #[test]
    fn keys_of_50_ms_with_pauses_of_50_ms_wherever_they_fall_and_each_once() {
        for shift in (0..160).step_by(23) {
            assert_eq!(told(GOOD, ALL, 50, 50, shift, |_| false), ALL, "{shift}");
            assert_eq!(told(GOOD, "1111", 50, 50, shift, |_| false), "1111", "{shift}");
            assert_eq!(told(GOOD, ALL, 400, 60, shift, |_| false), ALL, "{shift}");
        }
    }

    #[test]
    fn over_long_lines_loud_and_soft_in_both_laws_off_pitch_and_in_noise() {
        for line in [
            Line { twist_db: -8.0, ..GOOD },
            Line { twist_db: 4.0, ..GOOD },
            Line { level: 800.0, ..GOOD },
            Line { level: 14_000.0, ..GOOD },
            Line { law: Law::Mu, ..GOOD },
            Line { detune: 1.015, ..GOOD },
            Line { detune: 0.985, ..GOOD },
            Line { noise: 1_800.0, ..GOOD },
        ] {
            for shift in [0, 33, 77, 140] {
                assert_eq!(told(line, ALL, 60, 60, shift, |_| false), ALL, "{} {}", line.level, line.twist_db);
            }
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        for line in [
            Line { twist_db: 12.0, ..GOOD },
            Line { twist_db: -14.0, ..GOOD },
            Line { level: 150.0, ..GOOD },
            Line { detune: 1.05, ..GOOD },
            Line { noise: 16_000.0, ..GOOD },
        ] {
            assert_eq!(told(line, ALL, 60, 60, 0, |_| false), "", "{} {}", line.level, line.twist_db);
        }
        assert_eq!(told(GOOD, ALL, 20, 60, 0, |_| false), "", "too short");
    }

    #[test]
    fn a_packet_lost_in_the_middle_makes_no_second_key() {
        for lost in 0..40 {
            let heard = told(GOOD, "5", 160, 100, 40, |n| n == lost);
            assert_eq!(heard, "5", "without packet {lost}");
        }
    }
}
