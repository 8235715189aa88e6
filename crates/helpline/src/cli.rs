//! The command line.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use base::{JourneyId, Timestamp};
use clap::{ArgGroup, Args, Parser, Subcommand};

/// Call routing for a confidential helpline: no caller is ever lost.
#[derive(Debug, Parser)]
#[command(name = "helpline", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where things are.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// The configuration [default: config/helpline.toml here, else /etc/helpline/helpline.toml].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder [default: as configured, else /var/lib/helpline for root].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Trial mode: trial.toml beside the configuration is laid over it; everything stands on loopback.
    #[arg(long, global = true)]
    pub(crate) trial: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take calls until told to stop.
    Serve(ServeArgs),
    /// Tell every fault in configuration, flows, calendars and prompts.
    Check,
    /// Bring the database to this release's schema.
    Migrate,
    /// How many operators does a load need (Erlang C)? For one hour, or for every hour of a week.
    Staff(StaffArgs),
    /// Keep the people who may sign in.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Show who is on shift and what they do.
    Operators {
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Show which trunks answer, and what they carry.
    Trunks {
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Show the newest calls.
    Calls {
        /// For machines.
        #[arg(long)]
        json: bool,
        /// How many.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show one journey's SIP messages, masked. The running engine remembers the last 10,000 journeys.
    Trace {
        /// Its id, like j1.7.42.
        journey: JourneyId,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Tell why a call went as it did: who was there, whom it rang at, what was waited for. Reads the journal; the engine may run or not.
    Why {
        /// Its id, like j1.7.42.
        journey: JourneyId,
        /// zh-CN or en [default: as the shell speaks].
        #[arg(long)]
        lang: Option<String>,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Show who waited, who talked, who was on shift and what was owed at a moment. Reads the journal; the engine may run or not.
    Replay {
        /// The moment (RFC 3339, 2026-11-22T14:02:10+08:00).
        #[arg(long, value_name = "TIME")]
        until: Timestamp,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Place a synthetic call through the running engine and answer it: is a worker heard?
    Probe(ProbeArgs),
    /// Show opening hours: open or closed, why, this week and the next, computed closures.
    Hours(HoursArgs),
    /// Close a service at once, with a notice that callers hear.
    Close(CloseArgs),
    /// Open a service at once, or leave it to its calendar again.
    Open(OpenArgs),
    /// Show who works when, or set it from a file.
    Rota(RotaArgs),
    /// Play calls through the very decisions that real ones are decided by, on virtual time.
    Simulate(SimulateArgs),
    /// Compare the journal with the database; or, with --carrier, what we saw with the carrier's own list of calls.
    Reconcile {
        /// The 400 platform's list: CSV in UTF-8, GBK or UTF-16 whose first line names the columns caller (主叫号码), dialled (被叫号码),
        /// start (呼叫时间) and, if there, duration (通话时长). Calls that only it has are owed from now on; said again, nothing is owed twice.
        #[arg(long, value_name = "FILE")]
        carrier: Option<PathBuf>,
        /// How far the carrier's clock may be from ours, seconds.
        #[arg(long, default_value_t = 120, requires = "carrier")]
        tolerance_s: u32,
        /// Only look.
        #[arg(long, requires = "carrier")]
        dry_run: bool,
        /// For machines.
        #[arg(long)]
        json: bool,
    },
}

/// What `serve` takes.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The engine's time starts here (RFC 3339, 2026-11-22T20:59:50+08:00); trial mode only.
    #[arg(long, value_name = "TIME")]
    pub(crate) clock: Option<Timestamp>,
}

/// What `probe` takes.
#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// Where SIP is listened for [default: the configuration's first UDP socket].
    #[arg(long)]
    pub(crate) sip: Option<SocketAddr>,
    /// For machines.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `hours` takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct HoursArgs {
    /// One service [default: all].
    pub(crate) service: Option<String>,
    /// For machines.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<HoursCommand>,
}

/// Keeping hours.
#[derive(Debug, Subcommand)]
pub(crate) enum HoursCommand {
    /// A computed closure is right as it stands.
    Confirm {
        /// Its name, like chinese_new_year.2027.
        holiday: String,
        /// The calendar.
        #[arg(long, default_value = "hotline")]
        calendar: String,
    },
}

/// What `close` takes.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    /// The service.
    pub(crate) service: String,
    /// When its calendar decides again: RFC 3339, 14:30, next-change or next-opening [default: when somebody opens it].
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// One of the service's notices, like staff_meeting, typhoon or technical.
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// What becomes of those who wait: serve or callback [default: as configured].
    #[arg(long)]
    pub(crate) waiting: Option<String>,
}

/// What `open` takes.
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// The service.
    pub(crate) service: String,
    /// When its calendar decides again: RFC 3339, 14:30, next-change or next-opening.
    #[arg(long, value_name = "TIME", conflicts_with = "by_calendar")]
    pub(crate) until: Option<String>,
    /// Leave it to its calendar from now on.
    #[arg(long)]
    pub(crate) by_calendar: bool,
}

/// What `rota` takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RotaArgs {
    /// A day of the week that is shown [default: today].
    #[arg(long, value_name = "DATE")]
    pub(crate) week: Option<jiff::civil::Date>,
    /// For machines.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<RotaCommand>,
}

