use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use base::Mono;
use rtc::peer_connection::RTCPeerConnection;
use rtc::peer_connection::event::RTCPeerConnectionEvent;
use rtc::peer_connection::message::RTCMessage;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::RTCDtlsTransportState;
use rtc::rtp_transceiver::RTCRtpSenderId;
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};

use super::answer::{self, Answer};
use super::offer::Offer;
use super::stun;
use crate::io::RefuseReason;
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
    /// Where the datagram came from that was read last,
    read_from: Option<SocketAddr>,
    /// and the newest authenticated voice: there the browser is.
    voice_from: Option<SocketAddr>,
    /// Its newest report.
    report: Option<Vec<u8>>,
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("state", &self.state).field("alive_at", &self.alive_at).finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_types, reason = "rtc takes Instants; ours is handed in, and only added to")]
pub(super) type Instant = std::time::Instant;

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
        let (connection, sender, answer) = answer::negotiate(&Offer::read(offer)?, locals, ssrc, clock.instant(now))?;
        let state = PeerState::Connecting;
        let locals = locals.to_vec();
        let peer = Peer {
            connection,
            sender,
            clock,
            locals,
            state,
            alive_at: now,
            read_from: None,
            voice_from: None,
            report: None,
        };
        Ok((peer, answer))
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
        self.read_from = Some(from);
        // What rtc cannot read it drops; there is nobody to tell.
        let _ = self.connection.handle_read(TaggedBytesMut {
            now: self.clock.instant(now),
            transport,
            message: datagram.into(),
        });
    }

    /// The next datagram to send. Answers to checks go where these came from; all else to where the browser speaks from now, for `rtc` stays
    /// with the pair that was nominated first, though a browser may nominate another at any time (RFC 8445 §8.1.1) when its network changes.
    pub(crate) fn next_datagram(&mut self, mut send: impl FnMut(SocketAddr, &[u8])) -> Option<SocketAddr> {
        let datagram = self.connection.poll_write()?;
        let chosen = datagram.transport.peer_addr;
        let to = self.voice_from.filter(|_| !stun::is_stun(&datagram.message)).unwrap_or(chosen);
        send(to, &datagram.message);
        Some(to)
    }

    /// The next authenticated packet from the browser, its payload copied into `buf` behind room for a header. RTCP yields no header.
    pub(crate) fn next_voice(&mut self, buf: &mut [u8], now: Mono) -> Option<Option<(Header, Range<usize>)>> {
        let read = self.connection.poll_read()?;
        self.alive_at = now;
        let packet = match read.message {
            RTCMessage::RtpPacket(_, packet) => packet,
            RTCMessage::RtcpPacket(_, packets) => {
                self.report = rtc::rtcp::packet::marshal(&packets).ok().map(|bytes| bytes.to_vec());
                return Some(None);
            }
            RTCMessage::DataChannelMessage(..) | _ => return Some(None),
        };
        self.voice_from = self.read_from;
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

    /// The report that came since.
    pub(crate) fn take_report(&mut self) -> Option<Vec<u8>> {
        self.report.take()
    }

    /// Encrypts a report; `next_datagram` yields it.
    pub(crate) fn write_report(&mut self, report: &[u8], now: Mono) {
        let at = self.clock.instant(now);
        if let (Ok(packets), Some(mut sender)) =
            (rtc::rtcp::packet::unmarshal(&mut &report[..]), self.connection.rtp_sender(self.sender))
        {
            // One that cannot be sent is as if lost.
            let _ = sender.write_rtcp(at, packets);
        }
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
