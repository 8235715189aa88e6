use std::collections::BTreeMap;

use base::{PhoneNumber, Timestamp};
use jiff::SignedDuration;

use super::CarrierCall;

/// A call that we saw, or that an earlier list told us of.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Canonical; empty: withheld.
    pub(crate) number: String,
    /// When it came in.
    pub(crate) at: Timestamp,
}

/// The carrier's calls, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorted {
    /// How many we saw too.
    pub(crate) matched: usize,
    /// Those that only the carrier saw.
    pub(crate) carrier_only: Vec<CarrierCall>,
    /// Calls of ours in the time of the list that it does not have.
    pub(crate) ours_only: usize,
}

/// Brings calls of the same number together, the nearest in time first, each at most once, none further apart than `tolerance`.
pub(crate) fn pair(calls: Vec<CarrierCall>, seen: &[Seen], tolerance: SignedDuration) -> Sorted {
    let mut by_number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, ours) in seen.iter().enumerate() {
        by_number.entry(&ours.number).or_default().push(at);
    }
    let mut pairs = Vec::new();
    for (theirs, call) in calls.iter().enumerate() {
        let number = PhoneNumber::parse(&call.caller);
        for ours in by_number.get(number.canonical()).into_iter().flatten() {
            let apart = seen.get(*ours).map(|seen| seen.at.duration_since(call.began).abs());
            pairs.extend(apart.filter(|apart| *apart <= tolerance).map(|apart| (apart, theirs, *ours)));
        }
    }
    pairs.sort_unstable();
    let (mut theirs_taken, mut ours_taken) = (vec![false; calls.len()], vec![false; seen.len()]);
    for (_, theirs, ours) in pairs {
        if let (Some(one), Some(other)) = (theirs_taken.get_mut(theirs), ours_taken.get_mut(ours))
            && !*one
            && !*other
        {
            (*one, *other) = (true, true);
        }
    }
    sort(calls, seen, &theirs_taken, &ours_taken)
}

fn sort(calls: Vec<CarrierCall>, seen: &[Seen], theirs_taken: &[bool], ours_taken: &[bool]) -> Sorted {
    let matched = theirs_taken.iter().filter(|taken| **taken).count();
    let span = calls.iter().map(|call| call.began).min().zip(calls.iter().map(|call| call.began).max());
    let within = |at: Timestamp| span.is_some_and(|(first, last)| (first..=last).contains(&at));
    let ours_only = seen.iter().zip(ours_taken).filter(|(ours, taken)| !**taken && within(ours.at)).count();
    let missed = calls.into_iter().zip(theirs_taken).filter(|(_, taken)| !**taken);
    Sorted { matched, carrier_only: missed.map(|(call, _)| call).collect(), ours_only }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: u64, caller: &str, at_s: i64) -> CarrierCall {
        let began = Timestamp::from_second(at_s).unwrap();
        CarrierCall { line, caller: caller.to_owned(), dialled: "4008169580".to_owned(), began, talked_s: 0 }
    }

    fn seen(number: &str, at_s: i64) -> Seen {
        Seen { number: number.to_owned(), at: Timestamp::from_second(at_s).unwrap() }
    }

    fn missed(calls: Vec<CarrierCall>, seen: &[Seen]) -> Vec<u64> {
        let sorted = pair(calls, seen, SignedDuration::from_secs(120));
        sorted.carrier_only.iter().map(|call| call.line).collect()
    }

    #[test]
    fn numbers_are_the_same_in_every_shape_and_clocks_may_differ_a_little() {
        let calls =
            vec![call(2, "+86 139 1234 8096", 1000), call(3, "013912348096", 5000), call(4, "13912348096", 9000)];
        assert_eq!(
            missed(calls, &[seen("13912348096", 1120), seen("13912348096", 4880), seen("13912348096", 9121)]),
            [4]
        );
    }

    #[test]
    fn each_of_ours_answers_for_one_of_theirs_and_the_nearest_for_it() {
        let calls = vec![call(2, "13912348096", 1000), call(3, "13912348096", 1060)];
        let sorted = pair(calls.clone(), &[seen("13912348096", 1061)], SignedDuration::from_secs(120));
        assert_eq!((sorted.matched, sorted.carrier_only[0].line), (1, 2));
        assert_eq!(missed(calls, &[seen("13912348096", 1001), seen("13912348096", 1061)]), [0; 0]);
    }

    #[test]
    fn withheld_ones_are_told_apart_by_time_alone() {
        let calls = vec![call(2, "", 1000), call(3, "anonymous", 5000)];
        assert_eq!(missed(calls, &[seen("", 1010)]), [3]);
    }

    #[test]
    fn calls_of_ours_that_the_list_lacks_are_counted_within_its_time() {
        let calls = vec![call(2, "13912348096", 1000), call(3, "13912348096", 2000)];
        let ours = [
            seen("13912348096", 1000),
            seen("13912348096", 2000),
            seen("13700000000", 1500),
            seen("13700000000", 9000),
        ];
        let sorted = pair(calls, &ours, SignedDuration::from_secs(120));
        assert_eq!((sorted.matched, sorted.ours_only), (2, 1));
    }
}
