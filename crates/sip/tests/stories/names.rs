//! A trunk that is named, and has to be looked up (RFC 3263).

use std::net::IpAddr;

use sip::{Event, Input, LookedUp, Order, Outbound, Question, RecordKind, ResourceRecord};

use crate::caller::response;
use crate::number::{dial, leg};
use crate::support::{Story, udp, with_outbound};

fn story(send_to: &str) -> Story {
    Story::with(with_outbound(Outbound { send_to: send_to.into(), ..Outbound::default() }))
}

fn answer(story: &mut Story, name: &str, kind: RecordKind, records: Vec<ResourceRecord>) {
    let question = Question { name: name.into(), kind };
    let at = story.asked.iter().position(|asked| *asked == question).expect("it was asked");
    story.asked.remove(at);
    story.input(Input::LookedUp { question, found: LookedUp::Found { records, ttl_s: 60 } });
}

fn addresses(story: &mut Story, name: &str, ips: &[&str]) {
    let of = |v4: bool| {
        let ips = ips.iter().map(|ip| ip.parse::<IpAddr>().unwrap()).filter(|ip| ip.is_ipv4() == v4);
        ips.map(ResourceRecord::Address).collect::<Vec<_>>()
    };
    answer(story, name, RecordKind::A, of(true));
    answer(story, name, RecordKind::Aaaa, of(false));
}

fn srv(priority: u16, port: u16, target: &str) -> ResourceRecord {
    ResourceRecord::Srv { priority, weight: 1, port, target: target.into() }
}

#[test]
fn a_call_waits_for_the_name_and_goes_where_it_leads() {
    let mut story = story("sip:sbc.example:5080");
    dial(&mut story);
    assert!(story.sent.is_empty());
    addresses(&mut story, "sbc.example", &["192.0.2.77"]);
    let invite = story.next();
    assert_eq!(invite.line(), "INVITE sip:13812345678@sbc.example:5080;user=phone SIP/2.0");
    assert_eq!(invite.flow, udp("192.0.2.77:5080"));
    // The next call asks nobody.
    story.order(Order::End { leg: leg(), reason: None });
    assert!(story.asked.is_empty());
}

#[test]
fn what_does_not_answer_is_followed_by_the_next_server_in_the_same_second_of_patience() {
    let mut story = story("sip:carrier.example;transport=udp");
    dial(&mut story);
    let servers = vec![srv(20, 5062, "b.example"), srv(10, 5061, "a.example")];
    answer(&mut story, "_sip._udp.carrier.example", RecordKind::Srv, servers);
    addresses(&mut story, "a.example", &["192.0.2.1"]);
    addresses(&mut story, "b.example", &["192.0.2.2"]);
    let first = story.next();
    assert_eq!(first.flow, udp("192.0.2.1:5061"));
    story.pass_ms(4_999);
    story.sent.clear();
    story.pass_ms(1);
    let second = story.next();
    assert_eq!((second.flow, second.header("CSeq").as_str()), (udp("192.0.2.2:5062"), "1 INVITE"));
    assert!(story.events.is_empty(), "nobody is told while there is somewhere to go");
    story.receive(udp("192.0.2.2:5062"), response(&second, "503 Service Unavailable", "t", "", ""));
    assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
    // The first wakes up: it is told that nobody wants it any more.
    story.sent.clear();
    story.receive(udp("192.0.2.1:5061"), response(&first, "180 Ringing", "x", "sip:a@192.0.2.1:5061", ""));
    assert!(story.next().line().starts_with("CANCEL "));
}

#[test]
fn a_503_leads_on_at_once_and_what_rang_never_does() {
    let mut story = story("sip:pair.example:5060");
    dial(&mut story);
    addresses(&mut story, "pair.example", &["192.0.2.1", "192.0.2.2"]);
    let first = story.next();
    story.receive(udp("192.0.2.1:5060"), response(&first, "503 Service Unavailable", "t", "", ""));
    assert!(story.next().line().starts_with("ACK "));
    let second = story.next();
    assert_eq!(second.flow, udp("192.0.2.2:5060"));
    assert_ne!(second.header("Call-ID"), first.header("Call-ID"));
    story.receive(udp("192.0.2.2:5060"), response(&second, "180 Ringing", "t", "sip:a@192.0.2.2", ""));
    assert!(matches!(story.event(), Event::Ringing { leg: rings } if rings == leg()));
    story.receive(udp("192.0.2.2:5060"), response(&second, "503 Service Unavailable", "t", "", ""));
    assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
}

#[test]
fn a_name_that_leads_nowhere_and_one_that_nobody_knows_fail() {
    let mut story = story("sip:gone.example:5060");
    dial(&mut story);
    addresses(&mut story, "gone.example", &[]);
    assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
    let mut story = self::story("sip:slow.example:5060");
    dial(&mut story);
    story.pass_ms(5_000);
    assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
    story.is_quiet();
    let mut story = self::story("sip:slow.example:5060");
    dial(&mut story);
    for question in std::mem::take(&mut story.asked) {
        story.input(Input::LookedUp { question, found: LookedUp::Failed });
    }
    assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
}

#[test]
fn a_call_that_is_called_off_before_the_name_is_known_never_leaves() {
    let mut story = story("sip:sbc.example:5080");
    dial(&mut story);
    story.order(Order::End { leg: leg(), reason: None });
    addresses(&mut story, "sbc.example", &["192.0.2.77"]);
    story.is_quiet();
    assert_eq!(story.agent.load(), 0);
}
