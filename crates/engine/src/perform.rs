//! From what the switchboard wants to what `sip` and `media` are told.

use base::{JourneyId, LegId, Now, Sealed};
use media::{Opening, Port, Sound};
use routing::{
    Command, DialTarget, Digits, Fact, HangUpReason, Language, LegFailure, LegFault, Refusal, RequestError, Say, Source,
};

use crate::contact;
use crate::dialog::{self, KeptDialog};
use crate::engine::Engine;
use crate::io::Alarm;
use crate::leg::{Callee, Inbound, Leg, Outbound, Rtp, Try};

/// Why a call that was answered ends at once (RFC 3326): no SDP in common.
const NOT_ACCEPTABLE: &str = "SIP;cause=488;text=\"Not acceptable here\"";

/// Ports tried for one leg.
const MAX_PORT_TRIES: u8 = 64;

impl Engine {
    pub(crate) fn perform(&mut self, command: Command, now: Now) {
        match command {
            Command::Answer { leg } => self.answer(leg, now),
            Command::Refuse { leg, refusal } => self.refuse(leg, refusal, now),
            Command::Dial { leg, journey, target } => self.dial(leg, journey, target, now),
            Command::HangUp { leg, reason } => self.hang_up(leg, reason, now),
            Command::Play { leg, play, language, say, repeat } => {
                let sounds = say.into_iter().map(|say| sound(&language, say)).collect();
                self.media(media::Order::Play { leg, play, sounds, repeat });
            }
            Command::StopPlay { leg } => self.media(media::Order::StopPlay { leg }),
            Command::Hear { leg, sources } => {
                let sources = sources.into_iter().map(source).collect();
                self.media(media::Order::Hear { leg, sources });
            }
            Command::Watch { leg, on } => self.media(media::Order::Watch { leg, on }),
            Command::SendDigit { leg, digit } => self.media(media::Order::SendDigit { leg, digit }),
            Command::SendSealed { leg, keys } => self.send_sealed(leg, &keys),
            Command::Mute { leg, on } => self.media(media::Order::Mute { leg, on }),
            Command::SealContact { journey, digits, extension, leg: _ } => {
                self.seal_contact(journey, &digits, extension, now);
            }
            Command::ByeRecovered { leg, dialog } => self.bye_recovered(leg, &dialog, now),
        }
    }

