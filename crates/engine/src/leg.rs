//! What the engine knows of a leg: enough to translate, nothing to decide by.

use base::{JourneyId, OperatorId, Sealed};
use routing::Token;

use crate::digits::Digits;

/// A leg by its kind.
#[derive(Debug)]
pub(crate) enum Leg {
    /// The trunk called us.
    Inbound { stage: Inbound, rtp: Rtp },
    /// We call a SIP address, or a number.
    Outbound { stage: Outbound, rtp: Rtp },
    /// A desk's browser leg. `opening`: who waits for our SDP.
    Desk { operator: OperatorId, opening: Option<Token> },
    /// A browser that plays the worker.
    Try { stage: Try },
}

/// The RTP side of a SIP leg.
#[derive(Debug, Default)]
pub(crate) struct Rtp {
    /// Taken from the pool.
    pub(crate) port: Option<u16>,
    /// Ports that another program had.
    pub(crate) tries: u8,
    /// The peer is of this family and place.
    pub(crate) peer: Option<std::net::IpAddr>,
    /// Which of its keys count.
    pub(crate) digits: Digits,
}

/// How far an inbound leg is.
#[derive(Debug)]
pub(crate) enum Inbound {
    /// Nothing answered; the SDP offer waits, and so does the status that SIP must refuse it with.
    Held { offer: Option<Vec<u8>>, refusal: Option<u16> },
    /// Media is opening.
    Opening,
    /// The INVITE brought no offer: media makes ours.
    Offering,
    /// Our 200 is out with it; the answer comes with the ACK.
    Offered,
    /// Media takes their answer.
    Accepting,
    /// Our 200 is out, and media is open.
    Up,
}

impl Inbound {
    /// What SIP must refuse it with.
    pub(crate) fn refusal(&self) -> Option<u16> {
        match self {
            Inbound::Held { refusal, .. } => *refusal,
            Inbound::Opening | Inbound::Offering | Inbound::Offered | Inbound::Accepting | Inbound::Up => None,
        }
    }
}

/// How far an outbound leg is.
#[derive(Debug)]
pub(crate) enum Outbound {
    /// Media makes our offer.
    Offering { to: Callee },
    /// INVITE is out.
    Dialling { by_trunk: bool },
    /// It rings there.
    Ringing,
    /// Answered; media takes their SDP.
    Accepting,
    /// Packets may flow.
    Up,
}

/// Whom we call.
#[derive(Debug)]
pub(crate) enum Callee {
    /// A fixed address.
    Uri { uri: String, journey: JourneyId },
    /// A number by a trunk, opened when the INVITE is written and not before.
    Number { trunk: String, number: Sealed, from: String },
    /// A service outside, by a trunk.
    Referral { trunk: String, number: String, from: String },
}

/// How far a trial caller's leg is.
#[derive(Debug)]
pub(crate) enum Try {
    /// Not answered yet.
    Held { sdp: String, token: Token },
    /// Media is opening.
    Opening { token: Token },
    /// Our SDP is out.
    Answered,
}
