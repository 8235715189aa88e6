//! Who is there to call back, stretch by stretch: by the rota, and where none was ever given by a setting, if there are so many operators
//! at all (rule 11).

use base::{OperatorId, Timestamp};
use jiff::SignedDuration;

use super::window::{CallingHours, Window};
use crate::state::State;
use crate::{Queue, Settings, Skill};

/// From one moment to another so many call back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    operators: i64,
}

impl Stretch {
    fn within(self, from: Timestamp, to: Timestamp) -> Option<Stretch> {
        let cut = Stretch { from: self.from.max(from), to: self.to.min(to), ..self };
        (cut.from < cut.to).then_some(cut)
    }

    fn operator_seconds(&self) -> i64 {
        self.to.duration_since(self.from).as_secs().saturating_mul(self.operators)
    }
}

/// The calling hours from now on with those who work in them, looked up as far as they are needed.
pub(super) struct Hands<'a> {
    state: &'a State,
    settings: &'a Settings,
    service: &'a str,
    needs: &'a [Skill],
    ahead: std::iter::Peekable<Box<dyn Iterator<Item = Window> + 'a>>,
    stretches: Vec<Stretch>,
}

impl<'a> Hands<'a> {
    pub(super) fn of(
        state: &'a State,
        settings: &'a Settings,
        (service, needs): (&'a str, &'a [Skill]),
        hours: &'a CallingHours<'a>,
        now: Timestamp,
    ) -> Self {
        let ahead: Box<dyn Iterator<Item = Window>> = Box::new(hours.windows(now, &[]));
        Hands { state, settings, service, needs, ahead: ahead.peekable(), stretches: Vec::new() }
    }

    /// By when one more is called in a stretch of time, of which `before` go first; none: not in this one.
    pub(super) fn by(
        &mut self,
        window: Window,
        before: i64,
        takes: SignedDuration,
        round: impl Fn(Timestamp) -> Timestamp,
    ) -> Option<Timestamp> {
        self.look_up(window.to);
        let served = self.stretches.iter().filter_map(|stretch| stretch.within(Timestamp::MIN, window.from));
        let served = served.map(|stretch| stretch.operator_seconds()).fold(0, i64::saturating_add);
        let mut left = before.saturating_sub(served.checked_div(takes.as_secs()).unwrap_or(0)).max(0);
        for stretch in self.stretches.iter().filter_map(|stretch| stretch.within(window.from, window.to)) {
            // Ours is the one after those that are left; what an operator is at then is finished first.
            let rounds = left.checked_div(stretch.operators).unwrap_or(0).saturating_add(2);
            let span = takes.checked_mul(i32::try_from(rounds).unwrap_or(i32::MAX))?;
            let by = round(stretch.from.checked_add(span).ok()?);
            if by <= stretch.to {
                return Some(by);
            }
            let done = stretch.operator_seconds().checked_div(takes.as_secs()).unwrap_or(0);
            left = left.saturating_sub(done).max(0);
        }
        None
    }

    fn look_up(&mut self, until: Timestamp) {
        while let Some(window) = self.ahead.next_if(|window| window.from < until) {
            let stretches = staffed(self.state, self.settings, (self.service, self.needs), window);
            self.stretches.extend(stretches.into_iter().filter(|stretch| stretch.operators > 0));
        }
    }
}

/// Who works in a window: at desks, for phones at static addresses call nobody back.
fn staffed(state: &State, settings: &Settings, (service, needs): (&str, &[Skill]), window: Window) -> Vec<Stretch> {
    let Window { from, to, .. } = window;
    let at_desk = |id: &&OperatorId| !settings.sip_operators.iter().any(|sip| sip.operator == **id);
    if !state.has_rota() {
        let able = state.able(needs).filter(at_desk).count();
        let operators = i64::from(settings.callbacks.operators).min(i64::try_from(able).unwrap_or(i64::MAX));
        return vec![Stretch { from, to, operators }];
    }
    let covers = state.cover(settings, service, needs, (from, to)).into_iter();
    covers
        .map(|cover| Stretch {
            from: cover.from,
            to: cover.to,
            operators: i64::try_from(cover.operators.iter().filter(at_desk).count()).unwrap_or(i64::MAX),
        })
        .collect()
}

impl State {
    /// Stretches of the calling hours of a service in which nobody would keep a promise, so that callers are told no time: nobody who speaks
    /// its language is planned at a desk, or, without a rota, said to be at one.
    pub(crate) fn unpromised(
        &self,
        settings: &Settings,
        name: &str,
        (from, to): (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, Timestamp)> {
        let Some(service) = settings.services.get(name) else { return Vec::new() };
        let queue = settings.flows.get(&service.flow).and_then(|flow| settings.queues.get(flow.queue.as_ref()?));
        let needs = queue.map(|queue: &Queue| queue.needs(&service.language, None)).unwrap_or_default();
        let hours = CallingHours::of(settings, name);
        let windows = hours.windows(from, &[]).take_while(|window| window.from < to);
        let windows = windows.map(|window| Window { to: window.to.min(to), ..window });
        let stretches = windows.flat_map(|window| staffed(self, settings, (name, &needs), window));
        let empty = stretches.filter(|stretch| stretch.operators == 0);
        empty.map(|stretch| (stretch.from, stretch.to)).collect()
    }
}
