//! The picture of this moment, folded from committed records: what desks and supervisors are shown.

/// Folded from records by `web`; holds nothing in clear.
#[derive(Clone, Debug, Default)]
pub struct Board {}