    /// The keys of an extension, opened here and nowhere else.
    fn send_sealed(&mut self, leg: LegId, keys: &Sealed) {
        let Ok(keys) = self.vault.open(keys, contact::EXTENSION) else { return };
        for digit in keys.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_digit) {
            self.media(media::Order::SendDigit { leg, digit });
        }
    }

    pub(crate) fn order_sip(&mut self, order: sip::Order, now: Now) {
        self.sip.handle(sip::Input::Order(order), now);
    }

    fn answer(&mut self, leg: LegId, now: Now) {
        match self.legs.get_mut(&leg) {
            // SIP cannot take it. It is on record now: the refusal may leave, the obligation stays (rule 1).
            Some(Leg::Inbound { stage: Inbound::Held { refusal: Some(_), .. }, .. }) => {
                self.fail(leg, LegFailure::Incompatible, now);
            }
            Some(Leg::Inbound { stage, rtp }) => {
                let (peer, srtp) = (rtp.peer, rtp.srtp);
                let Inbound::Held { offer, .. } = stage else { return };
                match offer.take() {
                    Some(offer) => {
                        *stage = Inbound::Opening;
                        self.open_rtp(leg, peer, now, |port, local| Opening::AnswerRtp { port, local, offer, srtp });
                    }
                    // RFC 3261 §13.2.1: without an offer in the INVITE, ours goes with the 200.
                    None => {
                        *stage = Inbound::Offering;
                        self.open_rtp(leg, peer, now, |port, local| Opening::OfferRtp { port, local, srtp });
                    }
                }
            }
            Some(Leg::Try { stage }) => {
                if let Try::Held { sdp, token } = stage {
                    let offer = std::mem::take(sdp).into_bytes();
                    *stage = Try::Opening { token: *token };
                    self.media(media::Order::Open { leg, opening: Opening::Browser { offer } });
                }
            }
            Some(Leg::Outbound { .. } | Leg::Desk { .. }) | None => {}
        }
    }

    fn dial(&mut self, leg: LegId, journey: JourneyId, target: DialTarget, now: Now) {
        let (peer, encryption, to) = match target {
            DialTarget::Uri(uri) => {
                let peer = sip::uri_address(&uri);
                (peer, self.encryption_towards(&uri, peer), Callee::Uri { uri, journey })
            }
            DialTarget::Number { trunk, number, from } => {
                let (peer, encryption) = self.towards_trunk(&trunk, now);
                (peer, encryption, Callee::Number { trunk, number, from })
            }
            DialTarget::Referral { trunk, number, from } => {
                let (peer, encryption) = self.towards_trunk(&trunk, now);
                (peer, encryption, Callee::Referral { trunk, number, from })
            }
        };
        let srtp = encryption.unwrap_or_default();
        let rtp = Rtp { peer, srtp, ..Rtp::default() };
        self.legs.insert(leg, Leg::Outbound { stage: Outbound::Offering { to }, rtp });
        if encryption.is_none() {
            return self.fail(leg, LegFailure::Incompatible, now);
        }
        self.open_rtp(leg, peer, now, |port, local| Opening::OfferRtp { port, local, srtp });
    }

    /// Where a trunk's next place is, and what voice it may have.
    fn towards_trunk(&mut self, trunk: &str, now: Now) -> (Option<std::net::IpAddr>, Option<media::Srtp>) {
        (self.sip.trunk_address(trunk, now), self.encryption_out(trunk))
    }

    fn open_rtp(
        &mut self,
        leg: LegId,
        peer: Option<std::net::IpAddr>,
        now: Now,
        opening: impl FnOnce(Port, std::net::SocketAddr) -> Opening,
    ) {
        let (Some(address), Some(port)) = (self.rtp_address(peer), self.ports.take(now.mono)) else {
            self.alarm(Alarm::NoPort);
            return self.fail(leg, LegFailure::Local, now);
        };
        if let Some(rtp) = self.rtp(leg) {
            rtp.port = Some(port);
        }
        let opening = opening(Port(u32::from(port)), (address, port).into());
        self.media(media::Order::Open { leg, opening });
    }

    /// The leg's port is in another program's hands: the next one, a few times over.
    pub(crate) fn port_taken(&mut self, leg: LegId, opening: Opening, now: Now) {
        let Some(rtp) = self.rtp(leg) else { return };
        rtp.tries += 1;
        let (taken, tries, peer) = (rtp.port.take(), rtp.tries, rtp.peer);
        taken.into_iter().for_each(|port| self.ports.give_back(port, now.mono));
        if tries >= MAX_PORT_TRIES {
            self.alarm(Alarm::NoPort);
            return self.fail(leg, LegFailure::Local, now);
        }
        self.open_rtp(leg, peer, now, |port, local| opening.at(port, local));
    }

    fn rtp(&mut self, leg: LegId) -> Option<&mut Rtp> {
        match self.legs.get_mut(&leg)? {
            Leg::Inbound { rtp, .. } | Leg::Outbound { rtp, .. } => Some(rtp),
            Leg::Desk { .. } | Leg::Try { .. } => None,
        }
    }

    /// A leg that will not come up: tells the other side, the decisions, and forgets it.
    pub(crate) fn fail(&mut self, leg: LegId, failure: LegFailure, now: Now) {
        let Some(gone) = self.forget(leg, now) else { return };
        match gone {
            // RFC 3261 §13.2.2.4: answered already, and what the ACK brought cannot be taken.
            Leg::Inbound { stage: Inbound::Offered | Inbound::Accepting | Inbound::Up, .. } => {
                self.order_sip(sip::Order::End { leg, reason: Some(NOT_ACCEPTABLE) }, now);
                self.fact(Fact::LegLost { leg, fault: LegFault::AnswerUnusable }, now);
            }
            Leg::Inbound { stage, .. } => {
                let status = match failure {
                    LegFailure::Incompatible => stage.refusal().unwrap_or(488),
                    LegFailure::Cancelled
                    | LegFailure::Refused
                    | LegFailure::Busy
                    | LegFailure::Unobtainable
                    | LegFailure::Declined
                    | LegFailure::TrunkDown
                    | LegFailure::Timeout
                    | LegFailure::Local => 480,
                };
                self.order_sip(sip::Order::Reject { leg, status, reason: None }, now);
            }
            Leg::Outbound { .. } => self.order_sip(sip::Order::End { leg, reason: None }, now),
            Leg::Desk { opening, .. } => {
                if let Some(token) = opening {
                    self.reply(token, Err(RequestError::NoAudio));
                }
            }
            Leg::Try { stage } => {
                if let Try::Held { token, .. } | Try::Opening { token } = stage {
                    self.reply(token, Err(RequestError::NoAudio));
                }
            }
        }
        self.media(media::Order::Close { leg });
        self.fact(Fact::LegFailed { leg, failure }, now);
    }

    fn refuse(&mut self, leg: LegId, refusal: Refusal, now: Now) {
        let Some(gone) = self.forget(leg, now) else { return };
        if let Leg::Try { stage: Try::Held { token, .. } } = gone {
            return self.reply(token, Err(RequestError::WrongState));
        }
        let status = match refusal {
            Refusal::UnknownNumber => 404,
            // Never 503 with Retry-After: a carrier would stop sending altogether (rule 15).
            Refusal::Overload | Refusal::Stopping => 480,
            Refusal::Incompatible => 488,
        };
        self.order_sip(sip::Order::Reject { leg, status, reason: None }, now);
    }

    fn hang_up(&mut self, leg: LegId, reason: HangUpReason, now: Now) {
        let Some(gone) = self.forget(leg, now) else { return };
        if matches!(gone, Leg::Inbound { .. } | Leg::Outbound { .. }) {
            let reason = match reason {
                HangUpReason::Done => "Q.850;cause=16;text=\"Normal call clearing\"",
                HangUpReason::OtherLeft => "Q.850;cause=16;text=\"Other party hung up\"",
                HangUpReason::Withdrawn => "SIP;cause=487;text=\"Withdrawn\"",
                HangUpReason::Stopping => "Q.850;cause=41;text=\"Stopping\"",
            };
            self.order_sip(sip::Order::End { leg, reason: Some(reason) }, now);
        }
        self.media(media::Order::Close { leg });
    }

    /// What was keyed in goes into the vault; it is told sealed.
    fn seal_contact(&mut self, journey: JourneyId, digits: &Digits, extension: bool, now: Now) {
        let nonce = self.nonce();
        let ours = |number: &str| self.numbers.iter().any(|ours| ours == number);
        let contact = match extension {
            true => contact::extension(digits, &self.vault, nonce),
            false => contact::number(digits, ours, &self.vault, nonce),
        };
        self.fact(Fact::ContactSealed { journey, contact }, now);
    }

    /// BYEs a dialog of a run that is over; its RTP port rests (rule 16).
    fn bye_recovered(&mut self, leg: LegId, dialog: &Sealed, now: Now) {
        let opened = self.vault.open(dialog, dialog::CONTEXT).ok();
        let Some(kept) = opened.and_then(|bytes| KeptDialog::from_bytes(&bytes)) else { return };
        let local = self.rtp_address(Some(kept.dialog.flow.remote.ip()));
        if let (Some(port), Some(local)) = (kept.rtp_port.filter(|port| self.ports.lose(*port)), local) {
            self.media(media::Order::Rest { port: Port(u32::from(port)), local: (local, port).into() });
        }
        self.order_sip(sip::Order::ByeRecovered { leg, dialog: kept.dialog }, now);
    }
}

fn sound(language: &Language, say: Say) -> Sound {
    match say {
        Say::Prompt(name) => Sound::Prompt(format!("{language}/{name}")),
        Say::Pause { ms } => Sound::Silence(ms),
    }
}

fn source(source: Source) -> media::Source {
    match source {
        Source::Leg(leg) => media::Source::Leg(leg),
        Source::Music(name) => media::Source::Music(name.into_owned()),
    }
}
