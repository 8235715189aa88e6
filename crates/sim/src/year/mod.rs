//! A year in a few minutes: everyone who calls, everyone who works, and all that goes wrong, against the very switchboard that serves
//! real calls; every step of it judged.

mod agenda;
mod arrivals;
mod broken;
mod callbacks;
mod callers;
mod faults;
mod keys;
mod people;
mod plan;
mod staff;
mod tally;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use base::{JourneyId, Timestamp};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use routing::{Event, Record, Settings};

pub use broken::{Broken, Trail};
pub use plan::{Faults, Plan};
pub use tally::Summary;

use agenda::{Act, Agenda};
use arrivals::Arrivals;
use callers::Visit;
use people::People;
use staff::Staff;
use tally::Tally;

use crate::{Far, Judge, Move, Mutant, Random, Step, Timed, Told, Verdict, World, calling_back, shipped};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The handling time of figures.md's staffing oracle.
const PERFECT_TALK: Duration = Duration::from_secs(15 * 60);
/// Since midnight: when the line opens and closes, and a second after.
const EDGES: [Duration; 3] =
    [Duration::from_secs(9 * 3600), Duration::from_secs(21 * 3600), Duration::from_millis(21 * 3_600_000 + 500)];
/// After so many inputs the journal is read back and compared.
const REPLAY_EVERY: u64 = 10_000;
/// So many days of moves are remembered, to tell what led to a fault.
const REMEMBERED_DAYS: usize = 8;
/// So many records are remembered, to tell what was written of those whom a broken rule names.
const REMEMBERED_RECORDS: usize = 20_000;
/// A seed with hardly any calls is done after so many.
const SHORT_DAYS: u32 = 200;

/// A simulated time, day by day.
#[derive(Debug)]
pub struct Year {
    plan: Plan,
    settings: Settings,
    day: Date,
    days_done: u32,
    world: World,
    judge: Judge,
    arrivals: Arrivals,
    people: People,
    staff: Staff,
    agenda: Agenda,
    chance: Random,
    visits: BTreeMap<JourneyId, Visit>,
    /// Calls that we began, and whose they are.
    attempts: BTreeMap<JourneyId, String>,
    /// The numbers of those who are just calling.
    numbers: BTreeMap<u32, String>,
    named: u32,
    tally: Tally,
    steps: u64,
    replayed_at: u64,
    /// The moves of the last days, each with its beginning.
    moves: VecDeque<(Timestamp, Vec<Timed>)>,
    /// What was written last.
    records: VecDeque<Record>,
    begins: Vec<Move>,
}

