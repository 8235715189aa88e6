//! The 400 platform's own list of calls: read whatever a portal exports, and held against what we saw (rule 18).

mod columns;
mod moment;
mod pair;

use base::Timestamp;

pub(crate) use columns::read;
pub(crate) use pair::{Seen, Sorted, pair};

/// A call in the carrier's record.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CarrierCall {
    /// The line of the file.
    pub(crate) line: u64,
    /// As it stands there.
    pub(crate) caller: String,
    /// As it stands there.
    pub(crate) dialled: String,
    /// When it began.
    pub(crate) began: Timestamp,
    /// How long it lasted, seconds.
    pub(crate) talked_s: u32,
}

/// Without the number: this may reach a log.
impl std::fmt::Debug for CarrierCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CarrierCall(line {}, {}, {} s)", self.line, self.began, self.talked_s)
    }
}
