use std::collections::BTreeMap;
use std::net::IpAddr;

use base::{OperatorId, Timestamp};
use jiff::SignedDuration;

/// Failures of one name before it waits.
const NAME_FAILURES: u32 = 5;
/// Failures from one address before it waits: a whole office may sit behind one.
const SOURCE_FAILURES: u32 = 20;
/// The first wait; each further failure doubles it, up to the longest.
const FIRST_WAIT_S: i64 = 60;
const LONGEST_WAIT_S: i64 = 15 * 60;
/// Failures older than this are forgotten.
const FORGET_S: i64 = 30 * 60;
/// The most names and the most addresses that are remembered.
const REMEMBERED: usize = 10_000;

/// Counts failed log-ins by name and by address, and says who has to wait.
///
/// A try counts as a failure from its beginning, so that a hundred at once are not a hundred free ones; success takes it back.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    names: Counts<OperatorId>,
    sources: Counts<IpAddr>,
}

/// Still to wait, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u64);

impl Tries {
    /// Begins a try, or says how long to wait before the next.
    pub(crate) fn begin(&mut self, name: &OperatorId, source: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let source = network(source);
        let wait = self.names.wait(name, NAME_FAILURES, now).max(self.sources.wait(&source, SOURCE_FAILURES, now));
        if wait > 0 {
            return Err(Wait(wait.unsigned_abs()));
        }
        self.names.count(name.clone(), now);
        self.sources.count(source, now);
        Ok(())
    }

    /// The try was a success: the name starts anew, the address has one failure less.
    pub(crate) fn succeeded(&mut self, name: &OperatorId, source: IpAddr) {
        self.names.by.remove(name);
        if let Some(count) = self.sources.by.get_mut(&network(source)) {
            count.failures = count.failures.saturating_sub(1);
        }
    }
}

#[derive(Debug)]
struct Counts<K> {
    by: BTreeMap<K, Count>,
}

#[derive(Debug)]
struct Count {
    failures: u32,
    last: Timestamp,
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Counts { by: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Counts<K> {
    fn wait(&self, key: &K, free: u32, now: Timestamp) -> i64 {
        let Some(count) = self.by.get(key).filter(|count| count.failures >= free) else { return 0 };
        let doublings = (count.failures - free).min(8);
        let wait = (FIRST_WAIT_S << doublings).min(LONGEST_WAIT_S);
        (wait - age_s(count, now)).max(0)
    }

    fn count(&mut self, key: K, now: Timestamp) {
        if !self.by.contains_key(&key) && self.by.len() >= REMEMBERED {
            self.make_room(now);
        }
        let count = self.by.entry(key).or_insert(Count { failures: 0, last: now });
        if age_s(count, now) > FORGET_S {
            count.failures = 0;
        }
        count.failures = count.failures.saturating_add(1);
        count.last = now;
    }

    /// Forgets what is old, else what has the fewest failures and of those the oldest.
    fn make_room(&mut self, now: Timestamp) {
        self.by.retain(|_, count| age_s(count, now) <= FORGET_S);
        if self.by.len() >= REMEMBERED {
            let least =
                self.by.iter().min_by_key(|(_, count)| (count.failures, count.last)).map(|(key, _)| key.clone());
            least.map(|key| self.by.remove(&key));
        }
    }
}

fn age_s(count: &Count, now: Timestamp) -> i64 {
    now.duration_since(count.last).max(SignedDuration::ZERO).as_secs()
}

/// One subscriber has a whole /64 in IPv6.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(std::net::Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + s).unwrap()
    }

    fn source(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    fn name(n: u32) -> OperatorId {
        OperatorId(format!("op{n}"))
    }

    #[test]
    fn a_name_waits_after_five_failures_longer_each_time_and_at_most_a_quarter_of_an_hour() {
        let mut tries = Tries::default();
        for n in 0..5 {
            assert_eq!(tries.begin(&name(1), source(n), at(0)), Ok(()));
        }
        assert_eq!(tries.begin(&name(1), source(9), at(0)), Err(Wait(60)));
        assert_eq!(tries.begin(&name(2), source(9), at(0)), Ok(()), "others are free");
        assert_eq!(tries.begin(&name(1), source(9), at(60)), Ok(()));
        assert_eq!(tries.begin(&name(1), source(9), at(60)), Err(Wait(120)));
        let mut now = 60;
        for expected in [120, 240, 480, 900, 900] {
            now += expected;
            assert_eq!(tries.begin(&name(1), source(9), at(now - 1)), Err(Wait(1)));
            assert_eq!(tries.begin(&name(1), source(9), at(now)), Ok(()));
        }
    }

    #[test]
    fn an_address_waits_after_twenty_and_a_v6_network_is_one_address() {
        let mut tries = Tries::default();
        for n in 0..20u16 {
            let v6 = IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, n]);
            assert_eq!(tries.begin(&name(n.into()), v6, at(0)), Ok(()));
        }
        let v6 = IpAddr::from([0x2001, 0xdb8, 0, 0, 1, 2, 3, 4]);
        assert_eq!(tries.begin(&name(99), v6, at(0)), Err(Wait(60)));
        assert_eq!(tries.begin(&name(99), source(1), at(0)), Ok(()));
    }

    #[test]
    fn success_frees_the_name_and_a_shared_office_never_fills_up() {
        let mut tries = Tries::default();
        for _ in 0..4 {
            assert_eq!(tries.begin(&name(1), source(1), at(0)), Ok(()));
        }
        for n in 0..100 {
            assert_eq!(tries.begin(&name(n), source(1), at(0)), Ok(()));
            tries.succeeded(&name(n), source(1));
        }
        assert_eq!(tries.begin(&name(1), source(1), at(0)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_locked_ones_stay() {
        let mut tries = Tries::default();
        for _ in 0..5 {
            tries.names.count(name(0), at(0));
        }
        for n in 1..(REMEMBERED as u32 + 500) {
            tries.names.count(name(n), at(1));
        }
        assert_eq!(tries.names.by.len(), REMEMBERED);
        assert_eq!(tries.begin(&name(0), source(1), at(1)), Err(Wait(59)));
    }
}
