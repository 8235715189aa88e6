//! A switch on virtual time, with what it sends kept for looking at.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "rtc counts in Instants; their origin does not matter"
)]

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{Boot, Id, LegId, Mono, NodeId, Now, PlayId, Timestamp};
use media::{Fact, Opening, Order, Port, PromptLibrary, Quality, Source, Switch, SwitchConfig, Transmit};

pub(crate) struct Lab {
    pub(crate) switch: Switch,
    pub(crate) now: Now,
    pub(crate) origin: Instant,
    pub(crate) sent: Vec<Sent>,
    pub(crate) buf: Vec<u8>,
    pub(crate) wakes: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: Mono,
    pub(crate) port: Port,
    pub(crate) rtcp: bool,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// What a SIP peer sends, packet after packet.
#[derive(Clone, Debug)]
pub(crate) struct Talker {
    pub(crate) port: Port,
    pub(crate) from: SocketAddr,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
}

pub(crate) fn leg(n: u64) -> LegId {
    Id::new(NodeId(1), Boot(1), n)
}

pub(crate) fn play(n: u64) -> PlayId {
    Id::new(NodeId(1), Boot(1), n)
}

pub(crate) fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

/// A carrier's description: `formats` as in `0 8 101`, `extra` lines at the end.
pub(crate) fn sdp(address: &str, formats: &str, extra: &str) -> Vec<u8> {
    let address = at(address);
    let family = if address.is_ipv4() { "IP4" } else { "IP6" };
    let events = if formats.split(' ').any(|format| format == "101") {
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    } else {
        ""
    };
    format!(
        "v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n{events}{extra}",
        ip = address.ip(),
        port = address.port()
    )
    .into_bytes()
}

impl Default for Lab {
    fn default() -> Self {
        Lab::seeded(1)
    }
}

impl Lab {
    pub(crate) fn seeded(seed: u64) -> Self {
        let origin = Instant::now();
        let config = SwitchConfig {
            browser_local: vec![at("127.0.0.1:20000"), at("[::1]:20000")],
            seed,
            secret: [7; 32],
            origin,
        };
        let now = Now { mono: Mono(Duration::from_secs(100)), utc: Timestamp::UNIX_EPOCH };
        Lab { switch: Switch::new(config), now, origin, sent: Vec::new(), buf: vec![0; 2048], wakes: 0 }
    }

    pub(crate) fn with_library(mut self, prompts: &[(&str, Vec<u8>)], music: &[(&str, Vec<u8>)]) -> Self {
        let shelf = |sounds: &[(&str, Vec<u8>)]| {
            sounds.iter().map(|(name, samples)| ((*name).to_owned(), samples.clone().into())).collect()
        };
        self.order(Order::Library(Arc::new(PromptLibrary { prompts: shelf(prompts), music: shelf(music) })));
        self
    }

    pub(crate) fn order(&mut self, order: Order) {
        self.switch.order(order, self.now);
    }

    pub(crate) fn facts(&mut self) -> Vec<Fact> {
        std::iter::from_fn(|| self.switch.poll_fact()).collect()
    }

    /// Opens a SIP leg whose offer lists `formats`, with RTP from and to `address`; yields our answer.
    pub(crate) fn open(&mut self, n: u64, address: &str, formats: &str) -> String {
        let local = at(&format!("127.0.0.1:{}", 10_000 + 2 * n));
        self.order(Order::Open {
            leg: leg(n),
            opening: Opening::AnswerRtp {
                port: Port(n as u32),
                local,
                offer: sdp(address, formats, ""),
                srtp: media::Srtp::Off,
            },
        });
        match self.facts().as_slice() {
            [Fact::Opened { leg: opened, sdp }] if *opened == leg(n) => String::from_utf8(sdp.clone()).unwrap(),
            other => panic!("not opened: {other:?}"),
        }
    }

    /// Each of the two hears the other.
    pub(crate) fn bridge(&mut self, a: u64, b: u64) {
        self.order(Order::Hear { leg: leg(a), sources: vec![Source::Leg(leg(b))] });
        self.order(Order::Hear { leg: leg(b), sources: vec![Source::Leg(leg(a))] });
    }

    pub(crate) fn packet(&mut self, port: Port, rtcp: bool, from: SocketAddr, bytes: &[u8]) {
        self.buf[..bytes.len()].copy_from_slice(bytes);
        let (sent, now) = (&mut self.sent, self.now);
        let mut transmit = |it: Transmit<'_>| sent.push(Sent::of(&it, now.mono));
        self.switch.packet(port, rtcp, from, &mut self.buf, bytes.len(), now, &mut transmit);
    }

