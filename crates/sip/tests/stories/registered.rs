//! Our registration with a trunk.

use base::Pii;
use sip::{Event, Login, Order, Outbound, Register};

use crate::caller::response;
use crate::number::OUT;
use crate::support::{OURS, SDP, Sent, Story, udp, with_outbound};

/// Not one of the carrier's addresses in the settings.
const REGISTRAR: &str = "203.0.113.99:5060";

fn story(send_to: &str) -> (Story, Sent) {
    let login = Some(Login { user: Pii::new("us".into()), password: Pii::new("secret".into()), realm: None });
    let register = Some(Register { user: "+8676922334455".into(), expires_s: 600 });
    let mut story = Story::with(with_outbound(Outbound {
        send_to: format!("sip:{send_to}"),
        login,
        register,
        ..Outbound::default()
    }));
    story.pass_ms(0);
    let register = story.next();
    (story, register)
}

fn ok(register: &Sent, lines: &str) -> String {
    response(register, "200 OK", "t", "", "").replace("Content-Length", &format!("{lines}Content-Length"))
}

fn told(story: &mut Story) -> Vec<(bool, &'static str)> {
    let told = story.events.drain(..).map(|event| match event {
        Event::Trunk { up, reason, .. } => (up, reason),
        other => panic!("{other:?}"),
    });
    told.collect()
}

#[test]
fn the_first_request_and_its_renewal_are_one_registration() {
    let (mut story, first) = story(OUT);
    assert_eq!(first.line(), format!("REGISTER sip:{OUT} SIP/2.0"));
    assert_eq!(first.header("To"), format!("<sip:+8676922334455@{OUT}>"));
    assert_eq!(first.header("Contact"), format!("<sip:+8676922334455@{OURS}>"));
    assert_eq!(first.header("Expires"), "600");
    story.receive(udp(OUT), ok(&first, &format!("Contact: <sip:+8676922334455@{OURS}>;expires=300\r\n")));
    assert_eq!(told(&mut story), [(true, "registered")]);
    story.pass_ms(269_999);
    assert!(story.sent.is_empty());
    story.pass_ms(1);
    let second = story.next();
    assert_eq!((second.header("CSeq").as_str(), second.header("Call-ID")), ("2 REGISTER", first.header("Call-ID")));
    assert_eq!(second.header("From"), first.header("From"));
    story.receive(udp(OUT), ok(&second, "Expires: 300\r\n"));
    assert_eq!(told(&mut story), []);
}

#[test]
fn a_challenge_is_answered_in_the_same_registration() {
    let (mut story, first) = story(OUT);
    let challenge = "WWW-Authenticate: Digest realm=\"c\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"\r\n";
    let refused = response(&first, "401 Unauthorized", "t", "", "")
        .replace("Content-Length", &format!("{challenge}Content-Length"));
    story.receive(udp(OUT), refused);
    let second = story.next();
    assert_eq!((second.header("CSeq").as_str(), second.header("Call-ID")), ("2 REGISTER", first.header("Call-ID")));
    assert!(second.header("Authorization").contains(&format!("uri=\"sip:{OUT}\"")));
    story.receive(udp(OUT), ok(&second, "Expires: 600\r\n"));
    assert_eq!(told(&mut story), [(true, "registered")]);
    // The next one counts on from there, and says at once what was asked for last time.
    story.pass_ms(540_000);
    let third = story.next();
    assert_eq!(third.header("CSeq"), "3 REGISTER");
    assert!(third.header("Authorization").ends_with("nc=00000002"), "{}", third.header("Authorization"));
    // Where that nonce is over, it is asked for another; where that one is refused as well, the secret is wrong.
    let other = challenge.replace("\"n\"", "\"m\"");
    let refuse = |request: &Sent, lines: &str| {
        response(request, "401 Unauthorized", "t", "", "").replace("Content-Length", &format!("{lines}Content-Length"))
    };
    story.receive(udp(OUT), refuse(&third, &other));
    let fourth = story.next();
    assert!(fourth.header("Authorization").contains("nonce=\"m\"") && fourth.headers("Authorization").len() == 1);
    story.receive(udp(OUT), refuse(&fourth, challenge));
    story.is_quiet();
}

#[test]
fn an_interval_too_brief_is_raised_to_what_is_asked() {
    let (mut story, first) = story(OUT);
    let brief = response(&first, "423 Interval Too Brief", "t", "", "")
        .replace("Content-Length", "Min-Expires: 1800\r\nContent-Length");
    story.receive(udp(OUT), brief);
    let second = story.next();
    assert_eq!((second.header("Expires").as_str(), second.header("CSeq").as_str()), ("1800", "2 REGISTER"));
    assert_eq!(told(&mut story), []);
}

#[test]
fn failures_are_told_and_tried_again_ever_more_slowly() {
    let (mut story, first) = story(OUT);
    story.receive(udp(OUT), response(&first, "403 Forbidden", "t", "", ""));
    assert_eq!(told(&mut story), [(false, "refused")]);
    let mut gaps = Vec::new();
    for _ in 0..8 {
        let before = story.now.mono;
        while story.sent.is_empty() {
            story.pass_ms(100);
        }
        let request = story.next();
        assert!(request.line().starts_with("REGISTER "));
        gaps.push(story.now.mono.since(before).as_secs());
        story.receive(udp(OUT), response(&request, "403 Forbidden", "t", "", ""));
    }
    for (gap, whole) in gaps.iter().zip([30, 60, 120, 240, 480, 960, 1800, 1800]) {
        assert!((whole / 2..=whole).contains(gap), "{gaps:?}");
    }
    assert_eq!(told(&mut story), []);
}

#[test]
fn silence_at_a_renewal_is_told_only_when_the_registration_ends() {
    let (mut story, first) = story(OUT);
    story.receive(udp(OUT), ok(&first, "Expires: 100\r\n"));
    told(&mut story);
    story.pass_ms(99_999);
    assert_eq!(told(&mut story), []);
    story.pass_ms(1);
    assert_eq!(told(&mut story), [(false, "silent")]);
}

#[test]
fn it_is_taken_back_at_the_end_once() {
    let (mut story, first) = story(OUT);
    story.receive(udp(OUT), ok(&first, "Expires: 600\r\n"));
    told(&mut story);
    story.order(Order::Unregister);
    story.order(Order::Unregister);
    let last = story.next();
    assert_eq!((last.header("Expires").as_str(), last.header("CSeq").as_str()), ("0", "2 REGISTER"));
    story.receive(udp(OUT), ok(&last, ""));
    story.pass_ms(3_600_000);
    story.is_quiet();
}

#[test]
fn calls_from_where_we_are_registered_are_the_trunks_while_it_stands() {
    let invite = crate::caller::Caller::new("reg").invite();
    let (mut story, first) = story(REGISTRAR);
    story.receive(udp(REGISTRAR), ok(&first, "Expires: 60\r\n"));
    told(&mut story);
    story.receive(udp(REGISTRAR), &invite);
    let Event::Incoming { trunk, leg, .. } = story.event() else { panic!("no call") };
    assert_eq!(trunk, "mobile");
    story.order(Order::Answer { leg, sdp: SDP.into() });
    assert_eq!(story.next().line(), "SIP/2.0 200 OK");
    story.order(Order::End { leg, reason: None });
    story.pass_ms(61_000);
    story.sent.clear();
    story.events.clear();
    // It is over: whoever stands there is a stranger again.
    story.receive(udp(REGISTRAR), crate::caller::Caller::new("late").invite());
    assert!(matches!(story.event(), Event::UnknownSource { ours: true, .. }));
}
