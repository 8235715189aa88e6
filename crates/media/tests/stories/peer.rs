//! A browser: `rtc` plays it, in the same process, without sockets.

use std::net::SocketAddr;
use std::time::Duration;

use media::{Fact, Opening, Order, Port};
use rtc::interceptor::Registry;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::interceptor_registry::configure_rtcp_reports;
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

use crate::lab::{Lab, at, leg};

/// Its SSRC.
pub(crate) const SSRC: u32 = 4242;

pub(crate) struct Browser {
    pub(crate) connection: RTCPeerConnection,
    sender: RTCRtpSenderId,
    local: SocketAddr,
    /// Where its datagrams come from: its own address, or what a router makes of it.
    pub(crate) address: SocketAddr,
    pub(crate) heard: Vec<rtc::rtp::Packet>,
    sequence: u16,
    timestamp: u32,
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
            .with_interceptor_registry(configure_rtcp_reports(Registry::new()))
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
        Browser { connection, sender, local: address, address, heard: Vec::new(), sequence: 100, timestamp: 16_000 }
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

    pub(crate) fn say(&mut self, lab: &Lab, payload_type: u8, payload: &[u8]) {
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        let packet = rtc::rtp::Packet {
            header: rtc::rtp::header::Header {
                version: 2,
                payload_type,
                sequence_number: self.sequence,
                timestamp: self.timestamp,
                ssrc: SSRC,
                ..Default::default()
            },
            payload: payload.to_vec().into(),
        };
        let now = lab.origin + lab.now.mono.0;
        self.connection.rtp_sender(self.sender).unwrap().write_rtp(now, packet).unwrap();
    }

    /// Carries datagrams both ways for a while, in steps of 5 ms.
    pub(crate) fn run(&mut self, lab: &mut Lab, span: Duration) {
        let end = lab.now.mono + span;
        while lab.now.mono < end {
            self.exchange(lab);
            lab.ms(5);
            self.wake(lab);
        }
    }

    /// Lets its timers run.
    pub(crate) fn wake(&mut self, lab: &Lab) {
        let now = lab.origin + lab.now.mono.0;
        if self.connection.poll_timeout().is_some_and(|due| due <= now) {
            self.connection.handle_timeout(now).unwrap();
        }
    }

    pub(crate) fn exchange(&mut self, lab: &mut Lab) {
        for datagram in self.outgoing() {
            lab.packet(Port::BROWSER, false, self.address, &datagram);
        }
        for datagram in self.incoming(lab) {
            self.deliver(lab, &datagram);
        }
    }

    /// What it wants sent.
    pub(crate) fn outgoing(&mut self) -> Vec<Vec<u8>> {
        while self.connection.poll_event().is_some() {}
        std::iter::from_fn(|| self.connection.poll_write()).map(|datagram| datagram.message.to_vec()).collect()
    }

    /// Takes what the switch has sent to it.
    pub(crate) fn incoming(&self, lab: &mut Lab) -> Vec<Vec<u8>> {
        let (mine, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut lab.sent)
            .into_iter()
            .partition(|sent| sent.port == Port::BROWSER && sent.to == self.address);
        lab.sent = rest;
        mine.into_iter().map(|sent| sent.bytes).collect()
    }

    /// Hands it a datagram.
    pub(crate) fn deliver(&mut self, lab: &Lab, datagram: &[u8]) {
        let transport = TransportContext {
            local_addr: self.local,
            peer_addr: at("127.0.0.1:20000"),
            transport_protocol: TransportProtocol::UDP,
            ecn: None,
        };
        let now = lab.origin + lab.now.mono.0;
        self.connection.handle_read(TaggedBytesMut { now, transport, message: datagram.into() }).unwrap();
        while let Some(read) = self.connection.poll_read() {
            if let RTCMessage::RtpPacket(_, packet) = read.message {
                self.heard.push(packet);
            }
        }
    }

    /// Opens leg `n` with it and waits until it is up.
    pub(crate) fn connect(lab: &mut Lab, n: u64, address: &str) -> Self {
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
