use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::Range;

use base::{Mono, Now};

use super::{Switch, Transmit};
use crate::codec;
use crate::io::{Fact, Port};
use crate::leg::{End, Heard, Kind, Leg, flush};
use crate::rtp::{self, Header, MAX_PACKET};
use crate::webrtc::PeerState;

impl Switch {
    /// Takes in a packet that came on `port`, on its RTCP neighbour if `rtcp`. `buf` is the whole receive buffer, `len` what of it was
    /// received; it is patched in place, and what must be sent because of it is handed to `transmit`.
    #[expect(
        clippy::too_many_arguments,
        reason = "the packet path hands over nothing that would have to be built first"
    )]
    pub fn packet(
        &mut self,
        port: Port,
        rtcp: bool,
        from: SocketAddr,
        buf: &mut [u8],
        len: usize,
        now: Now,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        if len > MAX_PACKET || len > buf.len() {
            return;
        }
        if port == Port::BROWSER {
            self.from_browser(from, buf, len, now, transmit);
        } else if let Some(slot) = self.ports.get(port.0 as usize).copied().flatten() {
            self.from_rtp(slot, rtcp, from, buf, len, now.mono, transmit);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "as above")]
    fn from_rtp(
        &mut self,
        slot: usize,
        rtcp: bool,
        from: SocketAddr,
        buf: &mut [u8],
        len: usize,
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let Some(datagram) = buf.get(..len) else { return };
        let Some(leg) = self.leg(slot) else { return };
        let End::Rtp(end) = &mut leg.end else { return };
        if rtcp || (end.is_muxed() && rtp::is_rtcp(datagram)) {
            end.read_report(from, datagram, now);
            return;
        }
        let Some((header, payload)) = rtp::read(datagram) else { return };
        let Some(kind) = leg.kind(header.payload_type) else { return };
        let End::Rtp(end) = &mut leg.end else { return };
        if end.admit(from, now) {
            self.heard(slot, &header, kind, buf, &payload, now, transmit);
        }
    }

    fn from_browser(
        &mut self,
        from: SocketAddr,
        buf: &mut [u8],
        len: usize,
        now: Now,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let Some(datagram) = buf.get(..len) else { return };
        let Some(slot) = self.mux.find(from, datagram) else { return };
        let Some(peer) = self.peer(slot) else { return };
        peer.read(from, datagram, now.mono);
        let mut answered = false;
        while let Some(to) =
            peer.next_datagram(|to, bytes| transmit(Transmit { port: Port::BROWSER, rtcp: false, to, bytes }))
        {
            answered |= to == from;
        }
        if peer.proves(datagram, answered, now.mono) {
            self.mux.learn(from, slot);
        }
        while let Some(read) = self.peer(slot).and_then(|peer| peer.next_voice(buf, now.mono)) {
            let Some((header, payload)) = read else { continue };
            if let Some(kind) = self.leg(slot).and_then(|leg| leg.kind(header.payload_type)) {
                self.heard(slot, &header, kind, buf, &payload, now.mono, transmit);
            }
        }
        self.settle(slot, now, transmit);
        if let Some(due) = self.peer(slot).and_then(|peer| peer.due()) {
            self.agenda.set_earlier(slot, due.max(now.mono));
        }
    }

    /// Tells when a browser came up or went.
    pub(super) fn settle(&mut self, slot: usize, now: Now, transmit: &mut dyn FnMut(Transmit<'_>)) {
        let Some(leg) = self.legs.get_mut(slot).and_then(Option::as_deref_mut) else { return };
        let End::Browser(peer) = &mut leg.end else { return };
        let changed = peer.settle(now.mono);
        flush(peer, transmit);
        match changed {
            Some(PeerState::Up) => {
                self.facts.push_back(Fact::BrowserUp { leg: leg.id });
                self.rearm(slot, now);
            }
            Some(PeerState::Down) => {
                self.facts.push_back(Fact::BrowserDown { leg: leg.id });
                self.mux.remove(slot);
                self.rearm(slot, now);
            }
            Some(PeerState::Connecting) | None => {}
        }
    }

    /// A packet that may be believed: counts it, tells keys and news, and relays it to all who hear this leg.
    #[expect(clippy::too_many_arguments, reason = "as above")]
    fn heard(
        &mut self,
        slot: usize,
        header: &Header,
        kind: Kind,
        buf: &mut [u8],
        payload: &Range<usize>,
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let Some(leg) = self.legs.get_mut(slot).and_then(Option::as_deref_mut) else { return };
        take_note(leg, header, kind, buf.get(payload.clone()).unwrap_or_default(), now, &mut self.facts);
        if leg.muted || payload.is_empty() {
            return;
        }
        match kind {
            Kind::Event => self.relay(slot, header, kind, buf, payload, now, transmit),
            Kind::Voice(law) => {
                self.relay(slot, header, kind, buf, payload, now, transmit);
                let other = if law == codec::Law::A { codec::Law::Mu } else { codec::Law::A };
                if self.is_heard_in(slot, other) {
                    codec::convert(law, other, buf.get_mut(payload.clone()).unwrap_or_default());
                    self.relay(slot, header, Kind::Voice(other), buf, payload, now, transmit);
                }
            }
        }
    }

    fn is_heard_in(&self, slot: usize, law: codec::Law) -> bool {
        let Some(Some(leg)) = self.legs.get(slot) else { return false };
        leg.hearers.iter().any(|hearer| {
            self.legs.get(*hearer).and_then(Option::as_deref).is_some_and(|hearer| hearer.formats.law == law)
        })
    }

    /// Passes the packet to those of the leg's hearers who take it as it lies in the buffer.
    #[expect(clippy::too_many_arguments, reason = "as above")]
    fn relay(
        &mut self,
        slot: usize,
        header: &Header,
        kind: Kind,
        buf: &mut [u8],
        payload: &Range<usize>,
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let mut index = 0;
        while let Some(hearer) = self.hearer(slot, index) {
            index += 1;
            let Some(leg) = self.leg(hearer) else { continue };
            if leg.heard != Heard::Leg(slot) || leg.is_spoken_to() || !leg.can_receive() {
                continue;
            }
            let (payload_type, voice) = match kind {
                Kind::Voice(law) if law == leg.formats.law => (Some(leg.formats.voice), true),
                Kind::Voice(_) => continue,
                Kind::Event => (leg.formats.event, false),
            };
            let Some(payload_type) = payload_type else {
                // Keys that it cannot take leave no hole in its sequence.
                leg.out.interrupt();
                continue;
            };
            if let Some(header) = leg.out.relay(slot, header, payload_type, voice, now) {
                leg.send(&header, buf, payload, now, transmit);
            }
        }
    }

    fn hearer(&self, slot: usize, index: usize) -> Option<usize> {
        self.legs.get(slot)?.as_deref()?.hearers.get(index).copied()
    }

    fn peer(&mut self, slot: usize) -> Option<&mut crate::webrtc::Peer> {
        match &mut self.leg(slot)?.end {
            End::Browser(peer) => Some(peer),
            End::Rtp(_) => None,
        }
    }
}

fn take_note(leg: &mut Leg, header: &Header, kind: Kind, payload: &[u8], now: Mono, facts: &mut VecDeque<Fact>) {
    leg.reception.receive(header, kind != Kind::Event, now);
    if leg.watch.packet(now) {
        facts.push_back(Fact::Flowing { leg: leg.id });
    }
    if kind == Kind::Event
        && let Some(digit) = leg.listener.hear(header, payload)
    {
        facts.push_back(Fact::Digit { leg: leg.id, digit });
    }
}