impl Year {
    /// The evening before its first day.
    pub fn new(plan: Plan) -> Self {
        let settings = if plan.perfect { perfect() } else { calling_back(&[]) };
        let zone = TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC);
        let begins = plan.begins.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
        let mut chance = Random::new(plan.seed);
        let mut another = || Random::new(chance.draw());
        let holiday = |day: Date| is_holiday(&settings, day);
        let arrivals = Arrivals::new(&plan, holiday, another());
        let people = People::new(plan.calls_per_day, another());
        let busiest = arrivals.per_hour(plan.begins, false).into_iter().fold(0.0, f64::max);
        let staff = match plan.operators.filter(|_| plan.perfect) {
            Some(operators) => Staff::tireless(operators),
            None => Staff::new(busiest, plan.operators),
        };
        let mut year = Year {
            world: World::new(settings.clone(), begins).forgetting(),
            judge: Judge::new(&settings),
            day: plan.begins,
            days_done: 0,
            begins: staff.hires(),
            agenda: Agenda::default(),
            visits: BTreeMap::new(),
            attempts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            named: 0,
            tally: Tally::new(zone),
            steps: 0,
            replayed_at: 0,
            moves: VecDeque::new(),
            records: VecDeque::new(),
            settings,
            arrivals,
            people,
            staff,
            chance,
            plan,
        };
        year.begins.clone().iter().for_each(|hires| year.world.happens(hires));
        if year.plan.perfect {
            let all: Vec<String> = year.staff.at_work().map(str::to_owned).collect();
            all.into_iter().for_each(|name| year.page_opens(name));
        }
        year.foresee_faults();
        year
    }

    /// From now on its switchboard has one thing wrong: the judge is tried, not the switchboard.
    pub fn mutates(&mut self, mutant: Mutant) {
        self.world.goes_wrong(mutant);
    }

    /// A short time of its own for one seed: another load, other operators, and faults that come much more often, for so many steps.
    pub fn of_steps(plan: &Plan, seed: u64, steps: u64) -> Result<Summary, Broken> {
        let mut chance = Random::new(seed);
        let calls_per_day = chance.pick(&[8.0, 60.0, 250.0, 500.0, 1500.0]).unwrap_or(500.0);
        let operators = chance.pick(&[None, None, Some(1), Some(2), Some(6)]).flatten();
        let hurry = chance.pick(&[1.0, 5.0, 20.0, 60.0]).unwrap_or(1.0);
        let days = i64::try_from(chance.below(365)).unwrap_or(0);
        let begins = plan.begins.checked_add(days.days()).unwrap_or(plan.begins);
        let mut year = Year::new(Plan { seed, begins, calls_per_day, operators, hurry, days: 365, ..plan.clone() });
        while year.steps() < steps && year.days() < SHORT_DAYS {
            year.a_day()?;
        }
        year.finish()
    }

    /// Days that have passed.
    pub fn days(&self) -> u32 {
        self.days_done
    }

    /// Whether all of them have.
    pub fn is_over(&self) -> bool {
        self.days_done >= self.plan.days
    }

    /// Inputs that were taken, each of them judged.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// One more day.
    pub fn a_day(&mut self) -> Result<(), Broken> {
        let closed = is_holiday(&self.settings, self.day);
        self.moves.push_back((self.world.now().utc, Vec::new()));
        if self.moves.len() > REMEMBERED_DAYS {
            self.moves.pop_front();
        }
        for moment in self.arrivals.of_day(self.day, closed) {
            self.put(moment, Act::Call);
        }
        self.plan_edges();
        self.plan_shifts(self.day, closed);
        self.plan_supervision();
        let end = DAY * (self.days_done + 1);
        self.run_until(end)?;
        self.days_done += 1;
        self.day = self.day.checked_add(1.day()).unwrap_or(self.day);
        Ok(())
    }

    /// Everyone hangs up, all that runs runs out: what is left over?
    pub fn finish(mut self) -> Result<Summary, Broken> {
        let callers: Vec<u32> = self.world.callers.keys().copied().collect();
        for caller in callers {
            self.does(Move::Leaves { caller, by: routing::Party::Caller });
        }
        // And whoever we called.
        for name in self.world.who_dials() {
            self.does(Move::Far { name, does: Far::HangsUp });
        }
        self.world.pass(Duration::from_secs(3600));
        self.look()?;
        self.replay()?;
        let finished = self.judge.finish(self.world.now().utc);
        self.judged(finished)?;
        Ok(self.tally.summary(&self.plan, self.steps, self.judge.tally(), self.judge.callbacks()))
    }

    /// Calls at the last moment before the line opens and closes, and at the first one after.
    fn plan_edges(&mut self) {
        if self.plan.perfect {
            return;
        }
        for edge in EDGES {
            let at = edge - Duration::from_millis(1) + Duration::from_millis(self.chance.below(3));
            if self.chance.chance(0.3) {
                self.put(at, Act::Call);
            }
        }
    }

    fn run_until(&mut self, end: Duration) -> Result<(), Broken> {
        self.look()?;
        loop {
            let next = self.agenda.next().map_or(end, |at| at.min(end));
            let left = next.saturating_sub(self.world.elapsed());
            if self.world.happen(self.world.now().mono + left) {
                self.look()?;
                continue;
            }
            self.world.pass(left);
            if next == end {
                return Ok(());
            }
            if let Some(act) = self.agenda.pop_due(next) {
                self.act(act);
                self.look()?;
            }
        }
    }

    /// Puts something on the agenda: since the beginning of the day while it is planned, else from now on.
    fn put(&mut self, after: Duration, act: Act) {
        self.agenda.put(self.world.elapsed() + after, act);
    }

    /// Does something, and remembers it.
    fn does(&mut self, it: Move) {
        let at = self.world.elapsed();
        if let Some((_, moves)) = self.moves.back_mut() {
            moves.push((at.saturating_sub(DAY * self.days_done), it.clone()));
        }
        self.world.happens(&it);
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Call => {
                let number = self.people.next();
                self.calls(number);
            }
            Act::CallAgain { number } => self.calls(number),
            Act::Caller { caller, does } => {
                if self.world.caller(caller).is_some() {
                    self.does(does);
                }
            }
            Act::Accept { name, offer } => {
                if self.world.offer_at(&name) == Some(offer) {
                    self.does(Move::Accepts { name });
                }
            }
            Act::Decline { name, offer } => {
                if self.world.offer_at(&name) == Some(offer) {
                    self.does(Move::Declines { name });
                }
            }
            Act::Over { caller, name, by } => self.talk_over(caller, name, by),
            Act::Far { name, does } => self.does(Move::Far { name, does }),
            Act::Ask { name, kind } => {
                if self.staff.is_at_work(&name) {
                    self.does(Move::Asks { name, kind });
                }
            }
            Act::Page { name } => self.page_opens(name),
            Act::Ready { name } => self.ready(name),
            Act::ShiftBegins { name } => self.shift_begins(name),
            Act::ShiftEnds { name } => self.shift_ends(name),
            Act::Fault(fault) => self.goes_wrong(fault),
            Act::Then(it) => self.does(it),
        }
    }

    /// Judges what has happened, and lets everyone learn of it.
    fn look(&mut self) -> Result<(), Broken> {
        loop {
            let steps = self.world.take_steps();
            if steps.is_empty() {
                break;
            }
            for step in steps {
                self.steps += 1;
                let said = self.judge.step(&step);
                self.learn(&step);
                self.remember(step.records);
                self.judged(said)?;
            }
        }
        if self.steps - self.replayed_at >= REPLAY_EVERY {
            self.replay()?;
        }
        Ok(())
    }

    fn remember(&mut self, records: Vec<Record>) {
        self.records.extend(records);
        let more = self.records.len().saturating_sub(REMEMBERED_RECORDS);
        self.records.drain(..more);
    }

    fn learn(&mut self, step: &Step) {
        if matches!(step.told, Told::Lost) {
            self.visits.clear();
            self.attempts.clear();
            self.pages_come_back();
        }
        for record in &step.records {
            self.tally.record(record);
            self.caller_hears(&record.event);
            self.called_back(&record.event);
            match &record.event {
                Event::Offered { offer, operator, .. } | Event::CallbackOffered { offer, operator, .. } => {
                    self.rings(operator.0.clone(), *offer)
                }
                Event::OperatorChanged { operator, state, .. } => self.operator_is(&operator.0, state),
                _ => {}
            }
        }
    }

    /// Restart equals replay, and what people are shown is what is owed.
    fn replay(&mut self) -> Result<(), Broken> {
        self.replayed_at = self.steps;
        let seq = self.world.board().last_seq();
        let said = self.world.check_replay().map_err(|rule| Verdict { rule, seq });
        self.judged(said)?;
        let said = self.judge.board(self.world.board());
        self.judged(said)
    }

    fn judged(&mut self, said: Result<(), Verdict>) -> Result<(), Broken> {
        said.map_err(|verdict| Broken {
            seed: self.plan.seed,
            day: self.day,
            step: self.steps,
            verdict,
            trail: Box::new(Trail {
                begins: std::mem::take(&mut self.begins),
                moves: self.moves.drain(..).collect(),
                records: self.records.drain(..).collect(),
            }),
        })
    }
}

/// A day without any hours.
fn is_holiday(settings: &Settings, day: Date) -> bool {
    let calendar = settings.calendars.get("hotline");
    calendar.and_then(|calendar| calendar.exceptions.get(&day)).is_some_and(|closure| closure.hours.is_empty())
}

/// The line as the staffing oracle thinks of it: always open, no wrap-up, no way out of the line.
fn perfect() -> Settings {
    let mut settings = shipped(&[]);
    settings.services.values_mut().for_each(|service| service.calendar = None);
    for queue in settings.queues.values_mut() {
        queue.wrap_up = Duration::ZERO;
        (queue.max_wait, queue.relax) = (None, Vec::new());
        queue.comfort = Vec::new();
    }
    settings
}
