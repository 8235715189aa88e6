//! What goes into the user agent and what comes out.

use std::fmt;
use std::net::SocketAddr;

use base::{LegId, Pii};

use crate::{LookedUp, Question, Trunk};

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// RFC 3261 §18 over UDP.
    Udp,
    /// Over TCP.
    Tcp,
    /// Over TLS (RFC 3261 §26.2.1).
    Tls,
}

impl Transport {
    /// Whether it keeps order and loses nothing (RFC 3261 §17): a stream of bytes over a connection.
    pub fn is_stream(self) -> bool {
        match self {
            Transport::Udp => false,
            Transport::Tcp | Transport::Tls => true,
        }
    }
}

/// Names a connection by TCP or TLS; given by the driver, never reused in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// A path that messages take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// UDP, TCP or TLS.
    pub transport: Transport,
    /// Our socket.
    pub local: SocketAddr,
    /// Theirs.
    pub remote: SocketAddr,
    /// Which connection, for TCP and TLS. None on output: open one to `remote`, or use the one that is open.
    pub connection: Option<ConnectionId>,
}

/// What the user agent is told.
pub enum Input<'a> {
    /// A datagram, or bytes of a stream in order.
    Received { flow: Flow, bytes: &'a [u8] },
    /// A connection that we asked for stands; over TLS the peer has proved who it is.
    Connected { flow: Flow },
    /// A connection is gone, or could not be opened (`connection` is None then).
    Closed { flow: Flow },
    /// What was found of a name that we asked for.
    LookedUp { question: Question, found: LookedUp },
    /// What the engine wants.
    Order(Order),
}

/// What the engine wants of a leg. An order for a leg that has gone does nothing.
#[derive(Clone, Debug)]
pub enum Order {
    /// 100 to an INVITE that is not answered yet. Idempotent.
    Trying { leg: LegId },
    /// 180, reliably where the caller can (RFC 3262). Idempotent.
    Ring { leg: LegId },
    /// 200 with this SDP: the answer, or where the INVITE brought none, our offer. Retransmitted until ACK (RFC 3261 §13.3.1.4); `Confirmed`
    /// or `Ended(AckTimeout)` follows.
    Answer { leg: LegId, sdp: Vec<u8> },
    /// A final refusal. `reason` is the phrase on the status line, where not the standard's.
    Reject { leg: LegId, status: u16, reason: Option<&'static str> },
    /// INVITE to a `sip:` or `sips:` URI. `Ringing`, then `Answered` or `Failed` follow. `display` is a name without personal data.
    Dial { leg: LegId, uri: String, display: String, sdp: Vec<u8> },
    /// INVITE to a number by a trunk, `from` a number of ours: both in canonical form, to be written as the trunk writes them. Nothing else
    /// is said of anybody. Events as for `Dial`; a place that does not answer is followed by the trunk's next.
    DialNumber { leg: LegId, trunk: String, number: Pii<String>, from: String, sdp: Vec<u8> },
    /// End a leg as its state asks: CANCEL, BYE, or a rejection with 480. `reason` is the whole value of a Reason header
    /// (RFC 3326) on CANCEL and BYE: `Q.850;cause=16;text="Normal call clearing"`. An answered leg is `Ended(ByUs)` at once; a leg
    /// that was never answered ends without `Ended`.
    End { leg: LegId, reason: Option<&'static str> },
    /// 200 to a re-INVITE or UPDATE with this SDP.
    Reanswer { leg: LegId, sdp: Vec<u8> },
    /// Refuse a re-INVITE or UPDATE; the session stays as it was.
    RefuseReoffer { leg: LegId, status: u16 },
    /// BYE a dialog of a run that is over. Its CSeq leaps by 1,000 (rule 16).
    ByeRecovered { leg: LegId, dialog: DialogRecord },
    /// Settings to use from now on; dialogs under way stay.
    Configure(Settings),
    /// Take our registrations back: no new calls are to come by them.
    Unregister,
}

/// What the user agent is configured with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where calls may come from.
    pub trunks: Vec<Trunk>,
    /// Our numbers, to tell a misplaced call of a carrier from a scanner.
    pub numbers: Vec<String>,
    /// How long a session stands without a refresh (RFC 4028), in seconds: what we ask for and what we lower others' wishes to. 0: we ask
    /// for none, and take any.
    pub session_expires_s: u32,
    /// `helpline/0.1.0`, for Server and User-Agent.
    pub product: String,
    /// Our sockets: where calls of our own leave from. Without one of the right transport and family a `Dial` fails with 503.
    /// A socket bound to all addresses must have its name in `advertised`.
    pub sockets: Vec<(Transport, SocketAddr)>,
    /// Host to write into Contact and Via, per local socket; where none is given, the socket's own address.
    pub advertised: Vec<(SocketAddr, String)>,
}

/// What the driver and the engine get.
pub enum Output {
    /// A datagram, or bytes for a connection (opened by the driver when there is none).
    Send { flow: Flow, bytes: Vec<u8> },
    /// Close this connection: what came over it could not be framed.
    Close { flow: Flow },
    /// Look this name up; `LookedUp` brings what was found.
    LookUp(Question),
    /// For the engine.
    Event(Event),
}

/// What happened to a leg.
#[derive(Clone, Debug)]
pub enum Event {
    /// An INVITE from a known trunk. `leg` is new. Nothing has been answered. `sdp` None: a late offer, or no SDP.
    /// `refusal`: what SIP must refuse it with, once it is on record (rule 1); `Reject` with this status is the order that fits.
    Incoming {
        leg: LegId,
        trunk: String,
        dialled: String,
        identity: Identity,
        sdp: Option<Vec<u8>>,
        source: SocketAddr,
        refusal: Option<u16>,
    },
    /// Cancelled before our final answer; 200 and 487 are out.
    Cancelled { leg: LegId },
    /// Our 200 was acknowledged.
    Confirmed { leg: LegId, dialog: DialogRecord },
    /// Our INVITE rings.
    Ringing { leg: LegId },
    /// Our INVITE was answered; ACK is out.
    Answered { leg: LegId, sdp: Option<Vec<u8>>, dialog: DialogRecord },
    /// Our INVITE failed: status, 408 for silence, 503 for a transport that failed, 487 after CANCEL.
    Failed { leg: LegId, status: u16 },
    /// A re-INVITE or UPDATE with an offer: answer with `Reanswer` or `RefuseReoffer`. None: they want our offer; say all that we can.
    Reoffered { leg: LegId, sdp: Option<Vec<u8>> },
    /// The answer to an offer of ours in a 200 or a re-INVITE, with their ACK or 200. None: it should have come, and did not.
    AnswerCame { leg: LegId, sdp: Option<Vec<u8>> },
    /// A key, by INFO. The same key may come within the media as well.
    Digit { leg: LegId, digit: Pii<char> },
    /// An answered leg is over; nothing more follows for it.
    Ended { leg: LegId, cause: EndCause },
    /// A trunk of ours answers, or does not any more; told at the first word and at every change. `reason` is a word for the record:
    /// `answers`, `registered`, `silent`, `unavailable`, `refused`, `not_found`.
    Trunk { trunk: String, up: bool, reason: &'static str },
    /// A source that no trunk knows sent something. `ours`: it dialled one of our numbers (rule 1: an alarm).
    UnknownSource { source: SocketAddr, ours: bool },
    /// One rung of the ladder, masked.
    Ladder(LadderEntry),
}

/// Why an answered leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// They sent BYE.
    Bye,
    /// We did.
    ByUs,
    /// ACK never came.
    AckTimeout,
    /// PRACK never came; the INVITE is refused.
    PrackTimeout,
    /// 408 or 481 to something within the dialog, or silence.
    Lost,
    /// The session was not refreshed in time (RFC 4028 §10).
    Expired,
}

/// Who the trunk says is calling.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Of P-Asserted-Identity, Remote-Party-ID and From the first that names a number, after the trunk's rewriting; None where none does.
    pub number: Option<Pii<String>>,
    /// The caller's wish (RFC 3323): Privacy id, user or header, `privacy=full` of Remote-Party-ID, or an anonymous From.
    pub private: bool,
    /// From, To, PAI, RPID, Privacy, Diversion, History-Info as they came, byte for byte, one per line, for the record.
    pub raw: Option<Pii<Vec<u8>>>,
}

