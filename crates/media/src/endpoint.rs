//! The far end of a SIP leg: what its SDP said, and who may send.

use std::net::SocketAddr;

use base::Mono;

use crate::io::{Port, RefuseReason};
use crate::latch::Latch;
use crate::outbound::{Formats, Outbound};
use crate::quality::Reception;
use crate::rtcp::{self, LastReport};
use crate::sdp::{Local, Remote};
use crate::switch::Transmit;

/// Bytes of a compound report with one block and a name.
const MAX_REPORT: usize = 256;

/// An RTP socket and its peer.
#[derive(Debug)]
pub(crate) struct RtpEnd {
    pub(crate) port: Port,
    local: Local,
    peer: Option<RtpPeer>,
    report_at: Mono,
    sent_before: u64,
    heard_report: Option<LastReport>,
}

#[derive(Debug)]
struct RtpPeer {
    latch: Option<Latch>,
    rtcp: Option<SocketAddr>,
    sends: bool,
    receives: bool,
    mux: bool,
}

impl RtpEnd {
    pub(crate) fn new(port: Port, local: Local, now: Mono) -> Self {
        let report_at = now + rtcp::INTERVAL;
        RtpEnd { port, local, peer: None, report_at, sent_before: 0, heard_report: None }
    }

    /// Our offer; the answer is to come.
    pub(crate) fn offer(&mut self) -> Vec<u8> {
        self.local.offer()
    }

    /// Takes an offer, first or new, and answers it; refused, all stays as it was.
    pub(crate) fn answer(&mut self, offer: &[u8]) -> Result<(Formats, Vec<u8>), RefuseReason> {
        let remote = Remote::read(offer)?;
        let answer = self.local.answer(&remote);
        Ok((self.adopt(remote), answer))
    }

    /// Takes the answer to our offer.
    pub(crate) fn accept(&mut self, answer: &[u8]) -> Result<Formats, RefuseReason> {
        Remote::read(answer).map(|remote| self.adopt(remote))
    }

    /// Our offer within the session; the answer is to come, and until then all stays as it was.
    pub(crate) fn full_offer(&mut self) -> Vec<u8> {
        self.local.full_offer()
    }

    /// A new address may latch anew; the same one keeps its latch; on hold (no address) the old one may still send.
    fn adopt(&mut self, remote: Remote) -> Formats {
        self.local.agree(&remote);
        let before = self.peer.as_ref().and_then(|peer| peer.latch);
        let latch = match remote.rtp {
            Some(named) => before.filter(|latch| latch.named() == named).or(Some(Latch::new(named))),
            None => before,
        };
        let (sends, receives, mux) = (remote.sends, remote.receives, remote.mux);
        self.peer = Some(RtpPeer { latch, rtcp: remote.rtcp, sends, receives, mux });
        remote.formats
    }

    /// Where voice goes, if the peer wants any.
    pub(crate) fn target(&self) -> Option<SocketAddr> {
        let peer = self.peer.as_ref().filter(|peer| peer.receives)?;
        Some(peer.latch.as_ref()?.target())
    }

    /// Whether the peer said that it sends.
    pub(crate) fn is_to_send(&self) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.sends)
    }

    /// Whether RTCP comes on the RTP port.
    pub(crate) fn is_muxed(&self) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.mux)
    }

    /// Whether a packet from `from` may come in.
    pub(crate) fn admit(&mut self, from: SocketAddr, now: Mono) -> bool {
        self.peer.as_mut().and_then(|peer| peer.latch.as_mut()).is_some_and(|latch| latch.admit(from, now))
    }

    /// Reads a report, if it comes from the one address that may send.
    pub(crate) fn read_report(&mut self, from: SocketAddr, packet: &[u8], now: Mono) {
        let latch = self.peer.as_ref().and_then(|peer| peer.latch);
        if latch.is_some_and(|latch| latch.ip() == from.ip().to_canonical()) {
            self.heard_report = rtcp::read(packet, now).or(self.heard_report);
        }
    }

    /// When the next report is due.
    pub(crate) fn report_due(&self) -> Option<Mono> {
        self.peer.as_ref()?.rtcp.map(|_| self.report_at)
    }

    /// Reports every 5 s what was sent and received.
    pub(crate) fn report(
        &mut self,
        out: &Outbound,
        reception: &mut Reception,
        now: base::Now,
        transmit: &mut dyn FnMut(Transmit<'_>),
    ) {
        if self.report_due().is_none_or(|due| due > now.mono) {
            return;
        }
        self.report_at = now.mono + rtcp::INTERVAL;
        let spoke = out.sent > std::mem::replace(&mut self.sent_before, out.sent);
        let mut buf = [0; MAX_REPORT];
        let len = rtcp::write(out, spoke, reception.report(), self.heard_report, now, &mut buf);
        let bytes = len.and_then(|len| buf.get(..len));
        if let (Some(bytes), Some((to, rtcp))) = (bytes, self.report_target()) {
            transmit(Transmit { port: self.port, rtcp, to, bytes });
        }
    }

    fn report_target(&self) -> Option<(SocketAddr, bool)> {
        let peer = self.peer.as_ref()?;
        if peer.mux { Some((peer.latch.as_ref()?.target(), false)) } else { Some((peer.rtcp?, true)) }
    }
}
