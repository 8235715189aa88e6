//! Tones: made in A-law, and found again in what was heard.

use std::f64::consts::TAU;

use crate::alaw::{decode, encode};

/// Samples a second.
const RATE: f64 = 8000.0;

/// 20 ms.
pub(super) const FRAME: usize = 160;

/// A-law's zero (ITU-T G.711).
pub(super) const SILENCE: u8 = 0xD5;

/// A frame of a steady tone, about −13 dBov. `n` counts frames, so that the phase goes on.
pub(super) fn frame(hz: f64, n: u64) -> [u8; FRAME] {
    let first = n as f64 * FRAME as f64;
    std::array::from_fn(|i| encode((7000.0 * (TAU * hz * (first + i as f64) / RATE).sin()) as i16))
}

/// The share of the frame's energy that is at `hz` (Goertzel): about 1 for that tone alone, near 0 without it, 0 for silence.
pub(super) fn share(payload: &[u8], hz: f64) -> f64 {
    let samples: Vec<f64> = payload.iter().map(|byte| f64::from(decode(*byte))).collect();
    let energy: f64 = samples.iter().map(|sample| sample * sample).sum();
    if samples.is_empty() || energy / (samples.len() as f64) < 100.0 * 100.0 {
        return 0.0;
    }
    let turn = 2.0 * (TAU * hz / RATE).cos();
    let (mut before, mut last) = (0.0, 0.0);
    for sample in &samples {
        (before, last) = (last, sample + turn * last - before);
    }
    let power = last * last + before * before - turn * last * before;
    power / (energy * samples.len() as f64 / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_and_another_is_not() {
        let tone = frame(1000.0, 7);
        assert!(share(&tone, 1000.0) > 0.9, "{}", share(&tone, 1000.0));
        assert!(share(&tone, 440.0) < 0.1);
        assert_eq!(share(&[SILENCE; FRAME], 1000.0), 0.0);
    }

    #[test]
    fn every_code_survives_the_round_trip() {
        for byte in 0..=255 {
            let again = encode(decode(byte));
            assert_eq!(decode(again), decode(byte), "{byte:#x}");
        }
    }
}
