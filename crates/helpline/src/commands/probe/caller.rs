//! The probe's worker: dials by SIP, hears, presses a key, speaks a tone.

use std::net::SocketAddr;
use std::time::Duration;

use base::{Boot, Id, LegId, NodeId, Now};
use rtp_rs::{RtpPacketBuilder, RtpReader};
use sip::{Event, Flow, Input, Order, Output, Transport, UserAgent};
use tokio::net::UdpSocket;
use tokio::time::{Instant, interval, sleep_until};

use super::tone::{self, FRAME, SILENCE};
use crate::clock::Clock;
use crate::commands::Failure;
use crate::data::entropy;

/// Payload types of our offer (RFC 3551, RFC 4733).
const PCMA: u8 = 8;
const TELEPHONE_EVENT: u8 = 101;

/// What the worker hears and says in a tone of their own.
pub(super) const VOICE_HZ: f64 = 440.0;

/// The caller's leg.
pub(super) struct Caller {
    agent: UserAgent,
    clock: Clock,
    leg: LegId,
    sip: UdpSocket,
    rtp: UdpSocket,
    to: Option<SocketAddr>,
    sequence: u16,
    timestamp: u32,
    frames: u64,
    /// All payload bytes heard, in order of arrival.
    pub(super) heard: Vec<u8>,
    /// Packets heard.
    pub(super) packets: u64,
    /// The other side hung up, or the call failed.
    pub(super) over: Option<String>,
    /// What is said in each frame.
    pub(super) speak: bool,
}

impl Caller {
    /// Dials.
    pub(super) async fn dial(engine: SocketAddr, number: &str) -> Result<Self, Failure> {
        let own: SocketAddr = (engine.ip(), 0).into();
        let (sip, rtp) = (UdpSocket::bind(own).await?, UdpSocket::bind(own).await?);
        let seed = entropy(std::path::Path::new("the probe's call"))?;
        let mut agent = UserAgent::new(NodeId(0), Boot(0), seed);
        let clock = Clock::real();
        let settings = sip::Settings {
            sockets: vec![(Transport::Udp, sip.local_addr()?)],
            product: concat!("helpline-probe/", env!("CARGO_PKG_VERSION")).to_owned(),
            ..sip::Settings::default()
        };
        agent.handle(Input::Order(Order::Configure(settings)), clock.now());
        let leg = Id::new(NodeId(0), Boot(0), 2);
        let sdp = offer(rtp.local_addr()?).into_bytes();
        let dial = Order::Dial { leg, uri: format!("sip:{number}@{engine}"), display: "Probe".to_owned(), sdp };
        agent.handle(Input::Order(dial), clock.now());
        let mut caller = Caller {
            agent,
            clock,
            leg,
            sip,
            rtp,
            to: None,
            sequence: 0,
            timestamp: 0,
            frames: 0,
            heard: Vec::new(),
            packets: 0,
            over: None,
            speak: false,
        };
        caller.drain().await?;
        Ok(caller)
    }

    /// Whether the call was answered.
    pub(super) fn answered(&self) -> bool {
        self.to.is_some()
    }

