//! Several voices as one: what a party of a conference hears of all the others.
//!
//! Each source's packets fill a short queue, placed by their timestamps; the hearer's own 20 ms clock drains all of them. What has not come
//! by then is silence. A queue grows by what comes late, and is made short again once that delay was of no use for a while: so neither a
//! source's clock that runs faster nor a burst leaves the hearer behind.

use crate::codec::Law;
use crate::rtp::{FRAME, Header};

/// More than this is never kept: 60 ms.
const MAX_BEHIND: usize = 3 * FRAME;
/// Room for what is kept and a packet as long as any that we take.
const ROOM: usize = 1024;
/// Longer packets are cut: 60 ms.
const MAX_PAYLOAD: usize = 3 * FRAME;
/// So many frames in a row with one to spare: it is spared.
const PATIENCE: u32 = 50;
/// A timestamp so far back is a source that begins anew, not a packet that is late: one second.
const ANEW: i32 = 8_000;

/// The queues of what one hearer mixes.
#[derive(Debug, Default)]
pub(crate) struct Mix {
    tracks: Vec<Track>,
}

impl Mix {
    /// Mixes these sources from now on; those who were mixed before go on as they were.
    pub(crate) fn of(&mut self, sources: &[usize]) {
        self.tracks.retain(|track| sources.contains(&track.source));
        for source in sources {
            if !self.tracks.iter().any(|track| track.source == *source) {
                self.tracks.push(Track::new(*source));
            }
        }
    }

    /// Who is mixed.
    pub(crate) fn sources(&self) -> impl Iterator<Item = usize> {
        self.tracks.iter().map(|track| track.source)
    }

    /// Takes a packet of voice from a source.
    pub(crate) fn take(&mut self, source: usize, header: &Header, law: Law, payload: &[u8]) {
        if let Some(track) = self.tracks.iter_mut().find(|track| track.source == source) {
            track.take(header, law, payload);
        }
    }

    /// The next 20 ms of all together, none louder than the codec can say.
    pub(crate) fn fill(&mut self, frame: &mut [u8; FRAME], law: Law) {
        let mut sum = [0i16; FRAME];
        for track in &mut self.tracks {
            track.add_to(&mut sum);
        }
        for (code, sample) in frame.iter_mut().zip(sum) {
            *code = law.encode(sample);
        }
    }
}

/// One source's samples on their way to one hearer.
#[derive(Debug)]
struct Track {
    source: usize,
    /// The stream that the timestamps are of.
    ssrc: Option<u32>,
    /// The timestamp of the next sample to be heard.
    next: u32,
    /// A ring: from `start` on `len` samples, silence where a packet is missing.
    ring: Box<[i16; ROOM]>,
    start: usize,
    len: usize,
    /// The least that a frame left over, in how many of them.
    spare: usize,
    frames: u32,
}

impl Track {
    fn new(source: usize) -> Self {
        let ring = Box::new([0; ROOM]);
        Track { source, ssrc: None, next: 0, ring, start: 0, len: 0, spare: MAX_BEHIND, frames: 0 }
    }

    fn take(&mut self, header: &Header, law: Law, payload: &[u8]) {
        let payload = payload.get(..MAX_PAYLOAD).unwrap_or(payload);
        let Some(offset) = self.place(header, payload.len()) else { return };
        for at in self.len..offset {
            self.put(at, 0);
        }
        for (at, code) in (offset..).zip(payload) {
            self.put(at, law.linear(*code));
        }
        self.len = self.len.max(offset + payload.len());
        if self.len > MAX_BEHIND {
            self.skip(self.len - MAX_BEHIND + FRAME);
        }
    }

    /// How far behind the next sample a packet belongs; `None`: its moment is past.
    fn place(&mut self, header: &Header, samples: usize) -> Option<usize> {
        let ahead = header.timestamp.wrapping_sub(self.next) as i32;
        let is_new = self.ssrc != Some(header.ssrc) || ahead < -ANEW;
        if !is_new && ahead < 0 {
            return None;
        }
        let offset = usize::try_from(ahead).unwrap_or(0);
        // After a pause, or where nothing is left, the next packet is heard at once.
        if is_new || self.len == 0 || offset + samples > ROOM {
            (self.ssrc, self.next, self.len) = (Some(header.ssrc), header.timestamp, 0);
            return Some(0);
        }
        Some(offset)
    }

    fn put(&mut self, at: usize, sample: i16) {
        self.ring[(self.start + at) % ROOM] = sample;
    }

