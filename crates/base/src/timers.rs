use std::collections::{BTreeMap, BTreeSet};

use crate::Mono;

/// A table of timers: at most one moment per key, popped in order of time and then of key.
#[derive(Clone, Debug)]
pub struct Timers<K> {
    by_key: BTreeMap<K, Mono>,
    by_time: BTreeSet<(Mono, K)>,
}

impl<K: Ord + Clone> Default for Timers<K> {
    fn default() -> Self {
        Timers { by_key: BTreeMap::new(), by_time: BTreeSet::new() }
    }
}

impl<K: Ord + Clone> Timers<K> {
    /// Arms `key` for `at`, replacing what it was armed for.
    pub fn set(&mut self, key: K, at: Mono) {
        self.cancel(&key);
        self.by_time.insert((at, key.clone()));
        self.by_key.insert(key, at);
    }

    /// Disarms `key`; returns what it was armed for.
    pub fn cancel(&mut self, key: &K) -> Option<Mono> {
        let at = self.by_key.remove(key)?;
        self.by_time.remove(&(at, key.clone()));
        Some(at)
    }

    /// The moment that `key` is armed for.
    pub fn get(&self, key: &K) -> Option<Mono> {
        self.by_key.get(key).copied()
    }

    /// The earliest moment that anything is armed for.
    pub fn next(&self) -> Option<Mono> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the earliest key that is due at `now`.
    pub fn pop_due(&mut self, now: Mono) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = self.by_time.pop_first()?;
        self.by_key.remove(&key);
        Some(key)
    }

    /// How many keys are armed.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether nothing is armed.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(s: u64) -> Mono {
        Mono(Duration::from_secs(s))
    }

    #[test]
    fn pops_in_order_of_time_then_key_and_never_early() {
        let mut timers = Timers::default();
        timers.set("b", at(2));
        timers.set("a", at(2));
        timers.set("c", at(1));
        assert_eq!(timers.pop_due(at(0)), None);
        assert_eq!(timers.pop_due(at(2)), Some("c"));
        assert_eq!(timers.pop_due(at(2)), Some("a"));
        assert_eq!(timers.pop_due(at(2)), Some("b"));
        assert_eq!(timers.pop_due(at(9)), None);
    }

    #[test]
    fn setting_again_moves_and_cancelling_forgets() {
        let mut timers = Timers::default();
        timers.set(1, at(5));
        timers.set(1, at(7));
        assert_eq!(timers.pop_due(at(6)), None);
        assert_eq!(timers.cancel(&1), Some(at(7)));
        assert!(timers.is_empty());
    }
}
