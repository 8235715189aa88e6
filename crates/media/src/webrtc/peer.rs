use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use base::Mono;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_TELEPHONE_EVENT, MediaEngine};
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::event::RTCPeerConnectionEvent;
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::{
    CandidateConfig, CandidateHostConfig, RTCDtlsRole, RTCDtlsTransportState, RTCIceCandidate,
};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};

use super::offer::Offer;
use super::stun;
use crate::codec::Law;
use crate::io::RefuseReason;
use crate::outbound::Formats;
use crate::rtp::{HEADER, Header};

/// A browser that sends nothing for this long has lost its consent (RFC 7675 §5.1 says 30 s; an operator shall not wait that long).
pub(crate) const GONE_AFTER: Duration = Duration::from_secs(15);

/// How far a browser leg has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerState {
    /// ICE and DTLS are on their way.
    Connecting,
    /// Packets may flow.
    Up,
    /// Gone for good.
    Down,
}

/// One browser's ICE, DTLS and SRTP.
pub(crate) struct Peer {
    connection: RTCPeerConnection,
    sender: RTCRtpSenderId,
    clock: Clock,
    locals: Vec<SocketAddr>,
    state: PeerState,
    alive_at: Mono,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("state", &self.state).field("alive_at", &self.alive_at).finish_non_exhaustive()
    }
}

/// What goes back to the browser, and what is agreed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) sdp: String,
    pub(crate) ufrag: String,
    pub(crate) formats: Formats,
}

#[expect(clippy::disallowed_types, reason = "rtc takes Instants; ours is handed in, and only added to")]
type Instant = std::time::Instant;

/// Turns our time into that of `rtc`, which counts from the same moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(crate) fn new(origin: Instant) -> Self {
        Clock { origin }
    }

    fn instant(self, moment: Mono) -> Instant {
        self.origin.checked_add(moment.0).unwrap_or(self.origin)
    }

    fn mono(self, instant: Instant) -> Mono {
        Mono(instant.saturating_duration_since(self.origin))
    }
}

