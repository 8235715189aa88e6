//! Ties the aggregates together: one input, then the records and commands that follow from it.

use std::collections::VecDeque;

use base::{Boot, Mono, NodeId, Now};

use crate::state::State;
use crate::{Event, Input, Output, Record};

/// The decisions of one node. Handle one input, then drain all outputs, then the next.
#[derive(Debug)]
pub struct Switchboard {
    node: NodeId,
    boot: Boot,
    state: State,
    records: VecDeque<Record>,
    outputs: VecDeque<Output>,
}

impl Switchboard {
    /// A switchboard without a past. Its first record has seq 1. For one with a past: `apply` each record, then `begin`.
    pub fn new(node: NodeId, boot: Boot) -> Self {
        Switchboard { node, boot, state: State::default(), records: VecDeque::new(), outputs: VecDeque::new() }
    }

    /// Folds a record of the journal. The only place where state that comes from events changes; yields nothing.
    pub fn apply(&mut self, record: &Record) {
        self.state.apply(record);
    }

    /// Begins a run after the replay: new ids carry this boot, new records follow the last one.
    pub fn begin(&mut self, boot: Boot) {
        self.boot = boot;
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
        let _ = (input, now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        let _ = now;
    }

    /// The next thing to do: alarms, then records, then what is held until these are durable.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.records.pop_front().map(Output::Record).or_else(|| self.outputs.pop_front())
    }

    /// When to call `handle_timeout`.
    pub fn poll_timeout(&self) -> Option<Mono> {
        None
    }

    /// Writes an event down.
    fn emit(&mut self, event: Event, now: Now) {
        let record = Record { seq: self.last_seq() + 1, utc: now.utc, node: self.node, boot: self.boot, event };
        self.apply(&record);
        self.records.push_back(record);
    }
}
