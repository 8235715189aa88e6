//! Keys by INFO.

use sip::Event;

use crate::caller::{Caller, answered, talking};
use crate::link::Chance;
use crate::support::Story;

fn info(caller: &mut Caller, kind: &str, body: &str) -> String {
    let head = caller.next("INFO");
    let head = head.strip_suffix("Content-Length: 0\r\n\r\n").unwrap();
    format!("{head}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The key that was told, if one was, and the status line.
fn said(story: &mut Story, text: &str) -> (Option<char>, String) {
    story.carrier(text);
    let line = story.next().line();
    let digit = story.events.pop_front().map(|event| {
        let Event::Digit { digit, .. } = event else { panic!("no key: {event:?}") };
        digit.into_revealed()
    });
    story.is_quiet();
    (digit, line)
}

#[test]
fn a_key_is_told_as_either_body_writes_it() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    for (kind, body, key) in [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", Some('5')),
        ("application/dtmf-relay", "Duration= 160\nsignal = *", Some('*')),
        ("application/dtmf-relay; x=y", "Signal=11\r\n", Some('#')),
        ("application/dtmf", "7", Some('7')),
        ("application/dtmf", "d\r\n", Some('D')),
        ("Application/DTMF", "10", Some('*')),
        ("application/dtmf-relay", "Signal=flash\r\nDuration=200", None),
        ("application/dtmf-relay", "Signal=16\r\n", None),
    ] {
        let text = info(&mut caller, kind, body);
        assert_eq!(said(&mut story, &text), (key, "SIP/2.0 200 OK".to_owned()), "{body}");
    }
}

#[test]
fn a_repeated_info_is_one_key() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    let text = info(&mut caller, "application/dtmf", "1");
    assert_eq!(said(&mut story, &text).0, Some('1'));
    assert_eq!(said(&mut story, &text), (None, "SIP/2.0 200 OK".to_owned()));
}

#[test]
fn an_info_without_a_body_is_ok_and_says_nothing() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    let text = caller.next("INFO");
    assert_eq!(said(&mut story, &text), (None, "SIP/2.0 200 OK".to_owned()));
}

#[test]
fn what_is_no_key_is_refused() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    for (kind, body) in
        [("application/dtmf", "hello"), ("application/dtmf-relay", "Duration=1"), ("application/dtmf", "\0")]
    {
        let text = info(&mut caller, kind, body);
        assert_eq!(said(&mut story, &text), (None, "SIP/2.0 400 Bad Request".to_owned()), "{body}");
    }
    story.carrier(info(&mut caller, "application/media_control+xml", "<x/>"));
    let refusal = story.next();
    assert_eq!(refusal.line(), "SIP/2.0 415 Unsupported Media Type");
    assert_eq!(refusal.header("Accept"), "application/dtmf-relay, application/dtmf");
    caller.extra = "Info-Package: dtmf\r\n".into();
    story.carrier(caller.next("INFO"));
    assert_eq!(story.lines(), ["SIP/2.0 469 Bad INFO Package"]);
}

#[test]
fn a_key_may_come_before_the_ack_but_not_without_a_dialog() {
    let mut story = Story::new();
    let (mut caller, _) = answered(&mut story, "a");
    let text = info(&mut caller, "application/dtmf", "1");
    assert_eq!(said(&mut story, &text).0, Some('1'));
    for tag in [None, Some("unknown".to_owned())] {
        caller.to_tag = tag;
        let text = info(&mut caller, "application/dtmf", "1");
        assert_eq!(said(&mut story, &text), (None, "SIP/2.0 481 Call/Transaction Does Not Exist".to_owned()));
    }
}

/// Over a link that loses, doubles and swaps, each INFO sent until it is answered: every key is told once, in order.
#[test]
fn over_a_lossy_link_every_key_is_told_once_and_in_order() {
    for seed in 0..20 {
        let mut chance = Chance(seed);
        let mut story = Story::new();
        let (mut caller, _) = talking(&mut story, "a");
        let (mut told, mut late) = (String::new(), Vec::new());
        let typed: String = (0..40).map(|_| char::from(b"0123456789*#"[chance.below(12) as usize])).collect();
        for key in typed.chars() {
            let text = info(&mut caller, "application/dtmf-relay", &format!("Signal={key}\r\nDuration=160\r\n"));
            let mut answered = false;
            while !answered {
                let copies = if chance.below(100) < 30 { 0 } else { 1 + usize::from(chance.below(5) == 0) };
                for _ in 0..copies {
                    story.carrier(&text);
                }
                // One from before is overtaken by this one.
                late.pop().into_iter().for_each(|late: String| story.carrier(late));
                let cseq = format!("{} INFO", caller.cseq);
                let answers = story.sent.drain(..).filter(|sent| sent.header("CSeq") == cseq).count();
                answered = answers > 0 && chance.below(100) >= 30;
                story.pass_ms(500);
            }
            late.push(text);
            told.extend(story.events.drain(..).map(|event| {
                let Event::Digit { digit, .. } = event else { panic!("no key: {event:?}") };
                digit.into_revealed()
            }));
        }
        assert_eq!(told, typed, "seed {seed}");
    }
}

/// Rule 20: what a caller types stands in no log line.
#[test]
fn the_key_does_not_print() {
    let mut story = Story::new();
    let (mut caller, _) = talking(&mut story, "a");
    story.carrier(info(&mut caller, "application/dtmf", "9"));
    let printed = format!("{:?}", story.event());
    assert!(printed.starts_with("Digit") && !printed.contains("'9'"), "{printed}");
}
