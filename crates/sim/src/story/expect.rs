use std::time::Duration;

use base::{ObligationId, OperatorId, Timestamp};
use routing::{Event, OperatorState, Progress, Source};

use super::play::Play;
use super::sentence::Expected;

/// How long an expectation may take to come true: longer than a network, shorter than anything that is decided by a timer of seconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the longest prompt may last.
const PROMPT: Duration = Duration::from_secs(60);

impl Play {
    pub(super) fn expect(&mut self, expected: &Expected) -> Result<(), String> {
        match expected {
            Expected::TalkFor(span) => {
                self.world.pass(*span);
                self.now_is(&Expected::Talks)
            }
            Expected::HearsOut(prompt) => {
                self.comes_true(PATIENCE, &Expected::Hears(prompt.clone()))?;
                let leg = self.leg()?;
                let end = self.world.now().mono + PROMPT;
                while self.world.media.hears(leg, prompt) && self.world.happen(end) {}
                if self.world.media.hears(leg, prompt) { Err(format!("`{prompt}` has no end")) } else { Ok(()) }
            }
            Expected::Hears(_)
            | Expected::HearsMusic
            | Expected::HearsOnly { .. }
            | Expected::Waits
            | Expected::WaitsNoMore
            | Expected::Talks
            | Expected::Promised
            | Expected::PacketsFlow
            | Expected::Rings { .. }
            | Expected::RingsNot { .. }
            | Expected::ReadyAsBefore { .. }
            | Expected::NotReady { .. }
            | Expected::WrapsUp { .. }
            | Expected::Discharged { .. }
            | Expected::Open { .. }
            | Expected::InHand
            | Expected::OpenCount(_)
            | Expected::Ended { .. }
            | Expected::Byes(_)
            | Expected::Recorded { .. } => self.comes_true(PATIENCE, expected),
        }
    }

    /// Lets things happen until it is true. Time stands where it came true.
    fn comes_true(&mut self, patience: Duration, expected: &Expected) -> Result<(), String> {
        let end = self.world.now().mono + patience;
        loop {
            let Err(why) = self.now_is(expected) else { return Ok(()) };
            if !self.world.happen(end) {
                return Err(why);
            }
        }
    }

    fn now_is(&self, expected: &Expected) -> Result<(), String> {
        let (is, seen) = self.seen(expected)?;
        if is { Ok(()) } else { Err(format!("expected {expected:?}, but {seen}")) }
    }

    /// Whether it is true, and what is seen instead.
    fn seen(&self, expected: &Expected) -> Result<(bool, String), String> {
        Ok(match expected {
            Expected::Hears(prompt) => {
                let leg = self.leg()?;
                (self.world.media.hears(leg, prompt), format!("the caller is in {:?}", self.progress()?))
            }
            Expected::HearsMusic => {
                let heard = self.world.media.heard_by(self.leg()?);
                (matches!(heard, [Source::Music(_)]), format!("the caller hears {heard:?}"))
            }
            Expected::HearsOnly { who, others } => {
                let heard = self.world.media.heard_by(self.leg_of(who)?);
                let legs = others.iter().map(|other| self.leg_of(other)).collect::<Result<Vec<_>, _>>()?;
                let all = legs.iter().all(|leg| heard.contains(&Source::Leg(*leg)));
                (all && heard.len() == legs.len(), format!("{who} hears {heard:?}"))
            }
            Expected::Waits => self.is_in(&[Progress::Waiting, Progress::Ringing])?,
            Expected::WaitsNoMore => {
                let progress = self.progress()?;
                (matches!(progress, Some(Progress::Ended { .. })), format!("the caller is in {progress:?}"))
            }
            Expected::Talks => self.is_in(&[Progress::Talking])?,
            Expected::Promised => {
                let id = self.journey()?;
                let heard = |event: &Event| matches!(event, Event::NoticeHeard { journey, .. } if *journey == id);
                (self.events().any(heard), "they were not".to_owned())
            }
            Expected::PacketsFlow => {
                let id = self.journey()?;
                let both = |event: &Event| matches!(event, Event::Conversing { journey, .. } if *journey == id);
                (self.events().any(both), "no audio both ways was seen".to_owned())
            }
            Expected::Rings { name } => {
                let rung = self.world.board().offer(&OperatorId(name.clone())).map(|(_, journey, _)| journey.leg);
                (rung == Some(self.leg()?), format!("what rings there is {rung:?}"))
            }
            Expected::RingsNot { name } => (self.world.offer_at(name).is_none(), "it rings".to_owned()),
            Expected::ReadyAsBefore { name } => self.ready_as_before(name),
            Expected::NotReady { name, reason } => {
                let state = self.state(name);
                let is = matches!(&state, Some(OperatorState::NotReady { reason: why }) if why.0 == *reason);
                (is, format!("their state is {state:?}"))
            }
            Expected::WrapsUp { name } => {
                let state = self.state(name);
                (matches!(state, Some(OperatorState::WrapUp { .. })), format!("their state is {state:?}"))
            }
            Expected::Discharged { reason } => {
                let discharged = self.discharged(self.obligation()?);
                (discharged.as_ref() == Some(reason), format!("it is discharged because of {discharged:?}"))
            }
            Expected::Open { reason } => {
                let owed = self.owed()?;
                (matches!(&owed, Some((why, false)) if why == reason), format!("what is owed is {owed:?}"))
            }
            Expected::InHand => (matches!(self.owed()?, Some((_, true))), "it is not".to_owned()),
            Expected::OpenCount(count) => {
                let owed = self.world.board().obligations().count();
                (owed == *count, format!("{owed} are"))
            }
            Expected::Ended { cause, by } => {
                let ended = self.ended()?;
                (ended.as_ref() == Some(&(cause.clone(), by.clone())), format!("it ended {ended:?}"))
            }
            Expected::Byes(count) => (self.world.media.byes() == *count, format!("{} do", self.world.media.byes())),
            Expected::Recorded { count, kind } => {
                let recorded = self.events().filter(|event| kind_of(event).as_deref() == Some(kind)).count();
                (recorded == *count, format!("it has {recorded}"))
            }
            Expected::TalkFor(_) | Expected::HearsOut(_) => (false, "it takes time".to_owned()),
        })
    }

