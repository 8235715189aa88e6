//! Is anyone there for those who wait? Else someone is woken, and with nobody on shift at all the way out opens after a while.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, Now, OperatorId};

use super::Abilities;
use crate::journey::Call;
use crate::state::{Line, Operator};
use crate::switchboard::{Switchboard, Timer};
use crate::{Alarm, Crew, Relax, Relaxes, Skill};

/// What there is for all who need the same of the same line.
struct Outlook {
    /// Somebody takes calls of this kind, now or soon.
    served: bool,
    /// Somebody is on shift who will do in the end.
    at_work: bool,
    crew: Crew,
}

/// What is found out about someone who waits.
struct Found {
    id: JourneyId,
    at_work: bool,
    /// Why they wait on, where it is another reason than they were told last.
    news: Option<Crew>,
}

impl Switchboard {
    pub(super) fn watch_the_roster(&mut self, now: Now) {
        let (unserved, found) = self.look_round();
        for Found { id, at_work, news } in found {
            if let Some(crew) = news {
                self.tell_shortage(id, crew, now);
            }
            self.expect_someone(id, at_work, now);
        }
        for queue in unserved.difference(&self.alarmed).cloned().collect::<Vec<_>>() {
            self.alarm(Alarm::NobodyReady { queue });
        }
        self.alarmed = unserved;
    }

    /// The operators are gone through once for each kind of need, not for each who waits.
    fn look_round(&self) -> (BTreeSet<String>, Vec<Found>) {
        let (mut unserved, mut found) = (BTreeSet::new(), Vec::new());
        let mut outlooks = BTreeMap::new();
        for id in self.state.waiting() {
            let Some((call, line)) = self.stands(id) else { continue };
            let kind = (call.settings.version.as_str(), line.queue.as_str(), line.skills.as_slice());
            let outlook = outlooks.entry(kind).or_insert_with(|| self.outlook(call, line));
            if !outlook.served {
                unserved.insert(line.queue.clone());
            }
            let own =
                (!call.skips.is_empty()).then(|| self.crew_for(line, |operator| call.skips.contains_key(operator)));
            let crew = own.as_ref().unwrap_or(&outlook.crew);
            let news = (call.shortage != Some(crew.shortage())).then(|| crew.clone());
            found.push(Found { id, at_work: outlook.at_work, news });
        }
        (unserved, found)
    }

    fn outlook(&self, call: &Call, line: &Line) -> Outlook {
        let at_last = |may: fn(&Relax) -> bool| {
            let queue = call.settings.queues.get(&line.queue);
            queue.map_or_else(|| line.skills.clone(), |queue| queue.needs_at_last(&line.skills, may))
        };
        // What is soon no longer insisted on is no reason to give up; a language that nobody speaks is one to wake somebody.
        let (soon, at_last) = (at_last(|step| step.what != Relaxes::Language), at_last(|_| true));
        Outlook {
            served: self.anyone(&line.queue, &soon, |id| self.takes_calls(id)),
            at_work: self
                .anyone(&line.queue, &at_last, |id| self.state.operators.get(id).is_some_and(Operator::on_shift)),
            crew: self.crew_for(line, |_| false),
        }
    }

    pub(super) fn anyone(&self, queue: &str, needs: &[Skill], is: impl Fn(&OperatorId) -> bool) -> bool {
        let fits = |abilities: Abilities<'_>| abilities.fits_needs(queue, needs);
        self.state.operators.keys().any(|id| is(id) && self.abilities(id).is_some_and(fits))
    }

    fn expect_someone(&mut self, id: JourneyId, at_work: bool, now: Now) {
        let (timer, after) = (Timer::Nobody(id), self.queue_of(id).map(|queue| queue.nobody_after));
        match (at_work, self.timers.get(&timer), after) {
            (true, Some(_), _) => {
                self.timers.cancel(&timer);
            }
            (false, None, Some(after)) => self.timers.set(timer, now.mono + after),
            (true, None, _) | (false, Some(_), _) | (false, None, None) => {}
        }
    }
}
