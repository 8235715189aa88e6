//! A browser's side of an audio leg, played by the crate `webrtc`.

use std::sync::Arc;
use std::time::Duration;

use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCSessionDescription,
};

use crate::{Failure, hear};

/// RTP's number for PCMA (RFC 3551 §6), its silence, and samples in 20 ms.
const PCMA: u8 = 8;
const SILENCE: u8 = 0xD5;
const FRAME: usize = 160;

const SSRC: u32 = 0x4445_534B;

/// The peer; it speaks until it is dropped.
pub(crate) struct Peer {
    connection: Arc<dyn PeerConnection>,
    speaking: JoinHandle<()>,
}

struct Handler {
    gathered: mpsc::Sender<()>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            // The one that waits has had its word already.
            let _ = self.gathered.try_send(());
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(_) = event {
                    hear();
                }
            }
        });
    }
}

impl Peer {
    /// Makes an SDP offer, as the page does.
    pub(crate) async fn offer() -> Result<(Self, String), Failure> {
        let codec = RTCRtpCodec {
            mime_type: "audio/PCMA".to_owned(),
            clock_rate: 8000,
            channels: 0,
            sdp_fmtp_line: String::new(),
            rtcp_feedback: Vec::new(),
        };
        let mut media = MediaEngine::default();
        let parameters = RTCRtpCodecParameters { rtp_codec: codec.clone(), payload_type: PCMA };
        media.register_codec(parameters, RtpCodecKind::Audio)?;
        let coding = RTCRtpCodingParameters { ssrc: Some(SSRC), ..Default::default() };
        let encoding = RTCRtpEncodingParameters { rtp_coding_parameters: coding, codec, ..Default::default() };
        let name = |what: &str| format!("desk-{what}");
        let track =
            MediaStreamTrack::new(name("stream"), name("track"), name("voice"), RtpCodecKind::Audio, vec![encoding]);
        let track = Arc::new(TrackLocalStaticRTP::new(track));

        let (gathered, mut gathering) = mpsc::channel(1);
        let connection = PeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_media_engine(media)
            .with_handler(Arc::new(Handler { gathered }))
            .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
            .build()
            .await?;
        connection.add_track(track.clone() as Arc<dyn TrackLocal>).await?;
        let offer = connection.create_offer(None).await?;
        connection.set_local_description(offer).await?;
        timeout(Duration::from_secs(5), gathering.recv()).await.map_err(|_| "no ICE candidate was found")?;
        let offer = connection.local_description().await.ok_or("there is no SDP offer")?.sdp;
        let speaking = tokio::spawn(speak(track));
        Ok((Peer { connection: Arc::new(connection), speaking }, offer))
    }

    /// Takes the engine's answer.
    pub(crate) async fn accept(&self, sdp: &str) -> Result<(), Failure> {
        let answer = RTCSessionDescription::answer(sdp.to_owned())?;
        self.connection.set_remote_description(answer).await?;
        Ok(())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.speaking.abort();
    }
}

/// A packet every 20 ms for as long as the leg is up: a desk is never silent on the wire.
async fn speak(track: Arc<TrackLocalStaticRTP>) {
    let mut tick = interval(Duration::from_millis(20));
    for n in 0u64.. {
        tick.tick().await;
        let header = rtc::rtp::header::Header {
            version: 2,
            payload_type: PCMA,
            sequence_number: (n & 0xFFFF) as u16,
            timestamp: (n.wrapping_mul(FRAME as u64) & 0xFFFF_FFFF) as u32,
            ssrc: SSRC,
            ..Default::default()
        };
        let packet = rtc::rtp::Packet { header, payload: vec![SILENCE; FRAME].into() };
        // Before the leg is up there is nowhere to send to.
        let _ = track.write_rtp(packet).await;
    }
}
