//! Setting up a peer connection that answers.

use std::net::SocketAddr;
use std::time::Duration;

use rtc::ice::candidate::Candidate;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{Registry, Slot};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_TELEPHONE_EVENT, MediaEngine};
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::{CandidateConfig, CandidateHostConfig, RTCDtlsRole, RTCIceCandidate};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::shared::error::Error;

use super::offer::Offer;
use super::peer::Instant;
use super::surface::Surface;
use crate::codec::Law;
use crate::io::RefuseReason;
use crate::outbound::Formats;

/// What goes back to the browser, and what is agreed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) sdp: String,
    pub(crate) ufrag: String,
    pub(crate) formats: Formats,
}

/// Lets `rtc` answer: ICE-lite with our host candidates, DTLS server, SRTP.
pub(super) fn negotiate(
    offer: &Offer,
    locals: &[SocketAddr],
    ssrc: u32,
    now: Instant,
) -> Result<(RTCPeerConnection, RTCRtpSenderId, Answer), RefuseReason> {
    let (connection, sender, sdp) = connect(offer, locals, ssrc, now).map_err(|_| RefuseReason::Incompatible)?;
    let ufrag = sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).ok_or(RefuseReason::BadSdp)?;
    let answer = Answer { ufrag: ufrag.trim().to_owned(), formats: offer.formats, sdp };
    Ok((connection, sender, answer))
}

fn connect(
    offer: &Offer,
    locals: &[SocketAddr],
    ssrc: u32,
    now: Instant,
) -> Result<(RTCPeerConnection, RTCRtpSenderId, String), Error> {
    // mDNS names in a browser's candidates are nothing that we look for; DTLS waits for the browser, as an ICE-lite agent does.
    let settings = SettingEngineBuilder::new()
        .with_lite(true)
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_include_loopback_candidate(true)
        .with_answering_dtls_role(RTCDtlsRole::Server)
        .with_srtp_replay_protection_window(64)
        // Its patience is for the first pair, which a browser may leave; whether one is gone we see for ourselves (`GONE_AFTER`).
        .with_ice_timeouts(Some(Duration::ZERO), Some(Duration::ZERO), None)
        .build();
    let mut connection = RTCPeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_setting_engine(settings)
        .with_media_engine(media_engine(offer.formats)?)
        .with_interceptor_registry(Registry::new().with(Slot::Custom(1), Surface::default()))
        .build(now)?;
    connection.set_remote_description(now, RTCSessionDescription::offer(offer.sdp.clone())?)?;
    let sender = connection.add_track(track(offer.formats.law, ssrc))?;
    for local in locals {
        connection.add_local_candidate(RTCIceCandidate::from(&host(*local)?).to_json()?)?;
    }
    let answer = connection.create_answer(None)?;
    connection.set_local_description(now, answer)?;
    let sdp = connection.local_description().ok_or(Error::ErrNoRemoteDescription)?.sdp;
    Ok((connection, sender, sdp))
}

fn media_engine(formats: Formats) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    for law in [Law::A, Law::Mu] {
        engine.register_codec(codec(&format!("audio/{}", law.name()), law.payload_type()), RtpCodecKind::Audio)?;
    }
    if let Some(event) = formats.event {
        engine.register_codec(codec(MIME_TYPE_TELEPHONE_EVENT, event), RtpCodecKind::Audio)?;
    }
    Ok(engine)
}

/// `channels: 0`, or the answer says `PCMA/8000/1`.
fn codec(mime_type: &str, payload_type: u8) -> RTCRtpCodecParameters {
    let rtp_codec = RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate: 8_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: Vec::new(),
    };
    RTCRtpCodecParameters { rtp_codec, payload_type }
}

fn track(law: Law, ssrc: u32) -> MediaStreamTrack {
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec(&format!("audio/{}", law.name()), law.payload_type()).rtp_codec,
        ..Default::default()
    };
    MediaStreamTrack::new("helpline".into(), "voice".into(), "voice".into(), RtpCodecKind::Audio, vec![encoding])
}

fn host(local: SocketAddr) -> Result<Candidate, Error> {
    CandidateHostConfig {
        base_config: CandidateConfig {
            network: "udp".to_owned(),
            address: local.ip().to_string(),
            port: local.port(),
            component: 1,
            ..Default::default()
        },
        ..Default::default()
    }
    .new_candidate_host()
}
