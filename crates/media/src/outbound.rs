//! The one RTP stream that a leg hears from us, whoever speaks: own SSRC, sequence and timestamps without a break (RFC 3550 §5.1).

use base::Mono;

use crate::codec::Law;
use crate::random::Random;
use crate::rtp::{FRAME, Header, samples};

/// A source whose sequence jumps further than this began anew (RFC 3550 §A.1).
const MAX_DROPOUT: i16 = 3000;
const MAX_MISORDER: i16 = -100;
/// A source whose clock leaves ours by more than this began anew: 2 s of samples.
const MAX_ASTRAY: u32 = 16_000;

/// How voice and keys are sent to this leg, as agreed in SDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Formats {
    pub(crate) law: Law,
    pub(crate) voice: u8,
    pub(crate) event: Option<u8>,
}

/// Who is heard on the stream at the moment; another one begins with the marker bit (RFC 3551 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Talker {
    Nobody,
    Player,
    Keypad,
    Comfort,
    Relay(Splice),
}

/// How a relayed source's numbers become ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Splice {
    from: usize,
    ssrc: u32,
    /// The first of its packets that we took: older ones would collide with what was sent before.
    first: u16,
    last: u16,
    sequence_offset: u16,
    timestamp_offset: u32,
}

/// A stream's state.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) ssrc: u32,
    sequence: u16,
    /// The last voice packet's timestamp, and the moment that it stood for.
    timestamp: u32,
    at: Mono,
    event_timestamp: u32,
    talker: Talker,
    pub(crate) sent: u64,
    pub(crate) octets: u64,
}

impl Outbound {
    pub(crate) fn new(random: &mut Random, now: Mono) -> Self {
        Outbound {
            ssrc: random.next_u32(),
            sequence: random.next_u32() as u16,
            timestamp: random.next_u32(),
            at: now,
            event_timestamp: 0,
            talker: Talker::Nobody,
            sent: 0,
            octets: 0,
        }
    }

    /// The header of a packet that we play, due at `due`.
    pub(crate) fn play(&mut self, payload_type: u8, due: Mono) -> Header {
        self.speak(Talker::Player, payload_type, due)
    }

    /// The header of a packet of silence that keeps a browser's audio warm.
    pub(crate) fn comfort(&mut self, payload_type: u8, due: Mono) -> Header {
        self.speak(Talker::Comfort, payload_type, due)
    }

    fn speak(&mut self, talker: Talker, payload_type: u8, due: Mono) -> Header {
        let marker = std::mem::replace(&mut self.talker, talker) != talker;
        self.timestamp = self.timestamp_at(due);
        self.at = due;
        self.next(marker, payload_type, self.timestamp)
    }

    /// The header of a key's packet: one timestamp for all of them, the marker at the first (RFC 4733 §2.3).
    pub(crate) fn event(&mut self, payload_type: u8, due: Mono, begins: bool) -> Header {
        if begins {
            self.event_timestamp = self.timestamp_at(due);
        }
        self.talker = Talker::Keypad;
        self.next(begins, payload_type, self.event_timestamp)
    }

    /// The header of a packet that leg `from` sent; `None` for one that is older than what was heard of it. Only `voice` moves the time: the
    /// packets of a key all carry the moment of its begin.
    pub(crate) fn relay(
        &mut self,
        from: usize,
        header: &Header,
        payload_type: u8,
        voice: bool,
        now: Mono,
    ) -> Option<Header> {
        let spliced = match self.talker {
            Talker::Relay(splice) if self.continues(&splice, from, header, voice, now) => splice,
            Talker::Relay(_) | Talker::Nobody | Talker::Player | Talker::Keypad | Talker::Comfort => {
                return Some(self.splice(from, header, payload_type, now));
            }
        };
        if distance(header.sequence, spliced.first) < 0 {
            return None;
        }
        let sequence = header.sequence.wrapping_add(spliced.sequence_offset);
        let timestamp = header.timestamp.wrapping_add(spliced.timestamp_offset);
        if distance(header.sequence, spliced.last) > 0 {
            // Never let the floor fall half a circle behind.
            let first = if distance(header.sequence, spliced.first) > 0x3FFF { spliced.last } else { spliced.first };
            self.talker = Talker::Relay(Splice { last: header.sequence, first, ..spliced });
            self.sequence = sequence.wrapping_add(1);
            if voice {
                (self.timestamp, self.at) = (timestamp, now);
            }
        }
        Some(Header { marker: header.marker, payload_type, sequence, timestamp, ssrc: self.ssrc })
    }

    /// Forgets who spoke, so that the next packet begins anew.
    pub(crate) fn interrupt(&mut self) {
        self.talker = Talker::Nobody;
    }

    /// When voice was last sent, and the timestamp that belongs to `now`: for sender reports (RFC 3550 §6.4.1).
    pub(crate) fn rtp_time(&self, now: Mono) -> u32 {
        self.timestamp.wrapping_add(samples(now, self.at))
    }

