//! Follows every path of a flow: none may end nowhere, go round for ever, or let a caller go without a person or a promise.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use routing::{Flow, Queue, Step};

use super::document::Places;
use super::fault::Fault;
use super::flow::FlowFile;
use super::flow_paths::prove;
use super::queue;
use super::suggest::suggest;

/// Checks a flow. `owed`: real callers take it, so that every path must end in a person or a promise (I1, rule 19).
pub(super) fn check(file: &FlowFile, queues: &BTreeMap<String, Queue>, owed: bool, faults: &mut Vec<Fault>) {
    let check = Check { flow: &file.flow, places: &file.places };
    let before = faults.len();
    check.names(queues, faults);
    if faults.len() == before {
        check.unreached(faults);
        check.rounds(faults);
        if owed {
            check.paths(faults);
            check.way_to_a_person(faults);
        }
    }
}

/// Whom a step `dial` calls can be reached: what [`queue::unreachable`] says of operators holds here, too.
pub(super) fn dialled(file: &FlowFile, tls: &[SocketAddr], faults: &mut Vec<Fault>) {
    for (name, step) in &file.flow.steps {
        let Step::Dial { uri, .. } = step else { continue };
        if let Some(message) = queue::unreachable(uri, tls) {
            faults.push(file.places.fault(&format!("steps.{name}.uri"), message));
        }
    }
}

struct Check<'a> {
    flow: &'a Flow,
    places: &'a Places,
}

/// A way from a step to another: the key that names it, and the name.
type Way<'a> = (String, &'a str);

impl<'a> Check<'a> {
    /// Every step and queue that is named is there.
    fn names(&self, queues: &BTreeMap<String, Queue>, faults: &mut Vec<Fault>) {
        let start = std::iter::once(("start".to_owned(), self.flow.start.as_str()));
        let steps = self.flow.steps.iter().flat_map(|(name, step)| ways(name, step));
        for (key, target) in start.chain(steps).filter(|(_, target)| !self.flow.steps.contains_key(*target)) {
            let hint = suggest(target, self.flow.steps.keys().map(String::as_str));
            faults.push(self.places.fault(&key, format!("leads nowhere: there is no step \"{target}\"{hint}")));
        }
        let named = self.flow.queue.iter().map(|queue| ("queue".to_owned(), queue));
        let entered = self.flow.steps.iter().filter_map(|(name, step)| match step {
            Step::Queue { queue, next: _ } => Some((format!("steps.{name}.queue"), queue)),
            Step::Say { .. }
            | Step::Menu(_)
            | Step::Collect(_)
            | Step::Dial { .. }
            | Step::If { .. }
            | Step::HangUp => None,
        });
        for (key, queue) in named.chain(entered).filter(|(_, queue)| !queues.contains_key(*queue)) {
            let hint = suggest(queue, queues.keys().map(String::as_str));
            faults.push(self.places.fault(&key, format!("there is no queue \"{queue}\"{hint}")));
        }
    }

    /// Every step can be reached; the step of the queue that `0` and `9` lead to can from anywhere.
    fn unreached(&self, faults: &mut Vec<Fault>) {
        let reached = self.reach();
        for name in self.flow.steps.keys().filter(|name| !reached.contains(name.as_str())) {
            faults.push(self.places.fault(&format!("steps.{name}"), "no path leads to this step"));
        }
    }

    /// A caller who presses nothing comes to a queue or to the end: no loop without one.
    fn rounds(&self, faults: &mut Vec<Fault>) {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for name in self.flow.steps.keys() {
            let round = self.silent_round(name);
            if round.iter().any(|step| told.contains(step)) || round.is_empty() {
                continue;
            }
            let path = round.join(" → ");
            let message = format!("goes round for ever for a caller who presses nothing: {path} → {name}");
            faults.push(self.places.fault(&format!("steps.{name}"), message));
            told.extend(round);
        }
    }

    /// The steps from `start` back to itself that need no key and no queue; empty: there is no such way.
    fn silent_round(&self, start: &'a str) -> Vec<&'a str> {
        let mut paths = vec![vec![start]];
        let mut seen = BTreeSet::new();
        while let Some(path) = paths.pop() {
            let step = path.last().and_then(|name| self.flow.steps.get(*name));
            for next in step.into_iter().flat_map(silent_ways) {
                if next == start {
                    return path;
                }
                if seen.insert(next) {
                    paths.push(path.iter().copied().chain([next]).collect());
                }
            }
        }
        Vec::new()
    }

    /// Every path ends in a person, a promise, or the caller's own no.
    fn paths(&self, faults: &mut Vec<Fault>) {
        faults.extend(prove(self.flow).into_iter().map(|(key, why)| self.places.fault(&key, why)));
    }

    /// `0` and `9` lead to a queue with a step of its own, whose `next` is the way out.
    fn way_to_a_person(&self, faults: &mut Vec<Fault>) {
        let Some(queue) = &self.flow.queue else {
            let message = "is missing: in every menu 0 and 9 must lead to a person";
            return faults.push(self.places.fault("queue", message));
        };
        if self.queue_step().is_none() {
            let message = format!("no step has do = \"queue\" and queue = \"{queue}\": its next is the way out");
            faults.push(self.places.fault("queue", message));
        }
    }

    fn queue_step(&self) -> Option<&'a str> {
        let wanted = self.flow.queue.as_ref()?;
        let is_it = |step: &Step| matches!(step, Step::Queue { queue, .. } if queue == wanted);
        self.flow.steps.iter().find(|(_, step)| is_it(step)).map(|(name, _)| name.as_str())
    }

    /// Steps on the ways from the start, and from the queue of `0` and `9`.
    fn reach(&self) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&'a str> =
            [Some(self.flow.start.as_str()), self.queue_step()].into_iter().flatten().collect();
        while let Some(name) = open.pop() {
            if !reached.insert(name) {
                continue;
            }
            if let Some(step) = self.flow.steps.get(name) {
                open.extend(ways(name, step).into_iter().map(|(_, target)| target));
            }
        }
        reached
    }
}

/// All ways out of a step.
fn ways<'a>(name: &str, step: &'a Step) -> Vec<Way<'a>> {
    let at = |key: &str, target: &'a String| (format!("steps.{name}.{key}"), target.as_str());
    match step {
        Step::Say { next, .. } | Step::Queue { next, .. } | Step::Dial { next, .. } => vec![at("next", next)],
        Step::If { then, otherwise, .. } => vec![at("then", then), at("otherwise", otherwise)],
        Step::Menu(menu) => {
            let keys = menu.keys.iter().map(|(key, choice)| at(&format!("keys.{key}.next"), &choice.next));
            keys.chain([at("otherwise", &menu.otherwise)]).collect()
        }
        Step::Collect(collect) => vec![at("next", &collect.next), at("otherwise", &collect.otherwise)],
        Step::HangUp => Vec::new(),
    }
}

/// The ways out of a step that need neither a key nor a wait in line.
fn silent_ways(step: &Step) -> Vec<&str> {
    match step {
        Step::Say { next, .. } | Step::Dial { next, .. } => vec![next],
        Step::If { then, otherwise, .. } => vec![then, otherwise],
        Step::Menu(menu) => vec![&menu.otherwise],
        Step::Collect(collect) => vec![&collect.otherwise],
        Step::Queue { .. } | Step::HangUp => Vec::new(),
    }
}
