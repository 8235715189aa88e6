//! Who works when: each operator's hours by weekday and by date, and who is planned for a line.

use std::collections::{BTreeMap, BTreeSet};

use base::{OperatorId, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};

use crate::state::{Account, State};
use crate::{Hours, ServiceHours, Settings, Skill};

/// The most days that are otherwise in one operator's rota.
const MOST_DAYS: usize = 1000;

/// One operator's working hours. Hours past midnight are two lines, the first to 24:00.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota {
    /// Every week, Monday first.
    pub week: [Vec<Hours>; 7],
    /// Days that are otherwise; empty: away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<Date, Vec<Hours>>,
}

/// Who is planned from one moment to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// First moment.
    pub from: Timestamp,
    /// First moment after.
    pub to: Timestamp,
    /// By name; nobody: a gap.
    pub operators: BTreeSet<OperatorId>,
}

impl Rota {
    /// The hours of a day.
    pub fn hours_on(&self, day: Date) -> &[Hours] {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        let weekly = || self.week.get(weekday).map_or(&[] as &[Hours], Vec::as_slice);
        self.days.get(&day).map_or_else(weekly, Vec::as_slice)
    }

    /// Puts each day's hours in order; false where some overlap or touch, or there are too many days.
    pub fn put_in_order(&mut self) -> bool {
        let days = self.days.len() <= MOST_DAYS;
        self.week.iter_mut().chain(self.days.values_mut()).all(|hours| Hours::in_order(hours).is_none()) && days
    }

    /// Nobody works by it.
    pub fn is_empty(&self) -> bool {
        self.week.iter().chain(self.days.values()).all(Vec::is_empty)
    }

    /// Working stretches within two moments.
    fn stretches(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let (first, last) = (from.to_zoned(zone.clone()).date(), to.to_zoned(zone.clone()).date());
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let hours = days.flat_map(|day| {
            self.hours_on(day).iter().map(move |hours| (day.to_datetime(hours.from), hours.to.on(day)))
        });
        let moments =
            hours.filter_map(|(begin, end)| Some((moment(zone, begin)?.max(from), moment(zone, end)?.min(to))));
        moments.filter(|(begin, end)| begin < end).collect()
    }
}

fn moment(zone: &TimeZone, civil: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_zoned(civil).compatible().ok().map(|zoned| zoned.timestamp())
}

/// Who works from one moment to another, stretch by stretch, without a gap between them.
fn cover<'a>(
    rotas: impl Iterator<Item = (&'a OperatorId, &'a Rota)>,
    always: &BTreeSet<OperatorId>,
    zone: &TimeZone,
    (from, to): (Timestamp, Timestamp),
) -> Vec<Cover> {
    let stretches: Vec<(&OperatorId, Timestamp, Timestamp)> = rotas
        .flat_map(|(id, rota)| rota.stretches(zone, from, to).into_iter().map(move |(begin, end)| (id, begin, end)))
        .collect();
    let edges = stretches.iter().flat_map(|(_, begin, end)| [*begin, *end]);
    let edges: BTreeSet<Timestamp> = edges.chain([from, to]).collect();
    let edges: Vec<Timestamp> = edges.into_iter().filter(|at| *at >= from && *at <= to).collect();
    let mut covers: Vec<Cover> = Vec::new();
    for pair in edges.windows(2) {
        let [begin, end] = pair else { continue };
        let working = stretches.iter().filter(|(_, from, to)| from <= begin && end <= to);
        let operators: BTreeSet<OperatorId> =
            working.map(|(id, _, _)| (*id).clone()).chain(always.iter().cloned()).collect();
        match covers.last_mut().filter(|last| last.operators == operators) {
            Some(last) => last.to = *end,
            None => covers.push(Cover { from: *begin, to: *end, operators }),
        }
    }
    covers
}

/// Whether these skills are enough; whoever is bound to queues serves no other.
fn can(own: &[Skill], needs: &[Skill]) -> bool {
    let mut bound = own.iter().filter(|skill| skill.is_queue()).peekable();
    let takes = bound.peek().is_none() || bound.any(|skill| needs.contains(skill));
    takes && needs.iter().all(|need| own.iter().any(|own| own.meets(need)))
}

