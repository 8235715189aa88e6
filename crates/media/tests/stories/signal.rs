//! Tones, and how much of each is in what was heard.

use std::f32::consts::TAU;

use crate::lab::{Lab, Packet, Talker};

const RATE: f32 = 8000.0;

/// The sample of an A-law code.
fn linear_a(code: u8) -> i32 {
    let code = code ^ 0x55;
    let (segment, step) = ((code & 0x70) >> 4, i32::from(code & 0x0F));
    let value = if segment == 0 { step * 16 + 8 } else { (step * 16 + 264) << (segment - 1) };
    if code & 0x80 == 0 { -value } else { value }
}

/// The sample of a µ-law code.
fn linear_mu(code: u8) -> i32 {
    let code = !code;
    let value = (((i32::from(code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
    if code & 0x80 == 0 { value } else { -value }
}

pub(crate) fn linear(payload_type: u8, code: u8) -> i32 {
    if payload_type == 0 { linear_mu(code) } else { linear_a(code) }
}

/// The code nearest to a sample: the table of the standard, searched.
pub(crate) fn code(payload_type: u8, sample: f32) -> u8 {
    (0..=255).min_by_key(|code| (linear(payload_type, *code) - sample as i32).abs()).unwrap()
}

/// Somebody who sings one note.
pub(crate) struct Singer {
    pub(crate) talker: Talker,
    hz: f32,
    loud: f32,
    n: u32,
}

impl Singer {
    pub(crate) fn new(talker: Talker, hz: f32) -> Self {
        Singer { talker, hz, loud: 4_000.0, n: 0 }
    }

    pub(crate) fn loud(self, loud: f32) -> Self {
        Singer { loud, ..self }
    }

    /// The next 20 ms.
    pub(crate) fn note(&mut self) -> Vec<u8> {
        let sample = |n: u32| self.loud * (TAU * self.hz * n as f32 / RATE).sin();
        let payload = (self.n..self.n + 160).map(|n| code(self.talker.payload_type, sample(n))).collect();
        self.n += 160;
        payload
    }

    pub(crate) fn sing(&mut self, lab: &mut Lab) {
        let note = self.note();
        lab.voice(&mut self.talker, &note);
    }

    /// 20 ms that are lost on their way.
    pub(crate) fn unheard(&mut self) {
        let note = self.note();
        let _lost = self.talker.packet(self.talker.payload_type, false, &note);
        self.talker.timestamp = self.talker.timestamp.wrapping_add(160);
    }
}

/// The samples of all packets, one after the other.
pub(crate) fn samples(packets: &[Packet]) -> Vec<f32> {
    packets.iter().flat_map(|it| it.payload.iter().map(|code| linear(it.payload_type, *code) as f32)).collect()
}

/// The amplitude of a note in what was heard (Goertzel).
pub(crate) fn amplitude(samples: &[f32], hz: f32) -> f32 {
    let turn = 2.0 * (TAU * hz / RATE).cos();
    let (a, b) = samples.iter().fold((0.0, 0.0), |(a, b), sample| (sample + turn * a - b, a));
    2.0 * (a * a + b * b - turn * a * b).max(0.0).sqrt() / samples.len().max(1) as f32
}
