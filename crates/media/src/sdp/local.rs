use std::net::SocketAddr;

use sdp_types::{Connection, Media, Origin, Session, Time};

use super::remote::{MediaLine, Remote};
use crate::codec::Law;
use crate::io::Srtp;
use crate::outbound::Formats;
use crate::sdes::Crypto;

/// The payload type of telephone events in our own offers.
const OFFERED_EVENT: u8 = 101;

/// Our side of a SIP leg's session: writes our offers and answers.
#[derive(Debug)]
pub(crate) struct Local {
    address: SocketAddr,
    session_id: u32,
    version: u64,
    last: Vec<u8>,
    agreed: Option<Agreed>,
    srtp: Srtp,
    /// Our keys, one for each suite; they stay for the whole call.
    keys: Option<[Crypto; 2]>,
}

/// What a new offer keeps of what was agreed (RFC 3264 §8).
#[derive(Debug)]
struct Agreed {
    medias: Vec<MediaLine>,
    audio: usize,
    formats: Formats,
    mux: bool,
    /// Ours, if the voice is encrypted.
    crypto: Option<Crypto>,
}

impl Local {
    /// `keys`: ours, drawn for this leg where `srtp` may want them.
    pub(crate) fn new(address: SocketAddr, session_id: u32, srtp: Srtp, keys: Option<[Crypto; 2]>) -> Self {
        Local { address, session_id, version: 0, last: Vec::new(), agreed: None, srtp, keys }
    }

    /// Whether voice may be encrypted.
    pub(crate) fn srtp(&self) -> Srtp {
        self.srtp
    }

    /// Our key for theirs: that of the line which their answer chose, or to their offer that of the same suite, under their tag (RFC 4568 §7.1).
    pub(crate) fn ours(&self, theirs: &Crypto, answered: bool) -> Option<Crypto> {
        let ours = self.keys?.into_iter().find(|ours| ours.suite == theirs.suite)?;
        match answered {
            true => (self.offered_tag(&ours) == theirs.tag).then_some(Crypto { tag: theirs.tag, ..ours }),
            false => Some(Crypto { tag: theirs.tag, ..ours }),
        }
    }

    /// The tag under which a key stood in our last offer.
    fn offered_tag(&self, ours: &Crypto) -> u32 {
        let agreed = self.agreed.as_ref().and_then(|agreed| agreed.crypto).filter(|agreed| agreed.suite == ours.suite);
        agreed.map_or(ours.tag, |agreed| agreed.tag)
    }

    /// Our offer: A-law, µ-law, keys.
    pub(crate) fn offer(&mut self) -> Vec<u8> {
        let proto = if self.srtp == Srtp::Required { "RTP/SAVP" } else { "RTP/AVP" };
        let mut audio = self.audio(proto, format!("8 0 {OFFERED_EVENT}"));
        for law in [Law::A, Law::Mu] {
            audio.add_attribute_with_value("rtpmap", format!("{} {}/8000", law.payload_type(), law.name()));
        }
        add_event(&mut audio, OFFERED_EVENT);
        self.keys.iter().flatten().filter(|_| self.srtp != Srtp::Off).for_each(|key| add_key(&mut audio, key));
        add_common(&mut audio, "sendrecv", false);
        self.write(vec![audio])
    }

    /// Our offer within a session, where the peer asks for it: all that we can (RFC 3261 §14.2), in as many `m=` lines as there were, payload
    /// types meaning what they meant (RFC 3264 §8).
    pub(crate) fn full_offer(&mut self) -> Vec<u8> {
        let Some(agreed) = self.agreed.take() else { return self.offer() };
        let medias = agreed.medias.iter().enumerate();
        let medias = medias
            .map(|(index, line)| if index == agreed.audio { self.offered(line, &agreed) } else { refused(line) })
            .collect();
        self.agreed = Some(agreed);
        self.write(medias)
    }

    /// Remembers what a peer's description makes of the session.
    pub(crate) fn agree(&mut self, remote: &Remote, crypto: Option<Crypto>) {
        let (medias, formats) = (remote.medias.clone(), remote.formats);
        self.agreed = Some(Agreed { medias, audio: remote.audio, formats, mux: remote.mux, crypto });
    }

    /// Our answer: one law, keys if they were offered, and every other `m=` line refused with port 0 (RFC 3264 §6).
    pub(crate) fn answer(&mut self, remote: &Remote) -> Vec<u8> {
        let medias = remote
            .medias
            .iter()
            .enumerate()
            .map(|(index, line)| if index == remote.audio { self.answered(line, remote) } else { refused(line) });
        let medias = medias.collect();
        self.write(medias)
    }

    fn offered(&self, line: &MediaLine, agreed: &Agreed) -> Media {
        let Formats { law, voice, event } = agreed.formats;
        let laws = [(voice, law), (Law::A.payload_type(), Law::A), (Law::Mu.payload_type(), Law::Mu)];
        let laws =
            laws.iter().enumerate().filter(|(at, (voice, _))| laws.iter().take(*at).all(|(before, _)| before != voice));
        let laws: Vec<(u8, Law)> = laws.map(|(_, law)| *law).collect();
        let event = event.or((voice != OFFERED_EVENT).then_some(OFFERED_EVENT));
        let formats: Vec<String> =
            laws.iter().map(|(voice, _)| *voice).chain(event).map(|format| format.to_string()).collect();
        let mut audio = self.audio(&line.proto, formats.join(" "));
        for (voice, law) in laws {
            audio.add_attribute_with_value("rtpmap", format!("{voice} {}/8000", law.name()));
        }
        if let Some(event) = event {
            add_event(&mut audio, event);
        }
        agreed.crypto.iter().for_each(|key| add_key(&mut audio, key));
        add_common(&mut audio, "sendrecv", agreed.mux);
        audio
    }

