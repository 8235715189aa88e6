use super::address::Address;
use super::header::Name;
use super::method::Method;
use super::parse::{Fault, Message, Start};
use super::text::{number, trim};
use super::uri::Uri;
use super::via::Via;

/// CSeq (RFC 3261 §20.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CSeq {
    pub(crate) number: u32,
    pub(crate) method: Method,
}

/// What every message must have (RFC 3261 §8.1.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'m> {
    pub(crate) via: Via<'m>,
    pub(crate) from: Address<'m>,
    pub(crate) to: Address<'m>,
    pub(crate) call_id: &'m str,
    pub(crate) cseq: CSeq,
    /// 70 where it is missing, as RFC 2543 senders leave it.
    pub(crate) max_forwards: u32,
}

impl Message<'_> {
    /// What every message must have, or what is wrong with it.
    pub(crate) fn head(&self) -> Result<Head<'_>, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if matches!(self.start, Start::Request { .. }) && self.target().is_none() {
            return Err(Fault::bad("Bad Request-URI"));
        }
        let address = |name, fault| self.value(name).and_then(Address::parse).ok_or(Fault::bad(fault));
        let call_id = self.value(Name::CallId).and_then(|id| std::str::from_utf8(trim(id)).ok()).unwrap_or_default();
        if call_id.is_empty() || call_id.bytes().any(|b| b.is_ascii_whitespace()) {
            return Err(Fault::bad("Bad Call-ID"));
        }
        Ok(Head {
            via: self.list(Name::Via).next().and_then(Via::parse).ok_or(Fault::bad("Bad Via"))?,
            from: address(Name::From, "Bad From")?,
            to: address(Name::To, "Bad To")?,
            call_id,
            cseq: self.cseq()?,
            max_forwards: match self.value(Name::MaxForwards) {
                Some(value) => number(trim(value)).ok_or(Fault::bad("Bad Max-Forwards"))?,
                None => 70,
            },
        })
    }

    fn cseq(&self) -> Result<CSeq, Fault> {
        let bad = Fault::bad("Bad CSeq");
        let value = trim(self.value(Name::CSeq).ok_or(bad)?);
        let digits = value.iter().position(u8::is_ascii_whitespace).ok_or(bad)?;
        let (digits, token) = value.split_at_checked(digits).ok_or(bad)?;
        let number = number::<u32>(digits).filter(|n| *n < 1 << 31).ok_or(bad)?;
        let token = trim(token);
        let cseq = CSeq { number, method: Method::parse(token) };
        match &self.start {
            Start::Request { token: method, .. } if self.slice(method) == token => Ok(cseq),
            // RFC 4475 §3.1.2.18: for a method that we do not know, 501 says more than 400.
            Start::Request { method: Method::Other, .. } => Err(Fault { status: 501, words: "Not Implemented" }),
            Start::Request { .. } => Err(bad),
            Start::Response { .. } => Ok(cseq),
        }
    }

    /// The Request-URI in parts.
    pub(crate) fn target(&self) -> Option<Uri<'_>> {
        Uri::parse(self.request_uri())
    }
}
