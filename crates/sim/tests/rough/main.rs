//! The whole node on a bad line and a bad disk: SIP datagrams that are lost, doubled, late and out of order, a journal that stalls, fails, fills
//! and is torn by crashes. What the carrier counts is what the journal says.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::wildcard_enum_match_arm, reason = "it is judged by the few events that a carrier could know of")]

mod carrier;
mod disk;
mod network;
mod node;

use node::{Bad, Node};

/// A seed that failed once is added here.
const SEEDS: std::ops::Range<u64> = 1..13;

/// `SIM_SEEDS=1000-2000` runs those as well.
fn more_seeds() -> std::ops::Range<u64> {
    let told = std::env::var("SIM_SEEDS").unwrap_or_default();
    let (from, to) = told.split_once('-').unwrap_or(("0", "0"));
    from.parse().expect("SIM_SEEDS=FROM-TO")..to.parse().expect("SIM_SEEDS=FROM-TO")
}

fn runs(calls: u32, bad: Bad) -> (usize, u32) {
    let (mut answered, mut crashes) = (0, 0);
    for seed in SEEDS.chain(more_seeds()) {
        let mut node = Node::new(seed, bad);
        let run = node.calls_come(calls).and_then(|()| node.judge());
        if let Err(why) = run {
            panic!("seed {seed}: {why}");
        }
        answered += node.answered();
        crashes += node.crashes();
    }
    (answered, crashes)
}

#[test]
fn on_a_bad_line_every_invite_that_got_a_response_has_its_one_journey() {
    let (answered, _) = runs(100, Bad { line: true, ..Bad::NOTHING });
    assert!(answered > 1000, "only {answered} calls got through");
}

#[test]
fn on_a_bad_disk_nobody_is_answered_before_they_are_owed_a_call() {
    let (answered, _) = runs(60, Bad { line: true, disk: true, ..Bad::NOTHING });
    assert!(answered > 600, "only {answered} calls got through");
}

#[test]
fn through_crashes_and_torn_tails_nobody_is_lost() {
    let (answered, crashes) = runs(60, Bad { line: true, disk: true, crashes: true });
    assert!(answered > 500 && crashes > 60, "{answered} calls, {crashes} crashes");
}
