//! The far end of a SIP leg: what its SDP said, and who may send.

use std::net::SocketAddr;

use base::Mono;

use crate::io::{Port, RefuseReason};
use crate::latch::{Latch, canonical};
use crate::outbound::Formats;
use crate::sdes::{Crypto, Session};
use crate::sdp::{Local, Remote};
use crate::switch::{Echo, REST};

/// An RTP socket and its peer.
#[derive(Debug)]
pub(crate) struct RtpEnd {
    pub(crate) port: Port,
    /// Whose voice may still come here from the call before.
    pub(crate) echo: Option<Echo>,
    local: Local,
    peer: Option<RtpPeer>,
    /// SRTP, where it was agreed.
    pub(crate) srtp: Option<Session>,
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
    pub(crate) fn new(port: Port, local: Local) -> Self {
        RtpEnd { port, echo: None, local, peer: None, srtp: None }
    }

    /// Our offer; the answer is to come.
    pub(crate) fn offer(&mut self) -> Vec<u8> {
        self.local.offer()
    }

    /// Takes an offer, first or new, and answers it; refused, all stays as it was.
    pub(crate) fn answer(&mut self, offer: &[u8]) -> Result<(Formats, Vec<u8>), RefuseReason> {
        let remote = Remote::read(offer, self.local.srtp())?;
        let answer = self.local.answer(&remote);
        Ok((self.adopt(remote, false)?, answer))
    }

    /// Takes the answer to our offer.
    pub(crate) fn accept(&mut self, answer: &[u8]) -> Result<Formats, RefuseReason> {
        Remote::read(answer, self.local.srtp()).and_then(|remote| self.adopt(remote, true))
    }

    /// Our offer within the session; the answer is to come, and until then all stays as it was.
    pub(crate) fn full_offer(&mut self) -> Vec<u8> {
        self.local.full_offer()
    }

    /// A new address may latch anew; the same one keeps its latch; on hold (no address) the old one may still send.
    fn adopt(&mut self, remote: Remote, answered: bool) -> Result<Formats, RefuseReason> {
        let ours = self.secure(&remote, answered)?;
        self.local.agree(&remote, ours);
        let before = self.peer.as_ref().and_then(|peer| peer.latch);
        let latch = match remote.rtp {
            Some(named) => before.filter(|latch| latch.named() == named).or(Some(Latch::new(named))),
            None => before,
        };
        let (sends, receives, mux) = (remote.sends, remote.receives, remote.mux);
        self.peer = Some(RtpPeer { latch, rtcp: remote.rtcp, sends, receives, mux });
        Ok(remote.formats)
    }

    /// Takes the keys of a description; ours for them. Voice that shall be encrypted never goes out plain for want of a key.
    fn secure(&mut self, remote: &Remote, answered: bool) -> Result<Option<Crypto>, RefuseReason> {
        let Some(theirs) = remote.crypto else {
            self.srtp = None;
            return Ok(None);
        };
        let ours = self.local.ours(&theirs, answered).ok_or(RefuseReason::Incompatible)?;
        self.srtp = Some(Session::renew(self.srtp.take(), ours, theirs).ok_or(RefuseReason::Incompatible)?);
        Ok(Some(ours))
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
    pub(crate) fn admit(&mut self, from: SocketAddr, ssrc: u32, now: Mono) -> bool {
        if self.echo.is_some() && self.is_echo(from, ssrc, now) {
            return false;
        }
        self.peer.as_mut().and_then(|peer| peer.latch.as_mut()).is_some_and(|latch| latch.admit(from, now))
    }

    /// Whether this is the voice of the call before, though the address may be right: many calls come from one carrier. The very port that SDP
    /// names now is the new call's.
    #[cold]
    fn is_echo(&mut self, from: SocketAddr, ssrc: u32, now: Mono) -> bool {
        let from = canonical(from);
        let named = self.peer.as_ref().and_then(|peer| peer.latch).map(|latch| latch.named());
        self.echo = self.echo.filter(|echo| echo.until > now && named != Some(echo.from));
        let heard = self.echo.as_mut().filter(|echo| echo.from == from && echo.ssrc == ssrc);
        heard.map(|echo| echo.until = now + REST).is_some()
    }

    /// What this leg leaves on its port.
    pub(crate) fn leaves(&self, ssrc: Option<u32>, now: Mono) -> Option<Echo> {
        let latch = self.peer.as_ref().and_then(|peer| peer.latch);
        let voice = latch.and_then(|latch| latch.holder()).zip(ssrc);
        voice.map(|(from, ssrc)| Echo { from, ssrc, until: now + REST }).or(self.echo)
    }

    /// Whether a report from `from` is believed: it must come from the one address that may send.
    pub(crate) fn admits_report(&self, from: SocketAddr) -> bool {
        let latch = self.peer.as_ref().and_then(|peer| peer.latch);
        latch.is_some_and(|latch| latch.ip() == from.ip().to_canonical())
    }

    /// Where reports go, and whether from the RTCP port.
    pub(crate) fn report_target(&self) -> Option<(SocketAddr, bool)> {
        let peer = self.peer.as_ref()?;
        let rtcp = peer.rtcp?;
        if peer.mux { Some((peer.latch.as_ref()?.target(), false)) } else { Some((rtcp, true)) }
    }
}
