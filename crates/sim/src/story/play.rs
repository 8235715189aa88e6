use std::collections::BTreeMap;
use std::time::Duration;

use base::{JourneyId, LegId, OperatorId, Timestamp};
use jiff::tz::TimeZone;
use routing::{Event, OperatorState, Party, Reason, RequestKind, TransferTarget};

use super::sentence::Sentence;
use crate::{Judge, World, shipped};

/// A story that happens: the world, who watches it, and whom it is about.
#[derive(Debug)]
pub(super) struct Play {
    pub(super) world: World,
    judge: Judge,
    /// The last leg of each caller.
    legs: BTreeMap<String, LegId>,
    /// Whom it is about.
    caller: Option<String>,
}

impl Play {
    pub(super) fn new(begins: Timestamp) -> Self {
        let settings = shipped(&[]);
        let judge = Judge::new(&settings);
        Play { world: World::new(settings, begins), judge, legs: BTreeMap::new(), caller: None }
    }

    pub(super) fn sentence(&mut self, sentence: &Sentence) -> Result<(), String> {
        self.happens(sentence)?;
        self.judged()
    }

    /// What the judge says of the steps since the last look.
    pub(super) fn judged(&mut self) -> Result<(), String> {
        for step in self.world.take_steps() {
            self.judge.step(&step).map_err(|verdict| verdict.to_string())?;
        }
        self.judge.board(self.world.board()).map_err(|verdict| verdict.to_string())
    }

    fn happens(&mut self, sentence: &Sentence) -> Result<(), String> {
        match sentence {
            Sentence::At(_) => return Err("a story begins once".to_owned()),
            Sentence::Pass(span) => self.world.pass(*span),
            Sentence::ClockReaches(time) => self.reach(*time)?,
            Sentence::Ready { name, languages } => self.ready(name, languages)?,
            Sentence::Break { name } => self.ask(name, RequestKind::NotReady { reason: Reason::new("rest") })?,
            Sentence::Call { from, to } => {
                self.legs.insert(from.clone(), self.world.call(from, to));
                self.caller = Some(from.clone());
            }
            Sentence::About { number } => {
                self.caller = Some(number.clone());
                self.leg()?;
            }
            Sentence::Press(digit) => {
                let (leg, digit) = (self.leg()?, *digit);
                self.world.fact(routing::Fact::Digit { leg, digit });
            }
            Sentence::CallerHangsUp => self.world.leave(self.leg()?, Party::Caller),
            Sentence::TrunkCutsOff => self.world.leave(self.leg()?, Party::Trunk),
            Sentence::Answer { name } => {
                let offer = self.offer(name)?;
                self.ask(name, RequestKind::Accept { offer })?;
            }
            Sentence::Decline { name } => {
                let offer = self.offer(name)?;
                self.ask(name, RequestKind::Decline { offer, reason: Reason::new("not_now") })?;
            }
            Sentence::HangUp { name } => self.ask(name, RequestKind::HangUp {})?,
            Sentence::Says { name, outcome } => self.ask(name, RequestKind::Outcome { outcome: *outcome })?,
            Sentence::FinishesWrapUp { name } => self.ask(name, RequestKind::FinishWrapUp {})?,
            Sentence::GoesQuiet { name } => {
                let leg = self.leg_of(name)?;
                self.world.hush(leg, true);
            }
            Sentence::Reloads { name } => {
                let gone = self.desk(name)?;
                self.world.hush(gone, true);
                self.world.socket(name, false);
                self.world.pass(Duration::from_secs(1));
                self.world.open_desk(name);
            }
            Sentence::AsksColleague { name, colleague } => {
                let operator = OperatorId(colleague.clone());
                self.ask(name, RequestKind::Consult { to: TransferTarget::Operator { operator } })?;
            }
            Sentence::Asks { name, kind } => self.ask(name, kind.clone())?,
            Sentence::EngineLost => self.world.restart(),
            Sentence::Expect(expected) => self.expect(expected)?,
        }
        Ok(())
    }

    fn ready(&mut self, name: &str, languages: &[String]) -> Result<(), String> {
        let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
        self.world.hire(name, &languages);
        if self.world.desk(name).is_none() {
            self.world.open_desk(name);
        }
        // Whoever was silent speaks again before they say that they are ready.
        self.world.hush(self.desk(name)?, false);
        self.world.pass(Duration::from_millis(20));
        self.ask(name, RequestKind::Ready {})
    }

    fn ask(&mut self, name: &str, kind: RequestKind) -> Result<(), String> {
        match self.world.ask(name, kind) {
            Some(Ok(_)) => Ok(()),
            Some(Err(why)) => Err(format!("{name} was told: {why}")),
            None => Err(format!("{name} got no reply")),
        }
    }

    fn reach(&mut self, time: jiff::civil::Time) -> Result<(), String> {
        let zone = TimeZone::get("Asia/Shanghai").map_err(|why| why.to_string())?;
        let now = self.world.now().utc.to_zoned(zone);
        let then = now.date().to_datetime(time).to_zoned(now.time_zone().clone()).map_err(|why| why.to_string())?;
        let span = Duration::try_from(then.timestamp().duration_since(now.timestamp()));
        self.world.pass(span.map_err(|_| format!("it is past {time} already"))?);
        Ok(())
    }

    fn offer(&self, name: &str) -> Result<base::OfferId, String> {
        self.world.offer_at(name).ok_or_else(|| format!("nothing rings at {name}"))
    }

    /// The leg of `caller`, or an operator's.
    pub(super) fn leg_of(&self, name: &str) -> Result<LegId, String> {
        if name == "caller" { self.leg() } else { self.desk(name) }
    }

    fn desk(&self, name: &str) -> Result<LegId, String> {
        self.world.desk(name).ok_or_else(|| format!("{name} has no desk"))
    }

    pub(super) fn leg(&self) -> Result<LegId, String> {
        let number = self.caller.as_ref().ok_or("nobody has called yet")?;
        self.legs.get(number).copied().ok_or_else(|| "this caller has not called yet".to_owned())
    }

    /// The journey that it is about.
    pub(super) fn journey(&self) -> Result<JourneyId, String> {
        let theirs = self.leg()?;
        let opened = self.events().find_map(|event| {
            let Event::JourneyOpened { journey, leg, .. } = event else { return None };
            (*leg == theirs).then_some(*journey)
        });
        opened.ok_or_else(|| "no journey was opened".to_owned())
    }

    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.world.journal().iter().map(|record| &record.event)
    }

    pub(super) fn state(&self, name: &str) -> Option<OperatorState> {
        self.world.board().operator(&OperatorId(name.to_owned())).map(|operator| operator.state.clone())
    }
}
