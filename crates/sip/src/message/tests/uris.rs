use super::super::{Scheme, Uri};

#[test]
fn a_uri_in_its_parts() {
    let uri = Uri::parse("sip:alice:secret@[2001:db8::1]:5070;transport=tcp;lr?Subject=x").unwrap();
    assert_eq!((uri.user, uri.host, uri.port), (Some("alice"), "[2001:db8::1]", Some(5070)));
    assert_eq!((uri.param("transport"), uri.param("lr"), uri.param("maddr")), (Some("tcp"), Some(""), None));
    assert_eq!(uri.ip(), Some("2001:db8::1".parse().unwrap()));
    assert_eq!(uri.without_headers(), "sip:alice:secret@[2001:db8::1]:5070;transport=tcp;lr");
}

#[test]
fn a_user_may_hold_what_separates_elsewhere() {
    let uri = Uri::parse(
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
    );
    assert_eq!(uri.unwrap().host, "example.com");
    let uri = Uri::parse("sip:user;par=u%40example.net@example.com").unwrap();
    assert_eq!((uri.user_text().as_str(), uri.host), ("user", "example.com"));
    assert_eq!(Uri::parse("sip:%2B86139@h").unwrap().user_text(), "+86139");
    assert_eq!(Uri::parse("sip:a%zz%4@h").unwrap().user_text(), "a%zz%4");
}

#[test]
fn schemes() {
    assert_eq!(Uri::parse("SIPS:a@b").unwrap().scheme, Scheme::Sips);
    assert_eq!(Uri::parse("tel:+86-139;ext=1").unwrap().user_text(), "+86-139");
    assert_eq!(Uri::parse("soap.beep://192.0.2.103:3002").unwrap().scheme, Scheme::Other);
}

#[test]
fn what_is_no_uri() {
    for text in [
        "",
        "sip",
        "sip:",
        "sip:a@",
        "sip:a@b:",
        "sip:a@b:99999",
        "sip:a@b:x",
        "sip:2001:db8::10",
        "sip:[::1",
        "sip:a@b c",
        "<sip:a@b>",
        ":x",
        "1:x",
        "sip:a@b@c",
        "tel:",
    ] {
        assert!(Uri::parse(text).is_none(), "{text}");
    }
}
