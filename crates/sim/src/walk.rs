//! Anything, in any order: callers, operators, faults, and a process that dies in the middle of it.

use std::time::Duration;

use base::{JourneyId, LegId, OperatorId, Timestamp};
use routing::{
    Consult, Fact, Journey, LegFailure, OperatorState, Outcome, Party, Reason, Record, RequestKind, TransferTarget,
};

use crate::{Judge, Random, Step, Verdict, World, calling_back};

/// Callers: mobiles, two of whom share a factory's line often enough to be found out, and fixed lines.
const NUMBERS: [&str; 9] = [
    "13800000001",
    "13800000002",
    "13800000003",
    "13800000004",
    "13800000005",
    "13800000006",
    "13800000007",
    "076922345678",
    "075512345678",
];
const DESKS: [(&str, &[&str]); 4] =
    [("chen", &["zh-CN"]), ("hua", &["yue"]), ("li", &["zh-CN", "yue"]), ("mei", &["zh-CN", "yue", "en"])];
const PHONE: &str = "desk1";
/// What a journey, a wrap-up or a grace can last at most, and more.
const LONG: Duration = Duration::from_secs(3600);

/// A walk that came to its end.
#[derive(Debug)]
pub struct Walked {
    /// Where it ended.
    pub world: World,
    /// Every step of it.
    pub steps: Vec<Step>,
    /// Obligations opened, and kept.
    pub tally: (u64, u64),
}

/// A walk that broke a rule.
#[derive(Debug, thiserror::Error)]
#[error("seed {seed}, move {at}: {verdict}")]
pub struct Stray {
    /// Begins the same walk again.
    pub seed: u64,
    /// How far it came.
    pub at: usize,
    /// What was broken.
    pub verdict: Verdict,
    /// What was written until then.
    pub journal: Vec<Record>,
}

/// Walks this many moves from a seed; every step of the way is judged.
pub fn walk(seed: u64, moves: usize) -> Result<Walked, Stray> {
    walked(Walk::new(seed), seed, moves)
}

/// The same, but operators ask their colleagues, bring all three together, and hand over. Apart, so that a seed that found something in the
/// other goes on finding it.
pub fn walk_asking(seed: u64, moves: usize) -> Result<Walked, Stray> {
    walked(Walk { asking: true, ..Walk::new(seed) }, seed, moves)
}

fn walked(mut walk: Walk, seed: u64, moves: usize) -> Result<Walked, Stray> {
    for at in 0..moves {
        walk.a_move();
        if let Err(verdict) = walk.judged() {
            return Err(walk.stray(seed, at, verdict));
        }
    }
    walk.everyone_leaves();
    if let Err(verdict) = walk.judged().and_then(|()| walk.judge.finish(walk.world.now().utc)) {
        return Err(walk.stray(seed, moves, verdict));
    }
    Ok(Walked { tally: walk.judge.tally(), world: walk.world, steps: walk.steps })
}

