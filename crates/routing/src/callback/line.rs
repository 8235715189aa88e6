//! Due callbacks in line: by what an operator needs to take them, and within that in the order of rule 12.

use std::collections::{BTreeMap, BTreeSet};

use base::{ObligationId, OperatorId, Timestamp};

use crate::{Priority, Skill};

/// What an operator needs to take a callback; those alike stand in one lane.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Needs {
    pub(crate) queue: String,
    pub(crate) skills: Vec<Skill>,
    /// Only this one, who wants it and is on shift.
    pub(crate) only: Option<OperatorId>,
}

/// Where one stands in its lane: the lower priority first, the aged first, then the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Standing {
    pub(crate) priority: u8,
    pub(crate) fresh: bool,
    pub(crate) since: Timestamp,
}

impl Standing {
    /// Its rank among callers who wait, in halves of a priority: what has aged goes before live callers in its turn, and otherwise behind
    /// them and before all that has not aged.
    pub(crate) fn rank(&self, turn: bool) -> u8 {
        let own = self.priority.saturating_mul(2);
        match (self.priority >= Priority::CALLBACK, self.fresh) {
            (true, false) if turn => live_rank(Priority::LIVE) - 1,
            (true, false) => own - 1,
            (true, true) | (false, _) => own,
        }
    }
}

/// The rank of a caller who waits.
pub(crate) fn live_rank(priority: u8) -> u8 {
    priority.saturating_mul(2)
}

/// All that is due and not rung for.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallbackLine {
    lanes: BTreeMap<Needs, BTreeSet<(Standing, ObligationId)>>,
    places: BTreeMap<ObligationId, (Needs, Standing)>,
}

impl CallbackLine {
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Puts it in its place; where it stands already, nothing changes.
    pub(crate) fn stand(&mut self, id: ObligationId, needs: Needs, standing: Standing) {
        let same = self.places.get(&id).is_some_and(|(at, place)| *at == needs && *place == standing);
        if same {
            return;
        }
        self.leave(id);
        self.lanes.entry(needs.clone()).or_default().insert((standing, id));
        self.places.insert(id, (needs, standing));
    }

    pub(crate) fn leave(&mut self, id: ObligationId) {
        let Some((needs, standing)) = self.places.remove(&id) else { return };
        let Some(lane) = self.lanes.get_mut(&needs) else { return };
        lane.remove(&(standing, id));
        if lane.is_empty() {
            self.lanes.remove(&needs);
        }
    }

    pub(crate) fn lanes(&self) -> impl Iterator<Item = &Needs> {
        self.lanes.keys()
    }

    /// The next in a lane behind one, the first behind none.
    pub(crate) fn next(&self, lane: &Needs, behind: Option<(Standing, ObligationId)>) -> Option<(Standing, ObligationId)> {
        use std::ops::Bound;
        let from = behind.map_or(Bound::Unbounded, Bound::Excluded);
        self.lanes.get(lane)?.range((from, Bound::Unbounded)).next().copied()
    }
}