/// Keeping the rota.
#[derive(Debug, Subcommand)]
pub(crate) enum RotaCommand {
    /// Set the hours of everyone whom a file names, each whole. TOML: [li] monday = ["09:00-15:00"], [li.days] 2027-02-14 = [].
    /// CSV: operator,day,hours.
    Set {
        /// The file, .toml or .csv.
        file: PathBuf,
    },
}

/// What `simulate` takes: one call at a moment, or days of them.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true)))]
pub(crate) struct SimulateArgs {
    /// What would a caller hear who dials at this moment, and why (RFC 3339, 2027-02-06T20:59:58+08:00)? Prints open or closed first.
    #[arg(long, value_name = "TIME", group = "what", conflicts_with_all = ["days", "seeds"], value_parser = moment)]
    pub(crate) at: Option<Timestamp>,
    /// The number of ours that is dialled [default: the first one].
    #[arg(long, value_name = "NUMBER", requires = "at")]
    pub(crate) did: Option<String>,
    /// The caller's number, or withheld.
    #[arg(long, value_name = "NUMBER", requires = "at", default_value = "13800000000")]
    pub(crate) cli: String,
    /// Keys that they press, each when the words before it have been said: 1,2.
    #[arg(long, value_delimiter = ',', requires = "at")]
    pub(crate) keys: Vec<String>,
    /// An operator at a ready desk, with languages: li:zh-CN+yue. Given once for each.
    #[arg(long, value_name = "NAME[:LANGUAGES]", requires = "at")]
    pub(crate) operator: Vec<String>,

    /// A time of so many days with everyone who calls and works and all that goes wrong, every step judged by the rules.
    #[arg(long, value_name = "DAYS", group = "what", value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(crate) days: Option<u32>,
    /// Several seeds, 1..1000, a line for each; without --days a short time of another load, staff and hurry each.
    #[arg(long, value_name = "FIRST..LAST", group = "what", conflicts_with = "seed", value_parser = seeds)]
    pub(crate) seeds: Option<RangeInclusive<u64>>,
    /// Seeds at one time [default: one a core].
    #[arg(long, value_name = "COUNT", requires = "seeds")]
    pub(crate) jobs: Option<usize>,
    /// Calls on an average day.
    #[arg(long, value_name = "CALLS", conflicts_with = "at", default_value_t = 500.0)]
    pub(crate) calls_per_day: f64,
    /// What goes wrong: all, none, or some of crash, trunk, journal, database, clock, desk, caller-id.
    #[arg(long, value_name = "FAULTS", conflicts_with = "at", value_delimiter = ',', default_value = "all")]
    pub(crate) faults: Vec<String>,
    /// The same seed, the same time.
    #[arg(long, value_name = "SEED", conflicts_with = "at", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Operators on each shift [default: as many as the load asks for].
    #[arg(long, value_name = "COUNT", conflicts_with = "at")]
    pub(crate) operators: Option<u32>,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let read = || {
        let (first, last) = text.split_once("..")?;
        let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
        (first <= last).then_some(first..=last)
    };
    read().ok_or_else(|| "write the first and the last, like 1..1000".to_owned())
}

