//! The messages of RFC 4475 and RFC 5118, as they are and broken further: each gets what its section says, and nothing panics.

use std::fs;
use std::path::PathBuf;

use sip::{Event, Order};

use crate::support::{CARRIER, Story, tcp, udp};

fn corpus() -> Vec<(String, Vec<u8>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/torture");
    let mut all = Vec::new();
    for folder in ["rfc4475", "rfc5118"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            all.push((name, fs::read(&path).unwrap()));
        }
    }
    all.sort();
    assert_eq!(all.len(), 61);
    all
}

/// What each message gets from a trunk: the status line, `call` for an INVITE that is let in, or nothing. `call, to refuse` stands before
/// what the refusal says once the engine has ordered it; nothing was said before.
#[test]
fn every_torture_message_gets_what_its_section_says() {
    let mut table = String::new();
    for (name, bytes) in corpus() {
        let mut story = Story::new();
        story.receive(udp(CARRIER), &bytes);
        let mut got = story.lines();
        for event in std::mem::take(&mut story.events) {
            let Event::Incoming { leg, refusal, .. } = event else {
                got.push(format!("{event:?}"));
                continue;
            };
            let Some(status) = refusal else {
                got.push("call".to_owned());
                continue;
            };
            got.push("call, to refuse".to_owned());
            story.order(Order::Reject { leg, status, reason: None });
            got.extend(story.lines());
        }
        table.push_str(&format!("{name}: {}\n", got.join(", ")));
    }
    insta::assert_snapshot!(table);
}

/// A small generator; the seed is the test's.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn mutate(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(out.len());
        match chance.below(6) {
            0 => out.truncate(at),
            1 => out.insert(at, chance.below(256) as u8),
            2 if !out.is_empty() => out[at] = chance.below(256) as u8,
            3 if !out.is_empty() => {
                out.remove(at);
            }
            4 => {
                let piece = [
                    &b"\r\n"[..],
                    b"\r\n ",
                    b"<",
                    b">",
                    b"\"",
                    b";",
                    b",",
                    b"[",
                    b"]",
                    b"%",
                    b":",
                    b"@",
                    b"\0",
                    b"\xff",
                ];
                let piece = piece[chance.below(14)];
                out.splice(at..at, piece.iter().copied());
            }
            _ => {
                let end = (at + chance.below(40)).min(out.len());
                let copy = out[at..end].to_vec();
                let to = chance.below(out.len() + 1);
                out.splice(to..to, copy);
            }
        }
    }
    out
}

#[test]
fn nothing_that_comes_makes_it_panic_or_keep_what_it_need_not() {
    let corpus = corpus();
    let mut chance = Chance(4_475);
    let mut story = Story::new();
    for round in 0..20_000_usize {
        let (_, bytes) = &corpus[chance.below(corpus.len())];
        let bytes = mutate(bytes, &mut chance);
        match round % 3 {
            0 => story.receive(udp(CARRIER), &bytes),
            1 => story.receive(udp(crate::support::STRANGER), &bytes),
            _ => {
                let flow = tcp(CARRIER, round as u64);
                for piece in bytes.chunks(1 + chance.below(400)) {
                    story.receive(flow, piece);
                }
                story.input(sip::Input::Closed { flow });
            }
        }
        for event in std::mem::take(&mut story.events) {
            if let sip::Event::Incoming { leg, .. } = event {
                story.order(sip::Order::End { leg, reason: None });
            }
        }
        story.sent.clear();
        story.ladder.clear();
        if round % 50 == 0 {
            story.pass_ms(1_000);
        }
    }
    story.pass_ms(100_000);
    assert_eq!(story.agent.load(), 0);
}
