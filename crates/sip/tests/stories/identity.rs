//! Who calls, and what was dialled, by the trunk's account (RFC 3323, RFC 3325, RFC 5806, RFC 7044). All numbers are invented.

use sip::{DialledFrom, Event, Identity, Rewrite};

use crate::caller::Caller;
use crate::support::{Story, settings, udp};

const FROM: &str = "From: <sip:13900000001@192.0.2.10>;tag=fa";

/// What is told of a call with these further headers.
fn told(extra: &str) -> Identity {
    told_by(FROM, extra.as_bytes())
}

fn told_by(from: &str, extra: &[u8]) -> Identity {
    let mut story = Story::new();
    incoming(&mut story, from, extra).0
}

fn incoming(story: &mut Story, from: &str, extra: &[u8]) -> (Identity, String) {
    let invite = Caller::new("a").invite().replace(FROM, from);
    let (head, rest) = invite.split_once("Call-ID").unwrap();
    let message = [head.as_bytes(), extra, b"Call-ID", rest.as_bytes()].concat();
    story.receive(udp(crate::support::CARRIER), message);
    let Event::Incoming { identity, dialled, .. } = story.event() else { panic!("no call") };
    (identity, dialled)
}

fn number(identity: &Identity) -> &str {
    identity.number.as_ref().map_or("", |number| number.reveal().as_str())
}

#[test]
fn the_asserted_identity_comes_first_then_remote_party_then_from() {
    let asserted = "P-Asserted-Identity: <sip:13900000002@192.0.2.10>\r\n";
    let remote = "Remote-Party-ID: <sip:13900000003@192.0.2.10>;party=calling;screen=yes;privacy=off\r\n";
    assert_eq!(number(&told(&format!("{remote}{asserted}"))), "13900000002");
    assert_eq!(number(&told(remote)), "13900000003");
    assert_eq!(number(&told("")), "13900000001");
}

#[test]
fn a_header_that_names_no_number_gives_way() {
    for nobody in [
        "<sip:gateway@192.0.2.10>",
        "<sip:192.0.2.10>",
        "\"anonymous\" <sip:anonymous@anonymous.invalid>",
        "<tel:0000>",
        "broken <",
    ] {
        assert_eq!(number(&told(&format!("P-Asserted-Identity: {nobody}\r\n"))), "13900000001", "{nobody}");
    }
    let called = "Remote-Party-ID: <sip:13900000003@192.0.2.10>;party=called\r\n";
    assert_eq!(number(&told(called)), "13900000001");
}

#[test]
fn of_several_asserted_identities_the_telephone_number_is_taken() {
    let both = "P-Asserted-Identity: \"x, y\" <sip:4008169999@192.0.2.10;user=phone>, <tel:+86-139-0000-0002>\r\n";
    assert_eq!(number(&told(both)), "+86-139-0000-0002");
    let lines = "P-Asserted-Identity: <sip:pbx@192.0.2.10>\r\nP-Asserted-Identity: <sip:%2B8613900000002@192.0.2.10;user=phone>\r\n";
    assert_eq!(number(&told(lines)), "+8613900000002");
}

#[test]
fn a_local_number_stands_behind_its_context_and_an_extension_behind_both() {
    for (uri, expected) in [
        ("tel:22345678;phone-context=+86769", "+8676922345678"),
        ("tel:22345678;phone-context=example.com", "22345678"),
        ("sip:22345678;phone-context=+86769@192.0.2.10;user=phone", "+8676922345678"),
        ("tel:+8676922345678;ext=8012", "+8676922345678;ext=8012"),
    ] {
        assert_eq!(number(&told(&format!("P-Asserted-Identity: <{uri}>\r\n"))), expected, "{uri}");
    }
}

#[test]
fn privacy_withholds_what_the_network_tells() {
    let asserted = "P-Asserted-Identity: <tel:+8613900000002>\r\n";
    for (headers, private) in [
        ("", false),
        ("Privacy: id\r\n", true),
        ("Privacy: ID ; critical\r\n", true),
        ("Privacy: header;session\r\n", true),
        ("Privacy: user\r\n", true),
        ("Privacy: session\r\n", false),
        ("Privacy: none\r\n", false),
        ("Privacy: none;id\r\n", true),
        ("Remote-Party-ID: <sip:13900000003@192.0.2.10>;privacy=full\r\n", true),
        ("Remote-Party-ID: <sip:13900000003@192.0.2.10>;privacy=off\r\n", false),
        ("Remote-Party-ID: <sip:13900000003@192.0.2.10>;privacy=full\r\nPrivacy: none\r\n", false),
    ] {
        let identity = told(&format!("{asserted}{headers}"));
        assert_eq!((identity.private, number(&identity)), (private, "+8613900000002"), "{headers}");
    }
}

