//! Proves of every path through a flow that it ends in a person, in a promise that can be kept, or in the caller's own no. Pure: what is known
//! of a caller at each step is followed along all ways at once.

use std::collections::BTreeSet;

use routing::{Choice, Condition, Flow, Keyed, Step};

use super::flow::PROMISE;

/// What a path does that none may: the key where, and why not.
pub(super) type Broken = BTreeSet<(String, &'static str)>;

const HANGS_UP: &str = "hangs up on a caller who was neither put through nor promised a call back; \
                        go through a say with notice = true first";
const NOT_ASKED: &str =
    "hangs up on a caller whom we may not call and who was not asked for a number: offer a collect first";
const NOT_CALLABLE: &str = "promises a call to callers whom we may not call; go through if when = \"callable\" first";
const DECLINED: &str = "promises a call to callers who declined one";
const NOT_NOTICE: &str = "says {promise} without notice = true: it is the promise of a call back";
const NO_EXTENSION: &str =
    "asks for an extension of a number that we do not see; go through if when = \"extension\" first";

/// What is known of a caller who comes to a step. None: one or the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    /// May be called at their own number.
    own: Option<bool>,
    /// Calls from a fixed line that we see; nobody who may be called unasked does.
    extension: Option<bool>,
    /// Gave a number, or an extension.
    given: bool,
    /// Chose a part of the day: without, a number that was given is not called unless their own may be.
    part: bool,
    /// Whether they may be called, asked since they gave a number: it may be one that is not to be called.
    verdict: Option<bool>,
    /// Whether they pressed that they want a call, or that they do not; none: neither.
    wanted: Option<bool>,
    /// Heard the promise of a call.
    promised: bool,
    /// Was offered to key in a number.
    asked: bool,
}

impl Known {
    fn callable(self) -> Option<bool> {
        let never = self.own == Some(false) && !self.part;
        if self.given { self.verdict.or(never.then_some(false)) } else { self.own }
    }
}

impl Known {
    /// What a key says.
    fn chose(self, choice: &Choice) -> Self {
        let in_vain = choice.part.is_some() && !self.part && self.own != Some(true);
        Known {
            wanted: choice.callback.or(self.wanted),
            part: self.part || choice.part.is_some(),
            // What was not called for want of a time may be now.
            verdict: self.verdict.filter(|callable| *callable || !in_vain),
            ..self
        }
    }
}

/// A way to another step: the key that names it, the step, and what is known then.
type Way<'a> = (String, &'a str, Known);

/// Follows all paths of a flow whose steps are all there.
pub(super) fn prove(flow: &Flow) -> Broken {
    let mut broken = Broken::new();
    let mut seen: BTreeSet<(&str, Known)> = BTreeSet::new();
    let start = (flow.start.as_str(), Known::default());
    let mut open = vec![start];
    if matches!(flow.steps.get(&flow.start), Some(Step::HangUp)) {
        broken.insert(("start".to_owned(), "hangs up at once"));
    }
    while let Some((name, known)) = open.pop() {
        let Some((name, step)) = flow.steps.get_key_value(name).filter(|_| seen.insert((name, known))) else {
            continue;
        };
        broken.extend(broken_at(name, step, known));
        for (key, target, known) in ways(flow, name, step, known) {
            if matches!(flow.steps.get(target), Some(Step::HangUp)) {
                broken.extend(let_go(known).map(|why| (key, why)));
            } else {
                open.push((target, known));
            }
        }
    }
    broken
}

/// Why a caller of whom this is known may not be let go.
fn let_go(known: Known) -> Option<&'static str> {
    match (known.promised || known.wanted == Some(false), known.callable(), known.asked) {
        (true, _, _) | (false, Some(false), true) => None,
        (false, Some(false), false) => Some(NOT_ASKED),
        (false, Some(true) | None, _) => Some(HANGS_UP),
    }
}

/// What a step says that is not so for every caller who comes to it.
fn broken_at(name: &str, step: &Step, known: Known) -> Option<(String, &'static str)> {
    let at = |key: &str, why| Some((format!("steps.{name}.{key}"), why));
    match step {
        Step::Say { prompts, notice, .. } => {
            let promises = prompts.iter().any(|prompt| prompt == PROMISE);
            match (promises, *notice) {
                (true, false) => at("prompts", NOT_NOTICE),
                (true, true) if known.callable() != Some(true) => at("prompts", NOT_CALLABLE),
                (_, true) if known.wanted == Some(false) => at("notice", DECLINED),
                (true | false, true) | (false, false) => None,
            }
        }
        Step::Collect(collect) if collect.what == Keyed::Extension && known.extension != Some(true) => {
            at("what", NO_EXTENSION)
        }
        Step::Collect(_) | Step::Menu(_) | Step::Queue { .. } | Step::Dial { .. } | Step::If { .. } | Step::HangUp => {
            None
        }
    }
}

