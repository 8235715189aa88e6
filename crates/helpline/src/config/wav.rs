//! Reads a recording as it is sent: 8 kHz mono, A-law as it stands or 16 bit made into A-law. Tells how loud it is.

use super::loudness::{active_level, lead_in};
use crate::alaw::{decode, encode};

/// A recording, ready to be sent.
pub(super) struct Recording {
    /// A-law samples.
    pub(super) alaw: Vec<u8>,
    /// How loud its speech is, dBov; nothing but silence: none.
    pub(super) level_db: Option<f64>,
    /// The silence before it begins.
    pub(super) lead_in_ms: usize,
    /// Samples at the very top that follow each other: cut off.
    pub(super) clipped: bool,
}

/// So many samples in a row at the top are no accident.
const CLIP_RUN: usize = 3;

/// Reads a RIFF file; the error says what is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<Recording, String> {
    let (format, data) = chunks(bytes).ok_or("is no WAV file")?;
    if format.channels != 1 {
        return Err(format!("has {} channels; make it mono", format.channels));
    }
    if format.rate != 8_000 {
        return Err(format!("has {} samples a second; make it 8000", format.rate));
    }
    let alaw: Vec<u8> = match (format.tag, format.bits) {
        (6, 8) => data.to_vec(),
        (1, 16) => linear(data).map(encode).collect(),
        (tag, bits) => return Err(format!("is of format {tag} with {bits} bits; make it A-law, or PCM of 16 bits")),
    };
    if alaw.is_empty() {
        return Err("holds no sound".to_owned());
    }
    let samples: Vec<i16> = match format.tag {
        1 => linear(data).collect(),
        _ => alaw.iter().copied().map(decode).collect(),
    };
    let level_db = active_level(&samples);
    let lead_in_ms = level_db.map_or(0, |level| lead_in(&samples, level));
    Ok(Recording { alaw, level_db, lead_in_ms, clipped: is_clipped(&samples) })
}

struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

fn chunks(bytes: &[u8]) -> Option<(Format, &[u8])> {
    let (riff, mut rest) = bytes.split_at_checked(12)?;
    if riff.get(..4)? != b"RIFF" || riff.get(8..)? != b"WAVE" {
        return None;
    }
    let mut format = None;
    loop {
        let (head, body) = rest.split_at_checked(8)?;
        let length = usize::try_from(u32::from_le_bytes(head.get(4..)?.try_into().ok()?)).ok()?;
        let chunk = body.get(..length.min(body.len()))?;
        match head.get(..4)? {
            b"fmt " => format = Some(format_of(chunk)?),
            b"data" => return Some((format?, chunk)),
            _ => {}
        }
        rest = body.get(length.checked_add(length % 2)?..)?;
    }
}

fn format_of(chunk: &[u8]) -> Option<Format> {
    let short = |at: usize| Some(u16::from_le_bytes(chunk.get(at..at + 2)?.try_into().ok()?));
    let rate = u32::from_le_bytes(chunk.get(4..8)?.try_into().ok()?);
    Some(Format { tag: short(0)?, channels: short(2)?, rate, bits: short(14)? })
}

fn linear(data: &[u8]) -> impl Iterator<Item = i16> + '_ {
    data.as_chunks().0.iter().map(|pair| i16::from_le_bytes(*pair))
}

fn is_clipped(samples: &[i16]) -> bool {
    let mut run = 0;
    samples.iter().any(|sample| {
        run = if sample.unsigned_abs() >= 32_000 { run + 1 } else { 0 };
        run >= CLIP_RUN
    })
}
