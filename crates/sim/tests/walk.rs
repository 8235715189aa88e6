//! Anything in any order, judged by the reference model at every step.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use base::Boot;
use routing::{Board, Record, Switchboard};
use sim::{NODE, Walked, walk, walk_asking};

/// Seeds of every run. A seed that failed once is added here.
const SEEDS: std::ops::Range<u64> = 0..40;
const MOVES: usize = 400;

/// `SIM_SEEDS=1000-2000` walks those as well.
fn more_seeds() -> std::ops::Range<u64> {
    let told = std::env::var("SIM_SEEDS").unwrap_or_default();
    let (from, to) = told.split_once('-').unwrap_or(("0", "0"));
    from.parse().expect("SIM_SEEDS=FROM-TO")..to.parse().expect("SIM_SEEDS=FROM-TO")
}

#[test]
fn whatever_happens_the_judge_has_nothing_to_say() {
    let mut astray = Vec::new();
    for seed in SEEDS.chain(more_seeds()) {
        match walk(seed, MOVES) {
            Ok(walked) => the_journal_says_it_all(&walked),
            Err(stray) => astray.push(stray.to_string()),
        }
    }
    assert!(astray.is_empty(), "{} walks went astray:\n{}", astray.len(), astray.join("\n"));
}

#[test]
fn whoever_asks_whom_the_judge_has_nothing_to_say() {
    let mut written = std::collections::BTreeSet::new();
    for seed in (0..30).chain(more_seeds()) {
        let walked = walk_asking(seed, MOVES).map_err(|stray| stray.to_string()).unwrap();
        the_journal_says_it_all(&walked);
        let kind = |record: &Record| serde_json::to_value(&record.event).unwrap()["type"].to_string();
        written.extend(walked.world.journal().iter().map(kind));
    }
    for kind in ["consult_answered", "consult_swapped", "conference_opened", "consult_closed", "transferred"] {
        assert!(written.contains(&format!("\"{kind}\"")), "no walk ever came to {kind}");
    }
}

/// A number found shared while a conversation with it was wrapped up: calls that had been parted were merged again.
#[test]
fn shared_while_wrapped_up() {
    for seed in [26, 786, 2231] {
        walk(seed, MOVES).expect("nothing to say");
    }
}

/// Who wanted no call was found to share their number before they hung up: what they alone were owed from then on is what they declined.
#[test]
fn declined_and_then_parted_from_others() {
    walk(160, MOVES).expect("nothing to say");
}

#[test]
fn walks_go_everywhere() {
    let records: Vec<Record> = (0..120).flat_map(|seed| walk(seed, MOVES).unwrap().world.journal().to_vec()).collect();
    let json: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    for seen in [
        "\"how\":\"accepted\"",
        "\"how\":\"declined\"",
        "\"how\":\"no_answer\"",
        "\"how\":\"failed\"",
        "\"why\":\"caller_left\"",
        "\"why\":\"desk_gone\"",
        "\"why\":\"engine_lost\"",
        "\"type\":\"conversing\"",
        "\"type\":\"requeued\"",
        "\"type\":\"danger_pressed\"",
        "\"type\":\"number_shared\"",
        "\"type\":\"obligation_joined\"",
        "\"reason\":\"spoken\"",
        "\"reason\":\"sixty_seconds_both_ways\"",
        "\"cause\":\"closed\"",
        "\"cause\":\"conversed\"",
        "\"cause\":\"engine_lost\"",
        "\"cause\":\"trunk_lost\"",
        "\"cause\":\"promised_callback\"",
    ] {
        assert!(json.iter().any(|record| record.contains(seen)), "no walk ever came to {seen}");
    }
}

/// The picture of the moment is the fold of the bytes on disk, and so is what the switchboard decides by.
fn the_journal_says_it_all(walked: &Walked) {
    let bytes = |record: &Record| serde_json::to_string(record).unwrap();
    let read: Vec<Record> =
        walked.world.journal().iter().map(|record| serde_json::from_str(&bytes(record)).unwrap()).collect();
    let mut board = Board::default();
    let mut switchboard = Switchboard::new(NODE, Boot(1));
    for record in &read {
        board.apply(record);
        switchboard.apply(record);
    }
    assert_eq!(format!("{board:?}"), format!("{:?}", walked.world.board()));
    assert_eq!(folded(&switchboard), folded(walked.world.switchboard()), "the live state is more than the fold");
}

/// What a switchboard holds that comes from records.
fn folded(switchboard: &Switchboard) -> String {
    let all = format!("{switchboard:?}");
    let (_, state) = all.split_once("state: ").expect("a state");
    let (state, _) = state.split_once(", settings: ").expect("settings after it");
    state.to_owned()
}