    fn answered(&self, line: &MediaLine, remote: &Remote) -> Media {
        let Formats { law, voice, event } = remote.formats;
        let formats = event.map_or(voice.to_string(), |event| format!("{voice} {event}"));
        let mut audio = self.audio(&line.proto, formats);
        audio.add_attribute_with_value("rtpmap", format!("{voice} {}/8000", law.name()));
        if let Some(event) = event {
            add_event(&mut audio, event);
        }
        let ours = remote.crypto.as_ref().and_then(|theirs| self.ours(theirs, false));
        ours.iter().for_each(|key| add_key(&mut audio, key));
        // RFC 3264 §6.1, and §8.4 for a peer on hold.
        let direction = match (remote.sends, remote.receives) {
            (true, true) => "sendrecv",
            (true, false) => "recvonly",
            (false, true) => "sendonly",
            (false, false) => "inactive",
        };
        add_common(&mut audio, direction, remote.mux);
        audio
    }

    fn audio(&self, proto: &str, formats: String) -> Media {
        Media {
            media: "audio".to_owned(),
            port: self.address.port(),
            proto: proto.to_owned(),
            fmt: formats,
            ..refused(&MediaLine { media: String::new(), proto: String::new(), fmt: String::new() })
        }
    }

    /// RFC 3264 §8: a description that differs from the last one raises the version by one.
    fn write(&mut self, medias: Vec<Media>) -> Vec<u8> {
        let same = self.render(medias.clone());
        if same != self.last {
            self.version += 1;
            self.last = self.render(medias);
        }
        self.last.clone()
    }

    fn render(&self, medias: Vec<Media>) -> Vec<u8> {
        let origin = Origin {
            username: Some("-".to_owned()),
            ..Origin::with_ip_addr(self.session_id, self.version, self.address.ip())
        };
        let mut session = Session::new(origin, "-");
        session.set_connection(Connection::from_ip_addr(self.address.ip()));
        session.add_time(Time::new(0, 0));
        session.medias = medias;
        let mut bytes = Vec::new();
        // Writing into memory does not fail.
        session.write(&mut bytes).map_or(Vec::new(), |()| bytes)
    }
}

fn refused(line: &MediaLine) -> Media {
    Media {
        media: line.media.clone(),
        port: 0,
        num_ports: None,
        proto: line.proto.clone(),
        fmt: line.fmt.clone(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}

/// Keys 0 to 9, *, #, A to D (RFC 4733 §2.4.1).
fn add_event(audio: &mut Media, payload_type: u8) {
    audio.add_attribute_with_value("rtpmap", format!("{payload_type} telephone-event/8000"));
    audio.add_attribute_with_value("fmtp", format!("{payload_type} 0-15"));
}

fn add_key(audio: &mut Media, key: &Crypto) {
    audio.add_attribute_with_value("crypto", key.write());
}

fn add_common(audio: &mut Media, direction: &str, mux: bool) {
    audio.add_attribute_with_value("ptime", "20");
    audio.add_attribute_from_str(direction);
    if mux {
        audio.add_attribute_from_str("rtcp-mux");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n\
        m=video 6000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n\
        m=audio 4000 RTP/AVP 18 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

    fn local() -> Local {
        Local::new("127.0.0.1:10000".parse().unwrap(), 77, Srtp::Off, None)
    }

    #[test]
    fn answers_with_one_law_and_keys_and_refuses_video() {
        let answer = local().answer(&Remote::read(OFFER.as_bytes(), Srtp::Off).unwrap());
        assert_eq!(
            String::from_utf8(answer).unwrap(),
            "v=0\r\no=- 77 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=video 0 RTP/AVP 96\r\nm=audio 10000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
        );
    }

    #[test]
    fn the_version_rises_with_what_changes_and_stays_with_what_does_not() {
        let mut local = local();
        let version = |sdp: Vec<u8>| super::super::parse(&sdp).unwrap().origin.sess_version;
        let offer = Remote::read(OFFER.as_bytes(), Srtp::Off).unwrap();
        let held = Remote { receives: false, ..offer.clone() };
        assert_eq!(version(local.answer(&offer)), 1);
        assert_eq!(version(local.answer(&offer)), 1);
        assert_eq!(version(local.answer(&held)), 2);
        assert_eq!(version(local.answer(&offer)), 3);
    }

    #[test]
    fn a_full_offer_keeps_the_lines_and_the_payload_types_and_ends_a_hold() {
        let mut local = local();
        let held = OFFER.replace("a=rtpmap:101 t", "a=sendonly\r\na=rtpmap:98 PCMA/8000\r\na=rtpmap:101 t");
        let remote = Remote::read(held.replace("18 0 8 101", "0 98 101").as_bytes(), Srtp::Off).unwrap();
        local.answer(&remote);
        local.agree(&remote, None);
        let full = String::from_utf8(local.full_offer()).unwrap();
        assert!(
            full.ends_with(
                "m=video 0 RTP/AVP 96\r\nm=audio 10000 RTP/AVP 98 8 0 101\r\na=rtpmap:98 PCMA/8000\r\n\
                 a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
                 a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
            ),
            "{full}"
        );
    }

    #[test]
    fn our_own_offer_can_be_answered_by_ourselves() {
        let offer = Remote::read(&local().offer(), Srtp::Off).unwrap();
        assert_eq!(offer.formats, Formats { law: Law::A, voice: 8, event: Some(OFFERED_EVENT) });
        assert!(offer.sends && offer.receives);
    }
}
