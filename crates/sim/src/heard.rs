//! One caller, from the first ring on: what they hear, step by step, and what was decided and why.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use base::{LegId, Timestamp};
use routing::{Command, Event, HangUpReason, Language, Party, RequestKind, Say, Settings, Source, Stage};

use crate::{Step, Told, World};

/// Operators are at their desks for so long before the call.
const BEFORE: Duration = Duration::from_secs(60);
/// A caller presses a key so long after the words before it.
const PRESSES_AFTER: Duration = Duration::from_millis(500);
/// An operator answers after this.
const ANSWERS_AFTER: Duration = Duration::from_secs(3);
/// Nobody listens longer.
const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// Who calls, when, and who is there.
#[derive(Clone, Debug)]
pub struct Call {
    /// The moment of the INVITE.
    pub at: Timestamp,
    /// As the trunk shows it; empty: withheld.
    pub number: String,
    /// One of our numbers.
    pub dialled: String,
    /// Keys, each pressed when the words before it have been said.
    pub keys: Vec<char>,
    /// Operators at ready desks, with the languages that they speak.
    pub operators: Vec<(String, Vec<String>)>,
    /// How long recordings last, by `<language>/<name>`.
    pub lengths: BTreeMap<String, Duration>,
}

/// Something that happens to the caller.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When.
    pub utc: Timestamp,
    /// What.
    pub what: What,
}

/// What can happen to them.
#[derive(Clone, Debug)]
pub enum What {
    /// Something was decided, or learnt.
    Decided(Event),
    /// They hear these recordings.
    Says(Language, Vec<Say>),
    /// They hear music of this name.
    Music(String),
    /// They press a key.
    Presses(char),
    /// We hang up, or refuse the call.
    HungUp(Option<HangUpReason>),
}

/// Plays the call through the very decisions that real calls are decided by, on virtual time.
pub fn hear(settings: Settings, call: &Call) -> Vec<Heard> {
    let start = call.at.checked_sub(jiff::SignedDuration::try_from(BEFORE).unwrap_or_default()).unwrap_or(call.at);
    let mut world = World::new(settings, start);
    world.last_as_long_as(call.lengths.clone());
    for (name, languages) in &call.operators {
        world.hire(name, &languages.iter().map(String::as_str).collect::<Vec<_>>());
        world.open_desk(name);
        world.ask(name, RequestKind::Ready {});
    }
    world.pass(BEFORE);
    world.take_steps();
    let leg = world.call(&call.number, &call.dialled);
    let mut story = Story { leg, heard: Vec::new(), keys: call.keys.iter().copied().collect() };
    let end = world.now().after(LONGEST).mono;
    while !story.is_over(&mut world) && world.now().mono < end {
        story.act(&mut world, call);
        if !world.happen(end) {
            break;
        }
    }
    story.heard
}

struct Story {
    leg: LegId,
    heard: Vec<Heard>,
    keys: VecDeque<char>,
}

impl Story {
    /// Takes down what happened since; whether that was all.
    fn is_over(&mut self, world: &mut World) -> bool {
        for step in world.take_steps() {
            self.take_down(step);
        }
        let talks = |heard: &Heard| matches!(heard.what, What::Decided(Event::Conversing { .. }));
        let over = |heard: &Heard| matches!(heard.what, What::HungUp(_) | What::Decided(Event::Ended { .. }));
        if self.heard.iter().any(over) {
            return true;
        }
        // Put through: what they say is theirs.
        let through = self.heard.iter().any(talks);
        if through {
            world.leave(self.leg, Party::Caller);
            world.take_steps();
        }
        through
    }

    fn take_down(&mut self, step: Step) {
        let utc = step.now.utc;
        if let Told::Input(routing::Input::Fact(routing::Fact::Digit { digit, .. })) = step.told {
            self.heard.push(Heard { utc, what: What::Presses(digit) });
        }
        let decided = step.records.into_iter().map(|record| What::Decided(record.event));
        let done = step.commands.into_iter().filter_map(|command| self.of_command(command));
        let heard: Vec<Heard> = decided.chain(done).map(|what| Heard { utc, what }).collect();
        self.heard.extend(heard);
    }

    fn of_command(&self, command: Command) -> Option<What> {
        match command {
            Command::Play { leg, language, say, .. } if leg == self.leg => Some(What::Says(language, say)),
            Command::Hear { leg, sources } if leg == self.leg => sources.into_iter().find_map(|source| match source {
                Source::Music(name) => Some(What::Music(name.into_owned())),
                Source::Leg(_) => None,
            }),
            Command::HangUp { leg, reason } if leg == self.leg => Some(What::HungUp(Some(reason))),
            Command::Refuse { leg, .. } if leg == self.leg => Some(What::HungUp(None)),
            Command::Play { .. }
            | Command::Hear { .. }
            | Command::HangUp { .. }
            | Command::Refuse { .. }
            | Command::Answer { .. }
            | Command::Dial { .. }
            | Command::SendSealed { .. }
            | Command::StopPlay { .. }
            | Command::Watch { .. }
            | Command::SendDigit { .. }
            | Command::SealContact { .. }
            | Command::Mute { .. }
            | Command::ByeRecovered { .. } => None,
        }
    }

    /// The caller presses the next key where one is waited for; an operator takes what rings.
    fn act(&mut self, world: &mut World, call: &Call) {
        let Some((_, journey)) = world.board().journeys().find(|(_, journey)| journey.leg == self.leg) else { return };
        let listens = matches!(journey.stage, Stage::InFlow { step: Some(_) } | Stage::Waiting);
        let waits = listens && !world.plays_to(self.leg);
        let rung = journey.ringing().map(|ringing| (ringing.operator.0.clone(), ringing.offer));
        if let Some((name, offer)) = rung.filter(|(name, _)| call.operators.iter().any(|(other, _)| other == name)) {
            world.pass(ANSWERS_AFTER);
            world.ask(&name, RequestKind::Accept { offer });
        } else if waits && !self.keys.is_empty() {
            world.pass(PRESSES_AFTER);
            if let Some(digit) = self.keys.pop_front() {
                world.fact(routing::Fact::Digit { leg: self.leg, digit });
            }
        }
    }
}
