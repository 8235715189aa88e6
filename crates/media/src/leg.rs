//! One party: where its packets come from and go to, what it hears, and what was seen of it.

use std::ops::Range;
use std::time::Duration;

use base::{LegId, Mono, Now, PlayId};

use crate::codec::Law;
use crate::dtmf::{Keypad, Listener, Press, Tones};
use crate::endpoint::RtpEnd;
use crate::io::{Port, Quality, Source};
use crate::mix::Mix;
use crate::outbound::{Formats, Outbound};
use crate::player::{Music, Player, STEP, Ticker};
use crate::quality::Reception;
use crate::reports::Reports;
use crate::rtp::{self, Header};
use crate::switch::Transmit;
use crate::watch::Watch;
use crate::webrtc::{Peer, PeerState};

/// A browser that hears nothing gets a packet of silence this often, so that its audio stays warm.
pub(crate) const COMFORT: Duration = Duration::from_millis(200);

/// Bytes of a compound report with one block and a name.
const MAX_REPORT: usize = 256;

/// The static payload type of comfort noise (RFC 3389 §4); trunks send it whether or not it was agreed.
const COMFORT_NOISE: u8 = 13;

/// Clocks of 20 ms begin at multiples of this, so that one wake-up serves many legs.
const BEGINS: Duration = Duration::from_millis(5);

/// A leg's state.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) end: End,
    pub(crate) formats: Formats,
    pub(crate) out: Outbound,
    pub(crate) playing: Option<Playing>,
    pub(crate) keypad: Keypad,
    pub(crate) ticker: Option<Ticker>,
    pub(crate) hear: Vec<Source>,
    pub(crate) heard: Heard,
    /// Whether the key under way at the leg that is heard began while it was heard: the rest of one that was pressed before is not for us.
    pub(crate) key_crosses: bool,
    /// Kept while something else is heard, so that music goes on where it stopped.
    pub(crate) music: Option<Music>,
    /// What it hears of several others at once.
    pub(crate) mix: Mix,
    /// The slots of those who hear this leg.
    pub(crate) hearers: Vec<usize>,
    pub(crate) muted: bool,
    pub(crate) watch: Watch,
    pub(crate) listener: Listener,
    /// Listens for keys in the voice, from the first packet of a leg without telephone events.
    pub(crate) tones: Option<Box<Tones>>,
    pub(crate) reception: Reception,
    pub(crate) reports: Reports,
}

/// How a leg is connected.
#[derive(Debug)]
pub(crate) enum End {
    Rtp(Box<RtpEnd>),
    Browser(Box<Peer>),
}

/// What `Hear` came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Nothing,
    Leg(usize),
    Mix,
    Music,
}

/// A play under way.
#[derive(Debug)]
pub(crate) struct Playing {
    pub(crate) play: PlayId,
    pub(crate) player: Player,
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Voice(Law),
    Event,
    /// Comfort noise (RFC 3389): the peer says nothing for a while, and means it.
    Comfort,
}

impl Leg {
    pub(crate) fn new(id: LegId, end: End, formats: Formats, out: Outbound, now: Mono) -> Self {
        Leg {
            id,
            end,
            formats,
            out,
            playing: None,
            keypad: Keypad::default(),
            ticker: None,
            hear: Vec::new(),
            heard: Heard::Nothing,
            key_crosses: false,
            music: None,
            mix: Mix::default(),
            hearers: Vec::new(),
            muted: false,
            watch: Watch::default(),
            listener: Listener::default(),
            tones: None,
            reception: Reception::default(),
            reports: Reports::new(now),
        }
    }

    /// What a payload type from this leg means; `None` was not agreed.
    pub(crate) fn kind(&self, payload_type: u8) -> Option<Kind> {
        match payload_type {
            it if Some(it) == self.formats.event => Some(Kind::Event),
            it if it == self.formats.voice => Some(Kind::Voice(self.formats.law)),
            it if it == Law::A.payload_type() => Some(Kind::Voice(Law::A)),
            it if it == Law::Mu.payload_type() => Some(Kind::Voice(Law::Mu)),
            COMFORT_NOISE => Some(Kind::Comfort),
            _ => None,
        }
    }

    /// Whether packets may go to it now.
    pub(crate) fn can_receive(&self) -> bool {
        match &self.end {
            End::Rtp(end) => end.target().is_some(),
            End::Browser(peer) => peer.state() == PeerState::Up,
        }
    }

