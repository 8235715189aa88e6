//! `relax` in `[queue.<name>]`: how what a wait insists on relaxes, step by step.

use std::time::Duration;

use routing::{Relax, Relaxes};

use super::document::Places;
use super::fault::Fault;
use super::queue::QueueSection;
use super::read::{Node, Read, section};
use super::values::{Count, Seconds};

section! {
    /// One step of `relax` in `[queue.<name>]`.
    RelaxSection {
        /// Seconds from the beginning of the wait.
        after_s: Seconds<1, 7200>,
        /// "topic" or "language".
        skill: RelaxedSkill,
        /// The level that is still asked for; 0: none.
        level: Count<0, 9> = Count(0),
    }
}

/// What can be asked less of.
#[derive(Clone, Copy, Debug)]
pub(super) struct RelaxedSkill(Relaxes);

impl Read for RelaxedSkill {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("\"topic\" or \"language\"", faults, |text| match text {
            "topic" => Some(RelaxedSkill(Relaxes::Topic)),
            "language" => Some(RelaxedSkill(Relaxes::Language)),
            _ => None,
        })
    }
}

/// All steps in order of time, those with keys of their own among them.
pub(super) fn schedule(section: &QueueSection) -> Vec<Relax> {
    let whole = |after: Duration, what| Relax { after, what, level: 0 };
    let named = section.relax.iter().map(|step| Relax {
        after: step.after_s.0,
        what: step.skill.0,
        level: level(step.level.0),
    });
    let language = section.relax_language_s.0.map(|after| whole(after.0, Relaxes::Language));
    let last = section.last_operator_s.0.map(|after| whole(after.0, Relaxes::LastOperator));
    let mut steps: Vec<Relax> = named.chain(language).chain(last).collect();
    steps.sort_by_key(|step| (step.after, step.what));
    steps
}

pub(super) fn level(count: u32) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// Steps ask for less and less, in time, of what is asked for at all.
pub(super) fn check(queue: &str, section: &QueueSection, places: &Places, faults: &mut Vec<Fault>) {
    let longest = section.max_wait_s.0.map(|wait| wait.0);
    for what in [Relaxes::Topic, Relaxes::Language] {
        let asked = if what == Relaxes::Topic { section.topic_level.0 } else { section.language_level.0 };
        let mut before = (Duration::ZERO, asked);
        for (index, step) in section.relax.iter().enumerate().filter(|(_, step)| step.skill.0 == what) {
            if let Some((key, message)) = wrong(step, before, longest) {
                faults.push(places.fault(&format!("queue.{queue}.relax[{index}].{key}"), message));
            }
            before = (step.after_s.0, step.level.0);
        }
        if what == Relaxes::Topic && before.1 > 0 {
            let message = "a topic that nobody at work knows leads to a call back; let relax come to level 0";
            faults.push(places.fault(&format!("queue.{queue}.topic_level"), message).into_warning());
        }
    }
}

/// What is wrong with a step after the one before of the same skill, and at which key.
fn wrong(
    step: &RelaxSection,
    before: (Duration, u32),
    longest: Option<Duration>,
) -> Option<(&'static str, &'static str)> {
    let (after, level) = (step.after_s.0, step.level.0);
    if before.1 == 0 {
        return Some(("skill", "nothing of it is asked for any more by then (a topic is asked for with topic_level)"));
    }
    if level == 0 && step.skill.0 == Relaxes::Language {
        return Some(("level", "a language is given up by relax_language_s alone"));
    }
    if level >= before.1 {
        return Some(("level", "asks for no less than before"));
    }
    if after <= before.0 {
        return Some(("after_s", "comes no later than the step before"));
    }
    longest
        .is_some_and(|longest| after >= longest)
        .then_some(("after_s", "comes after max_wait_s, when nobody waits any more"))
}
