//! RTCP of RTP legs, and the meter at the end.

use media::{Opening, Order, Port};
use rtcp_types::{Compound, Packet};

use std::time::Duration;

use crate::lab::{Lab, Sent, Talker, at, leg, sdp};
use crate::peer::Browser;

fn reports(lab: &mut Lab) -> Vec<Sent> {
    std::mem::take(&mut lab.sent).into_iter().filter(|sent| sent.bytes[1] >= 192).collect()
}

#[test]
fn every_five_seconds_a_report_says_what_was_lost() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    for n in 0..250 {
        if n % 10 == 9 {
            one.packet(8, false, &[0; 160]);
            one.timestamp += 160;
        } else {
            lab.voice(&mut one, &[0; 160]);
        }
        lab.ms(20);
    }
    let sent = reports(&mut lab);
    assert_eq!((sent.len(), sent[0].rtcp, sent[0].to), (1, true, at("127.0.0.2:4001")));
    let Some(Ok(Packet::Sr(report))) = Compound::parse(&sent[0].bytes).unwrap().next() else { panic!("a report") };
    let block = report.report_blocks().next().unwrap();
    assert_eq!(
        (block.ssrc(), block.cumulative_lost(), block.fraction_lost()),
        (one.ssrc, 24, (24u32 * 256 / 249) as u8)
    );
    lab.ms(20_000);
    assert_eq!(reports(&mut lab).len(), 4);
    let quality = lab.close(1);
    assert_eq!((quality.received, quality.lost, quality.jitter_ms), (225, 24, 0.0));
    assert!((120..=125).contains(&quality.sent), "a packet of silence every 200 ms: {}", quality.sent);
}

#[test]
fn with_mux_reports_share_the_port_and_are_not_taken_for_voice() {
    let mut lab = Lab::default();
    let offer = sdp("127.0.0.2:4000", "8", "a=rtcp-mux\r\n");
    let opening = Opening::AnswerRtp { port: Port(1), local: at("127.0.0.1:10002"), offer, srtp: media::Srtp::Off };
    lab.order(Order::Open { leg: leg(1), opening });
    let Some(media::Fact::Opened { sdp, .. }) = lab.facts().pop() else { panic!("not opened") };
    assert!(String::from_utf8(sdp).unwrap().contains("a=rtcp-mux\r\n"));
    lab.ms(5000);
    let sent = reports(&mut lab);
    assert_eq!((sent.len(), sent[0].rtcp, sent[0].to), (1, false, at("127.0.0.2:4000")));
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    (0..3).for_each(|_| lab.voice(&mut one, &[0; 160]));
    let time = [1, 2, 3, 4, 5, 6, 7, 8];
    let report = [&[0x80, 200, 0, 6, 0, 0, 0, 9][..], &time, &[0; 12]].concat();
    lab.packet(Port(1), false, at("127.0.0.2:4000"), &report);
    lab.ms(5000);
    let sent = reports(&mut lab);
    let Some(Ok(Packet::Sr(answer))) = Compound::parse(&sent[0].bytes).unwrap().next() else { panic!("a report") };
    let block = answer.report_blocks().next().unwrap();
    assert_eq!(block.last_sender_report_timestamp(), 0x0304_0506, "the middle of the time that it said");
    assert_eq!(lab.close(1).received, 3);
}

/// A receiver report by `from` of our `ssrc`: so much lost, LSR and DLSR.
fn answer(from: u32, ssrc: u32, lost: u32, jitter: u32, lsr: u32, dlsr: u32) -> Vec<u8> {
    let numbers = [from, ssrc, lost, 70_000, jitter, lsr, dlsr];
    [vec![0x81, 201, 0, 7], numbers.iter().flat_map(|number| number.to_be_bytes()).collect()].concat()
}

/// What a sender report says of its sender and time: SSRC, and the middle of its NTP time.
fn sender(report: &[u8]) -> (u32, u32) {
    let Some(Ok(Packet::Sr(report))) = Compound::parse(report).unwrap().next() else { panic!("a sender report") };
    (report.ssrc(), (report.ntp_timestamp() >> 16) as u32)
}

#[test]
fn what_the_peer_reports_becomes_the_round_trip_and_how_it_sounded_there() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    for _ in 0..250 {
        lab.voice(&mut one, &[0; 160]);
        lab.ms(20);
    }
    let (ssrc, time) = sender(&reports(&mut lab)[0].bytes);
    // The peer keeps our report for half a second; the wire takes 100 ms both ways.
    lab.ms(600);
    let half = 1 << 15;
    for (from, report) in [
        ("127.0.0.9:4001", answer(1, ssrc, 20, 8_000, time, half)),
        ("127.0.0.2:4001", answer(1, ssrc ^ 1, 20, 8_000, time, half)),
        ("127.0.0.2:4001", answer(1, ssrc, 5, 80, time, half)),
        ("127.0.0.2:4001", answer(1, ssrc, 5, 80, time ^ 0x1000, half)),
        ("127.0.0.2:4001", answer(1, ssrc, 5, 80, time, u32::MAX)),
    ] {
        lab.packet(Port(1), true, at(from), &report);
    }
    let quality = lab.close(1);
    assert!((quality.rtt_ms.unwrap() - 100.0).abs() < 1.0, "{quality:?}");
    assert_eq!((quality.far_lost, quality.far_jitter_ms), (Some(5), Some(10.0)));
    let (mos, far) = (quality.mos.unwrap(), quality.far_mos.unwrap());
    assert!((4.3..4.41).contains(&mos) && far < mos && far > 1.0, "{quality:?}");
}

#[test]
fn nobody_can_have_lost_more_than_was_sent() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.ms(5_000);
    let (ssrc, time) = sender(&reports(&mut lab)[0].bytes);
    lab.packet(Port(1), true, at("127.0.0.2:4001"), &answer(1, ssrc, 0x7F_FFFF, 0, time, 0));
    let quality = lab.close(1);
    assert_eq!((quality.far_lost, quality.mos), (Some(quality.sent), None));
}

#[test]
fn a_peer_without_reports_leaves_no_figures() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.ms(20_000);
    let quality = lab.close(1);
    assert_eq!((quality.rtt_ms, quality.far_lost, quality.far_mos), (None, None, None));
}

#[test]
fn what_a_browser_reports_is_read() {
    let mut lab = Lab::default();
    let mut browser = Browser::connect(&mut lab, 1, "127.0.0.5:7000");
    lab.open(2, "127.0.0.3:5000", "8");
    lab.bridge(1, 2);
    let mut caller = Talker::new(2, "127.0.0.3:5000", 8);
    for n in 0..500 {
        browser.say(&lab, 8, &[1; 160]);
        if n % 10 == 9 {
            caller.packet(8, false, &[2; 160]);
        } else {
            lab.voice(&mut caller, &[2; 160]);
        }
        browser.run(&mut lab, Duration::from_millis(20));
    }
    let quality = lab.close(1);
    assert!(quality.far_lost.is_some_and(|lost| (20..=50).contains(&lost)), "{quality:?}");
    assert!(quality.rtt_ms.is_some_and(|it| it < 50.0), "its round trip is what the story takes: {quality:?}");
    assert!(quality.far_mos < quality.mos && quality.mos.is_some_and(|mos| mos > 4.2), "{quality:?}");
}
