/// The headers that we read. The rest is let through unread (RFC 3261 §8.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Accept,
    Allow,
    CallId,
    Contact,
    ContentDisposition,
    ContentEncoding,
    ContentLength,
    ContentType,
    CSeq,
    Diversion,
    Expires,
    From,
    HistoryInfo,
    InfoPackage,
    MaxForwards,
    MinExpires,
    MinSe,
    PAssertedIdentity,
    Privacy,
    ProxyAuthenticate,
    RAck,
    RecordRoute,
    RemotePartyId,
    Require,
    RetryAfter,
    RSeq,
    SessionExpires,
    Supported,
    To,
    Via,
    WwwAuthenticate,
}

/// Full name, compact form (RFC 3261 §7.3.3), name.
const TABLE: &[(&str, &str, Name)] = &[
    ("via", "v", Name::Via),
    ("from", "f", Name::From),
    ("to", "t", Name::To),
    ("call-id", "i", Name::CallId),
    ("cseq", "", Name::CSeq),
    ("contact", "m", Name::Contact),
    ("max-forwards", "", Name::MaxForwards),
    ("content-type", "c", Name::ContentType),
    ("content-length", "l", Name::ContentLength),
    ("record-route", "", Name::RecordRoute),
    ("require", "", Name::Require),
    ("accept", "", Name::Accept),
    ("content-encoding", "e", Name::ContentEncoding),
    ("content-disposition", "", Name::ContentDisposition),
    ("p-asserted-identity", "", Name::PAssertedIdentity),
    ("remote-party-id", "", Name::RemotePartyId),
    ("privacy", "", Name::Privacy),
    ("diversion", "", Name::Diversion),
    ("history-info", "", Name::HistoryInfo),
    ("info-package", "", Name::InfoPackage),
    ("allow", "", Name::Allow),
    ("supported", "k", Name::Supported),
    ("session-expires", "x", Name::SessionExpires),
    ("min-se", "", Name::MinSe),
    ("rseq", "", Name::RSeq),
    ("rack", "", Name::RAck),
    ("retry-after", "", Name::RetryAfter),
    ("www-authenticate", "", Name::WwwAuthenticate),
    ("proxy-authenticate", "", Name::ProxyAuthenticate),
    ("expires", "", Name::Expires),
    ("min-expires", "", Name::MinExpires),
];

impl Name {
    /// Reads a header's name, compact or full, in any case.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let matches = |name: &str| name.as_bytes().eq_ignore_ascii_case(text);
        TABLE.iter().find(|(full, compact, _)| matches(full) || matches(compact)).map(|(_, _, name)| *name)
    }

    /// Whether a message may carry it once only (RFC 3261 §7.3.1).
    pub(crate) const fn is_single(self) -> bool {
        match self {
            Name::CallId
            | Name::ContentDisposition
            | Name::ContentLength
            | Name::ContentType
            | Name::CSeq
            | Name::From
            | Name::MaxForwards
            | Name::To => true,
            Name::Accept
            | Name::Allow
            | Name::Contact
            | Name::ContentEncoding
            | Name::Diversion
            | Name::Expires
            | Name::HistoryInfo
            | Name::InfoPackage
            | Name::MinExpires
            | Name::MinSe
            | Name::PAssertedIdentity
            | Name::Privacy
            | Name::ProxyAuthenticate
            | Name::RAck
            | Name::RecordRoute
            | Name::RemotePartyId
            | Name::Require
            | Name::RetryAfter
            | Name::RSeq
            | Name::SessionExpires
            | Name::Supported
            | Name::Via
            | Name::WwwAuthenticate => false,
        }
    }
}
