//! What rsip cannot read, or reads wrongly (stack: the list), one test each.

use std::net::SocketAddr;

use super::super::{Address, Frame, Method, Name, Reply, Start, Via, frame};
use super::{read, with, with_bytes};

fn source() -> SocketAddr {
    "192.0.2.2:5062".parse().unwrap()
}

#[test]
fn folded_headers() {
    let bytes = with("From: \"long\r\n \tname\"\r\n <sip:b@192.0.2.2>\r\n ;tag=folded\r\n");
    let message = read(&bytes);
    assert_eq!(message.head().unwrap().from.tag(), Some("folded"));
}

#[test]
fn white_space_before_the_colon() {
    let bytes = with("Call-ID  \t:  spaced@x\r\n");
    assert_eq!(read(&bytes).head().unwrap().call_id, "spaced@x");
}

#[test]
fn a_line_break_in_front() {
    let mut bytes = b"\r\n\r\n".to_vec();
    bytes.extend(with(""));
    assert!(read(&bytes).head().is_ok());
}

#[test]
fn ipv6_literals() {
    let bytes = with("Via: SIP/2.0/UDP [2001:db8::9]:6050;branch=z9hG4bK2\r\n");
    let message = read(&bytes);
    let via = message.head().unwrap().via;
    assert_eq!((via.host, via.port), ("[2001:db8::9]", Some(6050)));
    let reply = Reply::new(&message, "[2001:db8::9]:7000".parse().unwrap()).unwrap();
    let text = String::from_utf8(reply.write(200, None, "t", "", &[])).unwrap();
    assert!(text.contains("Via: SIP/2.0/UDP [2001:db8::9]:6050;branch=z9hG4bK2\r\n"), "{text}");
}

#[test]
fn tel_addresses() {
    let bytes = with("From: <tel:+8613900000001;phone-context=x>;tag=f\r\n");
    let message = read(&bytes);
    let from = message.head().unwrap().from;
    assert_eq!((from.parsed().unwrap().user_text().as_str(), from.tag()), ("+8613900000001", Some("f")));
}

#[test]
fn unknown_methods() {
    let bytes = b"NEW!ONE sip:a@b SIP/2.0\r\nCSeq: 7 NEW!ONE\r\n\r\n";
    assert!(matches!(read(bytes).start, Start::Request { method: Method::Other, current: true, .. }));
}

#[test]
fn contact_lists_and_quoted_parameters() {
    let bytes = with(
        "Contact: \"a, b\" <sip:a@192.0.2.9;x=1,2>;q=0.5;y=\"c,d;e\", <sip:c@192.0.2.8>\r\nContact: sip:d@192.0.2.7\r\n",
    );
    let message = read(&bytes);
    let uris: Vec<&str> = message.list(Name::Contact).map(|value| Address::parse(value).unwrap().uri).collect();
    assert_eq!(uris, ["sip:a@192.0.2.9;x=1,2", "sip:c@192.0.2.8", "sip:d@192.0.2.7"]);
    let first = Address::parse(message.list(Name::Contact).next().unwrap()).unwrap();
    assert_eq!(first.params.get("Y"), Some(&b"\"c,d;e\""[..]));
}

#[test]
fn angle_brackets_and_escapes_in_a_display_name() {
    let text = br#""a <sip:trap@192.0.2.66> \"<\" b" <sip:real@192.0.2.1>;tag=t"#;
    let address = Address::parse(text).unwrap();
    assert_eq!((address.uri, address.tag()), ("sip:real@192.0.2.1", Some("t")));
}

#[test]
fn a_display_name_in_gbk_comes_back_as_it_went() {
    let gbk = b"From: \"\xb9\xa4\xd3\xd1\" <sip:b@192.0.2.2>;tag=gbk\r\n";
    let bytes = with_bytes(gbk);
    let message = read(&bytes);
    assert_eq!(message.head().unwrap().from.tag(), Some("gbk"));
    let answer = Reply::new(&message, source()).unwrap().write(200, None, "t", "", &[]);
    assert!(answer.windows(gbk.len()).any(|window| window == gbk));
}

#[test]
fn compact_names() {
    let bytes =
        b"OPTIONS sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: <sip:x@y>;tag=1\r\nt: <sip:a@b>\r\n\
                  i: id\r\nCSeq: 1 OPTIONS\r\nm: <sip:m@h>\r\nc: text/plain\r\nl: 2\r\n\r\nhi";
    let message = read(bytes);
    assert_eq!(message.head().unwrap().call_id, "id");
    assert_eq!((message.value(Name::ContentType), message.body()), (Some(&b"text/plain"[..]), &b"hi"[..]));
    assert!(message.value(Name::Contact).is_some());
}

