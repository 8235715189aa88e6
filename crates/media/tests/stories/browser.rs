//! A browser: `rtc` plays it, in the same process, without sockets.

use std::net::SocketAddr;
use std::time::Duration;

use base::Mono;
use media::{DigitWay, Fact, Opening, Order, Port, Source};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::{CandidateConfig, CandidateHostConfig, RTCIceCandidate};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};

use crate::lab::{Lab, Talker, at, leg};

const SSRC: u32 = 4242;

struct Browser {
    connection: RTCPeerConnection,
    sender: RTCRtpSenderId,
    address: SocketAddr,
    heard: Vec<rtc::rtp::Packet>,
    sequence: u16,
}

impl Browser {
    fn new(lab: &Lab, address: &str) -> Self {
        let address = at(address);
        let now = lab.origin + lab.now.mono.0;
        let codec = |name: &str, payload_type| RTCRtpCodecParameters {
            rtp_codec: RTCRtpCodec { mime_type: format!("audio/{name}"), clock_rate: 8000, ..Default::default() },
            payload_type,
        };
        let mut engine = MediaEngine::default();
        let codecs = [codec("PCMU", 0), codec("PCMA", 8), codec("telephone-event", 126)];
        codecs.iter().for_each(|codec| engine.register_codec(codec.clone(), RtpCodecKind::Audio).unwrap());
        let settings = SettingEngineBuilder::new().with_include_loopback_candidate(true).build();
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_setting_engine(settings)
            .with_media_engine(engine)
            .build(now)
            .unwrap();
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(SSRC), ..Default::default() },
            codec: codecs[1].rtp_codec.clone(),
            ..Default::default()
        };
        let track = MediaStreamTrack::new("s".into(), "t".into(), "l".into(), RtpCodecKind::Audio, vec![encoding]);
        let sender = connection.add_track(track).unwrap();
        let transceiver = connection.get_transceivers().next().unwrap();
        connection.rtp_transceiver(transceiver).unwrap().set_codec_preferences(codecs.to_vec()).unwrap();
        let host = CandidateHostConfig {
            base_config: CandidateConfig {
                network: "udp".into(),
                address: address.ip().to_string(),
                port: address.port(),
                component: 1,
                ..Default::default()
            },
            ..Default::default()
        };
        let candidate = RTCIceCandidate::from(&host.new_candidate_host().unwrap()).to_json().unwrap();
        connection.add_local_candidate(candidate).unwrap();
        Browser { connection, sender, address, heard: Vec::new(), sequence: 100 }
    }

    fn offer(&mut self, lab: &Lab) -> Vec<u8> {
        let offer = self.connection.create_offer(None).unwrap();
        self.connection.set_local_description(lab.origin + lab.now.mono.0, offer).unwrap();
        self.connection.local_description().unwrap().sdp.into_bytes()
    }

    fn accept(&mut self, lab: &Lab, answer: &str) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).unwrap();
        self.connection.set_remote_description(lab.origin + lab.now.mono.0, answer).unwrap();
    }

    fn say(&mut self, lab: &Lab, payload_type: u8, payload: &[u8]) {
        self.sequence += 1;
        let packet = rtc::rtp::Packet {
            header: rtc::rtp::header::Header {
                version: 2,
                payload_type,
                sequence_number: self.sequence,
                timestamp: 160 * u32::from(self.sequence),
                ssrc: SSRC,
                ..Default::default()
            },
            payload: payload.to_vec().into(),
        };
        let now = lab.origin + lab.now.mono.0;
        self.connection.rtp_sender(self.sender).unwrap().write_rtp(now, packet).unwrap();
    }

    /// Carries datagrams both ways for a while, in steps of 5 ms; from other addresses than ours with `forge`.
    fn run(&mut self, lab: &mut Lab, span: Duration) {
        let end = lab.now.mono + span;
        while lab.now.mono < end {
            self.exchange(lab);
            lab.ms(5);
            let now = lab.origin + lab.now.mono.0;
            if self.connection.poll_timeout().is_some_and(|due| due <= now) {
                self.connection.handle_timeout(now).unwrap();
            }
        }
    }

    fn exchange(&mut self, lab: &mut Lab) {
        while self.connection.poll_event().is_some() {}
        while let Some(datagram) = self.connection.poll_write() {
            lab.packet(Port::BROWSER, false, self.address, &datagram.message);
        }
        let (mine, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut lab.sent)
            .into_iter()
            .partition(|sent| sent.port == Port::BROWSER && sent.to == self.address);
        lab.sent = rest;
        for datagram in mine {
            let transport = TransportContext {
                local_addr: self.address,
                peer_addr: at("127.0.0.1:20000"),
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            };
            let now = lab.origin + lab.now.mono.0;
            let message = datagram.bytes.as_slice().into();
            self.connection.handle_read(TaggedBytesMut { now, transport, message }).unwrap();
            while let Some(read) = self.connection.poll_read() {
                if let RTCMessage::RtpPacket(_, packet) = read.message {
                    self.heard.push(packet);
                }
            }
        }
    }

    /// Opens leg `n` with it and waits until it is up.
    fn connect(lab: &mut Lab, n: u64, address: &str) -> Self {
        let mut browser = Browser::new(lab, address);
        let offer = browser.offer(lab);
        lab.order(Order::Open { leg: leg(n), opening: Opening::Browser { offer } });
        let Some(Fact::Opened { sdp, .. }) = lab.facts().pop() else { panic!("not opened") };
        browser.accept(lab, &String::from_utf8(sdp).unwrap());
        browser.run(lab, Duration::from_secs(3));
        assert_eq!(lab.facts(), [Fact::BrowserUp { leg: leg(n) }]);
        browser.heard.clear();
        browser
    }
}

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
    assert!(!answer.contains("extmap:") && !answer.contains("48000"), "{answer}");
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
