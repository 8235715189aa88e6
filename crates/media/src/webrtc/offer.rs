use sdp_types::Media;

use crate::codec::Law;
use crate::io::RefuseReason;
use crate::outbound::Formats;
use crate::sdp::{Encodings, parse};

/// A browser's offer, cut down to what `rtc` shall answer.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) sdp: String,
    pub(super) formats: Formats,
}

/// What is kept of the media's attributes, besides those of kept formats: ICE, DTLS, the names that make the answer fit, the SSRC.
const KEPT: [&str; 14] = [
    "ice-ufrag",
    "ice-pwd",
    "ice-options",
    "fingerprint",
    "setup",
    "mid",
    "rtcp-mux",
    "rtcp",
    "ssrc",
    "msid",
    "sendrecv",
    "sendonly",
    "recvonly",
    "inactive",
];

impl Offer {
    /// Reads an offer of one audio stream. A-law goes first, for `rtc` answers in the offer's order; of the two telephone events only that at
    /// 8 kHz stays, for `rtc` ignores the clock rate and would answer the first of them twice. Candidates are not needed: ICE-lite answers
    /// where checks come from (RFC 8445 §2.5). Header extensions go, so that none is negotiated.
    pub(super) fn read(sdp: &[u8]) -> Result<Self, RefuseReason> {
        let mut session = parse(sdp)?;
        let [audio] = session.medias.as_mut_slice() else { return Err(RefuseReason::Incompatible) };
        if !audio.media.eq_ignore_ascii_case("audio") || !is_encrypted(audio) {
            return Err(RefuseReason::Incompatible);
        }
        let encodings = Encodings(audio);
        let laws = [Law::A, Law::Mu].map(|law| Some((law, encodings.find(law.name(), Some(law.payload_type()))?)));
        let event = encodings.find("telephone-event", None);
        let (law, voice) = laws.into_iter().flatten().next().ok_or(RefuseReason::Incompatible)?;
        let kept: Vec<u8> = laws.into_iter().flatten().map(|(_, format)| format).chain(event).collect();
        keep_only(audio, &kept);
        let mut bytes = Vec::new();
        session.write(&mut bytes).map_err(|_| RefuseReason::BadSdp)?;
        let sdp = String::from_utf8(bytes).map_err(|_| RefuseReason::BadSdp)?;
        Ok(Offer { sdp, formats: Formats { law, voice, event } })
    }
}

fn is_encrypted(media: &Media) -> bool {
    media.proto.to_ascii_uppercase().ends_with("TLS/RTP/SAVPF")
}

fn keep_only(media: &mut Media, formats: &[u8]) {
    media.fmt = formats.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
    media.attributes.retain(|attribute| {
        let name = attribute.attribute.as_str();
        let format = attribute.value.as_deref().and_then(|value| value.split(' ').next()?.parse().ok());
        let of_kept_format = matches!(name, "rtpmap" | "fmtp") && format.is_some_and(|it| formats.contains(&it));
        of_kept_format || KEPT.contains(&name)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROMIUM: &str = include_str!("../../tests/data/chromium_offer.sdp");

    #[test]
    fn keeps_both_laws_and_the_8_khz_event_of_chromium() {
        let offer = Offer::read(CHROMIUM.as_bytes()).unwrap();
        assert_eq!(offer.formats, Formats { law: Law::A, voice: 8, event: Some(126) });
        assert!(offer.sdp.contains("m=audio 9 UDP/TLS/RTP/SAVPF 8 0 126\r\n"), "{}", offer.sdp);
        for gone in ["48000", "extmap:", "candidate:", "opus", "rtcp-fb"] {
            assert!(!offer.sdp.contains(gone), "{gone} in {}", offer.sdp);
        }
        for kept in ["a=ice-ufrag", "a=fingerprint", "a=setup:actpass", "a=mid:0", "a=group:BUNDLE 0"] {
            assert!(offer.sdp.contains(kept), "{kept} not in {}", offer.sdp);
        }
    }

    #[test]
    fn refuses_video_plain_rtp_and_opus_alone() {
        let with = |from: &str, to: &str| Offer::read(CHROMIUM.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!(with("m=audio 9", "m=video 9"), RefuseReason::Incompatible);
        assert_eq!(with("UDP/TLS/RTP/SAVPF", "RTP/AVP"), RefuseReason::Incompatible);
        assert_eq!(with(" 0 8 13 110 126", ""), RefuseReason::Incompatible);
        assert_eq!(Offer::read(b"hello").unwrap_err(), RefuseReason::BadSdp);
    }
}
