//! What is told of it at the end.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use base::{JourneyId, Timestamp};
use jiff::tz::TimeZone;
use routing::{Event, OfferOutcome, Record, TerminalCause};

use super::Plan;
use super::faults::Fault;

/// Who waits no longer is served in time.
const IN_TIME: Duration = Duration::from_secs(20);

/// Counted as it goes.
#[derive(Debug)]
pub(super) struct Tally {
    zone: TimeZone,
    open: BTreeMap<JourneyId, Visit>,
    hours: [Hour; 24],
    causes: BTreeMap<TerminalCause, u64>,
    journeys: u64,
    declined: u64,
    missed: u64,
    waited: Duration,
    attempts: u64,
    promises: (u64, u64),
    crashes: u64,
    faults: BTreeMap<&'static str, u64>,
}

#[derive(Debug)]
struct Visit {
    hour: usize,
    queued: Option<Timestamp>,
    answered: bool,
}

/// An hour of the day, summed up over all days.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hour {
    /// Calls that came in it,
    pub calls: u64,
    /// stood in line,
    pub queued: u64,
    /// were put through,
    pub answered: u64,
    /// and within 20 s.
    pub in_time: u64,
}

/// A year in figures.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Begins the same year again.
    pub seed: u64,
    /// How many days it had.
    pub days: u32,
    /// Inputs taken, each judged.
    pub steps: u64,
    /// Calls.
    pub journeys: u64,
    /// How they ended.
    pub causes: BTreeMap<TerminalCause, u64>,
    /// By the hour at which they came.
    pub hours: [Hour; 24],
    /// The wait of those who were put through, summed up.
    pub waited: Duration,
    /// Obligations opened,
    pub owed: u64,
    /// and kept.
    pub kept: u64,
    /// Journeys without an end.
    pub lost: u64,
    /// Offers declined,
    pub declined: u64,
    /// and missed.
    pub missed: u64,
    /// Callbacks offered to operators,
    pub callbacks: u64,
    /// telephones that rang or were tried for them,
    pub attempts: u64,
    /// and conversations that came of it.
    pub reached: u64,
    /// Promises of a time that were settled,
    pub promises: u64,
    /// and kept.
    pub promises_kept: u64,
    /// Times that the process died.
    pub crashes: u64,
    /// What else went wrong, and how often.
    pub faults: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(super) fn new(zone: TimeZone) -> Self {
        Tally {
            zone,
            open: BTreeMap::new(),
            hours: [Hour::default(); 24],
            causes: BTreeMap::new(),
            journeys: 0,
            declined: 0,
            missed: 0,
            waited: Duration::ZERO,
            attempts: 0,
            promises: (0, 0),
            crashes: 0,
            faults: BTreeMap::new(),
        }
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        let word = match fault {
            Fault::Dies | Fault::DiesWriting => return,
            Fault::TrunkGoes => "trunk lost",
            Fault::GatewaySilent | Fault::AllSilent => "callback trunks silent",
            Fault::JournalUnwell => "journal unwell",
            Fault::DatabaseAway => "database away (no input to any decision)",
            Fault::ClockJumps => "clock jumps",
            Fault::DeskReloads | Fault::DeskLost | Fault::DeskSleeps => "desks lost or reloaded",
            Fault::CallerIdsStop => "caller IDs not arriving",
            Fault::JournalWell | Fault::DatabaseBack | Fault::CallerIdsCome => return,
        };
        *self.faults.entry(word).or_default() += 1;
    }

    pub(super) fn record(&mut self, record: &Record) {
        match &record.event {
            Event::JourneyOpened { journey, synthetic: false, .. } => {
                let hour = record.utc.to_zoned(self.zone.clone()).hour();
                let hour = usize::try_from(hour).unwrap_or(0);
                self.journeys += 1;
                self.hour(hour, |hour| hour.calls += 1);
                self.open.insert(*journey, Visit { hour, queued: None, answered: false });
            }
            Event::Queued { journey, .. } => self.queued(*journey, record.utc),
            Event::Conversing { journey, .. } => self.conversing(*journey, record.utc),
            Event::OfferEnded { outcome: OfferOutcome::Declined, .. } => self.declined += 1,
            Event::OfferEnded { outcome: OfferOutcome::NoAnswer, .. } => self.missed += 1,
            Event::AttemptDialled { .. } => self.attempts += 1,
            Event::PromiseSettled { kept, .. } => {
                self.promises.0 += 1;
                self.promises.1 += u64::from(*kept);
            }
            Event::NodeLost { .. } => self.crashes += 1,
            Event::Ended { journey, cause, .. } if self.open.remove(journey).is_some() => {
                *self.causes.entry(*cause).or_default() += 1;
            }
            _ => {}
        }
    }

    fn hour(&mut self, hour: usize, change: impl FnOnce(&mut Hour)) {
        if let Some(hour) = self.hours.get_mut(hour) {
            change(hour);
        }
    }

    fn queued(&mut self, journey: JourneyId, utc: Timestamp) {
        let Some(visit) = self.open.get_mut(&journey).filter(|visit| visit.queued.is_none()) else { return };
        visit.queued = Some(utc);
        let hour = visit.hour;
        self.hour(hour, |hour| hour.queued += 1);
    }

    fn conversing(&mut self, journey: JourneyId, utc: Timestamp) {
        let Some(visit) = self.open.get_mut(&journey).filter(|visit| !visit.answered) else { return };
        visit.answered = true;
        let (hour, queued) = (visit.hour, visit.queued.unwrap_or(utc));
        let wait = Duration::try_from(utc.duration_since(queued)).unwrap_or_default();
        self.waited += wait;
        self.hour(hour, |hour| {
            hour.answered += 1;
            hour.in_time += u64::from(wait <= IN_TIME);
        });
    }

    pub(super) fn summary(
        self,
        plan: &Plan,
        steps: u64,
        (owed, kept): (u64, u64),
        (callbacks, reached): (u64, u64),
    ) -> Summary {
        Summary {
            seed: plan.seed,
            days: plan.days,
            steps,
            journeys: self.journeys,
            causes: self.causes,
            hours: self.hours,
            waited: self.waited,
            owed,
            kept,
            lost: u64::try_from(self.open.len()).unwrap_or(u64::MAX),
            declined: self.declined,
            missed: self.missed,
            callbacks,
            attempts: self.attempts,
            reached,
            promises: self.promises.0,
            promises_kept: self.promises.1,
            crashes: self.crashes,
            faults: self.faults,
        }
    }
}

