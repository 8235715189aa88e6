//! The decisions: who is answered, what they hear, who is offered them, and what we owe them afterwards.
//!
//! Knows no SIP, no SDP, no clock, no disk. [`Switchboard`] takes one [`Input`] at a time with its moment and yields [`Output`]s:
//! first the [`Record`]s of what was decided, then the [`Command`]s that follow from them. Whoever drives it holds each command until
//! the records before it are durable (write first, then act).

mod acd;
mod board;
mod calendar;
mod callback;
mod carrier;
mod command;
mod crew;
mod dial_plan;
mod event;
mod explain;
mod input;
mod ivr;
mod journey;
mod needs;
mod obligation;
mod operator;
mod request;
mod rota;
mod settings;
mod state;
mod switchboard;
mod transfer;
mod trunk;

pub use board::{Board, Progress, QueueCard};
pub use calendar::{CHECKED_DAYS, NoHours, ServiceHours, Why, days_ahead};
pub use callback::{Callbacks, Contact, HoldList, NumberFlag, Part};
pub use command::{Alarm, Command, DialTarget, Digits, HangUpReason, Output, Refusal, Say, Source};
pub use crew::{Crew, Pick, PickRule, Shortage};
pub use dial_plan::{Callee, DialCounts, DialPlan, NEVER_DIALLED};
pub use event::{
    Caller, ChosenBy, Event, LegQuality, LegRole, ObligationKind, OfferOutcome, OperatorState, Outcome, Party,
    Permission, Priority, Reason, Record, Role, TerminalCause, User, WithdrawReason,
};
pub use explain::{Explanation, Says, Sentence, Share, Tongue, Wait, explain};
pub use input::{Fact, Input, LegFailure, LegFault, Token};
pub use ivr::{ahead_prompts, digit_prompts, part_prompts, promise_prompts, spoken_prompts, wait_prompts};
pub use request::{Reply, Request, RequestError, RequestKind};
pub use rota::{Cover, PLANNED_AHEAD, Rota};
pub use settings::{
    AtClosing, Calendar, Choice, Closure, Collect, Condition, Flow, Holiday, Hours, Keyed, Language, Limits, Menu,
    Queue, Relax, Relaxes, Service, Settings, SipOperator, Skill, Step, TimeOfDay,
};
pub use state::{
    Account, After, Attempt, Callback, Calling, Confirmed, Consult, Journey, Line, Obligation, Operator, Owed, Plan,
    RingingOffer, Stage, Switched, Talk, Tried, TrunkUse,
};
pub use switchboard::{Switchboard, closed_prompts};
pub use transfer::TransferTarget;
pub use trunk::OutboundTrunk;
