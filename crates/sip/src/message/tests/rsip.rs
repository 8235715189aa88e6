//! A second opinion: every message of the corpora that rsip accepts gives the same values here.

use std::fs;
use std::path::PathBuf;

use rsip::message::HeadersExt;
use rsip::prelude::{ToTypedHeader, UntypedHeader};

use super::super::{Address, Name, Start, Via, phrase};
use super::{read, with};

fn corpus() -> Vec<Vec<u8>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/torture");
    let folders = ["rfc4475", "rfc5118"].map(|folder| root.join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut all: Vec<Vec<u8>> = files.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    for line in [
        "",
        "Contact: <sip:b@192.0.2.2:5070>;expires=60\r\n",
        "Max-Forwards: 12\r\n",
        "From: \"A\" <sip:1390@h>;tag=q\r\n",
    ] {
        all.push(with(line));
    }
    all
}

#[test]
fn what_rsip_accepts_reads_the_same_here() {
    let mut compared = 0;
    for bytes in corpus() {
        let Ok(theirs) = rsip::SipMessage::try_from(bytes.as_slice()) else { continue };
        let ours = read(&bytes);
        let Ok(head) = ours.head() else { continue };
        match (&theirs, &ours.start) {
            (rsip::SipMessage::Request(request), Start::Request { method, .. }) => {
                assert_eq!(request.method.to_string(), method.name());
                assert_eq!(request.uri.to_string(), ours.request_uri());
            }
            (rsip::SipMessage::Response(response), Start::Response { status }) => {
                assert_eq!(response.status_code.code(), *status);
            }
            (theirs, ours) => panic!("{theirs:?} is not {ours:?}"),
        }
        // It takes a compact name for a header that it does not know: then it has no opinion.
        let (Ok(call_id), Ok(from), Ok(to)) = (theirs.call_id_header(), theirs.from_header(), theirs.to_header())
        else {
            continue;
        };
        compared += 1;
        assert_eq!(call_id.value(), head.call_id);
        assert_eq!(theirs.cseq_header().unwrap().seq().unwrap(), head.cseq.number);
        if let Ok(from) = from.typed() {
            assert_eq!(from.tag().map(|tag| tag.to_string()).as_deref(), head.from.tag());
            assert_eq!(from.uri.to_string(), head.from.uri);
        }
        if let Ok(tag) = to.tag() {
            assert_eq!(tag.map(|tag| tag.to_string()).as_deref(), head.to.tag());
        }
        if let Ok(via) = theirs.via_header().and_then(|via| via.typed()) {
            let mine: Via<'_> = head.via;
            assert_eq!(via.branch().map(|branch| branch.to_string()).as_deref(), mine.params.text("branch"));
            assert_eq!(via.sent_by().host().to_string(), mine.host);
        }
        let contact = theirs.contact_header().and_then(|contact| contact.typed());
        if let (Ok(contact), Some(mine)) = (contact, ours.list(Name::Contact).next()) {
            assert_eq!(contact.uri.to_string(), Address::parse(mine).unwrap().uri);
        }
    }
    assert!(compared >= 9, "only {compared} were compared");
}

#[test]
fn phrases_come_from_its_vocabulary() {
    let words = [405, 415, 420, 482, 483, 486, 491, 500, 501, 505, 603].map(|status| phrase(status).into_owned());
    assert_eq!(
        words,
        [
            "Method Not Allowed",
            "Unsupported Media Type",
            "Bad Extension",
            "Loop Detected",
            "Too Many Hops",
            "Busy Here",
            "Request Pending",
            "Server Internal Error",
            "Not Implemented",
            "Version Not Supported",
            "Decline",
        ]
    );
}