impl State {
    /// Who is planned for a service and has these skills, from one moment to another; operators at static SIP addresses always are.
    pub(crate) fn cover(
        &self,
        settings: &Settings,
        service: &str,
        skills: &[Skill],
        span: (Timestamp, Timestamp),
    ) -> Vec<Cover> {
        let able: BTreeSet<&OperatorId> = self.able(skills).collect();
        let phones = settings.sip_operators.iter().filter(|sip| can(&sip.skills, skills));
        let always = phones.map(|sip| sip.operator.clone());
        let zone = settings.zone_of(service);
        cover(self.rotas.iter().filter(|(id, _)| able.contains(id)), &always.collect(), &zone, span)
    }

    /// Everyone with an account who may take calls and has these skills.
    pub(crate) fn able(&self, skills: &[Skill]) -> impl Iterator<Item = &OperatorId> {
        let works = |account: &Account| account.works() && can(&account.user.skills, skills);
        self.accounts.iter().filter(move |(_, account)| works(account)).map(|(id, _)| id)
    }

    /// Whether anybody's working hours are known.
    pub(crate) fn has_rota(&self) -> bool {
        self.rotas.values().any(|rota| !rota.is_empty())
    }

    /// Stretches in which a service is open and nobody is planned; none where no rota was ever given.
    pub(crate) fn unplanned(
        &self,
        settings: &Settings,
        service: &str,
        span: (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, Timestamp)> {
        let hours = ServiceHours::of(settings, service, self.switched.get(service));
        let open = hours.filter(|_| !self.rotas.is_empty()).map(|hours| hours.open_between(span.0, span.1));
        let gaps = self.cover(settings, service, &[], span).into_iter().filter(|cover| cover.operators.is_empty());
        let gaps: Vec<Cover> = gaps.collect();
        let both = |(open, until): (Timestamp, Timestamp)| {
            let within = gaps.iter().map(move |gap| (gap.from.max(open), gap.to.min(until)));
            within.filter(|(from, to)| from < to).collect::<Vec<_>>()
        };
        open.into_iter().flatten().flat_map(both).collect()
    }
}

/// How far ahead somebody should be planned for every open hour.
pub const PLANNED_AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Vec<Hours> {
        text.split_whitespace().map(|hours| hours.parse().unwrap()).collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn show(covers: &[Cover], zone: &TimeZone) -> Vec<String> {
        let line = |cover: &Cover| {
            let time = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%d %H:%M").to_string();
            let names: Vec<&str> = cover.operators.iter().map(|id| id.0.as_str()).collect();
            format!("{}–{} {}", time(cover.from), time(cover.to), names.join(" "))
        };
        covers.iter().map(line).collect()
    }

    #[test]
    fn a_day_is_covered_stretch_by_stretch() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let (li, mei) = (OperatorId("li".to_owned()), OperatorId("mei".to_owned()));
        let mut rotas = BTreeMap::from([(li, Rota::default()), (mei.clone(), Rota::default())]);
        for rota in rotas.values_mut() {
            rota.week[2] = hours("09:00-15:00");
        }
        rotas.get_mut(&mei).unwrap().week[2] = hours("12:00-14:00 15:00-24:00");
        rotas.get_mut(&mei).unwrap().week[3] = hours("00:00-02:00");
        rotas.get_mut(&mei).unwrap().days.insert("2026-03-11".parse().unwrap(), Vec::new());
        let span = |from, to| (at(from), at(to));
        let shown = |span| show(&cover(rotas.iter(), &BTreeSet::new(), &zone, span), &zone);
        assert_eq!(
            shown(span("2026-03-04T08:00:00+08:00", "2026-03-05T08:00:00+08:00")),
            [
                "04 08:00–04 09:00 ",
                "04 09:00–04 12:00 li",
                "04 12:00–04 14:00 li mei",
                "04 14:00–04 15:00 li",
                "04 15:00–05 02:00 mei",
                "05 02:00–05 08:00 ",
            ]
        );
        assert_eq!(shown(span("2026-03-04T13:00:00+08:00", "2026-03-04T13:30:00+08:00")), ["04 13:00–04 13:30 li mei"]);
        let away = shown(span("2026-03-11T12:00:00+08:00", "2026-03-11T14:00:00+08:00"));
        assert_eq!(away, ["11 12:00–11 14:00 li"], "an absence goes before the week");
    }

    #[test]
    fn a_rota_in_disorder_is_refused() {
        let mut rota = Rota::default();
        rota.days.insert("2026-03-11".parse().unwrap(), hours("13:00-15:00 09:00-12:00"));
        assert!(rota.put_in_order());
        assert_eq!(rota.days.values().next(), Some(&hours("09:00-12:00 13:00-15:00")));
        rota.week[0] = hours("09:00-12:00 11:00-13:00");
        assert!(!rota.put_in_order());
    }
}
