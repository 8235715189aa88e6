//! The wire: parsing what comes, writing what goes (RFC 3261 §7, §19, §25). The only folder that names rsip.

mod address;
mod framing;
mod head;
mod header;
mod method;
mod parse;
mod reply;
mod request;
mod status;
mod text;
mod uri;
mod via;

#[cfg(test)]
mod tests;

pub(crate) use address::Address;
pub(crate) use framing::{Frame, frame};
pub(crate) use head::{CSeq, Head};
pub(crate) use header::Name;
pub(crate) use method::Method;
pub(crate) use parse::{Fault, Message, Start};
pub(crate) use reply::Reply;
pub(crate) use request::RequestText;
#[cfg(test)]
pub(crate) use status::phrase;
pub(crate) use text::{Params, number, split, trim, unquoted};
pub(crate) use uri::{Scheme, Uri};
pub(crate) use via::Via;
