use base::{LegId, Now};

use super::Switch;
use crate::io::{Fact, Source};
use crate::leg::Heard;
use crate::player::Music;

/// More sources than anyone mixes.
const MAX_SOURCES: usize = 16;

impl Switch {
    /// What a leg hears from now on.
    pub(super) fn hear(&mut self, slot: usize, mut sources: Vec<Source>, now: Now) {
        sources.truncate(MAX_SOURCES);
        let Some(leg) = self.leg(slot).filter(|leg| leg.hear != sources) else { return };
        leg.hear = sources;
        self.resolve(slot, now);
    }

    /// A leg came: those who wait to hear it do.
    pub(super) fn heard_by_waiting(&mut self, id: LegId, now: Now) {
        let waits = |slot: &&usize| {
            let leg = self.legs.get(**slot).and_then(Option::as_deref);
            leg.is_some_and(|leg| leg.hear.contains(&Source::Leg(id)))
        };
        let waiting: Vec<usize> = self.waiting.iter().filter(waits).copied().collect();
        waiting.into_iter().for_each(|slot| self.resolve(slot, now));
    }

    /// A leg goes: nobody hears it any more, and it hears nobody.
    pub(super) fn unhear(&mut self, slot: usize) {
        self.leave(slot);
        self.waiting.remove(&slot);
        let hearers = self.leg(slot).map(|leg| std::mem::take(&mut leg.hearers)).unwrap_or_default();
        for hearer in hearers {
            if let Some(leg) = self.leg(hearer) {
                leg.heard = Heard::Nothing;
            }
        }
    }

    /// The first leg of the sources that there is, else the first music.
    fn resolve(&mut self, slot: usize, now: Now) {
        self.leave(slot);
        let sources = self.leg(slot).map(|leg| leg.hear.clone()).unwrap_or_default();
        let is_there = |source: &Source| match source {
            Source::Leg(id) => self.slot(*id).is_some(),
            Source::Music(_) => true,
        };
        if sources.iter().all(is_there) {
            self.waiting.remove(&slot);
        } else {
            self.waiting.insert(slot);
        }
        let leg = sources.iter().find_map(|source| match source {
            Source::Leg(id) => self.slot(*id).filter(|other| *other != slot),
            Source::Music(_) => None,
        });
        let music = sources.iter().find_map(|source| match source {
            Source::Music(name) => Some(name),
            Source::Leg(_) => None,
        });
        let heard = match (leg, music) {
            (Some(other), _) => {
                self.leg(other).into_iter().for_each(|leg| leg.hearers.push(slot));
                Heard::Leg(other)
            }
            (None, Some(name)) => self.music(slot, name),
            (None, None) => Heard::Nothing,
        };
        if let Some(leg) = self.leg(slot) {
            leg.heard = heard;
            leg.key_crosses = false;
            leg.start_ticker(now.mono);
        }
        self.rearm(slot, now);
    }

    /// Music goes on where this leg last heard it.
    fn music(&mut self, slot: usize, name: &str) -> Heard {
        let samples = self.library.music.get(name).cloned();
        let Some(leg) = self.leg(slot) else { return Heard::Nothing };
        if leg.music.as_ref().is_some_and(|music| music.name() == name) {
            return Heard::Music;
        }
        let id = leg.id;
        match samples.filter(|samples| !samples.is_empty()) {
            Some(samples) => {
                leg.music = Some(Music::new(name.to_owned(), samples));
                Heard::Music
            }
            None => {
                self.facts.push_back(Fact::MissingSound { leg: id, sound: name.to_owned() });
                Heard::Nothing
            }
        }
    }

    fn leave(&mut self, slot: usize) {
        let Some(leg) = self.leg(slot) else { return };
        let before = std::mem::replace(&mut leg.heard, Heard::Nothing);
        if let Heard::Leg(other) = before
            && let Some(other) = self.leg(other)
        {
            other.hearers.retain(|hearer| *hearer != slot);
        }
    }
}
