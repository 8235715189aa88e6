//! What callbacks are decided by. `helpline` parses it; the numbers of `obligations.md` are the defaults.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::time;

use super::Part;
use crate::{Hours, TimeOfDay};

/// When and how often people are called back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callbacks {
    /// Nobody is dialled outside these hours, nor while the service's calendar is closed.
    pub hours: Hours,
    /// The parts of a day.
    pub parts: BTreeMap<Part, Hours>,
    /// When those are tried, once, who hung up before they heard that they will be called (rule 7).
    pub unheard: Vec<Part>,
    /// The longest that we let a phone ring.
    pub ring: Duration,
    /// So much ringing is an attempt (rule 10).
    pub counts_after: Duration,
    /// After a busy line.
    pub busy_again: Duration,
    /// After a fault of the trunk, or an operator who called it off.
    pub fault_again: Duration,
    /// A promise goes before live callers in this time before it falls due, and from then on (rule 12).
    pub promise_soon: Duration,
    /// What is due for longer stands among live callers: it ages, so that it does not starve.
    pub ages_after: Duration,
    /// Live callers who are rung for between two of those, so that they do not starve either.
    pub live_between: u32,
    /// What is due for longer wakes a supervisor.
    pub overdue_after: Duration,
    /// So many calls
    pub noise_calls: u32,
    /// shorter than this
    pub noise_under: Duration,
    /// within this are noise (rule 3).
    pub noise_within: Duration,
    /// How long a number stays blocked.
    pub block: Duration,
    /// Operators who are at their desks in all calling hours, where no rota says it (none: no time is told to callers then),
    pub operators: u32,
    /// and the time that one callback takes, for what can be promised (rule 11).
    pub takes: Duration,
}

impl Default for Callbacks {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let hours = |from: (i8, i8), to: (i8, i8)| Hours {
            from: time(from.0, from.1, 0, 0),
            to: TimeOfDay::At(time(to.0, to.1, 0, 0)),
        };
        Callbacks {
            hours: hours((9, 0), (20, 30)),
            parts: BTreeMap::from([
                (Part::Morning, hours((9, 0), (12, 0))),
                (Part::Midday, hours((12, 0), (13, 30))),
                (Part::Afternoon, hours((13, 30), (18, 0))),
                (Part::Evening, hours((18, 0), (20, 30))),
            ]),
            unheard: vec![Part::Midday, Part::Evening],
            ring: Duration::from_secs(45),
            counts_after: Duration::from_secs(15),
            busy_again: minutes(15),
            fault_again: minutes(5),
            promise_soon: minutes(15),
            ages_after: minutes(30),
            live_between: 3,
            overdue_after: minutes(120),
            noise_calls: 5,
            noise_under: Duration::from_secs(3),
            noise_within: minutes(60),
            block: minutes(24 * 60),
            operators: 1,
            takes: minutes(10),
        }
    }
}
