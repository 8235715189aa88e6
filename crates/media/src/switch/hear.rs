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
    pub(super) fn unhear(&mut self, slot: usize, now: Now) {
        self.leave(slot);
        self.waiting.remove(&slot);
        let hearers = self.leg(slot).map(|leg| std::mem::take(&mut leg.hearers)).unwrap_or_default();
        for hearer in hearers {
            match self.leg(hearer) {
                // The others go on.
                Some(leg) if leg.heard == Heard::Mix => self.resolve(hearer, now),
                Some(leg) => leg.heard = Heard::Nothing,
                None => {}
            }
        }
    }

    /// Of the sources all the legs that there are, else the first music.
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
        let legs = self.others(slot, &sources);
        let music = sources.iter().find_map(|source| match source {
            Source::Music(name) => Some(name),
            Source::Leg(_) => None,
        });
        for other in &legs {
            self.leg(*other).into_iter().for_each(|leg| leg.hearers.push(slot));
        }
        let heard = match (legs.as_slice(), music) {
            ([other], _) => Heard::Leg(*other),
            ([_, ..], _) => Heard::Mix,
            ([], Some(name)) => self.music(slot, name),
            ([], None) => Heard::Nothing,
        };
        if let Some(leg) = self.leg(slot) {
            leg.heard = heard;
            leg.mix.of(if heard == Heard::Mix { &legs } else { &[] });
            leg.key_crosses = false;
            leg.start_ticker(now.mono);
        }
        self.rearm(slot, now);
    }

    /// The slots of the legs among the sources that there are, each once and never its own.
    fn others(&self, slot: usize, sources: &[Source]) -> Vec<usize> {
        let mut others = Vec::new();
        for source in sources {
            if let Source::Leg(id) = source
                && let Some(other) = self.slot(*id).filter(|other| *other != slot && !others.contains(other))
            {
                others.push(other);
            }
        }
        others
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
        let sources = match std::mem::replace(&mut leg.heard, Heard::Nothing) {
            Heard::Leg(other) => vec![other],
            Heard::Mix => leg.mix.sources().collect(),
            Heard::Nothing | Heard::Music => Vec::new(),
        };
        for source in sources {
            self.leg(source).into_iter().for_each(|leg| leg.hearers.retain(|hearer| *hearer != slot));
        }
    }
}