/// All ways out of a step for a caller of whom this is known.
fn ways<'a>(flow: &'a Flow, name: &str, step: &'a Step, known: Known) -> Vec<Way<'a>> {
    let at = |key: &str, target: &'a String, known| (format!("steps.{name}.{key}"), target.as_str(), known);
    let person = || to_a_person(flow, known).into_iter().flatten();
    match step {
        Step::Say { notice, next, .. } => {
            let heard = Known { promised: known.promised || *notice, ..known };
            person().chain([at("next", next, heard)]).collect()
        }
        Step::Menu(menu) => {
            let offers = menu.keys.values().any(|choice| leads_to_digits(flow, &choice.next));
            let known = Known { asked: known.asked || offers, ..known };
            let keys = menu
                .keys
                .iter()
                .map(|(key, choice)| at(&format!("keys.{key}.next"), &choice.next, known.chose(choice)));
            keys.chain([at("otherwise", &menu.otherwise, known)]).chain(person()).collect()
        }
        Step::Collect(collect) => {
            let known = Known { asked: true, ..known };
            let given = Known { given: true, verdict: None, ..known };
            let ways = [at("next", &collect.next, given), at("otherwise", &collect.otherwise, known)];
            person().chain(ways).collect()
        }
        Step::Queue { next, .. } => in_line(known).into_iter().map(|known| at("next", next, known)).collect(),
        Step::Dial { next, .. } => vec![at("next", next, known)],
        Step::If { condition, then, otherwise } => {
            let sides = [(true, "then", then), (false, "otherwise", otherwise)];
            let possible = sides
                .into_iter()
                .filter_map(|(side, key, target)| decided(condition, side, known).map(|known| at(key, target, known)));
            possible.collect()
        }
        Step::HangUp => Vec::new(),
    }
}

/// What is known on one side of a condition; none: nobody of whom this is known goes there.
fn decided(condition: &Condition, side: bool, known: Known) -> Option<Known> {
    match condition {
        Condition::Open | Condition::Language(_) | Condition::LanguageChosen => Some(known),
        Condition::Wanted => (side == (known.wanted == Some(true))).then_some(known),
        Condition::Callable if known.given => match (known.callable(), side) {
            (Some(callable), side) => (callable == side).then_some(known),
            (None, false) => Some(Known { verdict: Some(false), ..known }),
            (None, true) if known.part => Some(Known { verdict: Some(true), ..known }),
            (None, true) => Some(Known { verdict: Some(true), own: Some(true), extension: Some(false), ..known }),
        },
        Condition::Callable => {
            let extension = if side { Some(false) } else { known.extension };
            known.own.is_none_or(|own| own == side).then_some(Known { own: Some(side), extension, ..known })
        }
        Condition::Extension => {
            let own = if side { Some(false) } else { known.own };
            known.extension.is_none_or(|has| has == side).then_some(Known { own, extension: Some(side), ..known })
        }
    }
}

/// `0` and `9`, wherever the flow speaks: the line, and its way out.
fn to_a_person(flow: &Flow, known: Known) -> Option<Vec<Way<'_>>> {
    let line = flow.queue.as_ref()?;
    flow.steps.iter().find_map(|(name, step)| match step {
        Step::Queue { queue, next } if queue == line => {
            let way = |known| (format!("steps.{name}.next"), next.as_str(), known);
            Some(in_line(known).into_iter().map(way).collect())
        }
        Step::Queue { .. }
        | Step::Say { .. }
        | Step::Menu(_)
        | Step::Collect(_)
        | Step::Dial { .. }
        | Step::If { .. }
        | Step::HangUp => None,
    })
}

/// Whoever stands in line wants to be reached, whatever they said before; and may press there that they want to be called.
fn in_line(known: Known) -> Vec<Known> {
    let wanted = Known { wanted: Some(true), ..known };
    if known.wanted.is_none() { vec![known, wanted] } else { vec![wanted] }
}

/// Whether a step is a collect, or leads to one without a key and without words.
fn leads_to_digits(flow: &Flow, name: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![name]);
    while let Some(name) = open.pop() {
        match flow.steps.get(name).filter(|_| seen.insert(name)) {
            Some(Step::Collect(_)) => return true,
            Some(Step::If { then, otherwise, .. }) => open.extend([then.as_str(), otherwise]),
            Some(Step::Say { .. } | Step::Menu(_) | Step::Queue { .. } | Step::Dial { .. } | Step::HangUp) | None => {}
        }
    }
    false
}
