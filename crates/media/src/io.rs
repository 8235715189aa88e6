//! What goes into media and what comes out, beside packets.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use base::{LegId, PlayId};

/// One of our UDP sockets: an index given by the driver. Port 0 is the one socket of all browser legs; the others are RTP sockets, one per
/// SIP leg, each bound with its RTCP neighbour (`port + 1`, RFC 3550 §11) unless rtcp-mux was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(pub u32);

impl Port {
    /// The socket of all browser legs.
    pub const BROWSER: Port = Port(0);
}

/// An order, carried out whole. Orders for a leg that is not open do nothing.
#[derive(Clone, Debug)]
pub enum Order {
    /// Open a leg. `Opened` or `Refused` follows.
    Open { leg: LegId, opening: Opening },
    /// The answer to the SDP offer that we made with `Opening::OfferRtp`, or with `Reoffer` where the peer asked for ours. `Opened` or `Refused` follows. A
    /// second answer (first in a 183, then in the 200) replaces the first.
    AcceptAnswer { leg: LegId, sdp: Vec<u8> },
    /// A new offer within the session (re-INVITE: hold, resume, new address). `Reanswered` or `Refused` follows; refused, the old one stays.
    /// None: the peer wants our offer, all that we can; `Reanswered` carries it, and `AcceptAnswer` is to follow.
    Reoffer { leg: LegId, sdp: Option<Vec<u8>> },
    /// Play these one after the other; `Played` follows unless `repeat` or stopped. Replaces what plays; while it plays, `Hear` waits behind it.
    Play { leg: LegId, play: PlayId, sounds: Vec<Sound>, repeat: bool },
    /// Stop what plays.
    StopPlay { leg: LegId },
    /// What this leg hears when nothing is played to it. Idempotent; empty is silence: a packet of it now and then keeps the way open.
    Hear { leg: LegId, sources: Vec<Source> },
    /// Nothing of what comes from this leg is heard by anyone.
    Mute { leg: LegId, on: bool },
    /// Tell `Flowing` at this leg's next authenticated packet, and `Silent` whenever none came for 3 s; not while the peer has said in SDP that
    /// it sends nothing. Ordered again, it begins anew.
    Watch { leg: LegId, on: bool },
    /// Send a key (RFC 4733), 100 ms.
    SendDigit { leg: LegId, digit: char },
    /// Close a leg; `Measured` follows, then nothing. Its port rests before reuse (rule 16).
    Close { leg: LegId },
    /// A port of a call that a crash cut off: listen there, and tell `Rested` once nothing came for a minute (rule 16).
    Rest { port: Port, local: SocketAddr },
    /// Prompts and music to use from now on.
    Library(Arc<PromptLibrary>),
}

/// How a leg opens. It prints without the description: that may hold keys.
#[derive(Clone, PartialEq)]
pub enum Opening {
    /// A SIP leg that offers: answer it. `local` is our RTP address, bound by the driver.
    AnswerRtp { port: Port, local: SocketAddr, offer: Vec<u8>, srtp: Srtp },
    /// A SIP leg that we call: `Offering{sdp}` follows, later `AcceptAnswer`.
    OfferRtp { port: Port, local: SocketAddr, srtp: Srtp },
    /// A browser: answer its SDP offer (ICE-lite, DTLS-SRTP). `Opened` carries the answer; `BrowserUp` follows when packets may flow.
    Browser { offer: Vec<u8> },
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Opening::AnswerRtp { local, srtp, .. } => write!(f, "AnswerRtp {{ {local}, {srtp:?} }}"),
            Opening::OfferRtp { local, srtp, .. } => write!(f, "OfferRtp {{ {local}, {srtp:?} }}"),
            Opening::Browser { .. } => f.write_str("Browser"),
        }
    }
}

/// Whether a SIP leg's voice is encrypted with keys in the SDP (RFC 4568). Only for signalling that nobody reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Srtp {
    /// Never.
    #[default]
    Off,
    /// Where the peer wants it; in our own offers beside plain RTP.
    Offered,
    /// Always: a leg without it is refused.
    Required,
}

