//! Ties the aggregates together: one input, then the records and commands that follow from it.
//!
//! Three verbs of a new run come in this order: `apply` for each record of the journal, `begin` with the next boot, then
//! [`Input::Configured`] and, where [`Switchboard::running`] said so, [`Input::NodeLost`] for the run that is over.

mod arrive;
mod facts;
mod hours;
mod legs;
mod requests;
mod start;
mod timers;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use base::{Boot, JourneyId, LegId, Mono, NodeId, Now, OperatorId, Timers, Timestamp};

pub use hours::closed_prompts;
pub(crate) use legs::{LegUse, Retired};
use legs::{Mints, mints};
use start::Phase;
pub(crate) use timers::Timer;

use crate::callback::CallbackRun;
use crate::journey::Call;
use crate::operator::Desk;
use crate::state::State;
use crate::{Alarm, Board, Command, Event, Input, Output, Record, RequestError, Settings, WithdrawReason};

/// The decisions of one node. Handle one input, then drain all outputs, then the next.
#[derive(Debug)]
pub struct Switchboard {
    node: NodeId,
    boot: Boot,
    /// The fold of all records.
    pub(crate) state: State,

    pub(crate) settings: Option<Arc<Settings>>,
    phase: Phase,
    /// The journal commits.
    well: bool,
    /// Only the disk's reserve is left.
    disk_full: bool,
    pub(crate) calls: BTreeMap<JourneyId, Call>,
    pub(crate) desks: BTreeMap<OperatorId, Desk>,
    pub(crate) legs: BTreeMap<LegId, LegUse>,
    pub(crate) retired: Retired,
    pub(crate) timers: Timers<Timer>,
    pub(crate) mints: Mints,
    /// What callbacks stand at in this run.
    pub(crate) callbacks: CallbackRun,
    /// Attempts under way.
    pub(crate) attempts: BTreeSet<JourneyId>,
    /// Queues for which somebody was woken, until they are served.
    pub(crate) alarmed: BTreeSet<String>,
    /// When a service may open or close next.
    hours_due: Option<Timestamp>,
    /// The day on which somebody was told that caller IDs do not arrive.
    pub(crate) alarmed_day: Option<i64>,

    alarms: VecDeque<Alarm>,
    records: VecDeque<Record>,
    held: VecDeque<Output>,
}

impl Switchboard {
    /// A switchboard without a past. Its first record has seq 1. For one with a past: `apply` each record, then `begin`.
    pub fn new(node: NodeId, boot: Boot) -> Self {
        Switchboard {
            node,
            boot,
            state: State::default(),
            settings: None,
            phase: Phase::Fresh,
            well: true,
            disk_full: false,
            calls: BTreeMap::new(),
            desks: BTreeMap::new(),
            legs: BTreeMap::new(),
            retired: Retired::default(),
            timers: Timers::default(),
            mints: mints(node, boot),
            callbacks: CallbackRun::default(),
            attempts: BTreeSet::new(),
            alarmed: BTreeSet::new(),
            hours_due: None,
            alarmed_day: None,
            alarms: VecDeque::new(),
            records: VecDeque::new(),
            held: VecDeque::new(),
        }
    }

    /// Folds a record of the journal. The only place where state that comes from events changes; yields nothing.
    pub fn apply(&mut self, record: &Record) {
        self.state.apply(record);
    }

    /// Begins a run after the replay: new ids carry this boot, new records follow the last one.
    pub fn begin(&mut self, boot: Boot) {
        let state = std::mem::take(&mut self.state);
        *self = Switchboard { state, ..Switchboard::new(self.node, boot) };
    }

    /// A switchboard whose past a board has folded: as though each record had been applied. `begin` follows.
    pub fn recalled(node: NodeId, past: &Board) -> Self {
        Switchboard { state: past.folded().clone(), ..Switchboard::new(node, Boot(1)) }
    }

    /// Whether a board has folded all that this switchboard decides by, and nothing else.
    pub fn decides_by(&self, board: &Board) -> bool {
        self.state == *board.folded()
    }

    /// Seq of the last record, applied or made; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.state.last_seq
    }

    /// The last run of this node that a record speaks of.
    pub fn last_boot(&self) -> Option<Boot> {
        self.state.runs.get(&self.node).map(|(boot, _)| *boot)
    }

    /// Whether that run did not end with `Stopped`: then `Input::NodeLost` is due once the settings are in.
    pub fn running(&self) -> bool {
        self.state.runs.get(&self.node).is_some_and(|(_, running)| *running)
    }

    /// Takes one input.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.keep_hours(now);
        match input {
            Input::Configured(settings) => self.configure(settings, now),
            Input::NodeLost { node, boot } => self.node_lost(node, boot, now),
            Input::Arrived { leg, caller, dialled, trunk } => self.arrived(leg, caller, dialled, trunk, now),
            Input::Fact(fact) => self.learn(fact, now),
            Input::Asked { token, request } => {
                let reply = self.ask(request, now);
                self.held.push_back(Output::Reply { token, reply });
            }
            Input::Journal { well } => self.journal(well, now),
            Input::DiskFull { on } => self.disk_full(on, now),
            Input::Drain => self.drain(now),
        }
        self.follow_up(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        self.keep_hours(now);
        while let Some(timer) = self.timers.pop_due(now.mono) {
            self.due(timer, now);
        }
        self.follow_up(now);
    }

    /// After every input: what changed is looked after, who waits is offered, and an empty node that drains stops.
    fn follow_up(&mut self, now: Now) {
        self.look_after_callbacks(now);
        self.match_callers(now);
        // What was just offered is looked after, too; that frees nobody, as a rule, and ends at once.
        while self.callbacks.has_changes() {
            self.look_after_callbacks(now);
            self.match_callers(now);
        }
        self.stop_when_empty(now);
    }

    /// The next thing to do: alarms, then records, then what is held until these are durable.
    pub fn poll_output(&mut self) -> Option<Output> {
        let alarm = self.alarms.pop_front().map(Output::Alarm);
        let record = || self.records.pop_front().map(Output::Record);
        alarm.or_else(record).or_else(|| self.held.pop_front())
    }

    /// When to call `handle_timeout`.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.timers.next()
    }

    /// Writes an event down.
    pub(crate) fn emit(&mut self, event: Event, now: Now) {
        let record = Record { seq: self.last_seq() + 1, utc: now.utc, node: self.node, boot: self.boot, event };
        self.note_change(&record.event);
        self.apply(&record);
        self.records.push_back(record);
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.held.push_back(Output::Command(command));
    }

    pub(crate) fn alarm(&mut self, alarm: Alarm) {
        self.alarms.push_back(alarm);
    }

    /// What must be remembered cannot be asked for while the journal does not commit.
    pub(crate) fn can_save(&self) -> Result<(), RequestError> {
        if self.well { Ok(()) } else { Err(RequestError::Unwell) }
    }

    /// What is left of the disk is for those who call.
    pub(crate) fn has_room(&self) -> bool {
        !self.disk_full
    }

    fn disk_full(&mut self, on: bool, now: Now) {
        let was = std::mem::replace(&mut self.disk_full, on);
        if on && !was {
            self.withdraw_all_callbacks(WithdrawReason::Replanned, now);
            self.alarm(Alarm::DiskFull);
        }
    }

    fn journal(&mut self, well: bool, now: Now) {
        self.well = well;
        if !well {
            self.withdraw_all_callbacks(WithdrawReason::Replanned, now);
            self.alarm(Alarm::JournalUnwell);
        }
    }
}