impl Peer {
    /// Answers a browser's offer: ICE-lite with our host candidates, DTLS server, SRTP.
    pub(crate) fn answer(
        offer: &[u8],
        locals: &[SocketAddr],
        ssrc: u32,
        clock: Clock,
        now: Mono,
    ) -> Result<(Self, Answer), RefuseReason> {
        let offer = Offer::read(offer)?;
        let (peer, sdp) = Peer::negotiate(&offer, locals, ssrc, clock, now).map_err(|_| RefuseReason::Incompatible)?;
        let ufrag = sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).ok_or(RefuseReason::BadSdp)?;
        let answer = Answer { ufrag: ufrag.trim().to_owned(), formats: offer.formats, sdp };
        Ok((peer, answer))
    }

    fn negotiate(
        offer: &Offer,
        locals: &[SocketAddr],
        ssrc: u32,
        clock: Clock,
        now: Mono,
    ) -> Result<(Self, String), Error> {
        // mDNS names in a browser's candidates are nothing that we look for; DTLS waits for the browser, as an ICE-lite agent does.
        let settings = SettingEngineBuilder::new()
            .with_lite(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_include_loopback_candidate(true)
            .with_answering_dtls_role(RTCDtlsRole::Server)
            .with_srtp_replay_protection_window(64)
            .build();
        let at = clock.instant(now);
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_setting_engine(settings)
            .with_media_engine(media_engine(offer.formats)?)
            .build(at)?;
        connection.set_remote_description(at, RTCSessionDescription::offer(offer.sdp.clone())?)?;
        let sender = connection.add_track(track(offer.formats.law, ssrc))?;
        for local in locals {
            connection.add_local_candidate(RTCIceCandidate::from(&host(*local)?).to_json()?)?;
        }
        let answer = connection.create_answer(None)?;
        connection.set_local_description(at, answer)?;
        let sdp = connection.local_description().ok_or(Error::ErrNoRemoteDescription)?.sdp;
        let state = PeerState::Connecting;
        Ok((Peer { connection, sender, clock, locals: locals.to_vec(), state, alive_at: now }, sdp))
    }

    pub(crate) fn state(&self) -> PeerState {
        self.state
    }

    /// Feeds a datagram; then `next_datagram`, `next_voice` and `settle` want to be asked.
    pub(crate) fn read(&mut self, from: SocketAddr, datagram: &[u8], now: Mono) {
        let same_family = |local: &&SocketAddr| local.is_ipv4() == from.is_ipv4();
        let Some(local_addr) = self.locals.iter().find(same_family).copied() else { return };
        let transport =
            TransportContext { local_addr, peer_addr: from, transport_protocol: TransportProtocol::UDP, ecn: None };
        // What rtc cannot read it drops; there is nobody to tell.
        let _ = self.connection.handle_read(TaggedBytesMut {
            now: self.clock.instant(now),
            transport,
            message: datagram.into(),
        });
    }

    /// The next datagram to send.
    pub(crate) fn next_datagram(&mut self, mut send: impl FnMut(SocketAddr, &[u8])) -> Option<SocketAddr> {
        let datagram = self.connection.poll_write()?;
        send(datagram.transport.peer_addr, &datagram.message);
        Some(datagram.transport.peer_addr)
    }

    /// The next authenticated packet from the browser, its payload copied into `buf` behind room for a header. RTCP yields no header.
    pub(crate) fn next_voice(&mut self, buf: &mut [u8], now: Mono) -> Option<Option<(Header, Range<usize>)>> {
        let read = self.connection.poll_read()?;
        self.alive_at = now;
        let RTCMessage::RtpPacket(_, packet) = read.message else { return Some(None) };
        let payload = HEADER..HEADER + packet.payload.len();
        let Some(room) = buf.get_mut(payload.clone()) else { return Some(None) };
        room.copy_from_slice(&packet.payload);
        let header = Header {
            marker: packet.header.marker,
            payload_type: packet.header.payload_type,
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            ssrc: packet.header.ssrc,
        };
        Some(Some((header, payload)))
    }

    /// Whether what was read proves who sent it: `rtc` answers STUN only when its integrity holds.
    pub(crate) fn proves(&mut self, datagram: &[u8], answered: bool, now: Mono) -> bool {
        let proven = answered && stun::is_stun(datagram);
        if proven {
            self.alive_at = now;
        }
        proven
    }

    /// Takes in what happened; the new state if it changed.
    pub(crate) fn settle(&mut self, now: Mono) -> Option<PeerState> {
        let mut next = self.state;
        while let Some(event) = self.connection.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                if state == RTCPeerConnectionState::Connected {
                    next = PeerState::Up;
                } else if [RTCPeerConnectionState::Failed, RTCPeerConnectionState::Closed].contains(&state) {
                    next = PeerState::Down;
                }
            }
        }
        if now - self.alive_at >= GONE_AFTER || self.is_closed_by_browser() {
            next = PeerState::Down;
        }
        let changed = self.state != next && self.state != PeerState::Down;
        if changed {
            self.state = next;
        }
        changed.then_some(next)
    }

    /// A close_notify ends DTLS but is no event of the connection.
    fn is_closed_by_browser(&mut self) -> bool {
        let sender = self.connection.rtp_sender(self.sender);
        sender
            .is_some_and(|sender| sender.transport().is_some_and(|dtls| dtls.state() == RTCDtlsTransportState::Closed))
    }

    /// Encrypts a packet; `next_datagram` yields it.
    pub(crate) fn write(&mut self, header: &Header, payload: &[u8], now: Mono) {
        let packet = rtc::rtp::Packet {
            header: rtc::rtp::header::Header {
                version: 2,
                marker: header.marker,
                payload_type: header.payload_type,
                sequence_number: header.sequence,
                timestamp: header.timestamp,
                ssrc: header.ssrc,
                ..Default::default()
            },
            payload: payload.to_vec().into(),
        };
        let at = self.clock.instant(now);
        if let Some(mut sender) = self.connection.rtp_sender(self.sender) {
            // A payload type that was not agreed cannot be sent; it is as if lost.
            let _ = sender.write_rtp(at, packet);
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Mono) {
        let at = self.clock.instant(now);
        if self.connection.poll_timeout().is_some_and(|due| due <= at) {
            // A failed check is seen in the connection's state.
            let _ = self.connection.handle_timeout(at);
        }
    }

    /// When the next check is due, at the latest that for being gone.
    pub(crate) fn due(&mut self) -> Option<Mono> {
        let gone = self.alive_at + GONE_AFTER;
        let clock = self.clock;
        match self.state {
            PeerState::Down => None,
            PeerState::Connecting | PeerState::Up => {
                Some(self.connection.poll_timeout().map_or(gone, |due| clock.mono(due).min(gone)))
            }
        }
    }

    /// Says goodbye (close_notify); what is to be sent is in `next_datagram`.
    pub(crate) fn close(&mut self) {
        self.state = PeerState::Down;
        // An error here means that there was nobody to say it to.
        let _ = self.connection.close();
    }
}

fn media_engine(formats: Formats) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    for law in [Law::A, Law::Mu] {
        engine.register_codec(codec(&format!("audio/{}", law.name()), law.payload_type(), ""), RtpCodecKind::Audio)?;
    }
    if let Some(event) = formats.event {
        engine.register_codec(codec(MIME_TYPE_TELEPHONE_EVENT, event, ""), RtpCodecKind::Audio)?;
    }
    Ok(engine)
}

/// `channels: 0`, or the answer says `PCMA/8000/1`.
fn codec(mime_type: &str, payload_type: u8, fmtp: &str) -> RTCRtpCodecParameters {
    let rtp_codec = RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate: 8_000,
        channels: 0,
        sdp_fmtp_line: fmtp.to_owned(),
        rtcp_feedback: Vec::new(),
    };
    RTCRtpCodecParameters { rtp_codec, payload_type }
}

fn track(law: Law, ssrc: u32) -> MediaStreamTrack {
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec(&format!("audio/{}", law.name()), law.payload_type(), "").rtp_codec,
        ..Default::default()
    };
    MediaStreamTrack::new("helpline".into(), "voice".into(), "voice".into(), RtpCodecKind::Audio, vec![encoding])
}

fn host(local: SocketAddr) -> Result<rtc::ice::candidate::Candidate, Error> {
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
