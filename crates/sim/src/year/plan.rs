use jiff::civil::{Date, date};

/// What a simulated time is like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The same seed, the same year.
    pub seed: u64,
    /// The first day.
    pub begins: Date,
    /// How many days.
    pub days: u32,
    /// Calls on an average one, those at night among them.
    pub calls_per_day: f64,
    /// What goes wrong.
    pub faults: Faults,
    /// So many times as often as usual.
    pub hurry: f64,
    /// Operators on each shift; none: as many as the load asks for.
    pub operators: Option<u32>,
    /// Nothing but the assumptions of the staffing oracle: calls at one rate at every hour, infinite patience, handling of 15 min on
    /// average by an exponential law, and whoever is rung takes the call at once.
    pub perfect: bool,
}

impl Plan {
    /// The staffing oracle's: so many calls an hour, so many operators.
    pub fn perfect(seed: u64, days: u32, calls_per_hour: f64, operators: u32) -> Self {
        Plan {
            seed,
            days,
            calls_per_day: 24.0 * calls_per_hour,
            faults: Faults::NONE,
            operators: Some(operators),
            perfect: true,
            ..Plan::default()
        }
    }
}

impl Default for Plan {
    fn default() -> Self {
        Plan {
            seed: 1,
            begins: date(2027, 1, 1),
            days: 365,
            calls_per_day: 500.0,
            faults: Faults::ALL,
            hurry: 1.0,
            operators: None,
            perfect: false,
        }
    }
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// The process dies, also in the middle of what it writes.
    pub crash: bool,
    /// The trunk goes, with all calls on it; legs that never come up.
    pub trunk: bool,
    /// The journal does not commit.
    pub journal: bool,
    /// Postgres is away.
    pub database: bool,
    /// The wall clock jumps.
    pub clock: bool,
    /// Pages reload, networks drop, machines sleep.
    pub desk: bool,
    /// Caller IDs do not arrive, or are all the same.
    pub caller_id: bool,
}

impl Faults {
    /// Every one of them.
    pub const ALL: Faults =
        Faults { crash: true, trunk: true, journal: true, database: true, clock: true, desk: true, caller_id: true };
    /// None.
    pub const NONE: Faults = Faults {
        crash: false,
        trunk: false,
        journal: false,
        database: false,
        clock: false,
        desk: false,
        caller_id: false,
    };

    /// The words for them.
    pub const WORDS: [&str; 9] = ["all", "none", "crash", "trunk", "journal", "database", "clock", "desk", "caller-id"];

    /// Adds one by its word; whether there is such a word.
    pub fn add(&mut self, word: &str) -> bool {
        match word {
            "all" => *self = Faults::ALL,
            "none" => {}
            "crash" => self.crash = true,
            "trunk" => self.trunk = true,
            "journal" => self.journal = true,
            "database" => self.database = true,
            "clock" => self.clock = true,
            "desk" => self.desk = true,
            "caller-id" => self.caller_id = true,
            _ => return false,
        }
        true
    }
}
