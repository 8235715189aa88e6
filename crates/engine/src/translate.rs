//! From what `sip`, `media` and pages report to what the switchboard is told.

use base::{LegId, Now, OperatorId, Pii};
use media::Opening;
use routing::{Fact, LegFailure, LegFault, LegQuality, Party, Reason, Token};
use sip::{DialogRecord, EndCause, Event};

use crate::caller;
use crate::dialog::{self, KeptDialog};
use crate::digits::Way;
use crate::engine::{Engine, failure};
use crate::io::{Alarm, Answer, Output};
use crate::leg::{Callee, Inbound, Leg, Outbound, Rtp, Try};

/// The trunk's name of callers who dial in a browser.
const TRY_TRUNK: &str = "try";

impl Engine {
    pub(crate) fn on_sip(&mut self, output: sip::Output, now: Now) {
        match output {
            sip::Output::Send { flow, bytes } => self.outputs.push_back(Output::Send { flow, bytes }),
            sip::Output::Close { flow } => self.outputs.push_back(Output::Close { flow }),
            sip::Output::LookUp(question) => self.outputs.push_back(Output::LookUp(question)),
            sip::Output::Event(event) => self.on_event(event, now),
        }
    }

    fn on_event(&mut self, event: Event, now: Now) {
        match event {
            Event::Incoming { leg, trunk, dialled, identity, sdp, source, secure, refusal } => {
                let srtp = self.encryption_of(&trunk, secure);
                let rtp = Rtp { peer: Some(source.ip()), srtp: srtp.unwrap_or_default(), ..Rtp::default() };
                let refusal = refusal.or(srtp.is_none().then_some(488));
                self.legs.insert(leg, Leg::Inbound { stage: Inbound::Held { offer: sdp, refusal }, rtp });
                self.arm_trying(leg, now);
                self.arrived(leg, trunk, dialled, &identity, now);
            }
            Event::Cancelled { leg } => {
                if self.forget(leg, now).is_some() {
                    self.media(media::Order::Close { leg });
                    self.fact(Fact::LegFailed { leg, failure: LegFailure::Cancelled }, now);
                }
            }
            Event::Confirmed { leg, dialog } => self.confirmed(leg, dialog, now),
            Event::Ringing { leg } => self.ringing(leg, now),
            Event::Answered { leg, sdp, dialog } => self.answered(leg, sdp, dialog, now),
            Event::Failed { leg, status } => {
                if let Some(gone) = self.forget(leg, now) {
                    self.media(media::Order::Close { leg });
                    self.fact(Fact::LegFailed { leg, failure: failure_of(status, &gone) }, now);
                }
            }
            Event::Reoffered { leg, sdp } => self.media(media::Order::Reoffer { leg, sdp }),
            Event::AnswerCame { leg, sdp } => self.answer_came(leg, sdp, now),
            Event::Digit { leg, digit } => self.digit(leg, Way::Info, digit.into_revealed(), now),
            Event::Ended { leg, cause } => self.ended(leg, cause, now),
            Event::Trunk { trunk, up, reason } => {
                self.fact(Fact::Trunk { trunk, up, reason: Reason::new(reason) }, now);
            }
            Event::UnknownSource { source, ours: true } => self.alarm(Alarm::UnknownSource { source }),
            Event::UnknownSource { ours: false, .. } => {}
            Event::Ladder(entry) => self.outputs.push_back(Output::Ladder(entry)),
        }
    }

    fn arrived(&mut self, leg: LegId, trunk: String, dialled: String, identity: &sip::Identity, now: Now) {
        let nonce = self.nonce();
        let ours = |number: &str| self.numbers.iter().any(|ours| ours == number);
        let caller = caller::caller(identity, ours, &self.vault, nonce);
        let dialled = caller::dialled(dialled, &self.numbers);
        self.decide(routing::Input::Arrived { leg, caller, dialled, trunk }, now);
    }

    fn ringing(&mut self, leg: LegId, now: Now) {
        if let Some(Leg::Outbound { stage, .. }) = self.legs.get_mut(&leg) {
            *stage = Outbound::Ringing;
            self.fact(Fact::Ringing { leg }, now);
        }
    }

