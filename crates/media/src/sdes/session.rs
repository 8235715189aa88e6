use std::fmt;
use std::ops::Range;

use rtc::crypto::providers::RingCrypto;
use rtc::srtp::context::Context;
use rtc::srtp::option::{srtcp_replay_protection, srtp_replay_protection};

use super::{Crypto, KEY};
use crate::rtp::HEADER;

/// Packets that may come late without being taken for repeated ones (RFC 3711 §3.3.2).
const REPLAY_WINDOW: usize = 64;
/// Sources that one peer may have had in a call. None is forgotten: its packets of before would be new again.
const MAX_SOURCES: usize = 16;

/// SRTP both ways.
pub(crate) struct Session {
    pub(crate) ours: Crypto,
    pub(crate) theirs: Crypto,
    out: Context,
    /// Only sources whose packets were authentic.
    sources: Vec<(u32, Context)>,
    reports: Context,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("suite", &self.theirs.suite).finish_non_exhaustive()
    }
}

impl Session {
    /// What goes out is sealed with our key, what comes in opened with theirs.
    pub(crate) fn new(ours: Crypto, theirs: Crypto) -> Option<Self> {
        Some(Session { ours, theirs, out: outward(&ours)?, sources: Vec::new(), reports: inward(&theirs)? })
    }

    /// The same session after a new description: a key that stays keeps what was counted with it.
    pub(crate) fn renew(before: Option<Session>, ours: Crypto, theirs: Crypto) -> Option<Self> {
        match before {
            Some(session) if same(&session.ours, &ours) && same(&session.theirs, &theirs) => Some(session),
            Some(session) if same(&session.ours, &ours) => {
                Some(Session { theirs, sources: Vec::new(), reports: inward(&theirs)?, ..session })
            }
            Some(_) | None => Session::new(ours, theirs),
        }
    }

    /// Seals a packet.
    pub(crate) fn seal(&mut self, packet: &[u8]) -> Option<impl AsRef<[u8]> + use<>> {
        self.out.encrypt_rtp(packet).ok()
    }

    /// Seals a report.
    pub(crate) fn seal_report(&mut self, report: &[u8]) -> Option<impl AsRef<[u8]> + use<>> {
        self.out.encrypt_rtcp(report).ok()
    }

    /// Opens a packet in place; its new length, if it is authentic and came for the first time.
    pub(crate) fn open(&mut self, buf: &mut [u8], len: usize) -> Option<usize> {
        let packet = buf.get(..len).filter(|packet| packet.len() > HEADER)?;
        let ssrc = u32::from_be_bytes(*packet.get(8..)?.first_chunk()?);
        let known = self.sources.iter().position(|(known, _)| *known == ssrc);
        let full = self.sources.len() >= MAX_SOURCES;
        let opened = match known.and_then(|at| self.sources.get_mut(at)) {
            Some((_, context)) => context.decrypt_rtp(packet).ok()?,
            None if !full => {
                let mut context = inward(&self.theirs)?;
                let opened = context.decrypt_rtp(packet).ok()?;
                self.sources.push((ssrc, context));
                opened
            }
            None => return None,
        };
        put_back(buf, &opened).map(|range| range.end)
    }

    /// Opens a report in place; its new length. A stranger's would be kept in mind by its SSRC before it proves wrong, so only sources of voice
    /// are listened to.
    pub(crate) fn open_report(&mut self, buf: &mut [u8], len: usize) -> Option<usize> {
        let report = buf.get(..len)?;
        let ssrc = u32::from_be_bytes(*report.get(4..)?.first_chunk()?);
        if !self.sources.iter().any(|(known, _)| *known == ssrc) {
            return None;
        }
        let opened = self.reports.decrypt_rtcp(report).ok()?;
        put_back(buf, &opened).map(|range| range.end)
    }
}

/// Whatever their tags.
fn same(a: &Crypto, b: &Crypto) -> bool {
    (a.suite, a.key) == (b.suite, b.key)
}

fn put_back(buf: &mut [u8], opened: &[u8]) -> Option<Range<usize>> {
    buf.get_mut(..opened.len())?.copy_from_slice(opened);
    Some(0..opened.len())
}

fn outward(crypto: &Crypto) -> Option<Context> {
    let (key, salt) = crypto.key.0.split_at(KEY);
    Context::new(key, salt, crypto.suite.profile(), None, None, &RingCrypto).ok()
}

fn inward(crypto: &Crypto) -> Option<Context> {
    let (key, salt) = crypto.key.0.split_at(KEY);
    let window = Some(srtp_replay_protection(REPLAY_WINDOW));
    let reports = Some(srtcp_replay_protection(REPLAY_WINDOW));
    Context::new(key, salt, crypto.suite.profile(), window, reports, &RingCrypto).ok()
}
