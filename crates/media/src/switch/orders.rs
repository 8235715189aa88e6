use std::net::SocketAddr;

use base::{LegId, Now, PlayId};

use super::{Switch, Transmit};
use crate::codec::Law;
use crate::endpoint::RtpEnd;
use crate::io::{Fact, Opening, Order, Port, RefuseReason, Sound, Srtp};
use crate::leg::{End, Heard, Leg, Playing, flush};
use crate::outbound::{Formats, Outbound};
use crate::player::{Piece, Player};
use crate::sdp::Local;
use crate::webrtc::Peer;

/// Legs that one switch takes.
const MAX_LEGS: usize = 10_000;
/// Port indices are small: the driver counts its sockets.
const MAX_PORT: usize = 65_536;
/// Sounds in one play; the rest is left out.
const MAX_SOUNDS: usize = 64;
/// What a sound that is missing plays as.
const MISSING_MS: u32 = 200;
/// What a leg speaks before its peer has answered.
const UNANSWERED: Formats = Formats { law: Law::A, voice: 8, event: None };

impl Switch {
    /// Carries out an order. What it leads to is in the facts, and in what [`handle_timeout`](Switch::handle_timeout) sends.
    pub fn order(&mut self, order: Order, now: Now) {
        match order {
            Order::Open { leg, opening } => {
                let opened = self.open(leg, opening, now);
                self.tell(leg, opened);
                self.heard_by_waiting(leg, now);
            }
            Order::AcceptAnswer { leg, sdp } => {
                let accepted = self.with_rtp(leg, now, |end| Ok((Some(end.accept(&sdp)?), Vec::new())));
                self.tell(leg, accepted.map(|sdp| Fact::Opened { leg, sdp }));
            }
            Order::Reoffer { leg, sdp } => {
                let answered = self.with_rtp(leg, now, |end| match sdp {
                    Some(offer) => end.answer(&offer).map(|(formats, answer)| (Some(formats), answer)),
                    None => Ok((None, end.full_offer())),
                });
                self.tell(leg, answered.map(|sdp| Fact::Reanswered { leg, sdp }));
            }
            Order::Play { leg, play, sounds, repeat } => self.play(leg, play, sounds, repeat, now),
            Order::StopPlay { leg } => self.with(leg, now, |leg| leg.playing = None),
            Order::Hear { leg, sources } => {
                if let Some(slot) = self.slot(leg) {
                    self.hear(slot, sources, now);
                }
            }
            Order::Mute { leg, on } => self.mute(leg, on, now),
            Order::Watch { leg, on } => self.with(leg, now, |leg| match on {
                true => leg.watch.begin(now.mono),
                false => leg.watch.end(),
            }),
            Order::SendDigit { leg, digit } => self.with(leg, now, |leg| {
                if leg.formats.event.is_some() {
                    leg.keypad.press(digit);
                }
                leg.start_ticker(now.mono);
            }),
            Order::Close { leg } => self.close(leg, now),
            Order::Rest { port, .. } => {
                if self.check_port(port).is_ok() {
                    self.rests.listen(port, now.mono);
                }
            }
            Order::Library(library) => self.library = library,
        }
    }

    fn tell(&mut self, leg: LegId, outcome: Result<Fact, RefuseReason>) {
        self.facts.push_back(outcome.unwrap_or_else(|reason| Fact::Refused { leg, reason }));
    }

    fn open(&mut self, leg: LegId, opening: Opening, now: Now) -> Result<Fact, RefuseReason> {
        if self.by_id.len() >= MAX_LEGS || self.by_id.contains_key(&leg) {
            return Err(RefuseReason::WrongState);
        }
        let mut out = Outbound::new(&mut self.random, now.mono);
        match opening {
            Opening::AnswerRtp { port, local, offer, srtp } => {
                self.check_port(port)?;
                let mut end = RtpEnd::new(port, self.local(local, srtp));
                let (formats, sdp) = end.answer(&offer)?;
                self.insert(Leg::new(leg, End::Rtp(Box::new(end)), formats, out, now.mono), now);
                Ok(Fact::Opened { leg, sdp })
            }
            Opening::OfferRtp { port, local, srtp } => {
                self.check_port(port)?;
                let mut end = RtpEnd::new(port, self.local(local, srtp));
                let sdp = end.offer();
                self.insert(Leg::new(leg, End::Rtp(Box::new(end)), UNANSWERED, out, now.mono), now);
                Ok(Fact::Offering { leg, sdp })
            }
            Opening::Browser { offer } => {
                // An SSRC of 0 would mean none.
                out.ssrc = out.ssrc.max(1);
                let (peer, answer) = Peer::answer(&offer, &self.browser_local, out.ssrc, self.clock, now.mono)?;
                let slot = self.insert(Leg::new(leg, End::Browser(Box::new(peer)), answer.formats, out, now.mono), now);
                self.mux.insert(&answer.ufrag, slot);
                Ok(Fact::Opened { leg, sdp: answer.sdp.into_bytes() })
            }
        }
    }

