//! Session timers (RFC 4028): what is agreed on, the refresh, and the end of a session that nobody refreshes.

use base::LegId;
use sip::{EndCause, Event, Order, Trunk};

use crate::caller::{Caller, response};
use crate::support::{CARRIER, SDP, Sent, Story, incoming, settings, to_refuse, udp};

const PHONE: &str = "203.0.113.5:5090";
const URI: &str = "sip:operator@203.0.113.5:5090";

/// A caller whose INVITE carries these lines, in a call that stands; and our 200.
fn talking(story: &mut Story, lines: &str) -> (Caller, LegId, Sent) {
    let mut caller = Caller { extra: lines.into(), ..Caller::new("a") };
    story.carrier(caller.invite());
    let leg = incoming(story);
    story.order(Order::Answer { leg, sdp: SDP.into() });
    let ok = story.next();
    caller.to_tag = Some(ok.to_tag());
    caller.extra.clear();
    story.carrier(caller.ack());
    story.event();
    (caller, leg, ok)
}

/// An operator's phone that has answered our call with these lines.
fn dialled(story: &mut Story, lines: &str) -> (LegId, Sent) {
    let leg = story.dial(URI);
    let invite = story.next();
    let ok = response(&invite, "200 OK", "t", URI, SDP).replace("Contact:", &format!("{lines}Contact:"));
    story.receive(udp(PHONE), ok);
    story.next();
    story.event();
    (leg, invite)
}

fn ended(story: &mut Story) -> EndCause {
    let event = story.event();
    let Event::Ended { cause, .. } = event else { panic!("not over: {event:?}") };
    cause
}

#[test]
fn a_caller_who_refreshes_is_told_so_and_lost_when_they_do_not() {
    let mut story = Story::new();
    let (_, _, ok) = talking(&mut story, "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n");
    assert_eq!(ok.header("Session-Expires"), "600;refresher=uac");
    assert_eq!(ok.header("Require"), "timer");
    story.pass_ms(567_900);
    story.is_quiet();
    story.pass_ms(200);
    let bye = story.next();
    assert!(bye.line().starts_with("BYE"));
    assert_eq!(bye.header("Reason"), "SIP;cause=408;text=\"Session expired\"");
    assert_eq!(ended(&mut story), EndCause::Expired);
}

#[test]
fn each_refresh_of_theirs_begins_the_interval_anew() {
    for method in ["UPDATE", "INVITE"] {
        let mut story = Story::new();
        let (mut caller, leg, _) = talking(&mut story, "Supported: timer\r\nx: 600;refresher=uac\r\n");
        for _ in 0..3 {
            story.pass_ms(300_000);
            caller.extra = "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n".into();
            story.carrier(caller.next_with(method, if method == "INVITE" { SDP } else { "" }));
            caller.extra.clear();
            if method == "INVITE" {
                story.event();
                story.order(Order::Reanswer { leg, sdp: SDP.into() });
                story.carrier(caller.ack());
            }
            assert_eq!(story.next().header("Session-Expires"), "600;refresher=uac");
            story.is_quiet();
        }
        story.pass_ms(568_000);
        assert_eq!(ended(&mut story), EndCause::Expired);
    }
}

#[test]
fn where_the_choice_is_ours_we_refresh_by_update_where_they_allow_it() {
    let mut story = Story::new();
    let (caller, _, ok) = talking(&mut story, "Supported: timer\r\nAllow: INVITE, ACK, BYE, UPDATE\r\n");
    assert_eq!(ok.header("Session-Expires"), "1800;refresher=uas");
    assert!(ok.headers("Require").is_empty());
    for cseq in 1..4 {
        story.pass_ms(900_000);
        let update = story.next();
        assert_eq!(update.line(), "UPDATE sip:13900000001@192.0.2.10:5060 SIP/2.0");
        assert_eq!(update.header("CSeq"), format!("{cseq} UPDATE"));
        assert_eq!(update.header("Session-Expires"), "1800;refresher=uac");
        assert!(update.header("From").ends_with(caller.to_tag.as_ref().unwrap()));
        let ok = response(&update, "200 OK", "", "sip:13900000001@192.0.2.10:5060", "");
        story.carrier(ok.replace("Contact:", "Session-Expires: 1800;refresher=uac\r\nContact:"));
        story.is_quiet();
    }
}

