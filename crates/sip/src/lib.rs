//! A SIP user agent without sockets (RFC 3261, 6026, 3581, 3262, 3311, 4028, 3264 in part).
//!
//! [`UserAgent`] takes one [`Input`] at a time with its moment; drain [`UserAgent::poll_output`] after each. It never answers an INVITE on
//! its own, not even with 100: the engine says when (write first, then act). Everything else that SIP owes itself it does at once:
//! retransmissions, ACK, PRACK, 200 to BYE, CANCEL, INFO and an UPDATE without SDP, 487, 405, 481, 482, 483, OPTIONS, and the refreshes
//! that keep a session alive.
//!
//! A source that no trunk knows gets no answer at all, unless what it sends belongs to a dialog or a transaction of ours.

mod agent;
mod dialog;
mod digest;
mod io;
mod ladder;
mod leg;
mod line;
mod message;
mod network;
mod resolve;
mod tokens;
mod transaction;
mod trunk;
mod unanswered;
mod wire;

pub use agent::{UserAgent, uri_address, uri_host, uri_transport};
pub use digest::Login;
pub use io::{
    ConnectionId, DialogRecord, EndCause, Event, Flow, Identity, Input, LadderEntry, Order, Output, Settings, Transport,
};
pub use resolve::{LookedUp, Question, RecordKind, ResourceRecord};
pub use trunk::{DialledFrom, Outbound, Register, Rewrite, Trunk};