    fn local(&mut self, address: SocketAddr, srtp: Srtp) -> Local {
        let keys = if srtp == Srtp::Off { None } else { self.keyring.offer() };
        Local::new(address, self.random.next_u32(), srtp, keys)
    }

    /// A port carries one leg at a time, and the browsers' port none.
    fn check_port(&self, port: Port) -> Result<(), RefuseReason> {
        let index = port.0 as usize;
        let taken = self.ports.get(index).is_some_and(Option::is_some);
        if port == Port::BROWSER || index >= MAX_PORT || taken { Err(RefuseReason::WrongState) } else { Ok(()) }
    }

    fn insert(&mut self, mut leg: Leg, now: Now) -> usize {
        let slot = self.free.pop().unwrap_or(self.legs.len());
        if slot == self.legs.len() {
            self.legs.push(None);
        }
        if let End::Rtp(end) = &mut leg.end {
            end.echo = self.rests.enter(end.port, now.mono);
            let index = end.port.0 as usize;
            if self.ports.len() <= index {
                self.ports.resize(index + 1, None);
            }
            self.ports[index] = Some(slot);
        }
        self.by_id.insert(leg.id, slot);
        self.legs[slot] = Some(Box::new(leg));
        self.rearm(slot, now);
        slot
    }

    /// Changes a leg, if it is open.
    fn with(&mut self, leg: LegId, now: Now, change: impl FnOnce(&mut Leg)) {
        if let Some(slot) = self.slot(leg) {
            if let Some(leg) = self.leg(slot) {
                change(leg);
            }
            self.rearm(slot, now);
        }
    }

    /// Changes a SIP leg's session.
    fn with_rtp(
        &mut self,
        leg: LegId,
        now: Now,
        change: impl FnOnce(&mut RtpEnd) -> Result<(Option<Formats>, Vec<u8>), RefuseReason>,
    ) -> Result<Vec<u8>, RefuseReason> {
        let slot = self.slot(leg).ok_or(RefuseReason::WrongState)?;
        let leg = self.leg(slot).ok_or(RefuseReason::WrongState)?;
        let End::Rtp(end) = &mut leg.end else { return Err(RefuseReason::WrongState) };
        let (formats, sdp) = change(end)?;
        leg.formats = formats.unwrap_or(leg.formats);
        leg.out.interrupt();
        self.rearm(slot, now);
        Ok(sdp)
    }

    fn play(&mut self, id: LegId, play: PlayId, sounds: Vec<Sound>, repeat: bool, now: Now) {
        let Some(slot) = self.slot(id) else { return };
        let pieces = sounds.into_iter().take(MAX_SOUNDS).map(|sound| self.piece(id, sound)).collect();
        let Some(leg) = self.leg(slot) else { return };
        leg.playing = Some(Playing { play, player: Player::new(pieces, repeat) });
        leg.start_ticker(now.mono);
        self.rearm(slot, now);
    }

    fn piece(&mut self, leg: LegId, sound: Sound) -> Piece {
        match sound {
            Sound::Silence(ms) => Piece::silence(ms),
            Sound::Prompt(name) => match self.library.prompts.get(&name) {
                Some(samples) => Piece::Samples(samples.clone()),
                None => {
                    self.facts.push_back(Fact::MissingSound { leg, sound: name });
                    Piece::silence(MISSING_MS)
                }
            },
        }
    }

    fn mute(&mut self, id: LegId, on: bool, now: Now) {
        let mut hearers = Vec::new();
        self.with(id, now, |leg| {
            leg.muted = on;
            hearers.clone_from(&leg.hearers);
        });
        // What was kept back leaves no hole in their sequence.
        for hearer in hearers {
            self.leg(hearer).filter(|leg| leg.heard != Heard::Mix).into_iter().for_each(|leg| leg.out.interrupt());
        }
    }

    fn close(&mut self, id: LegId, now: Now) {
        let Some(slot) = self.by_id.remove(&id) else { return };
        self.unhear(slot, now);
        let Some(leg) = self.legs.get_mut(slot).and_then(Option::take) else { return };
        let quality = leg.quality();
        match leg.end {
            End::Rtp(end) => {
                self.ports[end.port.0 as usize] = None;
                self.rests.leave(end.port, end.leaves(leg.reception.ssrc(), now.mono));
            }
            End::Browser(mut peer) => {
                self.mux.remove(slot);
                peer.close();
                let datagrams = &mut self.farewells.datagrams;
                flush(&mut peer, &mut |it: Transmit<'_>| datagrams.push_back((it.to, it.bytes.to_vec())));
                self.farewells.since = (!self.farewells.datagrams.is_empty()).then_some(now.mono);
            }
        }
        self.agenda.set(slot, None);
        self.free.push(slot);
        self.facts.push_back(Fact::Measured { leg: id, quality });
    }
}