/// What a BYE needs after a crash (RFC 3261 §12.2.1.1). It prints as where it leads and no more: Call-ID and routes may hold a number.
#[derive(Clone, PartialEq, Eq)]
pub struct DialogRecord {
    /// SIP's Call-ID.
    pub call_id: String,
    /// Our tag and URI as they stand in From of our requests.
    pub local: Pii<String>,
    /// Theirs, as in To of our requests.
    pub remote: Pii<String>,
    /// Contact of theirs.
    pub target: Pii<String>,
    /// Route set, in order.
    pub routes: Vec<String>,
    /// Our last CSeq.
    pub cseq: u32,
    /// Where to send.
    pub flow: Flow,
}

/// One message in or out, for `helpline trace`: no number, no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LadderEntry {
    /// Which leg.
    pub leg: LegId,
    /// Towards us.
    pub inbound: bool,
    /// The peer.
    pub peer: SocketAddr,
    /// The request, or that which is answered: `INVITE`, `ACK` …
    pub method: &'static str,
    /// The answer's status; none for a request.
    pub status: Option<u16>,
    /// Same message as before, again.
    pub retransmission: bool,
}

impl LadderEntry {
    /// The message in words: `INVITE`, `200 (INVITE)`, `ACK` …
    pub fn what(&self) -> String {
        self.status.map_or_else(|| self.method.to_owned(), |status| format!("{status} ({})", self.method))
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Received { flow, bytes } => write!(f, "Received {{ {flow:?}, {} bytes }}", bytes.len()),
            Input::Connected { flow } => write!(f, "Connected {{ {flow:?} }}"),
            Input::Closed { flow } => write!(f, "Closed {{ {flow:?} }}"),
            Input::LookedUp { question, found } => write!(f, "LookedUp {{ {question:?}, {found:?} }}"),
            Input::Order(order) => write!(f, "Order({order:?})"),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Send { flow, bytes } => write!(f, "Send {{ {flow:?}, {} bytes }}", bytes.len()),
            Output::Close { flow } => write!(f, "Close {{ {flow:?} }}"),
            Output::LookUp(question) => write!(f, "LookUp({question:?})"),
            Output::Event(event) => write!(f, "Event({event:?})"),
        }
    }
}

impl fmt::Debug for DialogRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DialogRecord").field("flow", &self.flow).field("cseq", &self.cseq).finish_non_exhaustive()
    }
}
