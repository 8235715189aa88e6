//! `[callback]`: when and how people are called back.

use std::collections::BTreeMap;
use std::time::Duration;

use routing::{Callbacks, Hours, Part, TimeOfDay};

use super::document::Places;
use super::fault::Fault;
use super::read::{Node, Read, section};
use super::values::{Count, Seconds};

section! {
    /// `[callback]`: when and how people are called back. Its defaults are those of the rules.
    CallbackSection {
        /// Nobody is called outside these hours, nor while the service's calendar is closed.
        hours: Hours = defaults().hours,
        /// Parts of the day, for callers who choose one and for tries after the first.
        morning: Hours = part(Part::Morning),
        /// The break at noon.
        midday: Hours = part(Part::Midday),
        /// Until the early evening.
        afternoon: Hours = part(Part::Afternoon),
        /// After most shifts.
        evening: Hours = part(Part::Evening),
        /// Parts in which those are tried, once, who hung up before they heard that we call.
        unheard: Vec<PartName> = vec![PartName(Part::Midday), PartName(Part::Evening)],
        /// Seconds for which their phone rings at most.
        ring_s: Seconds<15, 120> = Seconds::new(45),
        /// Seconds of ringing that count as an attempt.
        counts_after_s: Seconds<5, 60> = Seconds::new(15),
        /// Minutes until the next try after a busy line,
        busy_again_min: Count<1, 240> = Count(15),
        /// and after a fault of the trunk.
        fault_again_min: Count<1, 240> = Count(5),
        /// Minutes before a promised time in which it goes before live callers.
        promise_soon_min: Count<1, 120> = Count(15),
        /// Minutes after which what is due stands among live callers,
        ages_after_min: Count<1, 1_440> = Count(30),
        /// and how many of these are rung for between two of those.
        live_between: Count<1, 100> = Count(3),
        /// Minutes after which what is due wakes a supervisor.
        overdue_after_min: Count<1, 10_080> = Count(120),
        /// So many calls of one number,
        noise_calls: Count<2, 16> = Count(5),
        /// shorter than so many seconds,
        noise_under_s: Seconds<1, 30> = Seconds::new(3),
        /// within so many minutes are noise.
        noise_within_min: Count<1, 1_440> = Count(60),
        /// Hours for which a number stays blocked.
        block_h: Count<1, 168> = Count(24),
        /// Operators who are at work in all calling hours, where no rota says who is; 0: no time is told without a rota. And
        operators: Count<0, 1_000> = Count(0),
        /// minutes that one callback takes: from these a time is promised.
        takes_min: Count<1, 120> = Count(10),
    }
}

fn defaults() -> Callbacks {
    Callbacks::default()
}

fn part(part: Part) -> Hours {
    let hours = defaults().hours;
    defaults().parts.get(&part).copied().unwrap_or(hours)
}

impl CallbackSection {
    /// As routing knows them. Parts follow each other and have some time within the calling hours.
    pub(super) fn settings(self, places: &Places, faults: &mut Vec<Fault>) -> Callbacks {
        let hours = [self.morning, self.midday, self.afternoon, self.evening];
        let parts: BTreeMap<Part, Hours> = Part::ALL.into_iter().zip(hours).collect();
        check(&parts, self.hours, places, faults);
        let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
        Callbacks {
            hours: self.hours,
            parts,
            unheard: self.unheard.into_iter().map(|part| part.0).collect(),
            ring: self.ring_s.0,
            counts_after: self.counts_after_s.0,
            busy_again: minutes(self.busy_again_min.0),
            fault_again: minutes(self.fault_again_min.0),
            promise_soon: minutes(self.promise_soon_min.0),
            ages_after: minutes(self.ages_after_min.0),
            live_between: self.live_between.0,
            overdue_after: minutes(self.overdue_after_min.0),
            noise_calls: self.noise_calls.0,
            noise_under: self.noise_under_s.0,
            noise_within: minutes(self.noise_within_min.0),
            block: minutes(self.block_h.0 * 60),
            operators: self.operators.0,
            takes: minutes(self.takes_min.0),
        }
    }
}

fn check(parts: &BTreeMap<Part, Hours>, calling: Hours, places: &Places, faults: &mut Vec<Fault>) {
    let mut before: Option<Hours> = None;
    for (part, hours) in parts {
        let key = format!("callback.{}", part.word());
        if before.is_some_and(|before| before.to > TimeOfDay::At(hours.from)) {
            faults.push(places.fault(&key, "begins before the part of the day before it ends"));
        }
        let from = hours.from.max(calling.from);
        if TimeOfDay::At(from) >= hours.to.min(calling.to) {
            faults.push(places.fault(&key, "lies outside callback.hours: nobody who chose it would ever be called"));
        }
        before = Some(*hours);
    }
}

/// A part of the day by its word.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartName(Part);

impl Read for PartName {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let named = |text: &str| Part::ALL.into_iter().find(|part| part.word() == text).map(PartName);
        node.parsed("a part of the day: morning, midday, afternoon or evening", faults, named)
    }
}
