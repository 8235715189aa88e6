//! Would the simulator notice? The switchboard with one thing wrong, seven times: each must be caught, and for its own reason.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use sim::{Faults, Mutant, Plan, Year};

/// A word of the rule that each breaks.
fn caught(mutant: Mutant) -> &'static str {
    match mutant {
        Mutant::DropsAnObligation => "(rule 1)",
        Mutant::OffersTwice => "is offered and does not wait",
        Mutant::ClosesASecondLate => "the line was taken for open",
        Mutant::StarvesTheDeclined => "starves: all who fit declined",
        Mutant::DischargesAtFirstAudio => "was discharged as spoken",
        Mutant::MergesASharedPhone => "their number is shared (rule 2)",
        Mutant::DialsASwitchboardUnasked => "dials a fixed line unasked (rule 7)",
    }
}

/// What the judge says first in a few days, if anything.
fn verdict(seed: u64, mutant: Option<Mutant>) -> Option<String> {
    let plan =
        Plan { seed, days: 3, calls_per_day: 150.0, faults: Faults::NONE, operators: Some(2), ..Plan::default() };
    let mut year = Year::new(plan);
    mutant.into_iter().for_each(|mutant| year.mutates(mutant));
    let broken = (0..3).find_map(|_| year.a_day().err());
    broken.map(|broken| broken.verdict.rule)
}

#[test]
fn every_mutant_of_the_switchboard_is_caught() {
    for mutant in Mutant::ALL {
        let said = (1..=4).find_map(|seed| verdict(seed, Some(mutant)));
        let said = said.unwrap_or_else(|| "nothing".to_owned());
        assert!(said.contains(caught(mutant)), "{mutant:?}: {said}");
    }
}

#[test]
fn without_a_mutant_the_same_days_pass() {
    assert_eq!(verdict(1, None), None);
}
