//! The words of transfers: where a caller is handed to.

use base::OperatorId;
use serde::{Deserialize, Serialize};

/// Where a caller goes, or whom an operator asks while the caller is on hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TransferTarget {
    /// A colleague.
    Operator {
        /// Who.
        operator: OperatorId,
    },
    /// Whoever serves this line.
    Queue {
        /// By name.
        queue: String,
    },
    /// A service outside, by its name in the dial plan (rule 8).
    Referral {
        /// By name.
        name: String,
    },
}
