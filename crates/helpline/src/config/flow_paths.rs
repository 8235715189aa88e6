//! Proves of every path through a flow that it ends in a person, in a promise that can be kept, or in the caller's own no. Pure: what is known
//! of a caller at each step is followed along all ways at once.

use std::collections::BTreeSet;

use routing::{Condition, Flow, Keyed, Step};

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
    /// Gave a number.
    given: bool,
    wanted: Option<bool>,
    /// Heard the promise of a call.
    promised: bool,
    /// Was offered to key in a number.
    asked: bool,
}

impl Known {
    fn callable(self) -> Option<bool> {
        if self.given { Some(true) } else { self.own }
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
    let person = || to_a_person(flow, known);
    match step {
        Step::Say { notice, next, .. } => {
            let heard = Known { promised: known.promised || *notice, ..known };
            person().into_iter().chain([at("next", next, heard)]).collect()
        }
        Step::Menu(menu) => {
            let offers = menu.keys.values().any(|choice| leads_to_digits(flow, &choice.next));
            let known = Known { asked: known.asked || offers, ..known };
            let keys = menu.keys.iter().map(|(key, choice)| {
                let wanted = choice.callback.or(known.wanted);
                at(&format!("keys.{key}.next"), &choice.next, Known { wanted, ..known })
            });
            keys.chain([at("otherwise", &menu.otherwise, known)]).chain(person()).collect()
        }
        Step::Collect(collect) => {
            let known = Known { asked: true, ..known };
            let given = Known { given: true, ..known };
            let ways = [at("next", &collect.next, given), at("otherwise", &collect.otherwise, known)];
            person().into_iter().chain(ways).collect()
        }
        Step::Queue { next, .. } => vec![at("next", next, in_line(known))],
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
        Condition::Open | Condition::Language(_) => Some(known),
        Condition::Callable if known.given => side.then_some(known),
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
fn to_a_person(flow: &Flow, known: Known) -> Option<Way<'_>> {
    let line = flow.queue.as_ref()?;
    flow.steps.iter().find_map(|(name, step)| match step {
        Step::Queue { queue, next } if queue == line => {
            Some((format!("steps.{name}.next"), next.as_str(), in_line(known)))
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

/// Whoever stands in line wants to be reached, whatever they said before.
fn in_line(known: Known) -> Known {
    Known { wanted: known.wanted.filter(|wanted| *wanted), ..known }
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