    /// Whether packets are to be expected from it.
    pub(crate) fn is_to_send(&self) -> bool {
        match &self.end {
            End::Rtp(end) => end.is_to_send(),
            End::Browser(_) => true,
        }
    }

    /// Whether something goes before what it hears.
    pub(crate) fn is_spoken_to(&self) -> bool {
        self.playing.is_some() || !self.keypad.is_idle()
    }

    /// Whether a packet of a key crosses from the leg that is heard: of a key it is all or nothing, for a phone takes the last packet for a key.
    pub(crate) fn takes_key(&mut self, press: Option<Press>) -> bool {
        match press {
            Some(Press::Begins(_)) => self.key_crosses = true,
            Some(Press::GoesOn) => {}
            Some(Press::Past) | None => return false,
        }
        self.key_crosses
    }

    /// Starts the 20 ms clock if there is something to send on it, not earlier than a packet after the last one.
    pub(crate) fn start_ticker(&mut self, now: Mono) {
        let needed = self.is_spoken_to() || matches!(self.heard, Heard::Music | Heard::Mix);
        if needed && self.ticker.is_none() {
            let begin = if self.out.sent == 0 { now } else { now.max(self.out.last_at() + STEP) };
            self.ticker = Some(Ticker::starting(on_grid(begin, BEGINS)));
        }
    }

    /// The leg's meter.
    pub(crate) fn quality(&self) -> Quality {
        self.reports.complete(self.reception.quality(self.out.sent))
    }

    /// When the next report is due; none goes to one who is not there yet.
    pub(crate) fn report_due(&self) -> Option<Mono> {
        let reported = match &self.end {
            End::Rtp(end) => end.report_target().is_some(),
            End::Browser(peer) => peer.state() == PeerState::Up,
        };
        reported.then(|| self.reports.due())
    }

    /// Reports every 5 s what was sent and received.
    pub(crate) fn report(&mut self, now: Now, transmit: &mut dyn FnMut(Transmit<'_>)) {
        if self.report_due().is_none_or(|due| due > now.mono) {
            return;
        }
        let mut buf = [0; MAX_REPORT];
        let len = self.reports.write(&self.out, &mut self.reception, now, &mut buf);
        let Some(bytes) = len.and_then(|len| buf.get(..len)) else { return };
        match &mut self.end {
            End::Rtp(end) => {
                let (Some((to, rtcp)), port) = (end.report_target(), end.port) else { return };
                match &mut end.srtp {
                    None => transmit(Transmit { port, rtcp, to, bytes }),
                    Some(srtp) => srtp
                        .seal_report(bytes)
                        .iter()
                        .for_each(|sealed| transmit(Transmit { port, rtcp, to, bytes: sealed.as_ref() })),
                }
            }
            End::Browser(peer) => {
                peer.write_report(bytes, now.mono);
                flush(peer, transmit);
            }
        }
    }

    /// Sends a packet whose payload lies in `buf`, with room for the header in front.
    pub(crate) fn send(
        &mut self,
        header: &Header,
        buf: &mut [u8],
        payload: &Range<usize>,
        now: Mono,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        if !self.can_receive() {
            return;
        }
        self.out.sent += 1;
        self.out.octets += payload.len() as u64;
        match &mut self.end {
            End::Rtp(end) => {
                if let (Some(to), Some(bytes)) = (end.target(), rtp::write(header, buf, payload)) {
                    let port = end.port;
                    match &mut end.srtp {
                        None => transmit(Transmit { port, rtcp: false, to, bytes }),
                        Some(srtp) => srtp
                            .seal(bytes)
                            .iter()
                            .for_each(|sealed| transmit(Transmit { port, rtcp: false, to, bytes: sealed.as_ref() })),
                    }
                }
            }
            End::Browser(peer) => {
                peer.write(header, buf.get(payload.clone()).unwrap_or_default(), now);
                flush(peer, transmit);
            }
        }
    }
}

/// The next moment that is a multiple of `grid`.
pub(crate) fn on_grid(at: Mono, grid: Duration) -> Mono {
    let past = at.0.as_nanos() % grid.as_nanos().max(1);
    let past = Duration::from_nanos(u64::try_from(past).unwrap_or(0));
    if past.is_zero() { at } else { at + (grid - past) }
}

/// Hands on what `rtc` wants sent; yields the last address.
pub(crate) fn flush(peer: &mut Peer, transmit: &mut dyn FnMut(Transmit<'_>)) {
    while peer.next_datagram(|to, bytes| transmit(Transmit { port: Port::BROWSER, rtcp: false, to, bytes })).is_some() {
    }
}
