use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base::{LegId, Pii, Timestamp};
use jiff::SignedDuration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::app::lock;

/// The most workers that browsers may play at a time.
const AT_A_TIME: usize = 4;
/// A call whose page never came to watch it loses its place after this.
const UNWATCHED: SignedDuration = SignedDuration::from_secs(60);

/// The calls of `/try`: those, and no other legs, can be watched and hung up without signing in.
#[derive(Debug)]
pub(crate) struct TryCalls {
    places: Arc<Semaphore>,
    calls: Mutex<Calls>,
}

#[derive(Debug)]
struct Calls {
    last: u32,
    by_leg: BTreeMap<LegId, TryCall>,
}

#[derive(Debug)]
struct TryCall {
    began: Timestamp,
    watched: bool,
    _place: Place,
}

/// A place for one more call, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl TryCalls {
    /// No calls; invented numbers begin at `first`.
    pub(crate) fn new(first: u32) -> Self {
        let calls = Calls { last: first % 10_000, by_leg: BTreeMap::new() };
        TryCalls { places: Arc::new(Semaphore::new(AT_A_TIME)), calls: Mutex::new(calls) }
    }

    /// A place for one more call and a number that nobody has; none when all are taken.
    pub(crate) fn admit(&self, now: Timestamp) -> Option<(Place, Pii<String>)> {
        let mut calls = lock(&self.calls);
        calls.by_leg.retain(|_, call| call.watched || now.duration_since(call.began) < UNWATCHED);
        let place = self.places.clone().try_acquire_owned().ok()?;
        calls.last = (calls.last + 1) % 10_000;
        Some((Place(place), Pii::new(format!("1300000{:04}", calls.last))))
    }

    /// The call began.
    pub(crate) fn began(&self, leg: LegId, place: Place, now: Timestamp) {
        lock(&self.calls).by_leg.insert(leg, TryCall { began: now, watched: false, _place: place });
    }

    /// Whether it is one of these calls; from now on it lasts until it is over.
    pub(crate) fn watch(&self, leg: LegId) -> bool {
        lock(&self.calls).by_leg.get_mut(&leg).map(|call| call.watched = true).is_some()
    }

    /// It is over. Whether it was one of these calls.
    pub(crate) fn over(&self, leg: LegId) -> bool {
        lock(&self.calls).by_leg.remove(&leg).is_some()
    }
}

#[cfg(test)]
mod tests {
    use base::{Boot, NodeId};

    use super::*;

    fn leg(n: u64) -> LegId {
        LegId::new(NodeId(1), Boot(1), n)
    }

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + s).unwrap()
    }

    #[test]
    fn four_at_a_time_each_with_a_number_of_its_own() {
        let calls = TryCalls::new(9_998);
        let numbers: Vec<_> = (0..4)
            .map(|n| {
                let (place, number) = calls.admit(at(0)).unwrap();
                calls.began(leg(n), place, at(0));
                number.into_revealed()
            })
            .collect();
        assert_eq!(numbers, ["13000009999", "13000000000", "13000000001", "13000000002"]);
        assert!(calls.admit(at(0)).is_none());
        assert!(calls.over(leg(2)) && !calls.over(leg(2)) && !calls.over(leg(77)));
        assert!(calls.admit(at(0)).is_some());
    }

    #[test]
    fn a_call_that_nobody_watches_loses_its_place() {
        let calls = TryCalls::new(0);
        for n in 0..4 {
            let (place, _) = calls.admit(at(0)).unwrap();
            calls.began(leg(n), place, at(0));
        }
        assert!(calls.watch(leg(0)));
        assert!(calls.admit(at(61)).is_some());
        assert!(calls.watch(leg(0)) && !calls.watch(leg(1)));
    }
}
