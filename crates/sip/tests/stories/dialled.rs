//! Calls that we make.

use sip::{ConnectionId, Event, Flow, Input, Order, Transport};

use crate::caller::response;
use crate::support::{SDP, Sent, Story, settings, udp};

const PHONE: &str = "203.0.113.5:5090";
const URI: &str = "sip:operator@203.0.113.5:5090";

#[test]
fn an_invite_names_the_helpline_and_nobody_else() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    assert_eq!(invite.line(), format!("INVITE {URI} SIP/2.0"));
    assert!(invite.header("From").starts_with("\"Helpline\" <sip:helpline@198.51.100.1>;tag="));
    assert_eq!(invite.header("To"), format!("<{URI}>"));
    assert!(invite.header("Via").starts_with("SIP/2.0/UDP 198.51.100.1:5060;rport;branch=z9hG4bK"));
    assert_eq!(invite.header("Max-Forwards"), "70");
    assert_eq!(invite.header("User-Agent"), "helpline/0.1.0");
    assert_eq!(invite.header("Contact"), "<sip:helpline@198.51.100.1:5060>");
    assert_eq!((invite.flow.local, invite.flow.remote), ("198.51.100.1:5060".parse().unwrap(), PHONE.parse().unwrap()));
}

#[test]
fn an_advertised_host_stands_in_via_and_contact() {
    let mut settings = settings();
    settings.advertised = vec![("198.51.100.1:5060".parse().unwrap(), "line.example.org".into())];
    let mut story = Story::with(settings);
    story.dial(URI);
    let invite = story.next();
    assert!(invite.header("Via").starts_with("SIP/2.0/UDP line.example.org:5060;rport"));
    assert_eq!(invite.header("Contact"), "<sip:helpline@line.example.org:5060>");
    assert!(invite.header("From").contains("<sip:helpline@line.example.org>"));
}

#[test]
fn ipv6_is_written_in_brackets() {
    let mut story = Story::new();
    story.dial("sip:operator@[2001:db8::5]:5090");
    let invite = story.next();
    assert!(invite.header("Via").starts_with("SIP/2.0/UDP [2001:db8:1::1]:5060;rport"), "{}", invite.header("Via"));
    assert_eq!(invite.flow.remote, "[2001:db8::5]:5090".parse().unwrap());
}

#[test]
fn an_answer_is_acknowledged_as_often_as_it_comes() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", "", ""));
    story.receive(udp(PHONE), response(&invite, "180 Ringing", "t", "", ""));
    assert!(matches!(story.event(), Event::Ringing { leg: rings } if rings == leg));
    assert!(story.events.is_empty(), "told once");
    let ok = response(&invite, "200 OK", "t", "sip:desk@203.0.113.6:5091", SDP);
    story.receive(udp(PHONE), &ok);
    let ack = story.next();
    assert_eq!(ack.line(), "ACK sip:desk@203.0.113.6:5091 SIP/2.0");
    assert_eq!(ack.flow.remote, "203.0.113.6:5091".parse().unwrap());
    assert_ne!(ack.branch(), invite.branch());
    let Event::Answered { sdp, dialog, .. } = story.event() else { panic!("not answered") };
    assert_eq!((sdp.as_deref(), dialog.cseq), (Some(SDP.as_bytes()), 1));
    story.receive(udp(PHONE), &ok);
    assert_eq!(story.next().text(), ack.text());
    story.is_quiet();
}

#[test]
fn route_and_target_of_the_answer_lead_ack_and_bye() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    let invite = story.next();
    let ok = response(&invite, "200 OK", "t", "sip:desk@203.0.113.6:5091", SDP)
        .replace("Contact:", "Record-Route: <sip:203.0.113.9;lr>\r\nRecord-Route: <sip:203.0.113.8;lr>\r\nContact:");
    story.receive(udp(PHONE), ok);
    let ack = story.next();
    assert_eq!(ack.line(), "ACK sip:desk@203.0.113.6:5091 SIP/2.0");
    assert_eq!(ack.headers("Route"), ["<sip:203.0.113.8;lr>", "<sip:203.0.113.9;lr>"]);
    assert_eq!(ack.flow.remote, "203.0.113.8:5060".parse().unwrap());
    story.order(Order::End { leg, reason: None });
    assert_eq!(story.next().headers("Route"), ["<sip:203.0.113.8;lr>", "<sip:203.0.113.9;lr>"]);
}

