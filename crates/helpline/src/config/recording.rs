//! One recording: whether it can be played, and whether it should be heard as it is.

use std::path::Path;
use std::sync::Arc;

use super::disk::Disk;
use super::fault::Fault;
use super::wav::{self, Recording};

/// Speech is recorded between -26 and -20 dBov; a decibel is left for other ways of measuring.
const QUIET_DB: f64 = -27.0;
const LOUD_DB: f64 = -19.0;
/// Music stays under the speech that it waits for, dBov.
const LOUD_MUSIC_DB: f64 = -24.0;
/// Carriers and jitter buffers swallow the first moment: a sentence begins after 100 ms.
const LEAD_IN_MS: usize = 80;

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole sentence, begun from silence.
    Sentence,
    /// A part of one, such as an hour: it follows another at once. Times and numbers are composed of such.
    Piece,
    /// For those who wait.
    Music,
}

impl Kind {
    /// By folder and name.
    pub(super) fn of(folder: &str, name: &str) -> Self {
        match folder {
            super::prompts::MUSIC => Kind::Music,
            _ => match name.split_once('.') {
                Some(("day" | "weekday" | "date" | "time" | "digit", _)) => Kind::Piece,
                Some(_) | None => Kind::Sentence,
            },
        }
    }
}

/// Reads a file as it is sent. What should be heard otherwise is told as a warning; what cannot be played as a fault.
pub(super) fn read(file: &Path, kind: Kind, disk: &mut Disk, faults: &mut Vec<Fault>) -> Option<Arc<[u8]>> {
    let bytes = disk.bytes(file, faults)?;
    let fault = |message: String| Fault::of_file(file.display(), message);
    let recording = wav::read(&bytes).map_err(|message| faults.push(fault(message))).ok()?;
    faults.extend(wrong_sound(&recording, kind).map(|message| fault(message).into_warning()));
    Some(recording.alaw.into())
}

fn wrong_sound(recording: &Recording, kind: Kind) -> Option<String> {
    let Some(level) = recording.level_db else { return Some("is silent".to_owned()) };
    let speech = kind != Kind::Music;
    if recording.clipped {
        Some("is clipped: its peaks are cut off; record it more quietly".to_owned())
    } else if speech && level < QUIET_DB {
        Some(format!("is too quiet ({level:.0} dBov); aim at -23"))
    } else if speech && level > LOUD_DB {
        Some(format!("is too loud ({level:.0} dBov); aim at -23"))
    } else if !speech && level > LOUD_MUSIC_DB {
        Some(format!("is too loud for music ({level:.0} dBov); aim at -28"))
    } else if kind == Kind::Sentence && recording.lead_in_ms < LEAD_IN_MS {
        let lead_in = recording.lead_in_ms;
        Some(format!("begins after {lead_in} ms and may lose its first sound; leave 100 ms of silence before it"))
    } else {
        None
    }
}
