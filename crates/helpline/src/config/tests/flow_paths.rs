//! A second opinion on the flow checker: callers of each kind who walk through a flow one by one and remember only what happened to them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use routing::{Choice, Collect, Condition, Flow, Keyed, Language, Menu, Part, Step};

use super::super::flow::PROMISE;
use super::super::flow_paths::prove;

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "line", "end"];

/// Someone who calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Walker {
    mobile: bool,
    fixed: bool,
    /// A number: one that may be called, or not.
    gave: Option<bool>,
    part: bool,
    offered: bool,
    promised: bool,
    wanted: Option<bool>,
}

/// What no flow may do to them.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    LetGo,
    PromisedInVain,
    PromisedAgainstTheirWish,
    PromisedByTheWay,
    AskedForAnExtensionThatIsNone,
}

impl Walker {
    fn new(kind: u8) -> Self {
        let (mobile, fixed) = (kind == 0, kind == 1);
        Walker { mobile, fixed, gave: None, part: false, offered: false, promised: false, wanted: None }
    }

    /// Goes on by one choice: the next step, or what was done to them.
    fn step<'a>(&mut self, flow: &'a Flow, name: &str, choice: u8) -> Result<Option<&'a str>, Wrong> {
        let callable = self.gave.map_or(self.mobile, |good| good && (self.mobile || self.part));
        let step = &flow.steps[name];
        if choice == 7 && matches!(step, Step::Say { .. } | Step::Menu(_) | Step::Collect(_)) {
            // They press 0.
            return Ok(Some("line"));
        }
        match step {
            Step::Say { prompts, notice, next } => {
                match prompts.iter().any(|prompt| prompt == PROMISE) {
                    true if !notice => return Err(Wrong::PromisedByTheWay),
                    true if !callable => return Err(Wrong::PromisedInVain),
                    true | false => {}
                }
                if *notice && self.wanted == Some(false) {
                    return Err(Wrong::PromisedAgainstTheirWish);
                }
                self.promised |= *notice;
                Ok(Some(next))
            }
            Step::Menu(menu) => {
                self.offered |= menu.keys.values().any(|choice| digits(flow, &choice.next, 20));
                let chosen = menu.keys.values().nth(usize::from(choice));
                let Some(chosen) = chosen else { return Ok(Some(&menu.otherwise)) };
                self.wanted = chosen.callback.or(self.wanted);
                self.part |= chosen.part.is_some();
                Ok(Some(&chosen.next))
            }
            Step::Collect(collect) => {
                if collect.what == Keyed::Extension && !self.fixed {
                    return Err(Wrong::AskedForAnExtensionThatIsNone);
                }
                self.offered = true;
                if choice < 4 {
                    self.gave = Some(choice < 2);
                }
                Ok(Some(if choice < 4 { &collect.next } else { &collect.otherwise }))
            }
            Step::Queue { next, .. } => {
                if choice < 4 || self.wanted == Some(false) {
                    self.wanted = Some(true);
                }
                Ok(Some(next))
            }
            Step::Dial { next, .. } => Ok(Some(next)),
            Step::If { condition, then, otherwise } => {
                let so = match condition {
                    Condition::Callable => callable,
                    Condition::Extension => self.fixed,
                    Condition::Wanted => self.wanted == Some(true),
                    Condition::Open | Condition::Language(_) | Condition::LanguageChosen => choice < 4,
                };
                Ok(Some(if so { then } else { otherwise }))
            }
            Step::HangUp if self.promised || self.wanted == Some(false) || (!callable && self.offered) => Ok(None),
            Step::HangUp => Err(Wrong::LetGo),
        }
    }
}

fn digits(flow: &Flow, name: &str, depth: u8) -> bool {
    match &flow.steps[name] {
        Step::Collect(_) => true,
        Step::If { then, otherwise, .. } if depth > 0 => {
            digits(flow, then, depth - 1) || digits(flow, otherwise, depth - 1)
        }
        Step::If { .. } | Step::Say { .. } | Step::Menu(_) | Step::Queue { .. } | Step::Dial { .. } | Step::HangUp => {
            false
        }
    }
}

