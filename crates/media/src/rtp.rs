//! RTP packets as they lie in a buffer (RFC 3550 §5.1): read with rtp-rs, written in place in front of their payload.

use std::ops::Range;

use base::Mono;
use rtp_rs::RtpReader;

/// The fixed header; we never write more.
pub(crate) const HEADER: usize = 12;
/// Larger datagrams are not audio.
pub(crate) const MAX_PACKET: usize = 1500;
/// Samples in a packet of 20 ms.
pub(crate) const FRAME: usize = 160;

/// What a packet's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
}

/// Reads a packet; the range is its payload without padding. Header extensions and CSRCs are skipped and so never cross.
pub(crate) fn read(packet: &[u8]) -> Option<(Header, Range<usize>)> {
    let reader = RtpReader::new(packet).ok()?;
    let start = reader.payload_offset();
    // rtp-rs checks that padding ends within the packet, not that it leaves the header alone.
    let end = packet.len().checked_sub(usize::from(reader.padding().unwrap_or(0)))?;
    let header = Header {
        marker: reader.mark(),
        payload_type: reader.payload_type(),
        sequence: reader.sequence_number().into(),
        timestamp: reader.timestamp(),
        ssrc: reader.ssrc(),
    };
    (start <= end).then_some((header, start..end))
}

/// Writes the header right in front of `payload`, which begins at least 12 bytes into the buffer, and yields the whole packet.
pub(crate) fn write<'a>(header: &Header, buf: &'a mut [u8], payload: &Range<usize>) -> Option<&'a mut [u8]> {
    let packet = buf.get_mut(payload.start.checked_sub(HEADER)?..payload.end)?;
    let fixed = packet.first_chunk_mut::<HEADER>()?;
    fixed[0] = 0x80;
    fixed[1] = u8::from(header.marker) << 7 | header.payload_type & 0x7F;
    fixed[2..4].copy_from_slice(&header.sequence.to_be_bytes());
    fixed[4..8].copy_from_slice(&header.timestamp.to_be_bytes());
    fixed[8..12].copy_from_slice(&header.ssrc.to_be_bytes());
    Some(packet)
}

/// RTCP on the RTP port (RFC 5761 §4): packet types 192 to 223 lie where a marked payload type of 64 to 95 would.
pub(crate) fn is_rtcp(packet: &[u8]) -> bool {
    packet.get(1).is_some_and(|kind| (192..=223).contains(kind))
}

/// What is neither STUN nor DTLS on a shared port (RFC 7983 §7).
pub(crate) fn is_rtp_or_rtcp(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| (128..=191).contains(first))
}

/// 8 kHz samples in a span of time, wrapping as RTP timestamps do.
pub(crate) fn samples(later: Mono, earlier: Mono) -> u32 {
    const NANOS_PER_SAMPLE: u128 = 125_000;
    ((later - earlier).as_nanos() / NANOS_PER_SAMPLE) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_and_csrcs_and_padding_are_left_behind() {
        let mut packet = vec![0xB1, 0x88, 0, 7, 0, 0, 0, 160, 0, 0, 0, 1];
        packet.extend([9, 9, 9, 9]); // one CSRC
        packet.extend([0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0]); // an audio level
        packet.extend([1, 2, 3, 0, 2]); // payload and two bytes of padding
        let (header, payload) = read(&packet).unwrap();
        assert_eq!(packet[payload.clone()], [1, 2, 3]);
        assert_eq!(header, Header { marker: true, payload_type: 8, sequence: 7, timestamp: 160, ssrc: 1 });
        let written = write(&header, &mut packet, &payload).unwrap();
        assert_eq!(written, [0x80, 0x88, 0, 7, 0, 0, 0, 160, 0, 0, 0, 1, 1, 2, 3]);
    }

    #[test]
    fn what_is_no_rtp_is_refused() {
        for packet in [&[][..], &[0x80; 11], &[0x40; 20], &[0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]] {
            assert_eq!(read(packet), None, "{packet:?}");
        }
    }
}