    fn confirmed(&mut self, leg: LegId, dialog: DialogRecord, now: Now) {
        let Some(Leg::Inbound { rtp, .. } | Leg::Outbound { rtp, .. }) = self.legs.get(&leg) else { return };
        let bytes = KeptDialog { dialog, rtp_port: rtp.port }.to_bytes();
        let nonce = self.nonce();
        let dialog = self.vault.seal(&bytes, dialog::CONTEXT, nonce);
        self.fact(Fact::DialogConfirmed { leg, dialog }, now);
    }

    fn answered(&mut self, leg: LegId, sdp: Option<Vec<u8>>, dialog: DialogRecord, now: Now) {
        let Some(Leg::Outbound { stage, .. }) = self.legs.get_mut(&leg) else { return };
        *stage = Outbound::Accepting;
        self.confirmed(leg, dialog, now);
        match sdp {
            Some(sdp) => self.media(media::Order::AcceptAnswer { leg, sdp }),
            None => self.fail(leg, LegFailure::Incompatible, now),
        }
    }

    /// The answer to an offer of ours in a 200 or a re-INVITE. Within a call that stands, one that is missing leaves all as it was.
    fn answer_came(&mut self, leg: LegId, sdp: Option<Vec<u8>>, now: Now) {
        match (self.legs.get_mut(&leg), sdp) {
            (Some(Leg::Inbound { stage: stage @ Inbound::Offered, .. }), Some(sdp)) => {
                *stage = Inbound::Accepting;
                self.media(media::Order::AcceptAnswer { leg, sdp });
            }
            (Some(Leg::Inbound { stage: Inbound::Offered, .. }), None) => self.fail(leg, LegFailure::Incompatible, now),
            (Some(_), Some(sdp)) => self.media(media::Order::AcceptAnswer { leg, sdp }),
            (Some(_), None) | (None, _) => {}
        }
    }

    fn ended(&mut self, leg: LegId, cause: EndCause, now: Now) {
        let Some(gone) = self.forget(leg, now) else { return };
        self.media(media::Order::Close { leg });
        if let Some(fault) = fault_of(cause) {
            self.fact(Fact::LegLost { leg, fault }, now);
        }
        let by = match cause {
            EndCause::ByUs => Party::Engine,
            EndCause::AckTimeout | EndCause::PrackTimeout | EndCause::Lost | EndCause::Expired => Party::Trunk,
            EndCause::Bye => match gone {
                Leg::Inbound { .. } | Leg::Try { .. } => Party::Caller,
                Leg::Outbound { .. } | Leg::Desk { .. } => Party::Operator,
            },
        };
        self.fact(Fact::LegEnded { leg, by }, now);
    }

    pub(crate) fn on_media(&mut self, fact: media::Fact, now: Now) {
        match fact {
            media::Fact::Opened { leg, sdp } => self.opened(leg, sdp, now),
            media::Fact::Offering { leg, sdp } => self.offering(leg, sdp, now),
            media::Fact::Reanswered { leg, sdp } => self.order_sip(sip::Order::Reanswer { leg, sdp }, now),
            media::Fact::Refused { leg, reason } => self.refused(leg, reason, now),
            media::Fact::PortTaken { leg, opening } => self.port_taken(leg, opening, now),
            media::Fact::Rested { port } => {
                u16::try_from(port.0).into_iter().for_each(|port| self.ports.quiet(port));
            }
            media::Fact::BrowserUp { leg } => {
                if self.legs.contains_key(&leg) {
                    self.fact(Fact::LegUp { leg }, now);
                }
            }
            media::Fact::BrowserDown { leg } => self.end_browser(leg, now),
            media::Fact::Digit { leg, digit, way } => self.digit(leg, way.into(), digit, now),
            media::Fact::Played { leg, play } => self.fact(Fact::Played { leg, play }, now),
            media::Fact::MissingSound { sound, .. } => self.alarm(Alarm::MissingSound { sound }),
            media::Fact::Flowing { leg } => self.fact(Fact::Flowing { leg }, now),
            media::Fact::Silent { leg } => self.fact(Fact::Silent { leg }, now),
            media::Fact::Measured { leg, quality } => {
                self.fact(Fact::Measured { leg, quality: measured(quality) }, now);
            }
        }
    }

