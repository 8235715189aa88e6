//! Prompts and music, cut into packets of 20 ms, and the clock that says when each is due.

use std::sync::Arc;
use std::time::Duration;

use base::Mono;

use crate::codec::A_SILENCE;
use crate::rtp::FRAME;

/// The length of one packet.
pub(crate) const STEP: Duration = Duration::from_millis(20);
/// After a late wake-up at most so many packets are sent at once; what is older moves the clock.
const MAX_LATE: u32 = 10;
/// Samples in a millisecond.
const PER_MS: usize = 8;

/// The n-th packet is due at `origin + n · 20 ms`, however late the packets before it were.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticker {
    origin: Mono,
    n: u32,
}

impl Ticker {
    pub(crate) fn starting(at: Mono) -> Self {
        Ticker { origin: at, n: 0 }
    }

    /// When the next packet is due.
    pub(crate) fn due(&self) -> Mono {
        self.origin + STEP * self.n
    }

    /// Takes the next packet's moment if it is due at `now`.
    pub(crate) fn tick(&mut self, now: Mono) -> Option<Mono> {
        let late = now - self.due();
        if late > STEP * MAX_LATE {
            let steps = (late.as_nanos() / STEP.as_nanos()) as u32 - MAX_LATE;
            self.n = self.n.saturating_add(steps);
        }
        let due = self.due();
        if due > now {
            return None;
        }
        if self.n == u32::MAX {
            *self = Ticker::starting(due);
        }
        self.n += 1;
        Some(due)
    }
}

/// A piece to play: A-law samples, or silence.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Samples(Arc<[u8]>),
    Silence { samples: usize },
}

impl Piece {
    pub(crate) fn silence(ms: u32) -> Self {
        Piece::Silence { samples: ms as usize * PER_MS }
    }

    fn len(&self) -> usize {
        match self {
            Piece::Samples(samples) => samples.len(),
            Piece::Silence { samples } => *samples,
        }
    }

    /// Copies samples from `offset` on; says how many.
    fn copy(&self, offset: usize, into: &mut [u8]) -> usize {
        let count = self.len().saturating_sub(offset).min(into.len());
        match (self, into.get_mut(..count)) {
            (Piece::Samples(samples), Some(into)) => {
                if let Some(from) = samples.get(offset..offset + count) {
                    into.copy_from_slice(from);
                }
            }
            (Piece::Silence { .. }, Some(into)) => into.fill(A_SILENCE),
            (Piece::Samples(_) | Piece::Silence { .. }, None) => {}
        }
        count
    }
}

/// Pieces one after the other, without a gap between them.
#[derive(Debug)]
pub(crate) struct Player {
    pieces: Vec<Piece>,
    at: usize,
    offset: usize,
    repeat: bool,
}

impl Player {
    pub(crate) fn new(pieces: Vec<Piece>, repeat: bool) -> Self {
        let repeat = repeat && pieces.iter().any(|piece| piece.len() > 0);
        Player { pieces, at: 0, offset: 0, repeat }
    }

    /// Fills the next packet, the last one up with silence; false when nothing was left.
    pub(crate) fn fill(&mut self, frame: &mut [u8; FRAME]) -> bool {
        let mut filled = 0;
        while let Some(rest) = frame.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let Some(piece) = self.pieces.get(self.at) else {
                if !self.repeat {
                    rest.fill(A_SILENCE);
                    break;
                }
                self.at = 0;
                continue;
            };
            let count = piece.copy(self.offset, rest);
            (filled, self.offset) = (filled + count, self.offset + count);
            if self.offset >= piece.len() {
                (self.at, self.offset) = (self.at + 1, 0);
            }
        }
        filled > 0
    }
}

/// Music in a loop, from where this leg last heard it.
#[derive(Debug)]
pub(crate) struct Music {
    name: String,
    player: Player,
}

impl Music {
    pub(crate) fn new(name: String, samples: Arc<[u8]>) -> Self {
        Music { name, player: Player::new(vec![Piece::Samples(samples)], true) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn fill(&mut self, frame: &mut [u8; FRAME]) {
        self.player.fill(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(Duration::from_millis(ms))
    }

    fn drain(player: &mut Player) -> Vec<u8> {
        let mut frame = [0; FRAME];
        let mut heard = Vec::new();
        while player.fill(&mut frame) {
            heard.extend(frame);
        }
        heard
    }

    #[test]
    fn pieces_follow_each_other_within_a_packet() {
        let pieces = vec![Piece::Samples(vec![1; 100].into()), Piece::silence(5), Piece::Samples(vec![2; 100].into())];
        let heard = drain(&mut Player::new(pieces, false));
        assert_eq!(heard.len(), 2 * FRAME);
        assert!(heard[..100].iter().all(|s| *s == 1) && heard[100..140].iter().all(|s| *s == A_SILENCE));
        assert!(heard[140..240].iter().all(|s| *s == 2) && heard[240..].iter().all(|s| *s == A_SILENCE));
    }

    #[test]
    fn nothing_to_repeat_ends() {
        assert!(drain(&mut Player::new(vec![], true)).is_empty());
        assert!(drain(&mut Player::new(vec![Piece::silence(0)], true)).is_empty());
    }

    #[test]
    fn music_loops_without_a_seam() {
        let mut music = Music::new("calm".into(), (0..=250).collect());
        let mut heard = Vec::new();
        for _ in 0..10 {
            let mut frame = [0; FRAME];
            music.fill(&mut frame);
            heard.extend(frame);
        }
        assert!(heard.iter().enumerate().all(|(n, sample)| usize::from(*sample) == n % 251));
    }

    #[test]
    fn a_late_wake_up_sends_what_is_due_but_not_all_of_a_long_sleep() {
        let mut ticker = Ticker::starting(at(0));
        assert_eq!(ticker.tick(at(0)), Some(at(0)));
        assert_eq!(ticker.tick(at(19)), None);
        assert_eq!(std::iter::from_fn(|| ticker.tick(at(65))).collect::<Vec<_>>(), [at(20), at(40), at(60)]);
        assert_eq!(std::iter::from_fn(|| ticker.tick(at(10_000))).count(), 11);
        assert_eq!(ticker.due(), at(10_020));
    }
}
