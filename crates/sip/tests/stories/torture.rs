//! The messages of RFC 4475 and RFC 5118, as they are and broken further: each gets what the table says, and nothing panics.

use std::fs;
use std::path::PathBuf;

use sip::{Event, Flow, Order};

use crate::support::{CARRIER, STRANGER, Story, tcp, udp};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/torture")
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for rfc in ["rfc4475", "rfc5118"] {
        for entry in fs::read_dir(folder().join(rfc)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            all.push((name, fs::read(&path).unwrap()));
        }
    }
    all.sort();
    assert_eq!(all.len(), 61);
    all
}

/// A line of the table: what a message must get.
struct Row {
    name: String,
    udp: String,
    tcp: String,
    for_us: String,
}

/// The table, and the bytes of each of its messages.
fn table() -> Vec<(Row, Vec<u8>)> {
    let text = fs::read_to_string(folder().join("table.md")).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = text.lines().map(cells).filter(|row| row.len() == 8 && row[2].contains('§'));
    let mut corpus = corpus();
    let table = rows.map(|row| {
        let at = corpus.iter().position(|(name, _)| *name == row[1]);
        let (_, bytes) = corpus.remove(at.unwrap_or_else(|| panic!("{}: no such message, or twice", row[1])));
        let row = Row { name: row[1].clone(), udp: row[3].clone(), tcp: row[4].clone(), for_us: row[5].clone() };
        (row, bytes)
    });
    let table: Vec<_> = table.collect();
    assert!(corpus.is_empty(), "not in the table: {:?}", corpus.iter().map(|(name, _)| name).collect::<Vec<_>>());
    table
}

/// What became of a message, in the table's words.
fn outcome(story: &mut Story, flow: Flow, row: &Row) -> String {
    let mut got: Vec<String> = story.lines().iter().map(|line| line[8..11].to_owned()).collect();
    for event in std::mem::take(&mut story.events) {
        let Event::Incoming { leg, refusal, .. } = event else { panic!("{}: {event:?}", row.name) };
        got.push("call".to_owned());
        // What SIP must refuse is told with its status, and the refusal is sent when ordered. 200 and 488 are for media to say.
        assert_eq!(refusal, row.for_us.parse().ok().filter(|status| !matches!(status, 200 | 488)), "{}", row.name);
        if let Some(status) = refusal {
            story.order(Order::Reject { leg, status, reason: None });
            assert!(story.next().line().starts_with(&format!("SIP/2.0 {status} ")), "{}", row.name);
        }
    }
    match std::mem::take(&mut story.closed).as_slice() {
        [] => {}
        [closed] if *closed == flow => got.push("closed".to_owned()),
        closed => panic!("{}: closed {closed:?}", row.name),
    }
    if got.is_empty() { "dropped".to_owned() } else { got.join(", ") }
}

#[test]
fn every_message_over_udp_gets_what_the_table_says() {
    for (row, bytes) in table() {
        let mut story = Story::new();
        story.receive(udp(CARRIER), &bytes);
        assert_eq!(outcome(&mut story, udp(CARRIER), &row), row.udp, "{}", row.name);
    }
}

#[test]
fn every_message_over_tcp_gets_what_the_table_says() {
    for (row, bytes) in table() {
        for size in [1, 100, bytes.len()] {
            let (mut story, flow) = (Story::new(), tcp(CARRIER, 1));
            for piece in bytes.chunks(size) {
                if story.closed.is_empty() {
                    story.receive(flow, piece);
                }
            }
            let got = outcome(&mut story, flow, &row);
            if row.tcp == "closed late" {
                story.pass_ms(31_999);
                assert_eq!((got.as_str(), story.closed.len()), ("dropped", 0), "{}", row.name);
                story.pass_ms(1);
                assert_eq!(outcome(&mut story, flow, &row), "closed", "{}", row.name);
                continue;
            }
            assert_eq!(got, row.tcp, "{} in pieces of {size}", row.name);
            if !row.tcp.contains("closed") {
                still_reads(&mut story, flow, &row);
            }
        }
    }
}

/// What follows on the stream is read, and silence does not end it.
fn still_reads(story: &mut Story, flow: Flow, row: &Row) {
    story.pass_ms(60_000);
    story.sent.clear();
    assert!(story.closed.is_empty(), "{}", row.name);
    story.receive(flow, crate::caller::Caller::new("after").next("OPTIONS"));
    assert_eq!(story.lines(), ["SIP/2.0 200 OK"], "{}", row.name);
}

#[test]
fn what_is_refused_says_what_would_do() {
    for (name, status, header, value) in [
        ("bext01", 420, "Unsupported", "nothingSupportsThis, nothingSupportsThisEither"),
        ("cparam01", 405, "Allow", "INVITE"),
        ("intmeth", 501, "Allow", "INVITE"),
        ("lwsdisp", 200, "Accept", "application/sdp"),
    ] {
        let mut story = Story::new();
        let (_, bytes) = corpus().into_iter().find(|(known, _)| known == name).unwrap();
        story.receive(udp(CARRIER), &bytes);
        let answer = story.next();
        assert!(answer.line().starts_with(&format!("SIP/2.0 {status} ")), "{name}");
        assert!(answer.header(header).starts_with(value), "{name}: {}", answer.text());
    }
}

#[test]
fn no_message_from_a_stranger_gets_anything() {
    for (row, bytes) in table() {
        let mut story = Story::new();
        story.receive(udp(STRANGER), &bytes);
        story.receive(tcp(STRANGER, 1), &bytes);
        assert_eq!(story.lines(), Vec::<String>::new(), "{}", row.name);
        let told = story.events.iter().all(|event| matches!(event, Event::UnknownSource { ours: false, .. }));
        assert!(told, "{}: {:?}", row.name, story.events);
    }
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
