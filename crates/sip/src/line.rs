//! What is kept of each trunk that calls of ours leave by: whether it answers, our registration there, its last challenge.

use std::collections::BTreeMap;

use base::{Mono, Timers};

use crate::digest::Challenge;
use crate::network::Hop;
use crate::transaction::TxId;
use crate::{Outbound, Trunk};

/// Names a trunk in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LineId(u32);

/// What a trunk may wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LineTimer {
    /// It is to be asked whether it answers.
    Probe(LineId),
    /// It has not said so.
    NoProbe(LineId),
    /// We are to register.
    Register(LineId),
    /// It has not answered that.
    NoRegister(LineId),
    /// Our registration is over.
    Expired(LineId),
}

/// A trunk that calls of ours leave by.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) out: Outbound,
    /// Whether it answers OPTIONS.
    pub(crate) probe: Probe,
    pub(crate) registration: Registration,
    /// The last challenge that was answered, and how often its nonce was used.
    pub(crate) challenge: Option<(Challenge, u32)>,
    /// What was told of it.
    told: Option<bool>,
}

/// Whether it answers OPTIONS.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    pub(crate) tx: Option<TxId>,
    /// In a row.
    pub(crate) missed: u32,
    pub(crate) up: Option<bool>,
}

/// Our registration.
#[derive(Debug, Default)]
pub(crate) struct Registration {
    pub(crate) tx: Option<TxId>,
    /// One Call-ID and one tag for all of them (RFC 3261 §10.2).
    pub(crate) call_id: String,
    pub(crate) tag: String,
    pub(crate) cseq: u32,
    /// It stands; not told yet: none.
    pub(crate) up: Option<bool>,
    /// Failures in a row.
    pub(crate) failures: u32,
    /// Where it was sent: calls from there are the trunk's.
    pub(crate) at: Option<Hop>,
    /// What a 423 asked for at least.
    pub(crate) least_s: u32,
    /// We take it back.
    pub(crate) leaving: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    minted: u32,
    all: BTreeMap<LineId, Line>,
    pub(crate) timers: Timers<LineTimer>,
}

impl Line {
    /// How often the nonce of a challenge is used, once more counted.
    pub(crate) fn uses_of(&self, challenge: &Challenge) -> u32 {
        self.challenge.as_ref().filter(|(last, _)| last.nonce == challenge.nonce).map_or(1, |(_, count)| count + 1)
    }

    /// Whether calls may leave by it, as far as is known, where that is news.
    pub(crate) fn news(&mut self) -> Option<bool> {
        let asked =
            [self.out.options_every.map(|_| self.probe.up), self.out.register.as_ref().map(|_| self.registration.up)];
        let known: Vec<Option<bool>> = asked.into_iter().flatten().collect();
        let up = if known.contains(&Some(false)) {
            Some(false)
        } else if known.is_empty() || known.contains(&None) {
            None
        } else {
            Some(true)
        };
        let news = up.filter(|up| self.told != Some(*up));
        self.told = news.or(self.told);
        news
    }
}

impl Lines {
    /// As configured. A trunk whose way out is as it was goes on; what is new or changed begins anew.
    pub(crate) fn configure(&mut self, trunks: &[Trunk], now: Mono) {
        let stays =
            |line: &Line| trunks.iter().any(|trunk| trunk.name == line.name && trunk.out.as_ref() == Some(&line.out));
        let gone: Vec<LineId> = self.all.iter().filter(|(_, line)| !stays(line)).map(|(id, _)| *id).collect();
        for id in gone {
            self.all.remove(&id);
            self.stop(id);
        }
        for trunk in trunks {
            if let Some(out) = trunk.out.as_ref().filter(|_| self.of_name(&trunk.name).is_none()) {
                self.begin(&trunk.name, out, now);
            }
        }
    }

    fn begin(&mut self, name: &str, out: &Outbound, now: Mono) {
        self.minted += 1;
        let id = LineId(self.minted);
        if out.options_every.is_some() {
            self.timers.set(LineTimer::Probe(id), now);
        }
        if out.register.is_some() {
            self.timers.set(LineTimer::Register(id), now);
        }
        let line = Line {
            name: name.to_owned(),
            out: out.clone(),
            probe: Probe::default(),
            registration: Registration::default(),
            challenge: None,
            told: None,
        };
        self.all.insert(id, line);
    }

    fn stop(&mut self, id: LineId) {
        let all =
            [LineTimer::Probe, LineTimer::NoProbe, LineTimer::Register, LineTimer::NoRegister, LineTimer::Expired];
        for timer in all {
            self.timers.cancel(&timer(id));
        }
    }

    pub(crate) fn get(&self, id: LineId) -> Option<&Line> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: LineId) -> Option<&mut Line> {
        self.all.get_mut(&id)
    }

    /// The trunk of this name.
    pub(crate) fn of_name(&self, name: &str) -> Option<LineId> {
        self.all.iter().find(|(_, line)| line.name == name).map(|(id, _)| *id)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (LineId, &Line)> {
        self.all.iter().map(|(id, line)| (*id, line))
    }

    /// When something becomes due.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.timers.next()
    }
}