impl Summary {
    /// Put through, and how many of those who stood in line were within 20 s.
    pub fn answered(&self) -> (u64, u64, u64) {
        let sum = |of: fn(&Hour) -> u64| self.hours.iter().map(of).sum();
        (sum(|hour| hour.queued), sum(|hour| hour.answered), sum(|hour| hour.in_time))
    }

    /// All of it in one line.
    pub fn line(&self) -> String {
        let causes: u64 = self.causes.values().sum();
        format!(
            "seed {}: {} steps, {} calls of which {causes} ended, {} owed, {} kept, {} callbacks, {} of them talks, {} of {} promises kept, \
             {} crashes, lost callers: {}",
            self.seed,
            self.steps,
            self.journeys,
            self.owed,
            self.kept,
            self.callbacks,
            self.reached,
            self.promises_kept,
            self.promises,
            self.crashes,
            self.lost,
        )
    }

    /// A chart of the day: calls in each hour, those put through dark.
    pub fn chart(&self) -> String {
        const WIDTH: u64 = 50;
        let most = self.hours.iter().map(|hour| hour.calls).max().unwrap_or(1).max(1);
        let scale = |count: u64| usize::try_from((count * WIDTH).div_ceil(most)).unwrap_or(0);
        let line = |(hour, at): (usize, &Hour)| {
            let (dark, all) = (scale(at.answered), scale(at.calls));
            let bar = "█".repeat(dark) + &"░".repeat(all.saturating_sub(dark));
            let pad = " ".repeat(usize::try_from(WIDTH).unwrap_or(0).saturating_sub(all.max(dark)));
            let a_day = at.calls as f64 / f64::from(self.days.max(1));
            let in_time = match at.queued {
                0 => String::new(),
                queued => format!("{:>5.0} %", 100.0 * at.in_time as f64 / queued as f64),
            };
            format!("  {hour:02}  {bar}{pad} {a_day:>7.1}{in_time}").trim_end().to_owned() + "\n"
        };
        let head = format!("  hour{:WIDTH$}calls a day  within 20 s\n", "", WIDTH = 46);
        head + &self.hours.iter().enumerate().map(line).collect::<String>()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (queued, answered, in_time) = self.answered();
        let share = |of: u64, all: u64| if all == 0 { 0.0 } else { 100.0 * of as f64 / all as f64 };
        let mean = self.waited.as_secs_f64() / (answered.max(1)) as f64;
        writeln!(f, "calls               {:>9}  in {} days", self.journeys, self.days)?;
        writeln!(f, "stood in line       {queued:>9}")?;
        writeln!(f, "put through         {answered:>9}  {:.1} % of those, after {mean:.0} s", share(answered, queued))?;
        writeln!(f, "within 20 s         {in_time:>9}  {:.1} %", share(in_time, queued))?;
        for (cause, count) in &self.causes {
            writeln!(f, "  {:<17} {count:>9}", cause.word())?;
        }
        writeln!(f, "offers declined     {:>9}", self.declined)?;
        writeln!(f, "offers missed       {:>9}", self.missed)?;
        writeln!(f, "conversations owed  {:>9}", self.owed)?;
        writeln!(f, "  kept              {:>9}", self.kept)?;
        writeln!(f, "  open              {:>9}", self.owed - self.kept)?;
        writeln!(f, "callbacks offered   {:>9}", self.callbacks)?;
        writeln!(f, "  dialled           {:>9}", self.attempts)?;
        writeln!(f, "  conversations     {:>9}", self.reached)?;
        writeln!(f, "promises settled    {:>9}", self.promises)?;
        writeln!(f, "  kept              {:>9}", self.promises_kept)?;
        writeln!(f, "process died        {:>9}", self.crashes)?;
        for (fault, count) in &self.faults {
            writeln!(f, "{fault:<19} {count:>9}")?;
        }
        writeln!(f, "steps judged        {:>9}", self.steps)?;
        write!(f, "lost callers: {}", self.lost)
    }
}
