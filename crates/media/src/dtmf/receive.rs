use super::{Event, key};
use crate::rtp::Header;

/// How far back in time an event still counts as one that came late: 10 s of samples.
const LATE: u32 = 80_000;

/// What a packet is to the key that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// Its first that arrives.
    Begins(char),
    /// One more of it.
    GoesOn,
    /// One that came late, of a key before.
    Past,
}

/// Tells each key once, at its first packet that arrives: whichever of begin, updates and the three ends are lost or doubled.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    ssrc: u32,
    timestamp: u32,
    event: Event,
}

impl Listener {
    /// A packet of the negotiated telephone-event payload type. All packets of one event share its timestamp (RFC 4733 §2.2.1).
    pub(crate) fn hear(&mut self, header: &Header, payload: &[u8]) -> Option<Press> {
        let event = Event::read(payload)?;
        let key = key(event.code)?;
        let told = self.last.as_ref().is_some_and(|last| last.covers(header, event));
        if self.last.as_ref().is_some_and(|last| last.is_later_than(header)) {
            return Some(Press::Past);
        }
        self.last = Some(Last { ssrc: header.ssrc, timestamp: header.timestamp, event });
        Some(if told { Press::GoesOn } else { Press::Begins(key) })
    }
}

impl Last {
    /// Whether the packet belongs to the event that was already told.
    fn covers(&self, header: &Header, event: Event) -> bool {
        if self.ssrc != header.ssrc || self.event.code != event.code {
            return false;
        }
        // RFC 4733 §2.5.1.3: an event too long for the duration field goes on in a segment that begins where the last one stopped.
        let continued = !self.event.end
            && !header.marker
            && header.timestamp == self.timestamp.wrapping_add(u32::from(self.event.duration))
            && self.event.duration > 0;
        self.timestamp == header.timestamp || continued
    }

    /// Whether the packet is of an earlier event and came late.
    fn is_later_than(&self, header: &Header) -> bool {
        let behind = self.timestamp.wrapping_sub(header.timestamp);
        self.ssrc == header.ssrc && (1..=LATE).contains(&behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One press as it is sent: begin, updates, three ends; then only those packets that `keep` lets through.
    fn press(code: u8, timestamp: u32, keep: impl Fn(usize) -> bool) -> Vec<(Header, [u8; 4])> {
        let packet = |n: usize| {
            let header = Header { marker: n == 0, payload_type: 101, sequence: n as u16, timestamp, ssrc: 1 };
            (header, Event { code, end: n >= 5, duration: 160 * (n.min(5) as u16 + 1) }.bytes())
        };
        (0..8).filter(|n| keep(*n)).map(packet).collect()
    }

    fn begun(press: Option<Press>) -> Option<char> {
        if let Some(Press::Begins(key)) = press { Some(key) } else { None }
    }

    fn hear(packets: Vec<(Header, [u8; 4])>) -> String {
        let mut listener = Listener::default();
        packets.iter().filter_map(|(header, payload)| begun(listener.hear(header, payload))).collect()
    }

    #[test]
    fn once_whatever_is_lost_and_however_often_it_is_doubled() {
        for lost in 0..255u8 {
            let packets = press(5, 1000, |n| lost & (1 << n) == 0);
            let doubled = packets.iter().flat_map(|packet| [*packet, *packet]).collect();
            assert_eq!((hear(packets), hear(doubled)), ("5".to_owned(), "5".to_owned()), "lost {lost:#b}");
        }
    }

    #[test]
    fn the_same_key_twice_is_two() {
        let twice = [press(1, 1000, |_| true), press(1, 3000, |_| true)].concat();
        assert_eq!(hear(twice), "11");
        let ends_and_begin_lost = [press(1, 1000, |n| n < 5), press(1, 3000, |n| n > 0)].concat();
        assert_eq!(hear(ends_and_begin_lost), "11");
    }

    #[test]
    fn an_end_that_comes_after_the_next_key_is_not_a_third() {
        let mut packets = [press(1, 1000, |_| true), press(2, 3000, |_| true)].concat();
        packets.swap(7, 8);
        assert_eq!(hear(packets), "12");
    }

    #[test]
    fn a_key_held_for_long_is_one() {
        let mut listener = Listener::default();
        let header = |timestamp| Header { marker: false, payload_type: 101, sequence: 0, timestamp, ssrc: 1 };
        let long = Event { code: 9, end: false, duration: u16::MAX };
        assert_eq!(listener.hear(&header(0), &long.bytes()), Some(Press::Begins('9')));
        let goes_on = Some(Press::GoesOn);
        assert_eq!(listener.hear(&header(65_535), &Event { duration: 160, ..long }.bytes()), goes_on);
        assert_eq!(listener.hear(&header(65_535), &Event { duration: 320, end: true, ..long }.bytes()), goes_on);
    }

    #[test]
    fn a_new_source_may_begin_anywhere_in_time() {
        let mut listener = Listener::default();
        let event = Event { code: 11, end: false, duration: 160 }.bytes();
        let header = Header { marker: true, payload_type: 101, sequence: 0, timestamp: 90_000, ssrc: 1 };
        assert_eq!(listener.hear(&header, &event), Some(Press::Begins('#')));
        assert_eq!(listener.hear(&Header { ssrc: 2, timestamp: 50_000, ..header }, &event), Some(Press::Begins('#')));
    }

    #[test]
    fn flash_and_short_packets_are_no_keys() {
        let header = Header { marker: true, payload_type: 101, sequence: 0, timestamp: 0, ssrc: 1 };
        let mut listener = Listener::default();
        assert_eq!(listener.hear(&header, &[16, 0, 0, 160]), None);
        assert_eq!(listener.hear(&header, &[1, 0, 0]), None);
    }
}