/// What `staff` takes.
#[derive(Debug, Args)]
pub(crate) struct StaffArgs {
    /// Calls in the hour, instead of those in the log.
    #[arg(long, value_name = "CALLS", conflicts_with_all = ["week", "weeks"], value_parser = positive)]
    pub(crate) calls_per_hour: Option<f64>,
    /// Calls by hour of the week: a file with lines like 1,9,3.5 (Monday, from nine, three and a half calls).
    #[arg(long, value_name = "FILE", conflicts_with = "weeks")]
    pub(crate) week: Option<PathBuf>,
    /// How many weeks of the log are looked at.
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: u32,
    /// Talk, hold and wrap-up of a call on average: 15m, 900s [default: as in the log, else 15m].
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) aht: Option<Duration>,
    /// So many percent of callers wait no longer than so many seconds.
    #[arg(long, value_name = "PERCENT/SECONDS", default_value = "80/20", value_parser = target)]
    pub(crate) target: (f64, Duration),
    /// Percent of paid time that is breaks, absence and training: so many more are planned.
    #[arg(long, value_name = "PERCENT", default_value = "30", value_parser = percent)]
    pub(crate) shrinkage: f64,
    /// For machines.
    #[arg(long)]
    pub(crate) json: bool,
}

fn percent(told: &str) -> Result<f64, String> {
    let number = told.trim_end_matches('%').parse::<f64>().ok().filter(|percent| (0.0..95.0).contains(percent));
    number.map(|percent| percent / 100.0).ok_or_else(|| "expected a percentage from 0 to 94".to_owned())
}

fn positive(told: &str) -> Result<f64, String> {
    let number = told.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| "expected a number like 3.5".to_owned())
}

/// `15m`, `900s`, or minutes alone.
fn span(told: &str) -> Result<Duration, String> {
    let (number, seconds) = match (told.strip_suffix('m'), told.strip_suffix('s')) {
        (Some(minutes), _) => (minutes, 60.0),
        (_, Some(seconds)) => (seconds, 1.0),
        (None, None) => (told, 60.0),
    };
    let span = number.parse::<f64>().ok().map(|number| number * seconds).filter(|s| (1.0..=86_400.0).contains(s));
    span.map(Duration::from_secs_f64).ok_or_else(|| "expected a time like 15m or 900s".to_owned())
}

/// `80/20`: a share and a time.
fn target(told: &str) -> Result<(f64, Duration), String> {
    let read = || {
        let (percent, seconds) = told.split_once('/')?;
        let percent = percent.trim_end_matches('%').parse::<f64>().ok().filter(|p| *p > 0.0 && *p < 100.0)?;
        Some((percent / 100.0, Duration::from_secs(seconds.trim_end_matches('s').parse().ok()?)))
    };
    read().ok_or_else(|| "expected a target like 80/20".to_owned())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write a moment with its offset, like 2027-02-06T20:59:58.000+08:00".to_owned())
}

/// Keeping people.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Give someone an account. Prints a password unless one comes on standard input.
    Add(UserAddArgs),
    /// Show everyone.
    List {
        /// For machines.
        #[arg(long)]
        json: bool,
    },
    /// Take an account away; what they did stays on record.
    Disable {
        /// Login name.
        name: String,
    },
}

/// What `user add` takes.
#[derive(Debug, Args)]
pub(crate) struct UserAddArgs {
    /// Login name: small letters, digits, - and _.
    pub(crate) name: String,
    /// operator, supervisor or administrator; several are given one by one.
    #[arg(long = "role", required = true)]
    pub(crate) roles: Vec<String>,
    /// Name shown to colleagues [default: the login name].
    #[arg(long)]
    pub(crate) display: Option<String>,
    /// Languages spoken, like zh-CN or yue [default for operators: zh-CN, en].
    #[arg(long = "language")]
    pub(crate) languages: Vec<String>,
    /// Other skills, like queue:probe.
    #[arg(long = "skill")]
    pub(crate) skills: Vec<String>,
    /// Read the password from standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}
