use std::net::{IpAddr, SocketAddr};

use sdp_types::{Media, Session};

use super::{Encodings, parse};
use crate::codec::Law;
use crate::io::{RefuseReason, Srtp};
use crate::outbound::Formats;
use crate::sdes::Crypto;

/// What a peer's description says of its audio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    /// Where it wants to receive; `None` for the old hold, `c=0.0.0.0` (RFC 3264 §8.4).
    pub(crate) rtp: Option<SocketAddr>,
    pub(crate) rtcp: Option<SocketAddr>,
    pub(crate) sends: bool,
    pub(crate) receives: bool,
    pub(crate) formats: Formats,
    pub(crate) mux: bool,
    /// The first of its keys that we can speak; with one, the voice is encrypted.
    pub(crate) crypto: Option<Crypto>,
    /// The audio that we take, and every `m=` line, since the answer has as many (RFC 3264 §6).
    pub(crate) audio: usize,
    pub(crate) medias: Vec<MediaLine>,
}

/// An `m=` line as an answer repeats it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaLine {
    pub(crate) media: String,
    pub(crate) proto: String,
    pub(crate) fmt: String,
}

impl Remote {
    /// Reads an offer or answer.
    pub(crate) fn read(sdp: &[u8], srtp: Srtp) -> Result<Self, RefuseReason> {
        let session = parse(sdp)?;
        let (audio, crypto) = chosen(&session, srtp).ok_or(RefuseReason::Incompatible)?;
        let media = &session.medias[audio];
        let address = address(&session, media)?;
        let rtp = (!address.is_unspecified()).then(|| SocketAddr::new(address, media.port));
        let (sends, receives) = direction(&session, media);
        Ok(Remote {
            rtp,
            rtcp: rtp.map(|rtp| rtcp_address(media, rtp)),
            sends,
            receives: receives && rtp.is_some(),
            formats: formats(media).ok_or(RefuseReason::Incompatible)?,
            mux: media.has_attribute("rtcp-mux"),
            crypto,
            audio,
            medias: session.medias.iter().map(MediaLine::of).collect(),
        })
    }
}

impl MediaLine {
    fn of(media: &Media) -> Self {
        MediaLine { media: media.media.clone(), proto: media.proto.clone(), fmt: media.fmt.clone() }
    }
}

/// The audio that we take: encrypted where we may, else plain where we may.
fn chosen(session: &Session, srtp: Srtp) -> Option<(usize, Option<Crypto>)> {
    let encrypted = || {
        let mut lines = session.medias.iter().enumerate();
        lines.find_map(|(at, media)| crypto(media).map(|crypto| (at, Some(crypto))))
    };
    let plain = || session.medias.iter().position(|media| is_audio(media, &PLAIN)).map(|at| (at, None));
    match srtp {
        Srtp::Off => plain(),
        Srtp::Offered => encrypted().or_else(plain),
        Srtp::Required => encrypted(),
    }
}

const PLAIN: [&str; 2] = ["RTP/AVP", "RTP/AVPF"];
const SECURE: [&str; 2] = ["RTP/SAVP", "RTP/SAVPF"];

/// Audio of one of these kinds that is not refused (port 0).
fn is_audio(media: &Media, protos: &[&str]) -> bool {
    media.media.eq_ignore_ascii_case("audio")
        && media.port != 0
        && protos.iter().any(|proto| media.proto.eq_ignore_ascii_case(proto))
}

/// The first key that we can speak. Many peers that can do both write keys beside plain RTP (RFC 4568 knows only RTP/SAVP for them).
fn crypto(media: &Media) -> Option<Crypto> {
    let audio = is_audio(media, &SECURE) || is_audio(media, &PLAIN);
    media.get_attribute_values("crypto").flatten().find_map(Crypto::read).filter(|_| audio)
}

/// A-law first, the trunks' own law; µ-law where there is no A.
fn formats(media: &Media) -> Option<Formats> {
    let encodings = Encodings(media);
    let (law, voice) = [Law::A, Law::Mu]
        .into_iter()
        .find_map(|law| Some((law, encodings.find(law.name(), Some(law.payload_type()))?)))?;
    Some(Formats { law, voice, event: encodings.find("telephone-event", None) })
}