#[test]
fn vias_joined_by_commas_are_all_repeated() {
    let bytes = with(
        "Via: SIP/2.0/UDP one;branch=z9hG4bK1;rport , SIP/2.0/TCP two;branch=z9hG4bK2\r\nVia: SIP/2.0/UDP three\r\n",
    );
    let message = read(&bytes);
    let hosts: Vec<&str> = message.list(Name::Via).map(|value| Via::parse(value).unwrap().host).collect();
    assert_eq!(hosts, ["one", "two", "three"]);
    let text = String::from_utf8(Reply::new(&message, source()).unwrap().write(200, None, "t", "", &[])).unwrap();
    let vias: Vec<&str> = text.lines().filter(|line| line.starts_with("Via")).collect();
    assert_eq!(
        vias,
        [
            "Via: SIP/2.0/UDP one;branch=z9hG4bK1;received=192.0.2.2;rport=5062, SIP/2.0/TCP two;branch=z9hG4bK2",
            "Via: SIP/2.0/UDP three"
        ]
    );
}

#[test]
fn content_length_ends_the_body() {
    let bytes = [with("Content-Length: 3\r\n"), b"abcdef".to_vec()].concat();
    assert_eq!(read(&bytes).body(), b"abc");
    let short = [with("Content-Length: 9\r\n"), b"abc".to_vec()].concat();
    assert!(read(&short).head().is_err());
    for wrong in ["-1", "x", "", "99999999999999999999999", "70000"] {
        assert!(read(&with(&format!("Content-Length: {wrong}\r\n"))).head().is_err(), "{wrong}");
    }
}

#[test]
fn a_stream_is_cut_into_messages() {
    let one = [with("Content-Length: 4\r\n"), b"\r\n\r\n".to_vec()].concat();
    let stream = [one.clone(), b"\r\n".to_vec(), with("Content-Length: 0\r\n")].concat();
    let Frame::Message(message, end) = frame(&stream, 0) else { panic!("no message") };
    assert_eq!((message.body(), end), (&b"\r\n\r\n"[..], one.len()));
    assert!(matches!(frame(&stream[end..], 0), Frame::Skip(2)));
    assert!(matches!(frame(&stream[end + 2..], 0), Frame::Message(_, _)));
    for cut in 1..one.len() {
        assert!(matches!(frame(&one[..cut], 0), Frame::Incomplete { .. }), "{cut}");
    }
    assert!(matches!(frame(&with(""), 0), Frame::Broken(Some(_))));
    assert!(matches!(frame(b"GET / HTTP/1.1\r\n\r\n", 0), Frame::Broken(None)));
    assert!(matches!(frame(b"\r\n\r\nrest", 0), Frame::Ping));
}

#[test]
fn binary_bodies() {
    let body: Vec<u8> = (0..=255).collect();
    let bytes = [with("Content-Length: 256\r\n"), body.clone()].concat();
    assert_eq!(read(&bytes).body(), body);
}

#[test]
fn any_phrase_or_none() {
    for line in ["SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять", "SIP/2.0 200 ", "SIP/2.0 200"]
    {
        let bytes = format!("{line}\r\n\r\n");
        assert!(matches!(read(bytes.as_bytes()).start, Start::Response { status: 200 }), "{line}");
    }
    let bytes = with("");
    let answer = Reply::new(&read(&bytes), source()).unwrap().write(404, Some("无此号码"), "t", "", &[]);
    assert!(answer.starts_with("SIP/2.0 404 无此号码\r\n".as_bytes()));
}

#[test]
fn what_is_no_sip_is_no_message() {
    for bytes in [&b""[..], b"\r\n", b"hello", b"GET / HTTP/1.1\r\n\r\n", b"\xff\xfe\0"] {
        assert!(super::super::Message::parse(bytes).is_none(), "{bytes:?}");
    }
}

#[test]
fn a_response_whose_status_is_none_can_be_framed_and_not_read() {
    for line in ["SIP/2.0 4294967301 no", "SIP/2.0 099 no", "SIP/2.0 700 no", "SIP/2.0 2OO OK", "SIP/3.0 200 OK"] {
        let bytes = format!("{line}\r\nContent-Length: 2\r\n\r\nhi");
        assert!(read(bytes.as_bytes()).head().is_err(), "{line}");
        assert!(matches!(frame(bytes.as_bytes(), 0), Frame::Message(_, end) if end == bytes.len()), "{line}");
    }
}

#[test]
fn a_stream_that_does_not_begin_as_sip_is_given_up_at_its_first_line() {
    assert!(matches!(frame(b"8/90000\r", 0), Frame::Incomplete { .. }));
    assert!(matches!(frame(b"8/90000\r\n", 8), Frame::Broken(None)));
    assert!(matches!(frame(b"OPTIONS sip:a@b SIP/2.0\r\n", 24), Frame::Incomplete { .. }));
}

#[test]
fn two_content_lengths_end_nothing() {
    let bytes = with("Content-Length: 0\r\nl: 5\r\n");
    assert!(matches!(frame(&bytes, 0), Frame::Broken(Some(_))));
    assert!(matches!(frame(&with("l: 0\r\nContent-Length: 0\r\n"), 0), Frame::Broken(Some(_))));
}

#[test]
fn more_headers_than_anyone_needs_are_refused() {
    let many = "X: y\r\n".repeat(201);
    assert!(read(&with(&many)).head().is_err());
    let long = format!("X: {}\r\n", "y".repeat(40_000));
    assert!(read(&with(&long)).head().is_err());
}
