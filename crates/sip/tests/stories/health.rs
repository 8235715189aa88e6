//! Whether a trunk answers.

use std::time::Duration;

use sip::{Event, Order, Outbound};

use crate::caller::response;
use crate::number::{OUT, dialled};
use crate::support::{Sent, Story, udp, with_outbound};

fn outbound() -> Outbound {
    Outbound { send_to: format!("sip:{OUT}"), options_every: Some(Duration::from_secs(30)), ..Outbound::default() }
}

/// A story that has asked for the first time.
fn story() -> (Story, Sent) {
    let mut story = Story::with(with_outbound(outbound()));
    story.pass_ms(0);
    let options = story.next();
    (story, options)
}

fn told(story: &mut Story) -> Vec<(bool, &'static str)> {
    let told = story.events.drain(..).map(|event| match event {
        Event::Trunk { trunk, up, reason } if trunk == "mobile" => (up, reason),
        other => panic!("{other:?}"),
    });
    told.collect()
}

#[test]
fn it_is_asked_at_once_and_then_at_its_interval() {
    let (mut story, options) = story();
    assert_eq!(options.line(), format!("OPTIONS sip:{OUT} SIP/2.0"));
    assert_eq!((options.header("To"), options.flow), (format!("<sip:{OUT}>"), udp(OUT)));
    assert_eq!(options.header("Accept"), "application/sdp");
    assert!(options.header("Allow").contains("INVITE") && options.header("Supported").contains("100rel"));
    story.receive(udp(OUT), response(&options, "200 OK", "t", "", ""));
    assert_eq!(told(&mut story), [(true, "answers")]);
    story.pass_ms(29_999);
    assert!(story.sent.is_empty());
    story.pass_ms(1);
    assert!(story.next().line().starts_with("OPTIONS "));
}

#[test]
fn any_answer_will_do_but_503_and_what_means_silence_further_on() {
    for (status, up) in [("404 Not Found", true), ("405 Method Not Allowed", true), ("500 Error", true)] {
        let (mut story, options) = story();
        story.receive(udp(OUT), response(&options, status, "t", "", ""));
        assert_eq!(told(&mut story), [(up, "answers")], "{status}");
    }
    for status in ["503 Service Unavailable", "408 Request Timeout", "504 Server Time-out"] {
        let (mut story, mut options) = story();
        for _ in 0..3 {
            story.receive(udp(OUT), response(&options, status, "t", "", ""));
            story.sent.clear();
            story.pass_ms(30_000);
            options = story.next();
        }
        assert_eq!(told(&mut story), [(false, "unavailable")], "{status}");
    }
}

#[test]
fn three_misses_in_a_row_are_down_and_one_answer_is_up_again() {
    let (mut story, options) = story();
    story.receive(udp(OUT), response(&options, "200 OK", "t", "", ""));
    assert_eq!(told(&mut story), [(true, "answers")]);
    // Asked at 30, 65 and 100 s; each time 5 s of patience.
    story.pass_ms(104_999);
    assert_eq!(told(&mut story), []);
    story.pass_ms(1);
    assert_eq!(told(&mut story), [(false, "silent")]);
    story.pass_ms(30_000);
    let options = story.sent.pop_back().unwrap();
    story.receive(udp(OUT), response(&options, "200 OK", "t", "", ""));
    assert_eq!(told(&mut story), [(true, "answers")]);
}

#[test]
fn a_miss_between_answers_is_nothing() {
    let (mut story, mut options) = story();
    for round in 0..6 {
        if round % 2 == 0 {
            story.receive(udp(OUT), response(&options, "200 OK", "t", "", ""));
        } else {
            story.pass_ms(5_000);
        }
        story.sent.clear();
        story.pass_ms(30_000);
        options = story.next();
    }
    assert_eq!(told(&mut story), [(true, "answers")]);
}

#[test]
fn a_call_that_was_not_answered_raises_a_doubt_and_it_is_asked_at_once() {
    let (mut story, options) = story();
    story.receive(udp(OUT), response(&options, "200 OK", "t", "", ""));
    dialled(&mut story);
    story.pass_ms(4_999);
    story.sent.clear();
    story.pass_ms(1);
    assert!(story.lines().iter().any(|line| line.starts_with("OPTIONS ")));
}

#[test]
fn settings_that_change_nothing_of_it_do_not_begin_anew_and_those_that_do_do() {
    let (mut story, options) = story();
    story.receive(udp(OUT), response(&options, "200 OK", "t", "", ""));
    told(&mut story);
    story.order(Order::Configure(with_outbound(outbound())));
    story.pass_ms(0);
    assert!(story.sent.is_empty());
    story.order(Order::Configure(with_outbound(Outbound { misses: 1, ..outbound() })));
    story.pass_ms(0);
    assert!(story.next().line().starts_with("OPTIONS "));
    story.order(Order::Configure(crate::support::settings()));
    story.pass_ms(120_000);
    story.sent.clear();
    story.pass_ms(120_000);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}