    /// A key: each once, though a SIP peer may send it in several ways.
    fn digit(&mut self, leg: LegId, way: Way, digit: char, now: Now) {
        let counts = match self.legs.get_mut(&leg) {
            Some(Leg::Inbound { rtp, .. } | Leg::Outbound { rtp, .. }) => rtp.digits.count(way, now.mono),
            Some(Leg::Desk { .. } | Leg::Try { .. }) => true,
            None => false,
        };
        if counts {
            self.fact(Fact::Digit { leg, digit }, now);
        }
    }

    fn opened(&mut self, leg: LegId, sdp: Vec<u8>, now: Now) {
        match self.legs.get_mut(&leg) {
            Some(Leg::Inbound { stage, .. }) => {
                let before = std::mem::replace(stage, Inbound::Up);
                self.inbound_opened(leg, &before, sdp, now);
            }
            Some(Leg::Outbound { stage, .. }) => {
                // Up already: the answer to an offer within the call.
                if !matches!(std::mem::replace(stage, Outbound::Up), Outbound::Up) {
                    self.fact(Fact::LegUp { leg }, now);
                }
            }
            Some(Leg::Desk { operator, opening }) => {
                let (operator, token) = (operator.clone(), opening.take());
                self.desk_opened(leg, operator, token, sdp, now);
            }
            Some(Leg::Try { stage }) => {
                if let Try::Opening { token } = std::mem::replace(stage, Try::Answered) {
                    self.reply(token, Ok(Answer::Leg { leg, sdp: text(sdp) }));
                }
            }
            None => self.media(media::Order::Close { leg }),
        }
    }

    fn inbound_opened(&mut self, leg: LegId, before: &Inbound, sdp: Vec<u8>, now: Now) {
        match before {
            Inbound::Opening => {
                self.disarm_trying(leg);
                self.order_sip(sip::Order::Answer { leg, sdp }, now);
                self.fact(Fact::LegUp { leg }, now);
            }
            Inbound::Accepting => self.fact(Fact::LegUp { leg }, now),
            Inbound::Held { .. } | Inbound::Offering | Inbound::Offered | Inbound::Up => {}
        }
    }

    fn desk_opened(&mut self, leg: LegId, operator: OperatorId, token: Option<Token>, sdp: Vec<u8>, now: Now) {
        if let Some(before) = self.desks.insert(operator.clone(), leg) {
            self.legs.remove(&before);
            self.media(media::Order::Close { leg: before });
        }
        self.fact(Fact::DeskLeg { operator, leg }, now);
        if let Some(token) = token {
            self.reply(token, Ok(Answer::Leg { leg, sdp: text(sdp) }));
        }
    }

    fn offering(&mut self, leg: LegId, sdp: Vec<u8>, now: Now) {
        match self.legs.get_mut(&leg) {
            Some(Leg::Inbound { stage: stage @ Inbound::Offering, .. }) => {
                *stage = Inbound::Offered;
                self.disarm_trying(leg);
                self.order_sip(sip::Order::Answer { leg, sdp }, now);
            }
            Some(Leg::Outbound { stage: stage @ Outbound::Offering { .. }, .. }) => {
                if let Outbound::Offering { to } = std::mem::replace(stage, Outbound::Dialling { by_trunk: false }) {
                    self.invite(leg, to, sdp, now);
                }
            }
            Some(Leg::Inbound { .. } | Leg::Outbound { .. } | Leg::Desk { .. } | Leg::Try { .. }) | None => {}
        }
    }

    /// Our INVITE leaves. A number is in clear from here to the wire, and nowhere else.
    fn invite(&mut self, leg: LegId, to: Callee, sdp: Vec<u8>, now: Now) {
        match to {
            Callee::Uri { uri, journey } => {
                let display = format!("Helpline {journey}");
                self.order_sip(sip::Order::Dial { leg, uri, display, sdp }, now);
            }
            Callee::Number { trunk, number, from } => match caller::dialled_number(&number, &self.vault) {
                Some(number) => self.invite_number(leg, trunk, number, from, sdp, now),
                None => self.fail(leg, LegFailure::Local, now),
            },
            Callee::Referral { trunk, number, from } => {
                self.invite_number(leg, trunk, Pii::new(number), from, sdp, now);
            }
        }
    }

