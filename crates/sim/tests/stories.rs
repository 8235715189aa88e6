//! Every story in `tests/scenarios` comes true.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use sim::Story;

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let entries = std::fs::read_dir(folder).expect("the folder of stories");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

fn tell(name: &str, text: &str) -> Result<(), String> {
    Story::read(name, text).and_then(|story| story.run()).map_err(|failure| failure.to_string())
}

#[test]
fn every_story_comes_true() {
    let files = stories();
    assert!(files.len() >= 12, "the stories are gone");
    let failures: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let name = format!("tests/scenarios/{}", file.file_name()?.to_str()?);
            tell(&name, &std::fs::read_to_string(file).expect("a story")).err()
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_nobody_understands_is_told_with_file_and_line() {
    let told = tell("a.txt", "# x\nat 2026-11-23 10:00:00\n\nli sings\n").unwrap_err();
    assert_eq!(told, "a.txt:4: nobody understands `li sings`\n    li sings");
    assert!(tell("a.txt", "li answers\n").unwrap_err().starts_with("a.txt:1: a story begins with"));
    assert!(tell("a.txt", "at 2026-13-40 10:00:00\n").unwrap_err().contains("is no date and time"));
    assert!(tell("a.txt", "at 2026-11-23 10:00:00\n5 days pass\n").unwrap_err().contains("neither ms, s nor min"));
    assert!(tell("a.txt", "at 2026-11-23 10:00:00\ncaller presses 12\n").unwrap_err().contains("is no key"));
}

#[test]
fn what_does_not_come_true_is_told_with_file_and_line() {
    let told = tell("b.txt", "at 2026-11-23 10:00:00\ncaller 13800000001 calls 4008169580\nli rings\n").unwrap_err();
    assert!(told.starts_with("b.txt:3: expected Rings"), "{told}");
    let told = tell("b.txt", "at 2026-11-23 10:00:00\nli answers\n").unwrap_err();
    assert_eq!(told, "b.txt:2: nothing rings at li\n    li answers");
}