    fn progress(&self) -> Result<Option<Progress>, String> {
        Ok(self.world.board().progress(self.leg()?))
    }

    fn is_in(&self, one_of: &[Progress]) -> Result<(bool, String), String> {
        let progress = self.progress()?;
        Ok((progress.is_some_and(|is| one_of.contains(&is)), format!("the caller is in {progress:?}")))
    }

    /// Ready, and in the place among the ready that they had before the last offer.
    fn ready_as_before(&self, name: &str) -> (bool, String) {
        let mut sinces = self.events().rev().filter_map(|event| ready_since(event, name));
        let (now, before) = (sinces.next(), sinces.next());
        let ready = matches!(self.state(name), Some(OperatorState::Ready { .. }));
        (ready && now == before, format!("ready since {now:?}, before that since {before:?}"))
    }

    /// The obligation of the journey that it is about.
    fn obligation(&self) -> Result<ObligationId, String> {
        let id = self.journey()?;
        let theirs = |event: &Event| {
            let (Event::ObligationOpened { obligation, journey, .. } | Event::ObligationJoined { obligation, journey }) =
                event
            else {
                return None;
            };
            (*journey == id).then_some(*obligation)
        };
        self.events().rev().find_map(theirs).ok_or_else(|| "nothing was ever owed".to_owned())
    }

    fn discharged(&self, id: ObligationId) -> Option<String> {
        self.events().rev().find_map(|event| {
            let Event::ObligationDischarged { obligation, reason, .. } = event else { return None };
            (*obligation == id).then(|| reason.0.to_string())
        })
    }

    /// Why it is owed, and whether it is in hand.
    fn owed(&self) -> Result<Option<(String, bool)>, String> {
        let id = self.obligation()?;
        let owed = self.world.board().obligations().find(|(open, _)| *open == id);
        Ok(owed.map(|(_, owed)| (owed.reason.0.to_string(), owed.owed != routing::Owed::Open)))
    }

    fn ended(&self) -> Result<Option<(String, String)>, String> {
        let id = self.journey()?;
        let end = self.events().find_map(|event| {
            let Event::Ended { journey, cause, by } = event else { return None };
            (*journey == id).then_some((cause.word(), by))
        });
        Ok(end.map(|(cause, by)| (cause.to_owned(), format!("{by:?}").to_lowercase())))
    }
}

fn ready_since(event: &Event, name: &str) -> Option<Timestamp> {
    let Event::OperatorChanged { operator, state: OperatorState::Ready { since }, .. } = event else { return None };
    (operator.0 == name).then_some(*since)
}

/// The type of an event, as it stands in the journal.
fn kind_of(event: &Event) -> Option<String> {
    let json = serde_json::to_value(event).ok()?;
    json.get("type")?.as_str().map(str::to_owned)
}
