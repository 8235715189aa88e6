use std::net::IpAddr;
use std::time::Duration;

use base::{Mono, Timers};

/// How long a source stays unmentioned after it was told of.
const QUIET: Duration = Duration::from_secs(60);
/// How many sources are remembered; more at once are told of no more.
const MOST: usize = 4_096;

/// Sources that no trunk knows, and when they may be told of again. One that dials us is told of apart from its other noise.
#[derive(Debug, Default)]
pub(crate) struct Strangers {
    quiet: Timers<(IpAddr, bool)>,
}

impl Strangers {
    /// Whether this is to be told: once a minute for each source.
    pub(crate) fn is_news(&mut self, source: IpAddr, ours: bool, now: Mono) -> bool {
        self.expire(now);
        let news = self.quiet.get(&(source, ours)).is_none() && self.quiet.len() < MOST;
        if news {
            self.quiet.set((source, ours), now + QUIET);
        }
        news
    }

    /// Forgets those whose minute is over.
    pub(crate) fn expire(&mut self, now: Mono) {
        while self.quiet.pop_due(now).is_some() {}
    }

    /// When the next is forgotten.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.quiet.next()
    }

    /// How many are remembered.
    pub(crate) fn len(&self) -> usize {
        self.quiet.len()
    }
}
