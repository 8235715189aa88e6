//! Sender and receiver reports of RTP legs (RFC 3550 §6.4), every 5 s.

use std::time::Duration;

use base::{Mono, Timestamp};
use rtcp_types::prelude::*;
use rtcp_types::{
    Compound, Packet, ReceiverReport, ReportBlock, ReportBlockBuilder, Sdes, SdesChunk, SdesItem, SenderReport,
};

use crate::outbound::Outbound;
use crate::quality::Block;

/// How often we report (RFC 3550 §6.2).
pub(crate) const INTERVAL: Duration = Duration::from_secs(5);

/// The last sender report of the peer, for the round trip that it measures (RFC 3550 §6.4.1, LSR and DLSR).
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastReport {
    ntp_middle: u32,
    at: Mono,
}

/// What the peer says of what it received from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FarBlock {
    pub(crate) lost: u32,
    /// In samples.
    pub(crate) jitter: u32,
    /// LSR and DLSR: our report that it answers, and how long it kept that, in 1/65,536 s.
    pub(crate) last_report: u32,
    pub(crate) delay: u32,
}

/// What a compound packet says that matters to us.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Read {
    pub(crate) heard: Option<LastReport>,
    pub(crate) of_us: Option<FarBlock>,
}

/// Reads what the peer reports: its time, and what it received of our `ssrc`.
pub(crate) fn read(packet: &[u8], ssrc: u32, now: Mono) -> Read {
    let mut read = Read::default();
    let Ok(compound) = Compound::parse(packet) else { return read };
    for packet in compound.filter_map(Result::ok) {
        match packet {
            Packet::Sr(report) => {
                read.heard = Some(LastReport { ntp_middle: (report.ntp_timestamp() >> 16) as u32, at: now });
                read.of_us = far_block(report.report_blocks(), ssrc).or(read.of_us);
            }
            Packet::Rr(report) => read.of_us = far_block(report.report_blocks(), ssrc).or(read.of_us),
            Packet::App(_)
            | Packet::Bye(_)
            | Packet::Sdes(_)
            | Packet::TransportFeedback(_)
            | Packet::PayloadFeedback(_)
            | Packet::Xr(_)
            | Packet::Unknown(_) => {}
        }
    }
    read
}

fn far_block<'a>(mut blocks: impl Iterator<Item = ReportBlock<'a>>, ssrc: u32) -> Option<FarBlock> {
    let block = blocks.find(|block| block.ssrc() == ssrc)?;
    // 24 bits with a sign (RFC 3550 §6.4.1): doubled packets make it negative, and then nothing is missing.
    let lost = block.cumulative_lost();
    Some(FarBlock {
        lost: if lost > 0x7F_FFFF { 0 } else { lost },
        jitter: block.interarrival_jitter(),
        last_report: block.last_sender_report_timestamp(),
        delay: block.delay_since_last_sender_report_timestamp(),
    })
}

/// Samples of 8 kHz as milliseconds.
pub(crate) fn milliseconds(samples: u32) -> f32 {
    samples as f32 / 8.0
}

/// The middle of an NTP time, as LSR repeats it.
pub(crate) fn ntp_middle(utc: Timestamp) -> u32 {
    (ntp(utc) >> 16) as u32
}

/// Writes a compound packet: SR if something was sent since the last one, else RR; then the CNAME.
pub(crate) fn write(
    out: &Outbound,
    spoke: bool,
    block: Option<Block>,
    heard: Option<LastReport>,
    now: base::Now,
    buf: &mut [u8],
) -> Option<usize> {
    let blocks = block.map(|block| report_block(block, heard, now.mono));
    // RFC 7022 §4.2 asks for a name that says nothing about the machine; the SSRC is as random as we have.
    let cname = format!("{:08x}", out.ssrc);
    let name =
        Sdes::builder().add_chunk(SdesChunk::builder(out.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, &cname)));
    let compound = if spoke {
        let report = SenderReport::builder(out.ssrc)
            .ntp_timestamp(ntp(now.utc))
            .rtp_timestamp(out.rtp_time(now.mono))
            .packet_count(out.sent as u32)
            .octet_count(out.octets as u32);
        Compound::builder().add_packet(blocks.into_iter().fold(report, |report, block| report.add_report_block(block)))
    } else {
        let report = ReceiverReport::builder(out.ssrc);
        Compound::builder().add_packet(blocks.into_iter().fold(report, |report, block| report.add_report_block(block)))
    };
    compound.add_packet(name).write_into(buf).ok()
}

fn report_block(block: Block, heard: Option<LastReport>, now: Mono) -> ReportBlockBuilder {
    let report = ReportBlock::builder(block.ssrc)
        .fraction_lost(block.fraction_lost)
        .cumulative_lost(block.cumulative_lost)
        .extended_sequence_number(block.extended_sequence)
        .interarrival_jitter(block.jitter);
    match heard {
        Some(last) => report
            .last_sender_report_timestamp(last.ntp_middle)
            .delay_since_last_sender_report_timestamp(((now - last.at).as_secs_f64() * 65_536.0) as u32),
        None => report,
    }
}

/// NTP's 64 bits: seconds since 1900 and their fraction (RFC 3550 §4).
fn ntp(utc: Timestamp) -> u64 {
    const SECONDS_1900_TO_1970: u64 = 2_208_988_800;
    let seconds = (utc.as_second().unsigned_abs()).wrapping_add(SECONDS_1900_TO_1970);
    let nanos = utc.subsec_nanosecond().unsigned_abs();
    (seconds << 32) | ((u64::from(nanos) << 32) / 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn reports_say_what_was_sent_and_received() {
        let now = base::Now { mono: Mono(Duration::from_secs(8)), utc: Timestamp::UNIX_EPOCH };
        let mut out = Outbound::new(&mut Random::new(1), now.mono);
        (out.sent, out.octets) = (50, 8_000);
        let block = Block { ssrc: 9, fraction_lost: 64, cumulative_lost: 3, extended_sequence: 70_000, jitter: 12 };
        let heard = LastReport { ntp_middle: 0xAABB_CCDD, at: Mono(Duration::from_secs(6)) };
        let mut buf = [0; 200];
        let len = write(&out, true, Some(block), Some(heard), now, &mut buf).unwrap();
        let mut compound = Compound::parse(&buf[..len]).unwrap();
        let Some(Ok(Packet::Sr(report))) = compound.next() else { panic!("a sender report first") };
        assert_eq!((report.packet_count(), report.octet_count()), (50, 8_000));
        assert_eq!(report.ntp_timestamp() >> 32, 2_208_988_800);
        let told = report.report_blocks().next().unwrap();
        assert_eq!((told.ssrc(), told.cumulative_lost(), told.interarrival_jitter()), (9, 3, 12));
        assert_eq!(told.last_sender_report_timestamp(), 0xAABB_CCDD);
        assert_eq!(told.delay_since_last_sender_report_timestamp(), 2 << 16);
        let told = read(&buf[..len], 9, now.mono);
        assert_eq!(told.heard.unwrap().ntp_middle, 0x7E80_0000);
        assert_eq!(told.of_us, Some(FarBlock { lost: 3, jitter: 12, last_report: 0xAABB_CCDD, delay: 2 << 16 }));
        assert_eq!(read(&buf[..len], 8, now.mono).of_us, None, "of another stream");
    }
}