    /// The moment of the last voice packet.
    pub(crate) fn last_at(&self) -> Mono {
        self.at
    }

    fn continues(&self, splice: &Splice, from: usize, header: &Header, voice: bool, now: Mono) -> bool {
        let ahead = distance(header.sequence, splice.last);
        let astray = header.timestamp.wrapping_add(splice.timestamp_offset).wrapping_sub(self.rtp_time(now)) as i32;
        splice.from == from
            && splice.ssrc == header.ssrc
            && (MAX_MISORDER..=MAX_DROPOUT).contains(&ahead)
            && (!voice || ahead <= 0 || astray.unsigned_abs() <= MAX_ASTRAY)
    }

    fn splice(&mut self, from: usize, header: &Header, payload_type: u8, now: Mono) -> Header {
        (self.timestamp, self.at) = (self.timestamp_at(now), now);
        self.talker = Talker::Relay(Splice {
            from,
            ssrc: header.ssrc,
            first: header.sequence,
            last: header.sequence,
            sequence_offset: self.sequence.wrapping_sub(header.sequence),
            timestamp_offset: self.timestamp.wrapping_sub(header.timestamp),
        });
        self.next(true, payload_type, self.timestamp)
    }

    /// Time goes on with the clock, and by a packet at least. Multiples of 20 ms are whole samples, so nothing drifts.
    fn timestamp_at(&self, moment: Mono) -> u32 {
        self.timestamp.wrapping_add(samples(moment, self.at).max(FRAME as u32))
    }

    fn next(&mut self, marker: bool, payload_type: u8, timestamp: u32) -> Header {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc }
    }
}

/// How far `a` is ahead of `b` on the circle of sequence numbers.
fn distance(a: u16, b: u16) -> i16 {
    a.wrapping_sub(b) as i16
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(Duration::from_millis(ms))
    }

    fn source(n: u16) -> Header {
        Header {
            marker: false,
            payload_type: 8,
            sequence: 65_530u16.wrapping_add(n),
            timestamp: 7_000 + 160 * u32::from(n),
            ssrc: 5,
        }
    }

    #[test]
    fn switching_sources_breaks_neither_sequence_nor_time() {
        let mut out = Outbound::new(&mut Random::new(1), at(0));
        let mut sent: Vec<Header> = (0..3).map(|n| out.play(8, at(20 * n))).collect();
        sent.extend((0..10).filter_map(|n| out.relay(1, &source(n as u16), 8, true, at(60 + 20 * n))));
        sent.extend((0..3).map(|n| out.play(8, at(260 + 20 * n))));
        for pair in sent.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160));
            assert_eq!(pair[1].ssrc, pair[0].ssrc);
        }
        let markers: Vec<usize> = (0..sent.len()).filter(|n| sent[*n].marker).collect();
        assert_eq!(markers, [0, 3, 13]);
    }

    #[test]
    fn loss_and_reordering_of_the_source_are_passed_on() {
        let mut out = Outbound::new(&mut Random::new(1), at(0));
        let mut relay = |n: u16, ms| out.relay(1, &source(n), 8, true, at(ms)).map(|header| header.sequence);
        let first = relay(3, 0).unwrap();
        assert_eq!(relay(2, 1), None, "older than the first that was taken");
        assert_eq!(relay(6, 60), Some(first.wrapping_add(3)));
        assert_eq!(relay(5, 61), Some(first.wrapping_add(2)));
        assert_eq!(relay(7, 80), Some(first.wrapping_add(4)));
    }

    #[test]
    fn a_source_that_begins_anew_goes_on_without_a_jump() {
        let mut out = Outbound::new(&mut Random::new(1), at(0));
        let before = out.relay(1, &source(0), 8, true, at(0)).unwrap();
        let restarted = Header { sequence: 30_000, timestamp: 3_000_000_000, ..source(0) };
        let after = out.relay(1, &restarted, 8, true, at(20)).unwrap();
        assert_eq!(after.sequence, before.sequence.wrapping_add(1));
        assert_eq!(after.timestamp, before.timestamp.wrapping_add(160));
        assert!(after.marker);
    }

    #[test]
    fn a_key_held_for_five_seconds_stays_one_event() {
        let mut out = Outbound::new(&mut Random::new(1), at(0));
        let held = |n: u16| Header { timestamp: 9_000, payload_type: 101, ..source(n) };
        let sent: Vec<Header> =
            (0..250).filter_map(|n| out.relay(1, &held(n), 101, false, at(20 * u64::from(n)))).collect();
        assert!(sent.iter().all(|header| header.timestamp == sent[0].timestamp));
        assert_eq!(sent.iter().filter(|header| header.marker).count(), 1);
    }

    #[test]
    fn a_pause_is_heard_as_a_pause() {
        let mut out = Outbound::new(&mut Random::new(1), at(0));
        let before = out.play(8, at(0));
        let after = out.comfort(8, at(1000));
        assert_eq!(after.timestamp, before.timestamp.wrapping_add(8000));
    }
}
