use base::{Mono, Now};

use super::{Switch, Transmit};
use crate::codec::{self, A_SILENCE, Law};
use crate::dtmf::{Event, Tone};
use crate::io::{Fact, Port};
use crate::leg::{COMFORT, End, Heard, Leg, flush, on_grid};
use crate::player::STEP;
use crate::rtp::{FRAME, HEADER};
use crate::webrtc::PeerState;

/// Room for a header and one packet of voice.
type Scratch = [u8; HEADER + FRAME];

impl Switch {
    /// Does what has become due: the 20 ms clock of everything that plays, reports, timers of ICE and DTLS, silence.
    pub fn handle_timeout(&mut self, now: Now, transmit: &mut dyn FnMut(Transmit<'_>)) {
        self.farewells.since = None;
        while let Some((to, bytes)) = self.farewells.datagrams.pop_front() {
            transmit(Transmit { port: Port::BROWSER, rtcp: false, to, bytes: &bytes });
        }
        while let Some(port) = self.rests.rested(now.mono) {
            self.facts.push_back(Fact::Rested { port });
        }
        while let Some(slot) = self.agenda.pop_due(now.mono) {
            self.wake(slot, now, transmit);
            let due = self.leg(slot).and_then(due);
            self.agenda.set(slot, due.map(|due| due.max(now.mono + LEAST)));
        }
    }

    fn wake(&mut self, slot: usize, now: Now, transmit: &mut dyn FnMut(Transmit<'_>)) {
        let Some(leg) = self.legs.get_mut(slot).and_then(Option::as_deref_mut) else { return };
        if let End::Browser(peer) = &mut leg.end {
            peer.handle_timeout(now.mono);
            flush(peer, transmit);
        }
        leg.report(now, transmit);
        while let Some(due) = leg.ticker.as_mut().and_then(|ticker| ticker.tick(now.mono)) {
            if let Some(fact) = speak(leg, due, now.mono, transmit) {
                self.facts.push_back(fact);
            }
        }
        comfort(leg, now.mono, transmit);
        if leg.watch.is_silent_now(leg.is_to_send(), now.mono) {
            self.facts.push_back(Fact::Silent { leg: leg.id });
        }
        self.settle(slot, now, transmit);
    }
}

/// A leg is not woken twice within this, whatever it asks for.
const LEAST: std::time::Duration = std::time::Duration::from_millis(1);

/// When a leg wants to be woken.
pub(super) fn due(leg: &mut Leg) -> Option<Mono> {
    // Looked at together with those of other legs: as long as others are heard, all of these wake-ups are in vain.
    let comfort = wants_comfort(leg).then(|| on_grid(leg.out.last_at() + COMFORT, STEP));
    let report = leg.report_due();
    let end = match &mut leg.end {
        End::Rtp(_) => None,
        End::Browser(peer) => peer.due(),
    };
    let ticker = leg.ticker.as_ref().map(|ticker| ticker.due());
    [comfort, report, end, ticker, leg.watch.due()].into_iter().flatten().min()
}

/// Sends what is due at `due`: a key before a play before music or several voices. With nothing left, the clock stops.
fn speak(leg: &mut Leg, due: Mono, now: Mono, transmit: &mut dyn FnMut(Transmit<'_>)) -> Option<Fact> {
    let mut scratch: Scratch = [0; HEADER + FRAME];
    if let Some(tone) = leg.keypad.step() {
        press(leg, tone, &mut scratch, due, now, transmit);
        return None;
    }
    let mut fact = None;
    let mut frame = [A_SILENCE; FRAME];
    let mut law = Law::A;
    let mut filled = false;
    if let Some(playing) = &mut leg.playing {
        filled = playing.player.fill(&mut frame);
        if !filled {
            fact = Some(Fact::Played { leg: leg.id, play: playing.play });
            leg.playing = None;
        }
    }
    if !filled
        && leg.heard == Heard::Music
        && let Some(music) = &mut leg.music
    {
        music.fill(&mut frame);
        filled = true;
    }
    if !filled && leg.heard == Heard::Mix {
        law = leg.formats.law;
        leg.mix.fill(&mut frame, law);
        filled = true;
    }
    if !filled {
        leg.ticker = None;
    } else if leg.can_receive() {
        // On hold the play goes on unheard, but no number is used up.
        let header = leg.out.play(leg.formats.voice, due);
        say(leg, &header, law, &frame, &mut scratch, now, transmit);
    }
    fact
}

fn press(
    leg: &mut Leg,
    tone: Tone,
    scratch: &mut Scratch,
    due: Mono,
    now: Mono,
    transmit: &mut dyn FnMut(Transmit<'_>),
) {
    if let (Tone::Event { event, begins }, Some(payload_type), true) = (tone, leg.formats.event, leg.can_receive()) {
        let header = leg.out.event(payload_type, due, begins);
        let payload = HEADER..HEADER + Event::SIZE;
        if let Some(room) = scratch.get_mut(payload.clone()) {
            room.copy_from_slice(&event.bytes());
            leg.send(&header, scratch, &payload, now, transmit);
        }
    }
}

fn say(
    leg: &mut Leg,
    header: &crate::rtp::Header,
    law: Law,
    frame: &[u8; FRAME],
    scratch: &mut Scratch,
    now: Mono,
    transmit: &mut dyn FnMut(Transmit<'_>),
) {
    let payload = HEADER..HEADER + FRAME;
    if let Some(room) = scratch.get_mut(payload.clone()) {
        room.copy_from_slice(frame);
        codec::convert(law, leg.formats.law, room);
        leg.send(header, scratch, &payload, now, transmit);
    }
}

fn wants_comfort(leg: &Leg) -> bool {
    let open = match &leg.end {
        End::Browser(peer) => peer.state() == PeerState::Up,
        End::Rtp(_) => leg.can_receive(),
    };
    open && leg.ticker.is_none()
}

/// A packet of silence for a leg to which nothing was sent for a while: carriers end calls on which no packets come.
fn comfort(leg: &mut Leg, now: Mono, transmit: &mut dyn FnMut(Transmit<'_>)) {
    if wants_comfort(leg) && now - leg.out.last_at() >= COMFORT {
        let header = leg.out.comfort(leg.formats.voice, now);
        say(leg, &header, Law::A, &[A_SILENCE; FRAME], &mut [0; HEADER + FRAME], now, transmit);
    }
}
