//! What was received and lost, and how unevenly it came (RFC 3550 §A.1, §A.3, §A.8).

use base::Mono;

use crate::io::Quality;
use crate::rtp::Header;

const MAX_DROPOUT: u16 = 3000;
const MAX_MISORDER: u16 = 100;
const MIN_SEQUENTIAL: u8 = 2;

/// The meter of what one leg sends to us, over all its SSRCs.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    source: Option<Source>,
    received: u64,
    lost_before: u64,
}

/// One SSRC, as in RFC 3550 §A.1.
#[derive(Debug)]
struct Source {
    ssrc: u32,
    max_sequence: u16,
    cycles: u32,
    base_sequence: u32,
    bad_sequence: Option<u16>,
    probation: u8,
    received: u32,
    expected_prior: u32,
    received_prior: u32,
    transit: Option<u32>,
    /// Scaled by 16, in samples (§A.8).
    jitter: u32,
}

/// What a report block says of a source (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) ssrc: u32,
    pub(crate) fraction_lost: u8,
    pub(crate) cumulative_lost: u32,
    pub(crate) extended_sequence: u32,
    pub(crate) jitter: u32,
}

impl Reception {
    /// Counts a packet. Events carry the time of their begin, so only `voice` says something about jitter.
    pub(crate) fn receive(&mut self, header: &Header, voice: bool, now: Mono) {
        self.received += 1;
        if self.source.as_ref().is_none_or(|source| source.ssrc != header.ssrc) {
            self.lost_before += self.source.take().map_or(0, |source| source.lost());
            self.source = Some(Source::new(header));
        }
        if let Some(source) = &mut self.source
            && source.update_sequence(header.sequence)
            && voice
        {
            source.update_jitter(header.timestamp, now);
        }
    }

    /// The current source.
    pub(crate) fn ssrc(&self) -> Option<u32> {
        self.source.as_ref().map(|source| source.ssrc)
    }

    /// The report block for the current source; begins a new interval (§A.3).
    pub(crate) fn report(&mut self) -> Option<Block> {
        self.source.as_mut().filter(|source| source.probation == 0).map(Source::report)
    }

    /// The leg's meter, with what we sent to it.
    pub(crate) fn quality(&self, sent: u64) -> Quality {
        let (lost, jitter) = self.source.as_ref().map_or((0, 0), |source| (source.lost(), source.jitter));
        Quality {
            received: self.received,
            lost: self.lost_before + lost,
            sent,
            jitter_ms: crate::rtcp::milliseconds(jitter >> 4),
            ..Quality::default()
        }
    }
}

impl Source {
    fn new(header: &Header) -> Self {
        Source {
            ssrc: header.ssrc,
            max_sequence: header.sequence.wrapping_sub(1),
            cycles: 0,
            base_sequence: u32::from(header.sequence),
            bad_sequence: None,
            probation: MIN_SEQUENTIAL,
            received: 0,
            expected_prior: 0,
            received_prior: 0,
            transit: None,
            jitter: 0,
        }
    }

    fn restart(&mut self, sequence: u16) {
        (self.base_sequence, self.max_sequence, self.cycles) = (u32::from(sequence), sequence, 0);
        (self.received, self.expected_prior, self.received_prior) = (0, 0, 0);
        self.bad_sequence = None;
    }

    /// RFC 3550 §A.1. Tells whether the packet counts.
    fn update_sequence(&mut self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.max_sequence);
        if self.probation > 0 {
            return self.prove(sequence);
        }
        if ahead < MAX_DROPOUT {
            if sequence < self.max_sequence {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.max_sequence = sequence;
        } else if ahead <= u16::MAX - MAX_MISORDER {
            // A jump: believed when the next packet follows it.
            if self.bad_sequence != Some(sequence) {
                self.bad_sequence = Some(sequence.wrapping_add(1));
                return false;
            }
            self.restart(sequence);
        }
        self.received += 1;
        true
    }

    fn prove(&mut self, sequence: u16) -> bool {
        let follows = sequence == self.max_sequence.wrapping_add(1);
        self.probation = if follows { self.probation - 1 } else { MIN_SEQUENTIAL - 1 };
        self.max_sequence = sequence;
        if self.probation == 0 {
            self.restart(sequence);
            // The packets that proved the source are part of it.
            self.base_sequence = u32::from(sequence.wrapping_sub(u16::from(MIN_SEQUENTIAL - 1)));
            self.cycles = if self.base_sequence > u32::from(sequence) { 1 << 16 } else { 0 };
            self.received = u32::from(MIN_SEQUENTIAL);
        }
        self.probation == 0
    }

