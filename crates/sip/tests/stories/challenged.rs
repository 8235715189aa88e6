//! A trunk that wants to know who we are.

use base::Pii;
use sip::{Event, Login, Order, Outbound};

use crate::caller::response;
use crate::number::{OUT, dialled, leg};
use crate::support::{SDP, Sent, Story, udp, with_outbound};

const MD5: &str = "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";
const BOTH: &str = "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n\
                    WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n2\", qop=\"auth\", algorithm=SHA-256\r\n";

fn story(login: bool) -> Story {
    let login = login.then(|| Login { user: Pii::new("us".into()), password: Pii::new("secret".into()), realm: None });
    Story::with(with_outbound(Outbound { send_to: format!("sip:{OUT}"), login, ..Outbound::default() }))
}

/// A refusal with further lines.
fn refused(request: &Sent, status: &str, lines: &str) -> String {
    response(request, status, "t", "", "").replace("Content-Length", &format!("{lines}Content-Length"))
}

#[test]
fn an_invite_goes_once_more_in_the_same_call_and_its_ack_is_believed_too() {
    let mut story = story(true);
    let first = dialled(&mut story);
    story.receive(udp(OUT), refused(&first, "407 Proxy Authentication Required", MD5));
    assert!(story.next().line().starts_with("ACK "));
    let again = story.next();
    assert_eq!(again.header("CSeq"), "2 INVITE");
    assert_eq!(again.header("Call-ID"), first.header("Call-ID"));
    assert_eq!((again.header("From"), again.header("To")), (first.header("From"), first.header("To")));
    assert_ne!(again.branch(), first.branch());
    let said = again.header("Proxy-Authorization");
    assert!(
        said.starts_with("Digest username=\"us\", realm=\"carrier\", nonce=\"n1\", uri=\"sip:13812345678@"),
        "{said}"
    );
    assert!(said.ends_with("qop=auth, nc=00000001"), "{said}");
    assert!(again.text().ends_with(SDP));
    story.receive(udp(OUT), response(&again, "200 OK", "t", "sip:a@192.0.2.77", SDP));
    let ack = story.next();
    assert_eq!((ack.header("CSeq").as_str(), ack.header("Proxy-Authorization")), ("2 ACK", said));
    assert!(matches!(story.event(), Event::Answered { dialog, .. } if dialog.cseq == 2));
}

#[test]
fn the_stronger_hash_is_taken() {
    let mut story = story(true);
    let first = dialled(&mut story);
    story.receive(udp(OUT), refused(&first, "401 Unauthorized", BOTH));
    story.next();
    let said = story.next().header("Authorization");
    assert!(said.contains("nonce=\"n2\"") && said.contains("algorithm=SHA-256"), "{said}");
}

#[test]
fn a_secret_that_is_refused_is_not_told_again_unless_the_nonce_was_stale() {
    let mut story = story(true);
    let first = dialled(&mut story);
    story.receive(udp(OUT), refused(&first, "407 Proxy Authentication Required", MD5));
    story.next();
    let second = story.next();
    let stale = MD5.replace("n1", "n3").replace("qop", "stale=true, qop");
    story.receive(udp(OUT), refused(&second, "407 Proxy Authentication Required", &stale));
    story.next();
    let third = story.next();
    assert!(third.header("Proxy-Authorization").contains("nonce=\"n3\""));
    story.receive(udp(OUT), refused(&third, "407 Proxy Authentication Required", MD5));
    assert!(matches!(story.event(), Event::Failed { leg: failed, status: 407 } if failed == leg()));
    assert_eq!(story.lines().len(), 1, "only the ACK");
    story.pass_ms(40_000);
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn who_asks_for_the_same_nonce_again_gets_it_counted_on() {
    let mut story = story(true);
    let first = dialled(&mut story);
    story.receive(udp(OUT), refused(&first, "407 Proxy Authentication Required", MD5));
    story.next();
    let again = story.next();
    story.receive(udp(OUT), response(&again, "200 OK", "t", &format!("sip:a@{OUT}"), SDP));
    story.next();
    story.order(Order::End { leg: leg(), reason: None });
    let bye = story.next();
    story.receive(udp(OUT), refused(&bye, "407 Proxy Authentication Required", MD5));
    let bye = story.next();
    assert!(bye.line().starts_with("BYE ") && bye.header("CSeq") == "4 BYE");
    assert!(bye.header("Proxy-Authorization").ends_with("nc=00000002"), "{}", bye.header("Proxy-Authorization"));
    story.receive(udp(OUT), response(&bye, "200 OK", "t", "", ""));
    story.pass_ms(40_000);
    assert_eq!(story.agent.load(), 0);
}

#[test]
fn proxy_and_server_may_both_ask() {
    let mut story = story(true);
    let first = dialled(&mut story);
    story.receive(udp(OUT), refused(&first, "407 Proxy Authentication Required", MD5));
    story.next();
    let second = story.next();
    story.receive(udp(OUT), refused(&second, "401 Unauthorized", BOTH));
    story.next();
    let third = story.next();
    assert_eq!((third.headers("Authorization").len(), third.headers("Proxy-Authorization").len()), (1, 1));
    assert_eq!(third.header("CSeq"), "3 INVITE");
}

#[test]
fn without_a_login_and_to_strangers_nothing_is_said() {
    let mut story = story(false);
    let first = dialled(&mut story);
    story.receive(udp(OUT), refused(&first, "407 Proxy Authentication Required", MD5));
    assert!(matches!(story.event(), Event::Failed { status: 407, .. }));
    let mut story = self::story(true);
    story.dial("sip:operator@203.0.113.5:5090");
    let first = story.next();
    story.receive(udp("203.0.113.5:5090"), refused(&first, "407 Proxy Authentication Required", MD5));
    assert!(matches!(story.event(), Event::Failed { status: 407, .. }));
}

#[test]
fn a_call_that_is_not_wanted_any_more_does_not_go_again() {
    let mut story = story(true);
    let first = dialled(&mut story);
    story.order(Order::End { leg: leg(), reason: None });
    story.receive(udp(OUT), refused(&first, "407 Proxy Authentication Required", MD5));
    assert_eq!(story.lines().len(), 1, "only the ACK");
}

#[test]
fn neither_name_nor_secret_is_printed() {
    let story = story(true);
    let login = Login { user: Pii::new("us".into()), password: Pii::new("secret".into()), realm: None };
    assert!(!format!("{:?} {login:?}", story.agent).contains("secret"));
}