#[test]
fn an_anonymous_from_is_a_wish_too_unless_privacy_says_none() {
    for from in
        ["From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=fa", "From: <sip:anonymous@192.0.2.10>;tag=fa"]
    {
        let identity = told_by(from, b"");
        assert_eq!((identity.private, number(&identity)), (true, ""), "{from}");
        let identity = told_by(from, b"P-Asserted-Identity: <tel:+8613900000002>\r\nPrivacy: none\r\n");
        assert_eq!((identity.private, number(&identity)), (false, "+8613900000002"), "{from}");
    }
}

#[test]
fn all_that_was_said_is_kept_byte_for_byte_and_never_printed() {
    let gbk = b"P-Asserted-Identity: \"\xb9\xa4\xd3\xd1\" <sip:13900000002@192.0.2.10>\r\nPrivacy: id\r\n\
                Diversion: <sip:076988880000@192.0.2.10>;reason=unconditional\r\n\
                History-Info: <sip:4008169580@192.0.2.10>;index=1\r\n";
    let identity = told_by(FROM, gbk);
    assert!(!format!("{identity:?}").contains("139"));
    let raw = identity.raw.unwrap().into_revealed();
    for line in [
        &b"From: <sip:13900000001@192.0.2.10>;tag=fa\n"[..],
        b"To: <sip:4008169580@198.51.100.1>\n",
        b"P-Asserted-Identity: \"\xb9\xa4\xd3\xd1\" <sip:13900000002@192.0.2.10>\n",
        b"Privacy: id\n",
        b"Diversion: <sip:076988880000@192.0.2.10>;reason=unconditional\n",
        b"History-Info: <sip:4008169580@192.0.2.10>;index=1\n",
    ] {
        assert!(raw.windows(line.len()).any(|window| window == line), "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn what_was_dialled_stands_where_the_trunk_writes_it() {
    let extra =
        b"Diversion: <sip:076988881111@192.0.2.10>;reason=unconditional, <tel:+864008169999>;reason=unconditional\r\n\
                  History-Info: <sip:076988881111@192.0.2.10>;index=1.10, <sip:x@192.0.2.10>;index=1.9.1\r\n\
                  History-Info: <sip:4008169997@192.0.2.10?Reason=SIP%3Bcause%3D302>;index=1\r\n";
    for (from, with, without) in [
        (DialledFrom::RequestUri, "4008169580", "4008169580"),
        (DialledFrom::To, "4008169998", "4008169998"),
        (DialledFrom::Diversion, "+864008169999", "4008169580"),
        (DialledFrom::HistoryInfo, "4008169997", "4008169580"),
    ] {
        for (extra, expected) in [(&extra[..], with), (b"", without)] {
            let mut ours = settings();
            ours.trunks[0].dialled = from;
            let mut story = Story::with(ours);
            let line = format!("{FROM}\r\nX: y");
            let invite =
                Caller::new("a").invite().replace("To: <sip:4008169580@", "To: <sip:4008169998@").replace(FROM, &line);
            let (head, rest) = invite.split_once("Call-ID").unwrap();
            story.carrier([head.as_bytes(), extra, b"Call-ID", rest.as_bytes()].concat());
            let Event::Incoming { dialled, .. } = story.event() else { panic!("no call") };
            assert_eq!(dialled, expected, "{from:?}");
        }
    }
}

#[test]
fn a_trunks_rules_rewrite_its_callers_numbers_and_not_the_record() {
    let mut ours = settings();
    ours.trunks[0].rewrite = vec![Rewrite { prefix: "+1".into(), length: Some(12), put: "+861".into() }];
    let mut story = Story::with(ours);
    let (identity, _) = incoming(&mut story, FROM, b"P-Asserted-Identity: <tel:+13900000002>\r\n");
    assert_eq!(number(&identity), "+8613900000002");
    assert!(String::from_utf8_lossy(identity.raw.unwrap().reveal()).contains("<tel:+13900000002>"));
}