/// What is done to somebody, of whatever kind, who presses whatever they like for as long as they like.
fn wrong(flow: &Flow) -> Option<Wrong> {
    let mut open: Vec<(&str, Walker)> = (0..3).map(|kind| (flow.start.as_str(), Walker::new(kind))).collect();
    let mut met = BTreeSet::new();
    while let Some((at, walker)) = open.pop() {
        for choice in (0..8).filter(|choice| met.insert((at, walker, *choice))) {
            let mut walker = walker;
            match walker.step(flow, at, choice) {
                Ok(Some(next)) => open.push((next, walker)),
                Ok(None) => {}
                Err(wrong) => return Some(wrong),
            }
        }
    }
    None
}

fn a_name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned)
}

fn a_step() -> impl Strategy<Value = Step> {
    let part = prop::option::of(Just(Part::Evening));
    let choice = (prop::option::of(any::<bool>()), part, a_name()).prop_map(|(callback, part, next)| Choice {
        callback,
        part,
        next,
        ..Choice::default()
    });
    let condition = prop::sample::select(vec![
        Condition::Open,
        Condition::Language(Language("en".to_owned())),
        Condition::LanguageChosen,
        Condition::Callable,
        Condition::Extension,
        Condition::Wanted,
    ]);
    prop_oneof![
        3 => (any::<bool>(), any::<bool>(), a_name()).prop_map(|(promise, notice, next)| {
            let prompts = vec![if promise { PROMISE } else { "hello" }.to_owned()];
            Step::Say { prompts, notice, next }
        }),
        3 => (prop::collection::btree_map(prop::sample::select(vec!['1', '2', '3']), choice, 1..4), a_name()).prop_map(menu),
        1 => (any::<bool>(), a_name(), a_name()).prop_map(|(number, next, otherwise)| collect(number, next, otherwise)),
        3 => (condition, a_name(), a_name())
            .prop_map(|(condition, then, otherwise)| Step::If { condition, then, otherwise }),
    ]
}

fn menu((keys, otherwise): (BTreeMap<char, Choice>, String)) -> Step {
    let prompts = vec![("hello".to_owned(), None)];
    Step::from(Menu { prompts, keys, no_input: Duration::from_secs(5), retries: 0, otherwise })
}

fn collect(number: bool, next: String, otherwise: String) -> Step {
    Step::Collect(Collect {
        what: if number { Keyed::Number } else { Keyed::Extension },
        prompts: Vec::new(),
        confirm: Vec::new(),
        unusable: Vec::new(),
        max_digits: 12,
        gap: Duration::from_secs(10),
        retries: 0,
        next,
        otherwise,
    })
}

fn a_flow() -> impl Strategy<Value = Flow> {
    (prop::collection::vec(a_step(), 5), a_name()).prop_map(|(steps, way_out)| {
        let queue = Some("main".to_owned());
        let line = Step::Queue { queue: "main".to_owned(), next: way_out };
        let steps = steps.into_iter().chain([line, Step::HangUp]);
        let steps = NAMES.iter().map(|name| (*name).to_owned()).zip(steps).collect();
        Flow { start: "a".to_owned(), steps, queue }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn who_walks_through_a_flow_without_a_fault_comes_to_a_good_end(flow in a_flow()) {
        let (broken, wrong) = (prove(&flow), wrong(&flow));
        prop_assert!(!broken.is_empty() || wrong.is_none(), "{wrong:?}");
    }

    #[test]
    fn a_flow_that_is_faulted_does_someone_wrong(flow in a_flow()) {
        let (broken, wrong) = (prove(&flow), wrong(&flow));
        prop_assert!(broken.is_empty() || wrong.is_some(), "{broken:?}");
    }
}