    fn invite_number(&mut self, leg: LegId, trunk: String, number: Pii<String>, from: String, sdp: Vec<u8>, now: Now) {
        if let Some(Leg::Outbound { stage, .. }) = self.legs.get_mut(&leg) {
            *stage = Outbound::Dialling { by_trunk: true };
        }
        self.order_sip(sip::Order::DialNumber { leg, trunk, number, from, sdp }, now);
    }

    fn refused(&mut self, leg: LegId, reason: media::RefuseReason, now: Now) {
        let offered = match self.legs.get(&leg) {
            Some(Leg::Inbound { stage, .. }) => matches!(stage, Inbound::Up),
            Some(Leg::Outbound { stage, .. }) => {
                matches!(stage, Outbound::Dialling { .. } | Outbound::Ringing | Outbound::Up)
            }
            Some(Leg::Desk { .. } | Leg::Try { .. }) | None => false,
        };
        if offered {
            // A new offer, or a new answer, that we cannot take: the session stays as it was (RFC 3261 §14.2, RFC 3311 §5.2).
            self.order_sip(sip::Order::RefuseReoffer { leg, status: 488 }, now);
        } else {
            self.fail(leg, failure(reason), now);
        }
    }

    pub(crate) fn open_desk(&mut self, token: Token, operator: OperatorId, sdp: String) {
        let leg = self.mint_browser_leg();
        self.legs.insert(leg, Leg::Desk { operator, opening: Some(token) });
        self.media(media::Order::Open { leg, opening: Opening::Browser { offer: sdp.into_bytes() } });
    }

    pub(crate) fn try_call(&mut self, token: Token, sdp: String, dialled: String, caller: Pii<String>, now: Now) {
        let leg = self.mint_browser_leg();
        self.legs.insert(leg, Leg::Try { stage: Try::Held { sdp, token } });
        let identity = sip::Identity { number: Some(caller), private: false, raw: None };
        self.arrived(leg, TRY_TRUNK.to_owned(), dialled, &identity, now);
    }

    /// A browser leg is gone.
    pub(crate) fn end_browser(&mut self, leg: LegId, now: Now) {
        let by = match self.forget(leg, now) {
            Some(Leg::Desk { .. }) => Party::Operator,
            Some(Leg::Try { .. }) => Party::Caller,
            Some(sip @ (Leg::Inbound { .. } | Leg::Outbound { .. })) => {
                self.legs.insert(leg, sip);
                return;
            }
            None => return,
        };
        self.media(media::Order::Close { leg });
        self.fact(Fact::LegEnded { leg, by }, now);
    }
}

fn measured(quality: media::Quality) -> LegQuality {
    let media::Quality { received, lost, sent, jitter_ms, rtt_ms, mos, far_lost, far_jitter_ms, far_mos } = quality;
    LegQuality { received, lost, sent, jitter_ms, rtt_ms, mos, far_lost, far_jitter_ms, far_mos }
}

fn text(sdp: Vec<u8>) -> String {
    String::from_utf8_lossy(&sdp).into_owned()
}

/// What a leg was lost to, where nobody hung up.
fn fault_of(cause: EndCause) -> Option<LegFault> {
    match cause {
        EndCause::Bye | EndCause::ByUs => None,
        EndCause::AckTimeout => Some(LegFault::AckMissing),
        EndCause::PrackTimeout => Some(LegFault::PrackMissing),
        EndCause::Lost => Some(LegFault::DialogGone),
        EndCause::Expired => Some(LegFault::SessionExpired),
    }
}

/// RFC 3261 §21: what a final status to our INVITE means. The trunk is at fault where nothing rang before: the call may take another.
pub(crate) fn failure_of(status: u16, gone: &Leg) -> LegFailure {
    let unheard = matches!(gone, Leg::Outbound { stage: Outbound::Dialling { by_trunk: true }, .. });
    match status {
        486 | 600 => LegFailure::Busy,
        404 | 410 | 480 | 484 | 485 | 604 => LegFailure::Unobtainable,
        403 | 603 | 607 | 608 => LegFailure::Declined,
        488 | 606 => LegFailure::Incompatible,
        401 | 407 | 408 | 500..=599 if unheard => LegFailure::TrunkDown,
        408 | 504 => LegFailure::Timeout,
        503 => LegFailure::Local,
        _ => LegFailure::Refused,
    }
}