/// The media's own `c=`, else the session's (RFC 8866 §5.7). A name is nothing that packets could be checked against.
fn address(session: &Session, media: &Media) -> Result<IpAddr, RefuseReason> {
    let connection = media.connections.first().or(session.connection.as_ref()).ok_or(RefuseReason::BadSdp)?;
    let literal = connection.connection_address.split('/').next().unwrap_or_default();
    let address: IpAddr = literal.trim().parse().map_err(|_| RefuseReason::BadSdp)?;
    if address.is_multicast() { Err(RefuseReason::Incompatible) } else { Ok(address.to_canonical()) }
}

/// Whether the peer sends, and whether it receives (RFC 3264 §5.1); the media's word before the session's.
fn direction(session: &Session, media: &Media) -> (bool, bool) {
    let said = |name: &str| {
        if DIRECTIONS.iter().any(|direction| media.has_attribute(direction)) {
            media.has_attribute(name)
        } else {
            session.has_attribute(name)
        }
    };
    let (sendonly, recvonly, inactive) = (said("sendonly"), said("recvonly"), said("inactive"));
    (!recvonly && !inactive, !sendonly && !inactive)
}

const DIRECTIONS: [&str; 4] = ["sendrecv", "sendonly", "recvonly", "inactive"];

/// `a=rtcp:53020` or `a=rtcp:53020 IN IP4 126.16.64.4` (RFC 3605); else the port above (RFC 3550 §11). Another address than that of the
/// audio is not believed: nobody may aim our reports at a third party.
fn rtcp_address(media: &Media, rtp: SocketAddr) -> SocketAddr {
    let said = media
        .get_first_attribute_value("rtcp")
        .flatten()
        .and_then(|value| value.split_ascii_whitespace().next()?.parse().ok())
        .filter(|port| *port != 0);
    SocketAddr::new(rtp.ip(), said.unwrap_or(rtp.port().saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Result<Remote, RefuseReason> {
        Remote::read(format!("v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\n{lines}").as_bytes(), Srtp::Off)
    }

    #[test]
    fn a_law_first_and_events_at_8_khz_only() {
        let remote = read(
            "c=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 96 97\r\n\
             a=rtpmap:96 telephone-event/48000\r\na=rtpmap:97 telephone-event/8000\r\n",
        )
        .unwrap();
        assert_eq!(remote.formats, Formats { law: Law::A, voice: 8, event: Some(97) });
        assert_eq!(remote.rtp, Some("127.0.0.2:4000".parse().unwrap()));
        assert_eq!(remote.rtcp, Some("127.0.0.2:4001".parse().unwrap()));
    }

    #[test]
    fn static_types_need_no_rtpmap_and_dynamic_ones_do() {
        let mu = read("c=IN IP6 ::1\r\nm=audio 4000 RTP/AVP 0\r\n").unwrap();
        assert_eq!(mu.formats, Formats { law: Law::Mu, voice: 0, event: None });
        let dynamic = read("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 98\r\na=rtpmap:98 pcma/8000/1\r\n").unwrap();
        assert_eq!(dynamic.formats, Formats { law: Law::A, voice: 98, event: None });
        assert_eq!(
            read("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 98\r\na=rtpmap:98 PCMA/16000\r\n"),
            Err(RefuseReason::Incompatible)
        );
    }

    #[test]
    fn refuses_what_it_cannot_speak() {
        for (lines, reason) in [
            ("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 18\r\n", RefuseReason::Incompatible),
            ("c=IN IP4 127.0.0.2\r\nm=audio 0 RTP/AVP 8\r\n", RefuseReason::Incompatible),
            ("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/SAVP 8\r\n", RefuseReason::Incompatible),
            ("c=IN IP4 127.0.0.2\r\nm=video 4000 RTP/AVP 96\r\n", RefuseReason::Incompatible),
            ("c=IN IP4 224.2.1.1/127\r\nm=audio 4000 RTP/AVP 8\r\n", RefuseReason::Incompatible),
            ("c=IN IP4 media.example.com\r\nm=audio 4000 RTP/AVP 8\r\n", RefuseReason::BadSdp),
            ("m=audio 4000 RTP/AVP 8\r\n", RefuseReason::BadSdp),
        ] {
            assert_eq!(read(lines), Err(reason), "{lines}");
        }
        assert_eq!(Remote::read(b"INVITE", Srtp::Off), Err(RefuseReason::BadSdp));
    }

    #[test]
    fn a_name_in_gbk_is_no_reason_to_refuse() {
        let mut sdp = b"v=0\no=\xc4\xe3\xba\xc3 1 1 IN IP4 127.0.0.2\ns=\xc4\xe3\nc=IN IP4 127.0.0.2\n".to_vec();
        sdp.extend(b"t=0 0\nm=audio 4000 RTP/AVP 8\n");
        assert!(Remote::read(&sdp, Srtp::Off).is_ok());
    }

    #[test]
    fn every_kind_of_hold() {
        for (lines, sends, receives) in [
            ("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 8\r\n", true, true),
            ("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n", true, false),
            ("c=IN IP4 127.0.0.2\r\na=sendonly\r\nm=audio 4000 RTP/AVP 8\r\n", true, false),
            ("c=IN IP4 127.0.0.2\r\na=sendonly\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n", true, true),
            ("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 8\r\na=recvonly\r\n", false, true),
            ("c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 8\r\na=inactive\r\n", false, false),
            ("c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 8\r\n", true, false),
            ("c=IN IP6 ::\r\nm=audio 4000 RTP/AVP 8\r\n", true, false),
        ] {
            let remote = read(lines).unwrap();
            assert_eq!((remote.sends, remote.receives), (sends, receives), "{lines}");
        }
    }

    #[test]
    fn rtcp_is_where_it_is_said_but_never_elsewhere() {
        let media = "c=IN IP4 127.0.0.2\r\nm=audio 4000 RTP/AVP 8\r\n";
        let at = |attribute: &str| read(&format!("{media}{attribute}")).unwrap().rtcp.unwrap().to_string();
        assert_eq!(at("a=rtcp:5000\r\n"), "127.0.0.2:5000");
        assert_eq!(at("a=rtcp:5000 IN IP4 127.0.0.9\r\n"), "127.0.0.2:5000");
        assert_eq!(at("a=rtcp:x\r\n"), "127.0.0.2:4001");
    }

    #[test]
    fn keys_are_taken_where_they_may_be_and_plain_voice_where_it_may_be() {
        const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
        let crypto = format!(
            "a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}\r\na=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:{KEY}\r\n"
        );
        let offer =
            |lines: &str| format!("v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n{lines}");
        let plain = offer("m=audio 4000 RTP/AVP 8\r\n");
        let secure = offer(&format!("m=audio 4000 RTP/SAVP 8\r\n{crypto}"));
        let keyless = offer("m=audio 4000 RTP/SAVP 8\r\n");
        let either = offer(&format!("m=audio 4000 RTP/AVP 8\r\n{crypto}"));
        let two_lines = offer(&format!("m=audio 4000 RTP/AVP 8\r\nm=audio 4002 RTP/SAVP 8\r\n{crypto}"));
        for (sdp, off, offered, required) in [
            (&plain, Some((0, None)), Some((0, None)), None),
            (&secure, None, Some((0, Some(7))), Some((0, Some(7)))),
            (&keyless, None, None, None),
            (&either, Some((0, None)), Some((0, Some(7))), Some((0, Some(7)))),
            (&two_lines, Some((0, None)), Some((1, Some(7))), Some((1, Some(7)))),
        ] {
            for (srtp, expected) in [(Srtp::Off, off), (Srtp::Offered, offered), (Srtp::Required, required)] {
                let read = Remote::read(sdp.as_bytes(), srtp).ok();
                let chosen = read.map(|remote| (remote.audio, remote.crypto.map(|crypto| crypto.tag)));
                assert_eq!(chosen, expected, "{srtp:?} {sdp}");
            }
        }
    }
}
