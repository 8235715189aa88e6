use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::Range;

use base::{Mono, Now};

use super::{Switch, Transmit};
use crate::codec::{self, Law};
use crate::dtmf::Press;
use crate::io::{DigitWay, Fact, Port};
use crate::leg::{End, Heard, Kind, Leg, flush};
use crate::rtp::{self, Header, MAX_PACKET};
use crate::webrtc::{Peer, PeerState};

/// A datagram, its bytes at the start of the receive buffer.
#[derive(Clone, Copy)]
struct Datagram {
    from: SocketAddr,
    rtcp: bool,
    len: usize,
}

/// A packet that may be believed, its payload somewhere in the receive buffer.
struct Heeded {
    header: Header,
    kind: Kind,
    payload: Range<usize>,
}

impl Switch {
    /// Takes in a packet that came on `port`, on its RTCP neighbour if `rtcp`. `buf` is the whole receive buffer, `len` what of it was
    /// received; it is patched in place, and what must be sent because of it is handed to `transmit`.
    #[expect(clippy::too_many_arguments, reason = "what recvfrom yields, as it is")]
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
        let datagram = Datagram { from, rtcp, len };
        if port == Port::BROWSER {
            self.take_browser(datagram, buf, now, transmit);
        } else if let Some(slot) = self.ports.get(port.0 as usize).copied().flatten() {
            self.take_rtp(slot, datagram, buf, now.mono, transmit);
        } else {
            self.rests.disturb(port, now.mono);
        }
    }

    fn take_rtp(
        &mut self,
        slot: usize,
        datagram: Datagram,
        buf: &mut [u8],
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let Some(leg) = self.leg(slot) else { return };
        let End::Rtp(end) = &mut leg.end else { return };
        let Some(bytes) = buf.get(..datagram.len) else { return };
        let is_report = datagram.rtcp || (end.is_muxed() && rtp::is_rtcp(bytes));
        let known = end.admits_report(datagram.from);
        if is_report && !known {
            return;
        }
        let opened = match &mut end.srtp {
            None => Some(datagram.len),
            Some(_) if !known => None,
            Some(srtp) if is_report => srtp.open_report(buf, datagram.len),
            Some(srtp) => srtp.open(buf, datagram.len),
        };
        let Some(bytes) = opened.and_then(|len| buf.get(..len)) else { return };
        if is_report {
            leg.watch.report(now);
            return leg.reports.read(bytes, &leg.out, now);
        }
        let Some((header, payload)) = rtp::read(bytes) else { return };
        let Some(kind) = leg.kind(header.payload_type) else { return };
        let End::Rtp(end) = &mut leg.end else { return };
        if end.admit(datagram.from, header.ssrc, now) {
            self.heed(slot, &Heeded { header, kind, payload }, buf, now, transmit);
        }
    }

    fn take_browser(&mut self, datagram: Datagram, buf: &mut [u8], now: Now, transmit: &mut dyn FnMut(Transmit<'_>)) {
        let Some(bytes) = buf.get(..datagram.len) else { return };
        let Some(slot) = self.mux.find(datagram.from, bytes) else { return };
        let Some(peer) = self.peer(slot) else { return };
        peer.read(datagram.from, bytes, now.mono);
        // Under voice ICE and DTLS stand still: nothing to answer, to settle or to wait for.
        if peer.state() == PeerState::Up && rtp::is_rtp_or_rtcp(bytes) {
            return self.hear_browser(slot, buf, now, transmit);
        }
        let mut answered = false;
        while let Some(to) =
            peer.next_datagram(|to, bytes| transmit(Transmit { port: Port::BROWSER, rtcp: false, to, bytes }))
        {
            answered |= to == datagram.from;
        }
        if peer.proves(bytes, answered, now.mono) {
            self.mux.learn(datagram.from, slot);
        }
        self.hear_browser(slot, buf, now, transmit);
        self.settle(slot, now, transmit);
        if let Some(due) = self.peer(slot).and_then(Peer::due) {
            self.agenda.set_earlier(slot, due.max(now.mono));
        }
    }

    /// Takes the packets that `rtc` has decrypted.
    fn hear_browser(&mut self, slot: usize, buf: &mut [u8], now: Now, transmit: &mut dyn FnMut(Transmit<'_>)) {
        while let Some(read) = self.peer(slot).and_then(|peer| peer.next_voice(buf, now.mono)) {
            let Some((header, payload)) = read else { continue };
            if let Some(kind) = self.leg(slot).and_then(|leg| leg.kind(header.payload_type)) {
                self.heed(slot, &Heeded { header, kind, payload }, buf, now.mono, transmit);
            }
        }
        if let Some(report) = self.peer(slot).and_then(Peer::take_report)
            && let Some(leg) = self.leg(slot)
        {
            leg.reports.read(&report, &leg.out, now.mono);
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

    /// Counts a packet, tells keys and news, and relays it to all who hear this leg.
    fn heed(
        &mut self,
        slot: usize,
        packet: &Heeded,
        buf: &mut [u8],
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let Some(leg) = self.legs.get_mut(slot).and_then(Option::as_deref_mut) else { return };
        let press = take_note(leg, packet, buf, now, &mut self.facts);
        if leg.muted || packet.payload.is_empty() {
            return;
        }
        if packet.kind == Kind::Comfort {
            return self.pause(slot);
        }
        self.relay(slot, packet, packet.kind, press, buf, now, transmit);
        if let Kind::Voice(law) = packet.kind {
            let other = law.other();
            if self.is_heard_in(slot, other) {
                codec::convert(law, other, buf.get_mut(packet.payload.clone()).unwrap_or_default());
                self.relay(slot, packet, Kind::Voice(other), None, buf, now, transmit);
            }
        }
    }

    /// The leg falls silent on purpose: its noise is for nobody, and what it says next begins anew, without a hole in the hearers' sequence.
    fn pause(&mut self, slot: usize) {
        let mut index = 0;
        while let Some(hearer) = self.hearer(slot, index) {
            index += 1;
            if let Some(leg) = self.leg(hearer).filter(|leg| leg.heard == Heard::Leg(slot)) {
                leg.out.interrupt();
            }
        }
    }

    fn is_heard_in(&self, slot: usize, law: Law) -> bool {
        let Some(Some(leg)) = self.legs.get(slot) else { return false };
        leg.hearers.iter().any(|hearer| {
            self.legs.get(*hearer).and_then(Option::as_deref).is_some_and(|hearer| hearer.formats.law == law)
        })
    }

    /// Passes the packet to those of the leg's hearers who take it as it lies in the buffer: as `kind`.
    #[expect(clippy::too_many_arguments, reason = "a packet, what it is, and where it goes")]
    fn relay(
        &mut self,
        slot: usize,
        packet: &Heeded,
        kind: Kind,
        press: Option<Press>,
        buf: &mut [u8],
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        let mut index = 0;
        while let Some(hearer) = self.hearer(slot, index) {
            index += 1;
            let Some(leg) = self.leg(hearer) else { continue };
            if leg.heard != Heard::Leg(slot) || leg.is_spoken_to() || !leg.can_receive() {
                leg.key_crosses &= kind != Kind::Event;
                // Once, as it came; a key is for nobody in a conference.
                if let (Heard::Mix, Kind::Voice(law)) = (leg.heard, kind)
                    && kind == packet.kind
                {
                    leg.mix.take(slot, &packet.header, law, buf.get(packet.payload.clone()).unwrap_or_default());
                }
                continue;
            }
            let (payload_type, voice) = match kind {
                Kind::Voice(law) if law == leg.formats.law => (Some(leg.formats.voice), true),
                Kind::Voice(_) | Kind::Comfort => continue,
                Kind::Event => (leg.formats.event.filter(|_| leg.takes_key(press)), false),
            };
            let Some(payload_type) = payload_type else {
                // Keys that it cannot take, or that were not pressed for it, leave no hole in its sequence.
                leg.out.interrupt();
                continue;
            };
            if let Some(header) = leg.out.relay(slot, &packet.header, payload_type, voice, now) {
                leg.send(&header, buf, &packet.payload, now, transmit);
            }
        }
    }

    fn hearer(&self, slot: usize, index: usize) -> Option<usize> {
        self.legs.get(slot)?.as_deref()?.hearers.get(index).copied()
    }

    fn peer(&mut self, slot: usize) -> Option<&mut Peer> {
        match &mut self.leg(slot)?.end {
            End::Browser(peer) => Some(peer),
            End::Rtp(_) => None,
        }
    }
}

fn take_note(leg: &mut Leg, packet: &Heeded, buf: &[u8], now: Mono, facts: &mut VecDeque<Fact>) -> Option<Press> {
    leg.reception.receive(&packet.header, matches!(packet.kind, Kind::Voice(_)), now);
    if leg.watch.packet(packet.kind == Kind::Comfort, now) {
        facts.push_back(Fact::Flowing { leg: leg.id });
    }
    let payload = buf.get(packet.payload.clone()).unwrap_or_default();
    let press = match packet.kind {
        Kind::Event => leg.listener.hear(&packet.header, payload),
        Kind::Voice(law) => {
            if leg.formats.event.is_none()
                && let Some(digit) = leg.tones.get_or_insert_default().hear(&packet.header, law, payload)
            {
                facts.push_back(Fact::Digit { leg: leg.id, digit, way: DigitWay::InBand });
            }
            None
        }
        Kind::Comfort => None,
    };
    if let Some(Press::Begins(digit)) = press {
        facts.push_back(Fact::Digit { leg: leg.id, digit, way: DigitWay::Event });
    }
    press
}