    fn add_to(&mut self, sum: &mut [i16; FRAME]) {
        let count = self.len.min(FRAME);
        for (at, sum) in sum.iter_mut().take(count).enumerate() {
            *sum = sum.saturating_add(self.ring[(self.start + at) % ROOM]);
        }
        self.skip(count);
        self.shorten();
    }

    /// A frame that was left over every time is a delay that nobody needs.
    fn shorten(&mut self) {
        (self.spare, self.frames) = (self.spare.min(self.len), self.frames + 1);
        if self.frames == PATIENCE {
            if self.spare >= FRAME {
                self.skip(FRAME);
            }
            (self.spare, self.frames) = (MAX_BEHIND, 0);
        }
    }

    fn skip(&mut self, count: usize) {
        let count = count.min(self.len);
        self.start = (self.start + count) % ROOM;
        self.next = self.next.wrapping_add(count as u32);
        self.len -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::A_SILENCE;

    fn at(timestamp: u32) -> Header {
        Header { marker: false, payload_type: 8, sequence: 0, timestamp, ssrc: 7 }
    }

    fn mix() -> Mix {
        let mut mix = Mix::default();
        mix.of(&[1, 2]);
        mix
    }

    fn heard(mix: &mut Mix) -> [u8; FRAME] {
        let mut frame = [0; FRAME];
        mix.fill(&mut frame, Law::A);
        frame
    }

    #[test]
    fn one_voice_alone_stays_as_it_was_and_two_are_added() {
        let mut mix = mix();
        let voice: Vec<u8> = (0..160).map(|n| n as u8).collect();
        mix.take(1, &at(0), Law::A, &voice);
        assert_eq!(heard(&mut mix)[..], voice);
        mix.take(1, &at(160), Law::A, &[Law::A.encode(1000); 160]);
        mix.take(2, &at(900), Law::Mu, &[Law::Mu.encode(-3000); 160]);
        let sum = Law::A.linear(heard(&mut mix)[0]);
        assert!(sum.abs_diff(-2000) < 64, "{sum}");
    }

    #[test]
    fn two_who_shout_are_as_loud_as_can_be_and_no_noise() {
        let mut mix = mix();
        for (source, code) in [(1, 0xAA), (2, 0xAA)] {
            mix.take(source, &at(0), Law::A, &[code; 160]);
        }
        assert_eq!(heard(&mut mix), [0xAA; FRAME]);
    }

    #[test]
    fn what_comes_out_of_order_is_put_right_and_what_is_missing_is_silence() {
        let mut mix = mix();
        for (timestamp, code) in [(0, 1), (320, 3), (160, 2)] {
            mix.take(1, &at(timestamp), Law::A, &[code; 160]);
        }
        assert_eq!([0; 3].map(|_| heard(&mut mix)[0]), [1, 2, 3]);
        mix.take(1, &at(480), Law::A, &[4; 160]);
        mix.take(1, &at(800), Law::A, &[6; 160]);
        assert_eq!([0; 4].map(|_| heard(&mut mix)[0]), [4, A_SILENCE, 6, A_SILENCE]);
        mix.take(1, &at(640), Law::A, &[5; 160]);
        assert_eq!(heard(&mut mix)[0], A_SILENCE, "its moment is past");
    }

    #[test]
    fn a_burst_is_cut_and_a_delay_that_is_of_no_use_goes() {
        let mut mix = mix();
        for n in 0..50 {
            mix.take(1, &at(n * 160), Law::A, &[7; 160]);
            assert!(mix.tracks[0].len <= MAX_BEHIND);
        }
        let mut timestamp = 50 * 160;
        for _ in 0..200 {
            mix.take(1, &at(timestamp), Law::A, &[7; 160]);
            assert_eq!(heard(&mut mix)[0], 7);
            timestamp += 160;
        }
        assert_eq!(mix.tracks[0].len, 0);
    }

    #[test]
    fn who_begins_anew_is_heard_at_once() {
        let mut mix = mix();
        mix.take(1, &at(5_000_000), Law::A, &[7; 160]);
        heard(&mut mix);
        for (n, header) in [at(100), Header { ssrc: 8, ..at(50) }, Header { ssrc: 8, ..at(900_000) }].iter().enumerate()
        {
            mix.take(1, header, Law::A, &[n as u8; 160]);
            assert_eq!(heard(&mut mix)[0], n as u8);
        }
    }
}
