//! What goes into the engine and what comes out.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use base::{Boot, LegId, NodeId, OperatorId, Pii};
use routing::{Record, Request, RequestError, Token};

/// One input, handled whole before the next.
#[derive(Debug)]
pub enum Input<'a> {
    /// From the SIP sockets.
    Sip(sip::Input<'a>),
    /// From the media thread.
    Media(media::Fact),
    /// From a page or a command.
    Asked { token: Token, ask: Ask },
    /// All records up to this one are on disk; `full`: in its last reserve (rule 17).
    Durable { seq: u64, full: bool },
    /// All records up to this one are in the system's hands, if not on disk: a process that is killed does not lose them.
    Handed { seq: u64 },
    /// The journal cannot write at all (rule 17).
    JournalFailed,
    /// Settings to use from now on.
    Configured(Configuration),
    /// A run of a node is over: our own last one, at start.
    NodeLost { node: NodeId, boot: Boot },
    /// Stop in order.
    Drain,
}

/// All that can be set.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// For the decisions.
    pub routing: Arc<routing::Settings>,
    /// For signalling.
    pub sip: sip::Settings,
    /// Our addresses for RTP, at most one of each family that matters; loopback callers are given a loopback one if there is one.
    pub rtp_addresses: Vec<IpAddr>,
    /// Trunks whose voice may be encrypted.
    pub encryption: Vec<Encryption>,
}

/// Whether a trunk's voice is encrypted, with keys in the SDP (RFC 4568).
#[derive(Clone, Debug)]
pub struct Encryption {
    /// Which trunk.
    pub trunk: sip::Trunk,
    /// Whether.
    pub srtp: media::Srtp,
    /// Even where signalling is no TLS, and everybody on the way can read the keys.
    pub without_tls: bool,
}

/// What can be asked.
#[derive(Debug)]
pub enum Ask {
    /// Something for the switchboard.
    Act(Request),
    /// Open an operator's desk leg with this SDP offer.
    OpenLeg { operator: OperatorId, sdp: String },
    /// An operator's WebSocket came or went.
    DeskSocket { operator: OperatorId, up: bool },
    /// A browser plays the worker and dials one of our numbers.
    TryCall { sdp: String, dialled: String, caller: Pii<String> },
    /// It hangs up.
    TryHangUp { leg: LegId },
}

/// What comes back.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Done.
    Done,
    /// The leg and our SDP answer.
    Leg { leg: LegId, sdp: String },
}

/// What comes out. It prints without the messages: they hold callers' numbers.
pub enum Output {
    /// To the SIP sockets.
    Send { flow: sip::Flow, bytes: Vec<u8> },
    /// Close a TCP connection.
    Close { flow: sip::Flow },
    /// Look this name up; `sip::Input::LookedUp` brings what was found.
    LookUp(sip::Question),
    /// To the media thread. For `Open` with a port the driver binds the socket first.
    Media(media::Order),
    /// To the journal, in order.
    Append(Record),
    /// To whoever asked.
    Reply { token: Token, reply: Result<Answer, RequestError> },
    /// A rung of the ladder.
    Ladder(sip::LadderEntry),
    /// Wakes someone.
    Alarm(Alarm),
}

/// What someone should know now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// From the decisions.
    Routing(routing::Alarm),
    /// An unknown source dialled one of our numbers: the carrier may have a new address (rule 1).
    UnknownSource { source: SocketAddr },
    /// A prompt is missing; callers hear silence.
    MissingSound { sound: String },
    /// No RTP port is free.
    NoPort,
}

/// Counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// INVITEs that got 100 before their obligation was on disk (after 200 ms, rule 1).
    pub early_trying: u64,
    /// Commands that did not wait for the journal because it is unwell (rule 17).
    pub unheld: u64,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Send { flow, bytes } => write!(f, "Send {{ {flow:?}, {} bytes }}", bytes.len()),
            Output::Close { flow } => write!(f, "Close {{ {flow:?} }}"),
            Output::LookUp(question) => write!(f, "LookUp({question:?})"),
            Output::Media(order) => write!(f, "Media({order:?})"),
            Output::Append(record) => write!(f, "Append({record:?})"),
            Output::Reply { token, reply } => write!(f, "Reply {{ {token:?}, {reply:?} }}"),
            Output::Ladder(entry) => write!(f, "Ladder({entry:?})"),
            Output::Alarm(alarm) => write!(f, "Alarm({alarm:?})"),
        }
    }
}