#[test]
fn a_second_fork_that_answers_is_acknowledged_and_ended() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    story.receive(udp(PHONE), response(&invite, "200 OK", "one", URI, SDP));
    story.next();
    let other = response(&invite, "200 OK", "two", "sip:desk@203.0.113.7", SDP);
    story.receive(udp("203.0.113.7:5060"), &other);
    let (ack, bye) = (story.next(), story.next());
    assert_eq!(ack.line(), "ACK sip:desk@203.0.113.7 SIP/2.0");
    assert_eq!(bye.line(), "BYE sip:desk@203.0.113.7 SIP/2.0");
    assert!(ack.header("To").ends_with(";tag=two") && bye.header("To").ends_with(";tag=two"));
    story.receive(udp("203.0.113.7:5060"), &other);
    assert_eq!(story.lines(), ["ACK sip:desk@203.0.113.7 SIP/2.0"]);
    assert!(matches!(story.event(), Event::Answered { .. }));
    assert!(story.events.is_empty());
}

#[test]
fn silence_is_408_after_seven_invites() {
    let mut story = Story::new();
    let leg = story.dial(URI);
    story.pass_ms(32_000);
    assert_eq!(story.lines().len(), 7, "timers A: 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s");
    assert!(matches!(story.event(), Event::Failed { leg: failed, status: 408 } if failed == leg));
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn a_refusal_is_acknowledged_and_told_once() {
    let mut story = Story::new();
    story.dial(URI);
    let invite = story.next();
    let busy = response(&invite, "486 Busy Here", "t", "", "");
    story.receive(udp(PHONE), &busy);
    story.receive(udp(PHONE), &busy);
    assert_eq!(story.lines(), [format!("ACK {URI} SIP/2.0"), format!("ACK {URI} SIP/2.0")]);
    assert!(matches!(story.event(), Event::Failed { status: 486, .. }));
    story.is_quiet();
}

#[test]
fn what_cannot_be_reached_fails_at_once() {
    let mut story = Story::new();
    for uri in ["sip:a@example.org", "tel:+8613900000001", "sip:a@203.0.113.5;transport=tls", "sip:[", ""] {
        story.dial(uri);
        assert!(matches!(story.event(), Event::Failed { status: 503, .. }), "{uri}");
    }
    assert_eq!(story.agent.load(), 0);
}

fn tcp_flow(connection: Option<u64>) -> Flow {
    Flow { transport: Transport::Tcp, connection: connection.map(ConnectionId), ..udp(PHONE) }
}

fn dial_tcp(story: &mut Story) -> Sent {
    story.dial("sip:operator@203.0.113.5:5090;transport=tcp");
    story.next()
}

#[test]
fn over_tcp_a_call_asks_for_a_connection_and_then_stays_on_it() {
    let mut story = Story::new();
    let invite = dial_tcp(&mut story);
    assert_eq!(invite.flow, tcp_flow(None));
    assert!(invite.header("Via").starts_with("SIP/2.0/TCP"));
    assert_eq!(invite.header("Contact"), "<sip:helpline@198.51.100.1:5060;transport=tcp>");
    let up = Flow { local: "198.51.100.1:33333".parse().unwrap(), ..tcp_flow(Some(9)) };
    story.input(Input::Connected { flow: up });
    story.pass_ms(5_000);
    story.is_quiet();
    story.receive(up, response(&invite, "200 OK", "t", "sip:operator@203.0.113.5:5090;transport=tcp", SDP));
    let ack = story.next();
    assert_eq!((ack.line().split(' ').next(), ack.flow.connection), (Some("ACK"), Some(ConnectionId(9))));
}

/// A telephone that listened at one address and named another in its Contact never got our ACK.
#[test]
fn ack_and_bye_take_the_connection_of_the_answer_whatever_its_contact_says() {
    const ELSEWHERE: &str = "sip:operator@203.0.113.99:5090;transport=tcp";
    for gone in [false, true] {
        let mut story = Story::new();
        let leg = story.dial("sip:operator@203.0.113.5:5090;transport=tcp");
        let invite = story.next();
        let up = tcp_flow(Some(9));
        story.input(Input::Connected { flow: up });
        story.receive(up, response(&invite, "200 OK", "t", ELSEWHERE, SDP));
        let ack = story.next();
        assert_eq!((ack.line(), ack.flow.connection), (format!("ACK {ELSEWHERE} SIP/2.0"), Some(ConnectionId(9))));
        if gone {
            story.input(Input::Closed { flow: up });
        }
        story.order(Order::End { leg, reason: None });
        let bye = story.next();
        let way = if gone { (None, "203.0.113.99:5090") } else { (Some(ConnectionId(9)), PHONE) };
        assert_eq!((bye.flow.connection, bye.flow.remote), (way.0, way.1.parse().unwrap()));
    }
}

#[test]
fn a_connection_that_cannot_be_opened_is_503() {
    let mut story = Story::new();
    dial_tcp(&mut story);
    story.input(Input::Closed { flow: tcp_flow(None) });
    assert!(matches!(story.event(), Event::Failed { status: 503, .. }));
    assert_eq!(story.agent.load(), 0);
}