#[test]
fn else_we_refresh_by_a_reinvite_that_says_what_we_said_before() {
    let mut story = Story::new();
    let (_, leg, _) = talking(&mut story, "Supported: timer\r\n");
    story.pass_ms(900_000);
    let invite = story.next();
    assert!(invite.line().starts_with("INVITE ") && invite.text().ends_with(SDP));
    assert_eq!(invite.header("Session-Expires"), "1800;refresher=uac");
    let ok = response(&invite, "200 OK", "", "sip:b@192.0.2.11:5066", SDP)
        .replace("Contact:", "Session-Expires: 1800;refresher=uac\r\nContact:");
    story.carrier(&ok);
    let ack = story.next();
    assert_eq!((ack.line().as_str(), ack.header("CSeq").as_str()), ("ACK sip:b@192.0.2.11:5066 SIP/2.0", "1 ACK"));
    assert!(matches!(story.event(), Event::AnswerCame { leg: which, sdp: Some(_) } if which == leg));
    story.carrier(&ok);
    assert_eq!(story.next().text(), ack.text(), "a copy of the 200 gets a copy of the ACK");
    story.is_quiet();
    story.pass_ms(900_000);
    assert!(story.next().line().starts_with("INVITE sip:b@192.0.2.11:5066"));
}

#[test]
fn who_knows_no_session_timers_gets_none() {
    let mut story = Story::new();
    let (_, _, ok) = talking(&mut story, "");
    assert!(ok.headers("Session-Expires").is_empty());
    story.pass_ms(10_000_000);
    story.is_quiet();
}

#[test]
fn too_short_a_session_is_refused_with_422_once_told() {
    let mut story = Story::new();
    let caller = Caller { extra: "Supported: timer\r\nSession-Expires: 60\r\n".into(), ..Caller::new("a") };
    story.carrier(caller.invite());
    let (leg, status) = to_refuse(&mut story);
    assert_eq!(status, 422);
    story.order(Order::Reject { leg, status, reason: None });
    let refusal = story.next();
    assert_eq!(
        (refusal.line().as_str(), refusal.header("Min-SE").as_str()),
        ("SIP/2.0 422 Session Interval Too Small", "90")
    );
}

#[test]
fn within_a_call_too_short_a_session_is_refused_at_once() {
    let mut story = Story::new();
    let (mut caller, _, _) = talking(&mut story, "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n");
    caller.extra = "Supported: timer\r\nSession-Expires: 30\r\n".into();
    for method in ["UPDATE", "INVITE"] {
        story.carrier(caller.next(method));
        assert_eq!(story.next().header("Min-SE"), "90", "{method}");
    }
    assert!(story.events.is_empty());
}

#[test]
fn a_trunk_may_have_its_own_interval_or_none() {
    for (own, asked) in [(Some(240), "240;refresher=uas"), (Some(0), "")] {
        let mut settings = settings();
        let trunk = &mut settings.trunks[0];
        *trunk = Trunk { session_expires_s: own, ..trunk.clone() };
        let mut story = Story::with(settings);
        let (_, _, ok) = talking(&mut story, "Supported: timer\r\n");
        assert_eq!(ok.headers("Session-Expires").join(""), asked);
        story.dial(&format!("sip:13900000001@{CARRIER}"));
        assert_eq!(story.next().headers("Session-Expires").join(""), asked.trim_end_matches(";refresher=uas"));
    }
}

#[test]
fn our_call_asks_for_a_session_and_the_phone_may_refresh_it() {
    let mut story = Story::new();
    let (_, invite) = dialled(&mut story, "Require: timer\r\nSession-Expires: 900;refresher=uas\r\n");
    assert_eq!((invite.header("Session-Expires"), invite.header("Supported")), ("1800".into(), "timer, 100rel".into()));
    story.pass_ms(867_900);
    story.is_quiet();
    story.pass_ms(200);
    assert!(story.next().line().starts_with("BYE"));
    assert_eq!(ended(&mut story), EndCause::Expired);
}

#[test]
fn our_call_is_refreshed_by_us_where_the_phone_leaves_it_to_us() {
    let mut story = Story::new();
    dialled(&mut story, "Session-Expires: 900;refresher=uac\r\nAllow: UPDATE\r\n");
    story.pass_ms(450_000);
    assert_eq!(story.next().header("CSeq"), "2 UPDATE");
    let mut story = Story::new();
    dialled(&mut story, "");
    story.pass_ms(10_000_000);
    story.is_quiet();
}