    /// RFC 3550 §A.8.
    fn update_jitter(&mut self, timestamp: u32, now: Mono) {
        let transit = crate::rtp::samples(now, Mono::ZERO).wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = (transit.wrapping_sub(before) as i32).unsigned_abs();
            // A jump of the source's clock is no jitter.
            if difference < 8_000 {
                self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
            }
        }
    }

    fn expected(&self) -> u32 {
        (self.cycles + u32::from(self.max_sequence)).wrapping_sub(self.base_sequence).wrapping_add(1)
    }

    fn lost(&self) -> u64 {
        if self.probation > 0 { 0 } else { u64::from(self.expected().saturating_sub(self.received)) }
    }

    /// RFC 3550 §A.3.
    fn report(&mut self) -> Block {
        let expected = self.expected();
        let expected_interval = expected.wrapping_sub(self.expected_prior);
        let received_interval = self.received.wrapping_sub(self.received_prior);
        (self.expected_prior, self.received_prior) = (expected, self.received);
        let lost_interval = expected_interval.saturating_sub(received_interval);
        Block {
            ssrc: self.ssrc,
            fraction_lost: (u64::from(lost_interval) * 256)
                .checked_div(u64::from(expected_interval))
                .map_or(0, |fraction| fraction.min(255) as u8),
            cumulative_lost: expected.saturating_sub(self.received).min(0x7F_FFFF),
            extended_sequence: self.cycles + u32::from(self.max_sequence),
            jitter: self.jitter >> 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn packet(sequence: u16, timestamp: u32) -> Header {
        Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 7 }
    }

    fn feed(meter: &mut Reception, sequences: impl IntoIterator<Item = u16>) {
        for (n, sequence) in sequences.into_iter().enumerate() {
            let at = Mono(Duration::from_millis(20 * n as u64));
            meter.receive(&packet(sequence, 160 * n as u32), true, at);
        }
    }

    #[test]
    fn counts_what_is_missing_across_the_wrap() {
        let mut meter = Reception::default();
        feed(&mut meter, (65_500..=65_535).chain(0..100).filter(|n| n % 10 != 5));
        let quality = meter.quality(0);
        assert_eq!((quality.received, quality.lost), (122, 14));
        assert_eq!(meter.report().unwrap().fraction_lost, (14 * 256 / 136) as u8);
        assert_eq!(meter.report().unwrap().fraction_lost, 0, "a new interval begins");
    }

    #[test]
    fn doubled_and_late_packets_are_no_loss() {
        let mut meter = Reception::default();
        feed(&mut meter, [1, 2, 3, 3, 5, 4, 6, 7, 7]);
        assert_eq!(meter.quality(0).lost, 0);
    }

    #[test]
    fn a_restarted_sender_is_no_loss() {
        let mut meter = Reception::default();
        feed(&mut meter, (0..50).chain(20_000..20_050));
        assert_eq!(meter.quality(0).lost, 0);
    }

    #[test]
    fn a_new_ssrc_keeps_what_was_lost_before() {
        let mut meter = Reception::default();
        feed(&mut meter, [1, 2, 3, 5, 6]);
        for sequence in [900, 901, 903] {
            meter.receive(&Header { ssrc: 8, ..packet(sequence, 0) }, true, Mono::ZERO);
        }
        assert_eq!(meter.quality(0).lost, 2);
    }

    #[test]
    fn jitter_follows_the_spread_of_arrivals() {
        let mut even = Reception::default();
        let mut uneven = Reception::default();
        for n in 0..500u32 {
            let at = Mono(Duration::from_millis(20 * u64::from(n)));
            even.receive(&packet(n as u16, 160 * n), true, at);
            uneven.receive(&packet(n as u16, 160 * n), true, at + Duration::from_millis(u64::from(n % 2) * 10));
        }
        assert_eq!(even.quality(0).jitter_ms, 0.0);
        // Every difference is 10 ms, so the estimate settles there.
        assert!((uneven.quality(0).jitter_ms - 10.0).abs() < 0.5, "{:?}", uneven.quality(0));
    }
}
