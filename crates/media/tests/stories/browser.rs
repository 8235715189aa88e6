//! Legs of browsers.

use std::time::Duration;

use base::Mono;
use media::{DigitWay, Fact, Opening, Order, Source};
use rtc::sansio::Protocol;

use crate::lab::{Lab, Talker, leg};
use crate::peer::{Browser, SSRC};

#[test]
fn the_switch_may_move_to_its_thread() {
    fn is_send<T: Send>() {}
    is_send::<media::Switch>();
}

#[test]
fn chromium_is_answered_with_a_law_first_one_event_and_our_candidates() {
    let mut lab = Lab::default();
    let offer = include_bytes!("../data/chromium_offer.sdp").to_vec();
    lab.order(Order::Open { leg: leg(1), opening: Opening::Browser { offer } });
    let Some(Fact::Opened { sdp, .. }) = lab.facts().pop() else { panic!("not opened") };
    let answer = String::from_utf8(sdp).unwrap();
    assert!(answer.contains("m=audio 9 UDP/TLS/RTP/SAVPF 8 0 126\r\n"), "{answer}");
    for line in
        ["a=ice-lite", "a=setup:passive", "a=rtcp-mux", "a=sendrecv", "a=rtpmap:8 PCMA/8000", "a=group:BUNDLE 0"]
    {
        assert!(answer.lines().any(|it| it == line), "no {line} in {answer}");
    }
    for candidate in ["127.0.0.1 20000 typ host", "::1 20000 typ host"] {
        assert!(answer.contains(candidate), "no {candidate} in {answer}");
    }
    assert!(!answer.contains("extmap:") && !answer.contains("48000") && !answer.contains("G722"), "{answer}");
    assert!(answer.contains("a=fingerprint:sha-256 "), "{answer}");
}

#[test]
fn a_browser_comes_up_and_talks_with_a_sip_caller_both_ways() {
    let mut lab = Lab::default();
    let mut browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    lab.open(2, "127.0.0.3:5000", "8 101");
    lab.bridge(1, 2);
    let mut caller = Talker::new(2, "127.0.0.3:5000", 8);
    for n in 0..50u8 {
        lab.voice(&mut caller, &[n; 160]);
        browser.say(&lab, 8, &[n ^ 0x80; 160]);
        browser.run(&mut lab, Duration::from_millis(20));
    }
    let to_caller = lab.take(2);
    assert_eq!(to_caller.len(), 50);
    assert!(to_caller.iter().enumerate().all(|(n, packet)| packet.payload == [n as u8 ^ 0x80; 160]));
    assert!(to_caller.iter().all(|packet| packet.ssrc != SSRC && packet.first == 0x80));
    let said: Vec<u8> = browser.heard.iter().map(|packet| packet.payload[0]).filter(|it| *it != 0xD5).collect();
    assert_eq!(said, (0..50).collect::<Vec<u8>>());
    assert!(
        browser
            .heard
            .windows(2)
            .all(|pair| { pair[1].header.sequence_number == pair[0].header.sequence_number.wrapping_add(1) })
    );
    browser.say(&lab, 126, &[7, 10, 0, 160]);
    browser.run(&mut lab, Duration::from_millis(20));
    assert_eq!(lab.facts(), [Fact::Digit { leg: leg(1), digit: '7', way: DigitWay::Event }]);
    assert_eq!(lab.take(2)[0].payload_type, 101);
}

#[test]
fn two_browsers_share_the_port_and_hear_each_other() {
    let mut lab = Lab::default();
    let mut one = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    let mut two = Browser::connect(&mut lab, 2, "127.0.0.5:7001");
    lab.bridge(1, 2);
    for _ in 0..20 {
        one.say(&lab, 8, &[1; 160]);
        two.say(&lab, 0, &[0x00; 160]);
        one.run(&mut lab, Duration::from_millis(10));
        two.run(&mut lab, Duration::from_millis(10));
    }
    one.run(&mut lab, Duration::from_millis(10));
    let heard = |browser: &Browser, sample: u8| browser.heard.iter().filter(|it| it.payload[0] == sample).count();
    assert_eq!((heard(&two, 1), heard(&one, 0x2A)), (20, 20), "µ-law became A-law on the way");
}