#[test]
fn a_422_to_our_call_is_tried_again_with_what_it_asks_for() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    let small = response(&invite, "422 Session Interval Too Small", "t", "", "");
    story.receive(udp(PHONE), small.replace("Content-Length", "Min-SE: 3600\r\nContent-Length"));
    let (ack, again) = (story.next(), story.next());
    assert!(ack.line().starts_with("ACK"));
    assert_eq!((again.header("Session-Expires"), again.header("Min-SE")), ("3600".into(), "3600".into()));
    assert_eq!((again.header("CSeq"), again.header("Call-ID")), ("2 INVITE".into(), invite.header("Call-ID")));
    assert_ne!(again.branch(), invite.branch());
    story.is_quiet();
    let ok = response(&again, "200 OK", "u", URI, SDP);
    story.receive(udp(PHONE), ok.replace("Contact:", "Session-Expires: 3600;refresher=uac\r\nContact:"));
    assert_eq!(story.next().header("CSeq"), "2 ACK");
    assert!(matches!(story.event(), Event::Answered { .. }));
    story.pass_ms(40_000);
    story.is_quiet();
    story.order(Order::End { leg, reason: None });
    assert_eq!(story.next().header("CSeq"), "3 BYE");
}

#[test]
fn a_422_that_asks_for_no_more_than_we_offered_is_the_end() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "422 Session Interval Too Small", "t", "", ""));
    assert!(matches!(story.event(), Event::Failed { status: 422, .. }));
}

/// A call whose refresh by UPDATE has just gone out.
fn refreshing(story: &mut Story) -> Sent {
    talking(story, "Supported: timer\r\nAllow: INVITE, UPDATE\r\n");
    story.pass_ms(900_000);
    story.next()
}

#[test]
fn silence_or_481_to_a_refresh_ends_the_call() {
    let mut story = Story::new();
    refreshing(&mut story);
    story.pass_ms(32_000);
    assert!(story.lines().last().unwrap().starts_with("BYE"));
    assert_eq!(ended(&mut story), EndCause::Lost);
    let mut story = Story::new();
    let update = refreshing(&mut story);
    story.carrier(response(&update, "481 Call/Transaction Does Not Exist", "", "", ""));
    assert!(story.next().line().starts_with("BYE"));
    assert_eq!(ended(&mut story), EndCause::Lost);
}

#[test]
fn an_update_that_is_not_taken_is_followed_by_a_reinvite() {
    for status in ["405 Method Not Allowed", "501 Not Implemented"] {
        let mut story = Story::new();
        let update = refreshing(&mut story);
        story.carrier(response(&update, status, "", "", ""));
        story.pass_ms(0);
        assert!(story.next().line().starts_with("INVITE"), "{status}");
    }
}

#[test]
fn a_refresh_that_is_refused_for_now_is_tried_again_until_the_session_ends() {
    let mut story = Story::new();
    let update = refreshing(&mut story);
    let later = response(&update, "503 Service Unavailable", "", "", "");
    story.carrier(later.replace("Content-Length", "Retry-After: 20 (busy)\r\nContent-Length"));
    story.pass_ms(19_900);
    story.is_quiet();
    story.pass_ms(100);
    let mut tries = 0;
    while story.events.is_empty() {
        let refused: Vec<Sent> = story.sent.drain(..).filter(|sent| sent.line().starts_with("UPDATE")).collect();
        for update in refused {
            tries += 1;
            story.carrier(response(&update, "500 Server Internal Error", "", "", ""));
        }
        story.pass_ms(1_000);
    }
    assert_eq!(ended(&mut story), EndCause::Expired);
    assert!((80..90).contains(&tries), "every 10 s of the 880 that were left: {tries}");
}

#[test]
fn a_422_to_a_refresh_raises_the_interval() {
    let mut story = Story::new();
    let update = refreshing(&mut story);
    let small = response(&update, "422 Session Interval Too Small", "", "", "");
    story.carrier(small.replace("Content-Length", "Min-SE: 3600\r\nContent-Length"));
    story.pass_ms(0);
    let again = story.next();
    assert_eq!((again.header("Session-Expires"), again.header("Min-SE")), ("3600;refresher=uac".into(), "3600".into()));
}

