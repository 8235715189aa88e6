/// Longer inputs come from nobody.
const MAX_LEN: usize = 8_192;
/// Numbers at which lengths and counters break.
const EDGES: [u64; 8] = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, u32::MAX as u64];

/// Mutates inputs by seeded chance (SplitMix64).
#[derive(Debug)]
pub(crate) struct Mutator(u64);

impl Mutator {
    /// The same seed takes the same course.
    pub(crate) fn new(seed: u64) -> Self {
        Mutator(seed)
    }

    /// The next input: one of the corpus, changed in one to eight places, sometimes with a piece of another.
    pub(crate) fn next(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.pick(corpus);
        for _ in 0..=self.below(8) {
            self.change(&mut bytes, corpus);
            bytes.truncate(MAX_LEN);
        }
        bytes
    }

    fn pick(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let at = self.below(corpus.len().max(1));
        corpus.get(at).cloned().unwrap_or_default()
    }

    fn change(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(bytes.len() + 1);
        let chance = self.roll() as u8;
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, chance),
            2 => self.overwrite(bytes, at),
            3 => {
                let end = (at + self.below(32)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + self.below(64)).min(bytes.len());
                bytes.extend_from_within(at..end);
            }
            5 => {
                let other = self.pick(corpus);
                let from = self.below(other.len() + 1);
                let piece = other.get(from..(from + self.below(64)).min(other.len())).unwrap_or_default();
                bytes.splice(at..at, piece.iter().copied());
            }
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << (chance % 8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = chance;
                }
            }
        }
    }

    /// Writes a number at an edge over one, two or four bytes.
    fn overwrite(&mut self, bytes: &mut [u8], at: usize) {
        let edge = self.below(EDGES.len());
        let number = EDGES.get(edge).copied().unwrap_or_default().to_be_bytes();
        let width = 1 << self.below(3);
        for (room, byte) in bytes.iter_mut().skip(at).zip(number.iter().skip(8 - width)) {
            *room = *byte;
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