#[test]
fn a_browser_that_hears_nothing_is_kept_warm_with_silence() {
    let mut lab = Lab::default();
    let mut browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    browser.run(&mut lab, Duration::from_secs(2));
    assert!((9..=11).contains(&browser.heard.len()), "{} packets", browser.heard.len());
    assert!(browser.heard.iter().all(|packet| packet.payload[..] == [0xD5; 160]));
    assert!(
        browser.heard.windows(2).all(|pair| pair[1].header.timestamp.wrapping_sub(pair[0].header.timestamp) == 1600)
    );
}

#[test]
fn a_browser_hears_music_on_the_clock() {
    let mut lab = Lab::default().with_library(&[], &[("calm", vec![3; 8000])]);
    let mut browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    lab.order(Order::Hear { leg: leg(1), sources: vec![Source::Music("calm".into())] });
    browser.run(&mut lab, Duration::from_secs(1));
    assert!((48..=51).contains(&browser.heard.iter().filter(|packet| packet.payload[0] == 3).count()));
}

#[test]
fn one_that_closes_or_falls_silent_is_gone() {
    let mut lab = Lab::default();
    let mut closing = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    let _silent = Browser::connect(&mut lab, 2, "127.0.0.5:7001");
    closing.connection.close().unwrap();
    closing.exchange(&mut lab);
    assert_eq!(lab.facts(), [Fact::BrowserDown { leg: leg(1) }]);
    lab.ms(14_000);
    assert_eq!(lab.facts(), []);
    lab.ms(3_000);
    assert_eq!(lab.facts(), [Fact::BrowserDown { leg: leg(2) }]);
    lab.ms(60_000);
    assert_eq!(lab.facts(), [], "told once");
}

#[test]
fn one_that_never_comes_is_gone_after_fifteen_seconds() {
    let mut lab = Lab::default();
    let offer = include_bytes!("../data/chromium_offer.sdp").to_vec();
    lab.order(Order::Open { leg: leg(1), opening: Opening::Browser { offer } });
    lab.facts();
    lab.ms(14_999);
    assert_eq!(lab.facts(), []);
    lab.ms(1);
    assert_eq!(lab.facts(), [Fact::BrowserDown { leg: leg(1) }]);
    assert!(lab.sent.is_empty(), "ICE-lite asks nobody");
}

#[test]
fn a_browser_that_idles_is_not_gone_and_costs_little() {
    let mut lab = Lab::default();
    let mut browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    lab.wakes = 0;
    browser.run(&mut lab, Duration::from_secs(40));
    assert_eq!(lab.facts(), []);
    // Five packets of silence and five looks at ICE a second.
    assert!(lab.wakes <= 420, "woken {} times", lab.wakes);
}

#[test]
fn closing_says_goodbye_to_the_browser() {
    let mut lab = Lab::default();
    let mut browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    let quality = lab.close(1);
    assert_eq!(quality.received, 0);
    assert!(quality.sent > 0);
    assert_eq!(lab.switch.poll_timeout(), Some(lab.now.mono));
    lab.sent.clear();
    lab.wake();
    assert!(lab.sent.iter().any(|sent| sent.bytes[0] == 21), "a DTLS alert");
    browser.run(&mut lab, Duration::from_secs(1));
    assert_eq!((lab.switch.poll_timeout(), lab.facts().len()), (None::<Mono>, 0));
}

#[test]
fn media_that_was_not_encrypted_for_this_session_is_nothing() {
    let mut lab = Lab::default();
    let _browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    lab.order(Order::Watch { leg: leg(1), on: true });
    let mut forged = Talker::new(0, "127.0.0.5:7000", 8);
    (0..50).for_each(|_| lab.voice(&mut forged, &[1; 170]));
    assert_eq!((lab.facts(), lab.take(2).len()), (vec![], 0));
}