/// RFC 3261 §14.1: who owns the Call-ID waits 2.1 to 4 s, the other 0 to 2 s.
/// Over a line that loses the 2xx of a refresh the other side's interval began before ours: with the request.
#[test]
fn a_refresh_counts_from_its_request_not_from_its_late_answer() {
    let mut story = Story::new();
    let update = refreshing(&mut story);
    story.pass_ms(20_000);
    story.sent.clear();
    let ok = response(&update, "200 OK", "", "sip:13900000001@192.0.2.10:5060", "");
    story.carrier(ok.replace("Contact:", "Session-Expires: 1800;refresher=uac\r\nContact:"));
    story.pass_ms(880_000 - 1);
    assert_eq!(story.lines(), Vec::<String>::new());
    story.pass_ms(1);
    assert_eq!(story.next().header("CSeq"), "2 UPDATE");
}

#[test]
fn glare_is_tried_again_after_a_chance_wait() {
    for round in 0..20 {
        let mut story = Story::new();
        // Each draws once.
        for n in 0..round {
            story.carrier(Caller::new(&format!("o{n}")).next("OPTIONS"));
            story.next();
        }
        dialled(&mut story, "Session-Expires: 900;refresher=uac\r\nAllow: UPDATE\r\n");
        story.pass_ms(450_000);
        let update = story.next();
        story.receive(udp(PHONE), response(&update, "491 Request Pending", "", "", ""));
        story.pass_ms(2_099);
        assert_eq!(story.lines(), Vec::<String>::new(), "round {round}");
        story.pass_ms(1_902);
        assert_eq!(story.next().header("CSeq"), "3 UPDATE", "round {round}");
        let mut story = Story::new();
        let update = refreshing(&mut story);
        story.carrier(response(&update, "491 Request Pending", "", "", ""));
        story.pass_ms(2_000);
        assert_eq!(story.next().header("CSeq"), "2 UPDATE");
    }
}

#[test]
fn their_reinvite_during_ours_is_491_and_ours_goes_on() {
    let mut story = Story::new();
    let (mut caller, _, _) = talking(&mut story, "Supported: timer\r\n");
    story.pass_ms(900_000);
    let invite = story.next();
    story.carrier(caller.next("INVITE"));
    assert_eq!(story.next().line(), "SIP/2.0 491 Request Pending");
    story.carrier(caller.next_with("UPDATE", SDP));
    assert_eq!(story.next().line(), "SIP/2.0 491 Request Pending");
    story.carrier(response(&invite, "200 OK", "", "sip:13900000001@192.0.2.10:5060", SDP));
    assert!(story.next().line().starts_with("ACK"));
}

#[test]
fn while_their_offer_waits_our_refresh_does_too() {
    let mut story = Story::new();
    let (mut caller, leg, _) = talking(&mut story, "Supported: timer\r\n");
    story.pass_ms(899_900);
    story.carrier(caller.next("INVITE"));
    story.event();
    story.pass_ms(5_000);
    assert_eq!(story.lines(), Vec::<String>::new());
    story.order(Order::RefuseReoffer { leg, status: 488 });
    story.next();
    story.pass_ms(1_000);
    assert!(story.lines().iter().any(|line| line.starts_with("INVITE")));
}

#[test]
fn a_bye_that_crosses_our_reinvite_ends_both_and_nothing_remains() {
    for theirs in [true, false] {
        let mut story = Story::new();
        let (mut caller, leg, _) = talking(&mut story, "Supported: timer\r\n");
        story.pass_ms(900_000);
        let invite = story.next();
        story.carrier(response(&invite, "100 Trying", "", "", ""));
        if theirs {
            story.carrier(caller.next("BYE"));
            assert_eq!(ended(&mut story), EndCause::Bye);
        } else {
            story.order(Order::End { leg, reason: None });
            assert_eq!(ended(&mut story), EndCause::ByUs);
            let bye = story.next();
            story.carrier(response(&bye, "200 OK", "", "", ""));
        }
        story.sent.clear();
        let late = response(&invite, "200 OK", "", "sip:13900000001@192.0.2.10:5060", SDP);
        story.carrier(&late);
        assert!(story.next().line().starts_with("ACK"), "whoever answered it is not left without");
        story.pass_ms(70_000);
        story.is_quiet();
        assert_eq!(story.agent.load(), 0);
    }
}

#[test]
fn a_reinvite_that_is_never_answered_is_forgotten_with_its_call() {
    let mut story = Story::new();
    let (mut caller, _, _) = talking(&mut story, "Supported: timer\r\n");
    story.pass_ms(900_000);
    let invite = story.next();
    story.carrier(response(&invite, "100 Trying", "", "", ""));
    story.carrier(caller.next("BYE"));
    story.pass_ms(70_000);
    assert_eq!(story.agent.load(), 0);
}
