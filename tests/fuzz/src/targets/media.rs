//! Packets and descriptions, as a whole switch takes them in a call.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a target that does not hold has failed")]

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base::{Boot, Id, LegId, Mono, NodeId, Now, Timestamp};
use media::{Fact, Opening, Order, Port, Source, Srtp, Switch, SwitchConfig};

/// Inputs that one call takes before the next call begins.
const CALL: u32 = 2_000;
const PEER: &str = "127.0.0.2:4000";

/// Two SIP legs that hear each other and a browser that has not come up.
struct Call {
    switch: Switch,
    now: Now,
    taken: u32,
    relayed: u32,
}

thread_local! {
    static CALLING: RefCell<Option<Call>> = const { RefCell::new(None) };
}

fn leg(n: u64) -> LegId {
    Id::new(NodeId(1), Boot(1), n)
}

fn at(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

fn description(address: &str, format: u8) -> Vec<u8> {
    let address = at(address);
    format!(
        "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {format} 101\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=rtcp-mux\r\n",
        ip = address.ip(),
        port = address.port()
    )
    .into_bytes()
}

impl Call {
    fn new() -> Self {
        let config = SwitchConfig {
            browser_local: vec![at("127.0.0.1:20000")],
            seed: 1,
            secret: [7; 32],
            origin: Instant::now(),
        };
        let now = Now { mono: Mono(Duration::from_secs(100)), utc: Timestamp::UNIX_EPOCH };
        let mut call = Call { switch: Switch::new(config), now, taken: 0, relayed: 0 };
        for (n, address, format) in [(1, PEER, 8), (2, "127.0.0.3:5000", 0)] {
            let local = at(&format!("127.0.0.1:{}", 10_000 + 2 * n));
            let offer = description(address, format);
            call.open(n, Opening::AnswerRtp { port: Port(n as u32), local, offer, srtp: Srtp::Off });
        }
        for (a, b) in [(1, 2), (2, 1)] {
            call.order(Order::Hear { leg: leg(a), sources: vec![Source::Leg(leg(b))] });
        }
        call.order(Order::Watch { leg: leg(1), on: true });
        let offer = include_bytes!("../../../../crates/media/tests/data/chromium_offer.sdp").to_vec();
        call.open(3, Opening::Browser { offer });
        call.facts();
        call
    }

    fn open(&mut self, n: u64, opening: Opening) {
        self.order(Order::Open { leg: leg(n), opening });
    }

    fn order(&mut self, order: Order) {
        self.switch.order(order, self.now);
    }

    fn facts(&mut self) -> Vec<Fact> {
        std::iter::from_fn(|| self.switch.poll_fact()).collect()
    }

    /// A datagram of a peer; what goes to the other one is a clean header and something behind it.
    fn packet(&mut self, port: Port, rtcp: bool, from: SocketAddr, bytes: &[u8]) {
        let mut buf = [0; 4096];
        let Some(room) = buf.get_mut(..bytes.len()) else { return };
        room.copy_from_slice(bytes);
        let relayed = &mut self.relayed;
        self.switch.packet(port, rtcp, from, &mut buf, bytes.len(), self.now, &mut |sent| {
            assert_ne!(sent.port, Port::BROWSER, "nobody without the password gets an answer");
            if sent.port == Port(2) && !sent.rtcp {
                *relayed += 1;
                assert!(sent.bytes.first() == Some(&0x80) && sent.bytes.len() > 12, "what is relayed is clean");
            }
        });
        self.now = self.now.after(Duration::from_millis(1));
        self.switch.handle_timeout(self.now, &mut |_| {});
        assert!(self.facts().iter().all(|fact| !matches!(fact, Fact::BrowserUp { .. })));
        assert_eq!(self.switch.legs(), 3, "a call stands whatever comes");
    }
}

fn with(take: impl FnOnce(&mut Call)) {
    CALLING.with_borrow_mut(|calling| {
        let call = calling.get_or_insert_with(Call::new);
        take(call);
        call.taken += 1;
        if call.taken >= CALL || call.now.mono > Mono(Duration::from_secs(110)) {
            *calling = None;
        }
    });
}

/// RTP, and what comes in its place.
pub(super) fn rtp(input: &[u8]) {
    with(|call| call.packet(Port(1), false, at(PEER), input));
}

/// RTCP, on its own port and muxed.
pub(super) fn rtcp(input: &[u8]) {
    with(|call| {
        call.packet(Port(1), true, at("127.0.0.2:4001"), input);
        call.packet(Port(1), false, at(PEER), input);
    });
}

/// STUN, DTLS and all else at the browsers' port.
pub(super) fn stun(input: &[u8]) {
    with(|call| {
        let from = SocketAddr::from(([127, 0, 0, 1], 1024 + (call.taken % 60_000) as u16));
        call.packet(Port::BROWSER, false, from, input);
    });
}

/// Descriptions: as an offer, an answer, a new offer, and a browser's.
pub(super) fn sdp(input: &[u8]) {
    with(|call| {
        for srtp in [Srtp::Off, Srtp::Offered, Srtp::Required] {
            let local = at("127.0.0.1:10010");
            call.open(5, Opening::AnswerRtp { port: Port(5), local, offer: input.to_vec(), srtp });
            call.order(Order::Reoffer { leg: leg(5), sdp: Some(input.to_vec()) });
            call.order(Order::Reoffer { leg: leg(5), sdp: None });
            call.order(Order::Close { leg: leg(5) });
            call.open(5, Opening::OfferRtp { port: Port(5), local, srtp });
            call.order(Order::AcceptAnswer { leg: leg(5), sdp: input.to_vec() });
            call.order(Order::Close { leg: leg(5) });
        }
        if input.windows(3).any(|three| three == b"TLS") {
            call.open(6, Opening::Browser { offer: input.to_vec() });
            call.order(Order::Close { leg: leg(6) });
        }
        for fact in call.facts() {
            if let Fact::Opened { sdp, .. } | Fact::Offering { sdp, .. } | Fact::Reanswered { sdp, .. } = fact {
                assert!(sdp.is_empty() || sdp.starts_with(b"v=0\r\n"), "what we write is a description");
            }
        }
        assert_eq!(call.switch.legs(), 3);
    });
}
