//! The judge can say no: a true walk, falsified in one place, is found out.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use base::OperatorId;
use routing::{Command, Event, OperatorState, Reason};
use sim::{Judge, Step, calling_back, walk};

/// A walk in which much happens, and which the judge has nothing against.
fn steps() -> Vec<Step> {
    walk(3, 400).expect("a walk without fault").steps
}

/// What the judge says of these steps.
fn verdict(steps: &[Step]) -> Option<String> {
    let mut judge = Judge::new(&calling_back(&["desk1"]));
    judge.keep_secret("13800000001");
    let said = steps
        .iter()
        .try_for_each(|step| judge.step(step))
        .and_then(|()| judge.finish(steps.last().map(|step| step.now.utc).unwrap_or_default()));
    said.err().map(|verdict| verdict.rule)
}

/// Falsifies the first record that `is` picks in any of a few walks, and tells what the judge says.
fn falsified(change: impl Fn(&mut Vec<routing::Record>, usize), is: impl Fn(&Event) -> bool) -> String {
    let place = |steps: &[Step]| {
        let at = |step: &Step| step.records.iter().position(|record| is(&record.event));
        steps.iter().enumerate().find_map(|(step, told)| Some((step, at(told)?)))
    };
    let walks = (0..12).map(|seed| walk(seed, 400).expect("a walk without fault").steps);
    let found = walks.filter_map(|steps| Some((place(&steps)?, steps))).next();
    let ((step, at), mut steps) = found.expect("such a record");
    change(&mut steps[step].records, at);
    count_anew(&mut steps);
    let lines = steps[step].records.iter().map(|record| serde_json::to_string(record).expect("JSON"));
    steps[step].written = lines.collect::<Vec<_>>().join("\n").into_bytes();
    verdict(&steps).expect("a verdict")
}

/// Without it every change of the number of records would be found by its gap alone.
fn count_anew(steps: &mut [Step]) {
    let records = steps.iter_mut().flat_map(|step| &mut step.records);
    (1..).zip(records).for_each(|(seq, record)| record.seq = seq);
}

fn dropped(is: impl Fn(&Event) -> bool) -> String {
    falsified(|records, at| drop(records.remove(at)), is)
}

fn doubled(is: impl Fn(&Event) -> bool) -> String {
    falsified(|records, at| records.insert(at, records[at].clone()), is)
}

#[test]
fn what_is_true_passes() {
    assert_eq!(verdict(&steps()), None);
}

#[test]
fn a_dropped_discharge_is_found() {
    let rule = dropped(|event| matches!(event, Event::ObligationDischarged { .. }));
    assert!(rule.contains("rule 4") || rule.contains("rule 2"), "{rule}");
}

#[test]
fn a_dropped_obligation_is_found_before_the_answer() {
    let rule = dropped(|event| matches!(event, Event::ObligationOpened { .. }));
    assert!(rule.contains("rule 1"), "{rule}");
}

#[test]
fn a_dropped_end_is_found() {
    assert!(!dropped(|event| matches!(event, Event::Ended { .. })).is_empty());
}

#[test]
fn a_second_end_is_found() {
    assert!(doubled(|event| matches!(event, Event::Ended { .. })).contains("ended twice"));
}

#[test]
fn a_double_offer_is_found() {
    assert!(doubled(|event| matches!(event, Event::Offered { .. })).contains("does not wait"));
    let twice = |event: &Event| matches!(event, Event::OperatorChanged { state: OperatorState::Offered { .. }, .. });
    assert!(doubled(twice).contains("has two offers"));
}

#[test]
fn an_offer_that_was_never_made_is_found() {
    let mut steps = steps();
    let offered = |step: &Step| step.records.iter().any(|record| matches!(record.event, Event::Offered { .. }));
    let step = steps.iter_mut().find(|step| offered(step)).unwrap();
    step.records.retain(|record| {
        let busy = matches!(record.event, Event::OperatorChanged { state: OperatorState::Offered { .. }, .. });
        !busy && !matches!(record.event, Event::Offered { .. })
    });
    count_anew(&mut steps);
    assert!(verdict(&steps).unwrap().contains("is free and fits"));
}

#[test]
fn an_offer_to_someone_who_does_not_fit_is_found() {
    let to_hua = |records: &mut Vec<routing::Record>, at: usize| {
        if let Event::Offered { operator, .. } = &mut records[at].event {
            *operator = OperatorId("hua".to_owned());
        }
    };
    let rule = falsified(to_hua, |event| matches!(event, Event::Offered { operator, .. } if operator.0 == "desk1"));
    assert!(rule.contains("does not fit"), "{rule}");
}

#[test]
fn a_place_before_others_for_no_reason_is_found() {
    let first = |records: &mut Vec<routing::Record>, at: usize| {
        if let Event::Queued { priority, .. } = &mut records[at].event {
            *priority = 1;
        }
    };
    let rule = falsified(first, |event| matches!(event, Event::Queued { priority: 5, .. }));
    assert!(rule.contains("for no reason (rule 12)"), "{rule}");
}

#[test]
fn an_answer_before_the_obligation_is_found() {
    let mut steps = steps();
    let answers = |step: &Step| step.commands.iter().any(|command| matches!(command, Command::Answer { .. }));
    let owes = |event: &Event| matches!(event, Event::ObligationOpened { .. });
    let step = steps.iter_mut().find(|step| answers(step) && step.records.iter().any(|record| owes(&record.event)));
    step.expect("an answer").records.retain(|record| !owes(&record.event));
    count_anew(&mut steps);
    assert!(verdict(&steps).unwrap().contains("before it was owed anything (rule 1)"));
}

#[test]
fn a_gap_in_the_journal_is_found() {
    let mut steps = steps();
    steps.iter_mut().find(|step| step.records.len() > 2).unwrap().records.remove(1);
    assert!(verdict(&steps).unwrap().contains("follows record"));
}

#[test]
fn a_number_in_clear_is_found() {
    let says = |records: &mut Vec<routing::Record>, at: usize| {
        if let Event::OperatorChanged { reason, .. } = &mut records[at].event {
            *reason = Reason("13800000001".into());
        }
    };
    let rule = falsified(says, |event| matches!(event, Event::OperatorChanged { .. }));
    assert!(rule.contains("rule 20"), "{rule}");
}
