//! Due callbacks in line: by what an operator needs to take them, and within that in the order of rule 12.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

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

    /// How many go before a caller of this place: those of a better rank, and of what has aged as many as have their turn.
    pub(crate) fn before(&self, priority: u8, since: Timestamp, turns: usize) -> usize {
        let own = (live_rank(priority), since);
        let ranked = |turn| self.places.values().filter(move |(_, at)| (at.rank(turn), at.since) < own).count();
        let always = ranked(false);
        always + ranked(true).saturating_sub(always).min(turns)
    }

    /// The next in a lane behind one.
    fn next(&self, lane: &Needs, behind: (Standing, ObligationId)) -> Option<(Standing, ObligationId)> {
        self.lanes.get(lane)?.range((Bound::Excluded(behind), Bound::Unbounded)).next().copied()
    }
}

/// The heads of all lanes, to be looked through in order.
#[derive(Debug, Default)]
pub(crate) struct Lanes<'a> {
    heads: Vec<(&'a Needs, Standing, ObligationId)>,
    turn: bool,
    first: Option<usize>,
}

impl<'a> Lanes<'a> {
    pub(crate) fn of(line: &'a CallbackLine, turn: bool) -> Self {
        let heads = line.lanes.iter().filter_map(|(needs, lane)| lane.first().map(|(at, id)| (needs, *at, *id)));
        let mut lanes = Lanes { heads: heads.collect(), turn, first: None };
        lanes.find_first();
        lanes
    }

    /// The first of all that were not passed: its place among callers, what it needs, and which it is.
    pub(crate) fn first(&self) -> Option<((u8, Timestamp), &'a Needs, ObligationId)> {
        let (needs, standing, id) = self.heads.get(self.first?)?;
        Some(((standing.rank(self.turn), standing.since), needs, *id))
    }

    /// Nobody takes the first now: the one behind it is looked at.
    pub(crate) fn pass(&mut self, line: &'a CallbackLine) {
        let Some(index) = self.first else { return };
        let Some((needs, standing, id)) = self.heads.get(index).copied() else { return };
        match line.next(needs, (standing, id)) {
            Some((standing, id)) => {
                if let Some(head) = self.heads.get_mut(index) {
                    *head = (needs, standing, id);
                }
            }
            None => drop(self.heads.swap_remove(index)),
        }
        self.find_first();
    }

    /// Nobody takes any of the first's lane now.
    pub(crate) fn leave(&mut self) {
        if let Some(index) = self.first {
            self.heads.swap_remove(index);
            self.find_first();
        }
    }

    fn find_first(&mut self) {
        let order = |(_, (_, standing, id)): &(usize, &(&Needs, Standing, ObligationId))| {
            (standing.rank(self.turn), standing.since, *id)
        };
        self.first = self.heads.iter().enumerate().min_by_key(order).map(|(index, _)| index);
    }
}
