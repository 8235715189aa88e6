//! RTCP of RTP legs, and the meter at the end.

use media::{Opening, Order, Port};
use rtcp_types::{Compound, Packet};

use crate::lab::{Lab, Sent, Talker, at, leg, sdp};

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
    let opening = Opening::AnswerRtp { port: Port(1), local: at("127.0.0.1:10002"), offer };
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