impl Opening {
    /// The same on another port; a browser has none.
    #[must_use]
    pub fn at(self, port: Port, local: SocketAddr) -> Self {
        match self {
            Opening::AnswerRtp { offer, srtp, .. } => Opening::AnswerRtp { port, local, offer, srtp },
            Opening::OfferRtp { srtp, .. } => Opening::OfferRtp { port, local, srtp },
            Opening::Browser { .. } => self,
        }
    }
}

/// A piece of what is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sound {
    /// A prompt by `<language>/<name>`. One that is missing plays as 200 ms of silence and is told by `MissingSound`.
    Prompt(String),
    /// Silence, in milliseconds.
    Silence(u32),
}

/// What a leg can hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Another leg. With several sources the first leg is heard; mixing comes later.
    Leg(LegId),
    /// Music by name, in a loop.
    Music(String),
}

/// A fact for the engine. Never dropped.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// The leg is open. For `AnswerRtp` and `Browser`: the SDP answer. For `AcceptAnswer`: empty.
    Opened { leg: LegId, sdp: Vec<u8> },
    /// Our SDP offer.
    Offering { leg: LegId, sdp: Vec<u8> },
    /// The answer to `Reoffer`.
    Reanswered { leg: LegId, sdp: Vec<u8> },
    /// An `Open`, `AcceptAnswer` or `Reoffer` could not be done.
    Refused { leg: LegId, reason: RefuseReason },
    /// From the driver: the port of an `Open` is in another program's hands, so nothing was opened; the opening is to be ordered on another one.
    PortTaken { leg: LegId, opening: Opening },
    /// Nothing came to a resting port for a minute; it is closed.
    Rested { port: Port },
    /// ICE and DTLS of a browser leg are done.
    BrowserUp { leg: LegId },
    /// A browser leg is gone for good (DTLS closed; nothing authenticated for 15 s, be it that it never came). `Close` is still to be ordered.
    BrowserDown { leg: LegId },
    /// A key, once for each way that it came by.
    Digit { leg: LegId, digit: char, way: DigitWay },
    /// A play came to its end.
    Played { leg: LegId, play: PlayId },
    /// A prompt or music was not in the library.
    MissingSound { leg: LegId, sound: String },
    /// Authenticated packets come (after `Watch`, or again after `Silent`).
    Flowing { leg: LegId },
    /// None for 3 s.
    Silent { leg: LegId },
    /// The leg's meter, at its end.
    Measured { leg: LegId, quality: Quality },
}

/// How a key came within the media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitWay {
    /// As telephone events (RFC 4733).
    Event,
    /// As two tones in the voice (ITU-T Q.23).
    InBand,
}

/// Why an opening or a new offer was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefuseReason {
    /// No codec in common, or no audio: 488.
    Incompatible,
    /// The SDP could not be read: 400 … 488 by the engine.
    BadSdp,
    /// No such leg, or it is in no state for this; the leg's id or port is taken, or there are too many legs.
    WrongState,
}

/// A leg's meter (RFC 3550 §6.4.1, §A.3, §A.8).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Packets in,
    pub received: u64,
    /// missing from the sequence,
    pub lost: u64,
    /// and out.
    pub sent: u64,
    /// Interarrival jitter, milliseconds.
    pub jitter_ms: f32,
    /// The mean round trip, milliseconds, where the peer's reports tell it.
    pub rtt_ms: Option<f32>,
    /// How what came sounded, 1 to 4.5 (ITU-T G.107), if anything came.
    pub mos: Option<f32>,
    /// What the peer says that it missed of what we sent,
    pub far_lost: Option<u64>,
    /// how unevenly it came there, milliseconds,
    pub far_jitter_ms: Option<f32>,
    /// and how that sounded.
    pub far_mos: Option<f32>,
}

/// Prompts and music as they are sent: 8 kHz G.711 A-law, 160 bytes a packet.
#[derive(Clone, Debug, Default)]
pub struct PromptLibrary {
    /// `<language>/<name>` → A-law samples.
    pub prompts: BTreeMap<String, Arc<[u8]>>,
    /// Name → A-law samples, played in a loop.
    pub music: BTreeMap<String, Arc<[u8]>>,
}