struct Walk {
    random: Random,
    world: World,
    judge: Judge,
    steps: Vec<Step>,
    callers: Vec<LegId>,
    asking: bool,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let settings = calling_back(&[PHONE]);
        let mut judge = Judge::new(&settings);
        NUMBERS.iter().for_each(|number| judge.keep_secret(number));
        let mut random = Random::new(seed);
        // Any hour of a day, closed or open.
        let hour = i64::try_from(random.below(24 * 3600)).unwrap_or(0);
        let utc = Timestamp::from_second(1_795_000_000 + hour).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut world = World::new(settings, utc);
        DESKS.iter().for_each(|(name, languages)| world.hire(name, languages));
        Walk { random, world, judge, steps: Vec::new(), callers: Vec::new(), asking: false }
    }

    fn stray(self, seed: u64, at: usize, verdict: Verdict) -> Stray {
        Stray { seed, at, verdict, journal: self.world.journal().to_vec() }
    }

    fn judged(&mut self) -> Result<(), Verdict> {
        for step in self.world.take_steps() {
            self.judge.step(&step)?;
            self.steps.push(step);
        }
        self.judge.board(self.world.board())
    }

    fn a_move(&mut self) {
        match self.random.below(100) {
            0..14 => self.calls(),
            14..36 => self.presses(),
            36..44 => self.leaves(),
            44..58 => self.time_passes(),
            58..64 => self.opens_desk(),
            64..72 => self.asks(RequestKind::Ready {}),
            72..82 => self.accepts(),
            85..91 if self.asking => self.consults(),
            82..91 => self.wishes(),
            91..94 => self.desk_faults(),
            94..96 => self.caller_goes_quiet(),
            96..99 => self.phone_answers(),
            _ => self.engine_dies(),
        }
    }

    fn calls(&mut self) {
        let number = self.random.pick(&NUMBERS).unwrap_or(NUMBERS[0]);
        let to = if self.random.below(12) == 0 { "4008169589" } else { "4008169580" };
        self.callers.push(self.world.call(number, to));
    }

    fn caller(&mut self) -> Option<LegId> {
        let boards: Vec<LegId> = self.world.board().journeys().map(|(_, journey)| journey.leg).collect();
        self.callers.retain(|leg| boards.contains(leg));
        self.random.pick(&self.callers)
    }

    fn presses(&mut self) {
        let digit = self.random.pick(&['1', '1', '1', '1', '2', '3', '0', '9', '*', '7']).unwrap_or('1');
        if let Some(leg) = self.caller() {
            self.world.fact(Fact::Digit { leg, digit });
        }
    }

    fn leaves(&mut self) {
        let by = self.random.pick(&[Party::Caller, Party::Caller, Party::Caller, Party::Trunk]);
        if let (Some(leg), Some(by)) = (self.caller(), by) {
            self.world.leave(leg, by);
        }
    }

    fn time_passes(&mut self) {
        let span = match self.random.below(10) {
            0..3 => Duration::from_millis(self.random.below(1000)),
            3..7 => Duration::from_secs(self.random.below(20)),
            7..9 => Duration::from_secs(self.random.below(120)),
            _ => Duration::from_secs(self.random.below(1800)),
        };
        self.world.pass(span);
    }

    fn someone(&mut self) -> &'static str {
        self.random.pick(&DESKS).map_or("li", |(name, _)| name)
    }

    fn opens_desk(&mut self) {
        let name = self.someone();
        self.world.open_desk(name);
    }

    fn asks(&mut self, kind: RequestKind) {
        let name = self.someone();
        self.world.ask(name, kind);
    }

    fn accepts(&mut self) {
        let rung = DESKS.iter().find_map(|(name, _)| Some((*name, self.world.offer_at(name)?)));
        if let Some((name, offer)) = rung {
            self.world.ask(name, RequestKind::Accept { offer });
        }
    }

    fn wishes(&mut self) {
        let name = self.someone();
        let offer = self.world.offer_at(name);
        let outcome = |outcome| RequestKind::Outcome { outcome };
        let kind = match self.random.below(9) {
            0 => RequestKind::NotReady { reason: Reason::new("rest") },
            1 => RequestKind::EndShift {},
            2 => RequestKind::HangUp {},
            3 => RequestKind::Hold { on: self.random.below(2) == 0 },
            4 => outcome(Outcome::Spoken),
            5 => outcome(Outcome::NotSpoken),
            6 => RequestKind::FinishWrapUp {},
            7 => RequestKind::ExtendWrapUp {},
            _ => match offer {
                Some(offer) => RequestKind::Decline { offer, reason: Reason::new("not_now") },
                None => RequestKind::Mute { on: true },
            },
        };
        self.world.ask(name, kind);
    }

    /// Of those who talk someone asks a colleague who is free, and goes on with it for a while.
    fn consults(&mut self) {
        let talks: Vec<JourneyId> =
            self.world.board().journeys().filter(|(_, journey)| journey.talk().is_some()).map(|(id, _)| id).collect();
        let Some(id) = self.random.pick(&talks) else { return };
        for _ in 0..=self.random.below(6) {
            let Some(talk) = self.world.board().journey(id).and_then(Journey::talk).cloned() else { return };
            let kind = match talk.consult {
                None => match self.free() {
                    Some(operator) => RequestKind::Consult { to: TransferTarget::Operator { operator } },
                    None => return,
                },
                Some(Consult { answered: false, colleague: Some(colleague), offer: Some(offer), .. }) => {
                    self.world.ask(&colleague.0, RequestKind::Accept { offer });
                    continue;
                }
                Some(_) => self.goes_on(),
            };
            self.world.ask(&talk.operator.0, kind);
        }
    }

    fn free(&mut self) -> Option<OperatorId> {
        let ready = |state: &OperatorState| matches!(state, OperatorState::Ready { .. });
        let operators = self.world.board().operators();
        let free: Vec<OperatorId> = operators.filter(|(_, it)| ready(&it.state)).map(|(id, _)| id.clone()).collect();
        self.random.pick(&free)
    }

    fn goes_on(&mut self) -> RequestKind {
        match self.random.below(8) {
            0..2 => RequestKind::SwapConsult {},
            2..5 => RequestKind::Conference {},
            5 => RequestKind::CancelConsult {},
            6 => RequestKind::Hold { on: self.random.below(2) == 0 },
            _ => RequestKind::CompleteConsult {},
        }
    }

    fn desk_faults(&mut self) {
        let name = self.someone();
        let Some(leg) = self.world.desk(name) else { return };
        match self.random.below(5) {
            0 => self.world.leave(leg, Party::Operator),
            1 => self.world.socket(name, false),
            2 => self.world.socket(name, true),
            3 => self.world.hush(leg, true),
            _ => self.world.hush(leg, false),
        }
    }

    fn caller_goes_quiet(&mut self) {
        let quiet = self.random.below(2) == 0;
        if let Some(leg) = self.caller() {
            self.world.hush(leg, quiet);
        }
    }

    fn phone_answers(&mut self) {
        let Some(leg) = self.random.pick(&self.world.media.dialled()) else { return };
        match self.random.below(4) {
            0 => self.world.fact(Fact::LegFailed { leg, failure: LegFailure::Refused }),
            1 => self.world.leave(leg, Party::Operator),
            _ => self.world.fact(Fact::LegUp { leg }),
        }
    }

    fn engine_dies(&mut self) {
        if self.random.below(2) == 0 {
            return self.world.restart();
        }
        let number = self.random.pick(&NUMBERS).unwrap_or(NUMBERS[0]);
        let (_, input) = self.world.invite(number, "4008169580");
        let kept = usize::try_from(self.random.below(6)).unwrap_or(0);
        self.world.tell_and_die(input, kept);
    }

    fn everyone_leaves(&mut self) {
        let under_way: Vec<LegId> = self.world.board().journeys().map(|(_, journey)| journey.leg).collect();
        for leg in under_way {
            self.world.leave(leg, Party::Caller);
        }
        self.world.pass(LONG);
    }
}
