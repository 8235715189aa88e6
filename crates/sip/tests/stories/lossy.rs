//! Calls over a link that loses, doubles and delays: every one completes, stands as long as it should, and is told of once.

use std::time::Duration;

use sip::EndCause;

use crate::link::{Habits, Link};

const CALLS: u64 = 40;
const LOST: u64 = 15;
const FOREVER: Duration = Duration::from_secs(1_000_000);

#[test]
fn every_call_completes_over_a_lossy_link() {
    for seed in 0..6 {
        let mut link = Link::new(seed, Habits { lost: LOST, hangs_up: true, ..Habits::default() });
        link.dial(CALLS);
        link.run(FOREVER);
        assert_eq!(link.answered, CALLS, "seed {seed}");
        // Where neither hung up the call stands; where one did, each side is told once.
        let mut told: Vec<_> = link.ended.iter().map(|(at, leg, _)| (*at, *leg)).collect();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), link.ended.len(), "seed {seed}");
        assert!(
            link.ended.iter().all(|(_, _, cause)| matches!(cause, EndCause::Bye | EndCause::ByUs)),
            "seed {seed}: {:?}",
            link.ended
        );
        let standing = link.agents[0].load();
        assert_eq!(standing, link.agents[1].load(), "seed {seed}");
        assert_eq!(link.ended.len() as u64, 2 * (CALLS - standing as u64), "seed {seed}");
    }
}

/// RFC 3262: each ringing is acknowledged once, however often it and its PRACK come.
#[test]
fn every_reliable_ringing_gets_one_prack() {
    for seed in 0..4 {
        let mut link = Link::new(seed, Habits { lost: LOST, rings: true, ..Habits::default() });
        link.dial(CALLS);
        link.run(Duration::from_secs(120));
        assert_eq!((link.answered, link.ended.len()), (CALLS, 0), "seed {seed}: {:?}", link.ended);
        let sent = |what: &str| link.requests.get(what).copied().unwrap_or_default();
        let (pracks, acknowledged) = (sent("PRACK"), sent("200 (PRACK)"));
        // A call answered before its ringing got through has none.
        assert!(pracks > CALLS * 3 / 4 && pracks <= CALLS && pracks == link.rang, "seed {seed}: {pracks} PRACKs");
        assert_eq!(pracks, acknowledged, "seed {seed}: nobody was told 481");
    }
}

/// RFC 4028: an hour of calls of 90 s intervals, refreshed by UPDATE or re-INVITE by either side.
#[test]
fn no_session_is_lost_for_want_of_a_refresh() {
    for (seed, no_update) in [(0, false), (1, true), (2, false), (3, true)] {
        let habits = Habits { lost: LOST, no_update, session_expires_s: 90, ..Habits::default() };
        let mut link = Link::new(seed, habits);
        link.dial(8);
        link.run(Duration::from_secs(3_600));
        assert_eq!((link.answered, link.ended.len()), (8, 0), "seed {seed}: {:?}", link.ended);
        let method = if no_update { "INVITE" } else { "UPDATE" };
        let refreshes = link.requests[method];
        assert!((8 * 70..8 * 82).contains(&refreshes), "seed {seed}: {refreshes} by {method}, one each 45 s");
    }
}

/// RFC 4028 §10: once the link is cut, both sides give every call up, and each is told once.
#[test]
fn a_dead_link_ends_every_session_on_both_sides() {
    let habits = Habits { lost: LOST, session_expires_s: 90, ..Habits::default() };
    let mut link = Link::new(7, habits);
    link.dial(CALLS);
    link.run(Duration::from_secs(60));
    assert_eq!((link.answered, link.ended.len()), (CALLS, 0));
    link.cut();
    link.run(FOREVER);
    assert_eq!(link.ended.len() as u64, 2 * CALLS);
    assert!(link.ended.iter().all(|(_, _, cause)| matches!(cause, EndCause::Expired | EndCause::Lost)));
    assert_eq!((link.agents[0].load(), link.agents[1].load()), (0, 0));
}

/// RFC 3261 §13.2.1: our offer in the 200 gets its answer once, with the first ACK that comes through.
#[test]
fn every_late_offer_gets_its_ack_told_once() {
    for seed in 0..4 {
        let mut link = Link::new(seed, Habits { lost: LOST, late: true, ..Habits::default() });
        link.dial(CALLS);
        link.run(Duration::from_secs(120));
        assert_eq!((link.answered, link.late_answers, link.ended.len()), (CALLS, CALLS, 0), "seed {seed}");
    }
}