    /// Runs the call until `done` says so; false: the time was up, or the call is over.
    pub(super) async fn run(&mut self, limit: Duration, mut done: impl FnMut(&Self) -> bool) -> Result<bool, Failure> {
        let deadline = Instant::now() + limit;
        let mut tick = interval(Duration::from_millis(20));
        let (mut from_sip, mut from_rtp) = ([0; 65_535], [0; 2048]);
        while !done(self) {
            if self.over.is_some() {
                return Ok(false);
            }
            tokio::select! {
                received = self.sip.recv_from(&mut from_sip) => {
                    let (len, remote) = received?;
                    self.message(&from_sip[..len], remote).await?;
                }
                received = self.rtp.recv_from(&mut from_rtp) => {
                    let (len, _) = received?;
                    self.hear(&from_rtp[..len]);
                }
                _ = tick.tick() => {
                    self.agent.handle_timeout(self.now());
                    self.drain().await?;
                    self.say().await?;
                }
                () = sleep_until(deadline) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Presses a key (RFC 4733): 100 ms, with its end told three times.
    pub(super) async fn press(&mut self, key: u8) -> Result<(), Failure> {
        let timestamp = self.timestamp;
        for (n, end) in [(1, false), (2, false), (3, false), (4, false), (5, true), (5, true), (5, true)] {
            let duration = (n * FRAME as u16).to_be_bytes();
            let payload = [key, if end { 0x8A } else { 0x0A }, duration[0], duration[1]];
            self.send(TELEPHONE_EVENT, timestamp, n == 1, &payload).await?;
        }
        self.timestamp = timestamp.wrapping_add(5 * FRAME as u32);
        Ok(())
    }

    /// Hangs up, and waits for the 200 to our BYE.
    pub(super) async fn hang_up(&mut self) -> Result<(), Failure> {
        let end = Order::End { leg: self.leg, reason: None };
        self.agent.handle(Input::Order(end), self.now());
        self.drain().await?;
        self.over = None;
        let mut answered = [0; 65_535];
        let wait = tokio::time::timeout(Duration::from_secs(2), self.sip.recv_from(&mut answered)).await;
        wait.map(|_| ()).map_err(|_| "our BYE was not answered within 2 s".into())
    }

    fn now(&self) -> Now {
        self.clock.now()
    }

    async fn message(&mut self, bytes: &[u8], remote: SocketAddr) -> Result<(), Failure> {
        let local = self.sip.local_addr()?;
        let flow = Flow { transport: Transport::Udp, local, remote, connection: None };
        self.agent.handle(Input::Received { flow, bytes }, self.now());
        self.drain().await
    }

    async fn drain(&mut self) -> Result<(), Failure> {
        while let Some(output) = self.agent.poll_output() {
            match output {
                Output::Send { flow, bytes } => drop(self.sip.send_to(&bytes, flow.remote).await?),
                Output::Close { .. } | Output::LookUp(_) => {}
                Output::Event(event) => self.on_event(event),
            }
        }
        Ok(())
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Answered { sdp, .. } => {
                self.to = sdp.as_deref().and_then(media_address);
                if self.to.is_none() {
                    self.over = Some("the answer's SDP names no address".to_owned());
                }
            }
            Event::Failed { status, .. } => self.over = Some(format!("the call was refused with {status}")),
            Event::Ended { .. } => self.over = Some("the engine hung up".to_owned()),
            Event::Incoming { .. }
            | Event::Cancelled { .. }
            | Event::Confirmed { .. }
            | Event::Ringing { .. }
            | Event::Reoffered { .. }
            | Event::AnswerCame { .. }
            | Event::Digit { .. }
            | Event::UnknownSource { .. }
            | Event::Trunk { .. }
            | Event::Ladder(_) => {}
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        if let Ok(packet) = RtpReader::new(bytes)
            && packet.payload_type() == PCMA
        {
            self.heard.extend_from_slice(packet.payload());
            self.packets += 1;
        }
    }

    async fn say(&mut self) -> Result<(), Failure> {
        let frame = if self.speak { tone::frame(VOICE_HZ, self.frames) } else { [SILENCE; FRAME] };
        self.frames += 1;
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(FRAME as u32);
        self.send(PCMA, timestamp, false, &frame).await
    }

    async fn send(&mut self, payload_type: u8, timestamp: u32, marked: bool, payload: &[u8]) -> Result<(), Failure> {
        let Some(to) = self.to else { return Ok(()) };
        self.sequence = self.sequence.wrapping_add(1);
        let packet = RtpPacketBuilder::new()
            .payload_type(payload_type)
            .ssrc(0x5052_4F42)
            .sequence(self.sequence.into())
            .timestamp(timestamp)
            .marked(marked)
            .payload(payload)
            .build()
            .map_err(|error| format!("failed to build an RTP packet: {error:?}"))?;
        self.rtp.send_to(&packet, to).await?;
        Ok(())
    }
}

fn offer(rtp: SocketAddr) -> String {
    let (family, ip, port) = (if rtp.is_ipv4() { "IP4" } else { "IP6" }, rtp.ip(), rtp.port());
    format!(
        "v=0\r\no=probe 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP {PCMA} {TELEPHONE_EVENT}\r\na=rtpmap:{PCMA} PCMA/8000\r\n\
         a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000\r\na=fmtp:{TELEPHONE_EVENT} 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

/// The address of the one audio stream in an answer.
fn media_address(sdp: &[u8]) -> Option<SocketAddr> {
    let text = std::str::from_utf8(sdp).ok()?;
    let ip = text.lines().find_map(|line| line.strip_prefix("c=IN IP")?.split(' ').nth(1)?.parse().ok())?;
    let port = text.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok())?;
    Some(SocketAddr::new(ip, port))
}