    /// One packet of voice from a SIP peer.
    pub(crate) fn voice(&mut self, talker: &mut Talker, payload: &[u8]) {
        let packet = talker.packet(talker.payload_type, false, payload);
        talker.timestamp = talker.timestamp.wrapping_add(payload.len() as u32);
        self.packet(talker.port, false, talker.from, &packet);
    }

    /// Wakes the switch once, now.
    pub(crate) fn wake(&mut self) {
        self.wakes += 1;
        let (sent, now) = (&mut self.sent, self.now);
        self.switch.handle_timeout(now, &mut |it| sent.push(Sent::of(&it, now.mono)));
    }

    /// Lets time pass, waking the switch exactly when it asks.
    pub(crate) fn pass(&mut self, span: Duration) {
        let end = self.now.mono + span;
        while let Some(due) = self.switch.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.after(due - self.now.mono);
            self.wake();
        }
        self.now = self.now.after(end - self.now.mono);
    }

    pub(crate) fn ms(&mut self, ms: u64) {
        self.pass(Duration::from_millis(ms));
    }

    /// Takes the RTP that was sent from a port.
    pub(crate) fn take(&mut self, n: u64) -> Vec<Packet> {
        let (mine, rest) =
            std::mem::take(&mut self.sent).into_iter().partition(|sent| sent.port == Port(n as u32) && !sent.rtcp);
        self.sent = rest;
        let mine: Vec<Sent> = mine;
        mine.iter().map(Packet::of).collect()
    }

    /// Takes the RTP that was sent from a port, but for packets of A-law silence.
    pub(crate) fn take_voice(&mut self, n: u64) -> Vec<Packet> {
        self.take(n).into_iter().filter(|packet| packet.payload != [0xD5; 160]).collect()
    }

    pub(crate) fn close(&mut self, n: u64) -> Quality {
        self.order(Order::Close { leg: leg(n) });
        match self.facts().pop() {
            Some(Fact::Measured { leg: closed, quality }) if closed == leg(n) => quality,
            other => panic!("not measured: {other:?}"),
        }
    }
}

impl Sent {
    fn of(it: &Transmit<'_>, at: Mono) -> Self {
        Sent { at, port: it.port, rtcp: it.rtcp, to: it.to, bytes: it.bytes.to_vec() }
    }
}

impl Talker {
    pub(crate) fn new(n: u64, from: &str, payload_type: u8) -> Self {
        let ssrc = 0xABCD_0000 + n as u32;
        Talker { port: Port(n as u32), from: at(from), payload_type, sequence: 65_530, timestamp: 1_000_000, ssrc }
    }

    pub(crate) fn packet(&mut self, payload_type: u8, marker: bool, payload: &[u8]) -> Vec<u8> {
        let packet = raw(0x80, payload_type, marker, self.sequence, self.timestamp, self.ssrc, payload);
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }

    /// One press of a key as it is sent: five packets of 20 ms, the last of them and two more with the end bit.
    pub(crate) fn press(&mut self, code: u8) -> Vec<Vec<u8>> {
        let packets = (1..=7u16)
            .map(|n| {
                let [high, low] = (160 * n.min(5)).to_be_bytes();
                self.packet(101, n == 1, &[code, if n >= 5 { 0x8A } else { 0x0A }, high, low])
            })
            .collect();
        self.timestamp = self.timestamp.wrapping_add(1600);
        packets
    }
}

pub(crate) fn raw(
    first: u8,
    payload_type: u8,
    marker: bool,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    rest: &[u8],
) -> Vec<u8> {
    let mut packet = vec![first, u8::from(marker) << 7 | payload_type];
    packet.extend(sequence.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(rest);
    packet
}

/// RTP as it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) at: Mono,
    pub(crate) to: SocketAddr,
    pub(crate) first: u8,
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Vec<u8>,
}

impl Packet {
    fn of(sent: &Sent) -> Self {
        let bytes = &sent.bytes;
        let number = |range: Range<usize>| bytes[range].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        Packet {
            at: sent.at,
            to: sent.to,
            first: bytes[0],
            marker: bytes[1] & 0x80 != 0,
            payload_type: bytes[1] & 0x7F,
            sequence: number(2..4) as u16,
            timestamp: number(4..8),
            ssrc: number(8..12),
            payload: bytes[12..].to_vec(),
        }
    }
}

/// One SSRC, one sequence without a hole, time that goes on by what was sent.
pub(crate) fn assert_seamless(packets: &[Packet]) {
    for pair in packets.windows(2) {
        assert_eq!(pair[1].ssrc, pair[0].ssrc);
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160), "after {:?}", pair[0].at);
    }
}
