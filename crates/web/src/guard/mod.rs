//! What stands before every request: where it comes from, what it may carry, and what the answer tells the browser.

mod headers;
mod log;
mod origin;

pub(crate) use headers::harden;
pub(crate) use log::log;
pub(crate) use origin::same_site;

/// Through which listener a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// TLS with a certificate from files.
    Https,
    /// TLS with the self-made certificate: nothing that a browser would remember may insist on it.
    SelfMadeHttps,
    /// Plain, on loopback, in trial mode.
    Loopback,
}

impl Door {
    /// How its addresses begin.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Door::Https | Door::SelfMadeHttps => "https",
            Door::Loopback => "http",
        }
    }
}
