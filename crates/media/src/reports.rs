//! What a leg and its peer tell each other about the packets between them: RTCP every 5 s, and what follows from it.

use std::time::Duration;

use base::{Mono, Now};

use crate::io::Quality;
use crate::mos::Way;
use crate::outbound::Outbound;
use crate::quality::Reception;
use crate::rtcp::{self, FarBlock, LastReport};

/// Our reports that the peer may still answer.
const REMEMBERED: usize = 4;
/// A round trip that takes longer is a report that says nothing.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(10);

/// The reports of one leg.
#[derive(Debug)]
pub(crate) struct Reports {
    due: Mono,
    sent_before: u64,
    heard: Option<LastReport>,
    /// When our sender reports left, by their time as the peer repeats it (RFC 3550 §6.4.1, LSR).
    left: [Option<(u32, Mono)>; REMEMBERED],
    next: usize,
    far: Option<Far>,
    /// Sum and number of round trips.
    round_trips: (Duration, u32),
}

/// What the peer said last of what it received.
#[derive(Clone, Copy, Debug)]
struct Far {
    lost: u64,
    jitter_ms: f32,
}

impl Reports {
    pub(crate) fn new(now: Mono) -> Self {
        Reports {
            due: now + rtcp::INTERVAL,
            sent_before: 0,
            heard: None,
            left: [None; REMEMBERED],
            next: 0,
            far: None,
            round_trips: (Duration::ZERO, 0),
        }
    }

    /// When the next report is due.
    pub(crate) fn due(&self) -> Mono {
        self.due
    }

    /// Writes the report that is due: what was sent and received.
    pub(crate) fn write(
        &mut self,
        out: &Outbound,
        reception: &mut Reception,
        now: Now,
        buf: &mut [u8],
    ) -> Option<usize> {
        self.due = now.mono + rtcp::INTERVAL;
        let spoke = out.sent > std::mem::replace(&mut self.sent_before, out.sent);
        if spoke {
            self.left[self.next % REMEMBERED] = Some((rtcp::ntp_middle(now.utc), now.mono));
            self.next = (self.next + 1) % REMEMBERED;
        }
        rtcp::write(out, spoke, reception.report(), self.heard, now, buf)
    }

    /// Reads a report from the peer; of what it says of others nothing is taken.
    pub(crate) fn read(&mut self, packet: &[u8], out: &Outbound, now: Mono) {
        let read = rtcp::read(packet, out.ssrc, now);
        self.heard = read.heard.or(self.heard);
        if let Some(block) = read.of_us {
            // Nobody can have lost more than there was.
            let lost = u64::from(block.lost).min(out.sent);
            self.far = Some(Far { lost, jitter_ms: rtcp::milliseconds(block.jitter) });
            if let Some(round_trip) = self.round_trip(&block, now) {
                self.round_trips.0 += round_trip;
                self.round_trips.1 += 1;
            }
        }
    }

    /// RFC 3550 §6.4.1: from our report to theirs, less the time that they kept it. Only what answers a report of ours is believed.
    fn round_trip(&self, block: &FarBlock, now: Mono) -> Option<Duration> {
        let (_, left) = self.left.iter().flatten().find(|(ntp, _)| *ntp == block.last_report)?;
        let kept = Duration::from_secs_f64(f64::from(block.delay) / 65_536.0);
        now.since(*left).checked_sub(kept).filter(|it| *it <= MAX_ROUND_TRIP)
    }

    /// The leg's meter, with what the peer told, and how either way sounded.
    pub(crate) fn complete(&self, meter: Quality) -> Quality {
        let (sum, count) = self.round_trips;
        let rtt_ms = (count > 0).then(|| sum.as_secs_f32() * 1000.0 / count as f32);
        let way = |lost: u64, of: u64, jitter_ms| Way {
            loss: lost as f32 / of.max(1) as f32,
            jitter_ms,
            rtt_ms: rtt_ms.unwrap_or(0.0),
        };
        let near = way(meter.lost, meter.received + meter.lost, meter.jitter_ms);
        let far = self.far.map(|far| way(far.lost, meter.sent, far.jitter_ms).mos());
        Quality {
            rtt_ms,
            mos: (meter.received > 0).then(|| near.mos()),
            far_lost: self.far.map(|far| far.lost),
            far_jitter_ms: self.far.map(|far| far.jitter_ms),
            far_mos: far,
            ..meter
        }
    }
}
