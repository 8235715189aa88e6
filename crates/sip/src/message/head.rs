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
        let address = |name, fault| self.value(name).and_then(Address::parse).ok_or(Fault(fault));
        let call_id = self.value(Name::CallId).and_then(|id| std::str::from_utf8(trim(id)).ok()).unwrap_or_default();
        if call_id.is_empty() || call_id.bytes().any(|b| b.is_ascii_whitespace()) {
            return Err(Fault("Bad Call-ID"));
        }
        Ok(Head {
            via: self.list(Name::Via).next().and_then(Via::parse).ok_or(Fault("Bad Via"))?,
            from: address(Name::From, "Bad From")?,
            to: address(Name::To, "Bad To")?,
            call_id,
            cseq: self.cseq().ok_or(Fault("Bad CSeq"))?,
            max_forwards: match self.value(Name::MaxForwards) {
                Some(value) => number(trim(value)).ok_or(Fault("Bad Max-Forwards"))?,
                None => 70,
            },
        })
    }

    fn cseq(&self) -> Option<CSeq> {
        let value = trim(self.value(Name::CSeq)?);
        let digits = value.iter().position(u8::is_ascii_whitespace)?;
        let (digits, token) = value.split_at_checked(digits)?;
        let number = number::<u32>(digits).filter(|n| *n < 1 << 31)?;
        let token = trim(token);
        let agrees = match &self.start {
            Start::Request { token: method, .. } => self.slice(method) == token,
            Start::Response { .. } => true,
        };
        agrees.then_some(CSeq { number, method: Method::parse(token) })
    }

    /// The Request-URI in parts.
    pub(crate) fn target(&self) -> Option<Uri<'_>> {
        Uri::parse(self.request_uri())
    }
}
