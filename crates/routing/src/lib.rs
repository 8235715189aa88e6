//! The decisions: who is answered, what they hear, who is offered them, and what we owe them afterwards.
//!
//! Knows no SIP, no SDP, no clock, no disk. [`Switchboard`] takes one [`Input`] at a time with its moment and yields [`Output`]s:
//! first the [`Record`]s of what was decided, then the [`Command`]s that follow from them. Whoever drives it holds each command until
//! the records before it are durable (write first, then act).

mod acd;
mod board;
mod calendar;
mod callback;
mod command;
mod crew;
mod event;
mod explain;
mod input;
mod ivr;
mod journey;
mod obligation;
mod operator;
mod request;
mod settings;
mod state;
mod switchboard;
mod transfer;

pub use board::{Board, Progress, QueueCard};
pub use callback::{Contact, HoldList, NumberFlag, Part};
pub use command::{Alarm, Command, DialTarget, Digits, HangUpReason, Output, Refusal, Say, Source};
pub use crew::{Crew, Pick, PickRule, Shortage};
pub use event::{
    Caller, Event, LegQuality, LegRole, ObligationKind, OfferOutcome, OperatorState, Outcome, Party, Permission,
    Priority, Reason, Record, Role, TerminalCause, User, WithdrawReason,
};
pub use explain::{Explanation, Says, Sentence, Share, Tongue, Wait, explain};
pub use input::{Fact, Input, LegFailure, LegFault, Token};
pub use ivr::{ahead_prompts, spoken_prompts};
pub use request::{Reply, Request, RequestError, RequestKind};
pub use settings::{
    Calendar, Choice, Closure, Condition, Flow, Hours, Language, Limits, Menu, Queue, Service, Settings, SipOperator,
    Skill, Step, TimeOfDay,
};
pub use state::{
    Account, After, Attempt, Callback, Calling, Consult, Journey, Line, Obligation, Operator, Owed, Plan, RingingOffer,
    Stage, Talk, Tried,
};
pub use switchboard::Switchboard;
pub use transfer::TransferTarget;
