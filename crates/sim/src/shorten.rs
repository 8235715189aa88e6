//! What led to a fault, made short: the fewest moves that still lead to it, told as a story.

use std::fmt;
use std::time::Duration;

use base::Timestamp;
use jiff::tz::TimeZone;
use routing::{Outcome, Party, RequestKind, Settings};

use crate::{Broken, Judge, Move, Timed, Verdict, World, calling_back};

/// What a timer may do after the last move.
const AFTERWARDS: Duration = Duration::from_secs(15 * 60);
/// So many tries are enough.
const TRIES: usize = 4000;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A fault with the moves that lead to it.
#[derive(Clone, Debug)]
pub struct Shortened {
    /// When it begins.
    pub begins: Timestamp,
    /// What happens, each with its time since then.
    pub moves: Vec<Timed>,
    /// What is broken at its end.
    pub verdict: Verdict,
}

/// Plays moves to a node of its own; what the judge says.
pub fn play(settings: &Settings, begins: Timestamp, moves: &[Timed]) -> Result<(), Verdict> {
    let mut world = World::new(settings.clone(), begins);
    let mut judge = Judge::new(settings);
    let mut look = |world: &mut World| {
        let steps = world.take_steps();
        steps.iter().try_for_each(|step| judge.step(step))
    };
    for (at, it) in moves {
        world.pass(at.saturating_sub(world.elapsed()));
        look(&mut world)?;
        world.happens(it);
        look(&mut world)?;
    }
    world.pass(AFTERWARDS);
    look(&mut world)?;
    let seq = world.board().last_seq();
    world.check_replay().map_err(|rule| Verdict { rule, seq })?;
    judge.board(world.board())
}

impl Broken {
    /// The fewest of its moves that break the same rule; none: it takes more than the days that are remembered.
    pub fn shortened(&self) -> Option<Shortened> {
        let settings = calling_back(&[]);
        let fault = kind(&self.verdict);
        let mut tries = TRIES;
        for days in 1..=self.trail.moves.len() {
            let (begins, moves) = self.last_days(days)?;
            let breaks = |moves: &[Timed]| {
                let verdict = play(&settings, begins, moves).err()?;
                (kind(&verdict) == fault).then_some(verdict)
            };
            if let Some(verdict) = breaks(&moves) {
                let (moves, verdict) = fewest(moves, verdict, breaks, &mut tries);
                return Some(Shortened { begins, moves, verdict });
            }
        }
        None
    }

    fn last_days(&self, days: usize) -> Option<(Timestamp, Vec<Timed>)> {
        let moves = &self.trail.moves;
        let last = moves.get(moves.len().checked_sub(days)?..)?;
        let hires = self.trail.begins.iter().map(|it| (Duration::ZERO, it.clone()));
        let days = (0..)
            .zip(last)
            .flat_map(|(day, (_, moves))| moves.iter().map(move |(at, it)| (*at + DAY * day, it.clone())));
        Some((last.first()?.0, hires.chain(days).collect()))
    }
}

/// The rule without the names of those who broke it.
fn kind(verdict: &Verdict) -> String {
    let names = |word: &&str| !word.bytes().any(|byte| byte.is_ascii_digit()) || word.ends_with(')');
    verdict.rule.split_whitespace().filter(names).collect::<Vec<_>>().join(" ")
}

/// Leaves out ever smaller pieces, as long as the fault stays (delta debugging).
fn fewest(
    mut moves: Vec<Timed>,
    mut verdict: Verdict,
    breaks: impl Fn(&[Timed]) -> Option<Verdict>,
    tries: &mut usize,
) -> (Vec<Timed>, Verdict) {
    let mut piece = moves.len().div_ceil(2);
    while piece > 0 {
        let (before, mut from) = (moves.len(), 0);
        while from < moves.len() && *tries > 0 {
            *tries -= 1;
            let to = (from + piece).min(moves.len());
            let without: Vec<Timed> = moves.iter().take(from).chain(moves.iter().skip(to)).cloned().collect();
            match breaks(&without) {
                Some(still) => (moves, verdict) = (without, still),
                None => from = to,
            }
        }
        let again = piece == 1 && moves.len() < before && *tries > 0;
        piece = if again { 1 } else { piece / 2 };
    }
    (moves, verdict)
}

impl fmt::Display for Shortened {
    /// In the language of `tests/scenarios`; what that has no words for stands behind a #.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC);
        let mut at = self.moves.first().map(|(at, _)| *at).unwrap_or_default();
        let begins = self.begins.checked_add(jiff::SignedDuration::try_from(at).unwrap_or_default());
        let civil = begins.unwrap_or(self.begins).to_zoned(zone).datetime();
        writeln!(f, "at {} {}", civil.date(), civil.time())?;
        for (then, it) in &self.moves {
            if *then > at {
                writeln!(f, "{} ms pass", (*then - at).as_millis())?;
            }
            at = (*then).max(at);
            writeln!(f, "{}", Told { it, numbers: self })?;
        }
        write!(f, "# {}", self.verdict)
    }
}

struct Told<'a> {
    it: &'a Move,
    numbers: &'a Shortened,
}

impl Shortened {
    fn number_of(&self, caller: u32) -> &str {
        let calls = self.moves.iter().find_map(|(_, it)| match it {
            Move::Calls { caller: named, number, .. } if *named == caller => Some(number.as_str()),
            _ => None,
        });
        calls.unwrap_or("?")
    }

    fn languages_of(&self, operator: &str) -> String {
        let hired = self.moves.iter().find_map(|(_, it)| match it {
            Move::Hires { name, languages } if name == operator => Some(languages.join(" and ")),
            _ => None,
        });
        hired.unwrap_or_else(|| "zh-CN".to_owned())
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |caller: &u32| self.numbers.number_of(*caller);
        match self.it {
            Move::Calls { number, dialled, .. } => write!(f, "caller {number} calls {dialled}"),
            Move::Presses { caller, digit } => write!(f, "caller {} presses {digit}", number(caller)),
            Move::Leaves { caller, by: Party::Caller } => write!(f, "caller {} hangs up", number(caller)),
            Move::CallerQuiet { quiet: true, .. } => write!(f, "no packets come from caller"),
            Move::Accepts { name } => write!(f, "{name} answers"),
            Move::Declines { name } => write!(f, "{name} declines"),
            Move::DeskQuiet { name, quiet: true } => write!(f, "no packets come from {name}"),
            Move::Dies => write!(f, "the engine is lost"),
            Move::Asks { name, kind: RequestKind::Ready {} } => {
                write!(f, "operator {name} who speaks {} is ready", self.numbers.languages_of(name))
            }
            Move::Asks { name, kind: RequestKind::NotReady { .. } } => write!(f, "{name} takes a break"),
            Move::Asks { name, kind: RequestKind::HangUp {} } => write!(f, "{name} hangs up"),
            Move::Asks { name, kind: RequestKind::FinishWrapUp {} } => write!(f, "{name} finishes wrap-up"),
            Move::Asks { name, kind: RequestKind::Outcome { outcome: Outcome::Spoken } } => {
                write!(f, "{name} says spoken")
            }
            Move::Asks { name, kind: RequestKind::Outcome { outcome: Outcome::NotSpoken } } => {
                write!(f, "{name} says not spoken")
            }
            other => write!(f, "# {other:?}"),
        }
    }
}
