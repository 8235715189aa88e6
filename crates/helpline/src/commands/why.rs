//! `helpline why JOURNEY`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use base::{JourneyId, ObligationId, Timestamp};
use jiff::tz::{Offset, TimeZone};
use routing::{Record, Tongue, explain};
use serde_json::json;

use super::{Failure, load, overrides, say, say_error};
use crate::cli::Place;
use crate::past;

/// Tells why a call went as it did.
pub(crate) fn run(place: &Place, journey: JourneyId, lang: Option<&str>, as_json: bool) -> Result<ExitCode, Failure> {
    let tongue = tongue(lang)?;
    let config = load(place, overrides(place))?;
    let mut story = Story::of(journey);
    if past::each(&config.data, |record| story.take(record))? {
        say_error(
            "the journal's end is not whole (it is being written, or a crash tore it); what stands before it is told",
        );
    }
    if story.records.is_empty() {
        return Err(format!("there is no {journey} in the journal of {}", config.data.display()).into());
    }
    let explained = explain(&story.records);
    let (headline, sentences) = (tongue.headline(&explained), tongue.sentences(&explained));
    if as_json {
        let sentences: Vec<_> = sentences.iter().map(|(utc, text)| json!({ "utc": utc, "text": text })).collect();
        say(&json!({ "journey": journey, "headline": headline, "sentences": sentences }).to_string());
    } else {
        say(&page(journey, headline.as_deref(), &sentences));
    }
    Ok(ExitCode::SUCCESS)
}

/// As asked for, else as the shell speaks.
fn tongue(lang: Option<&str>) -> Result<Tongue, Failure> {
    let shell = || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    match lang {
        Some(tag) => Tongue::of_tag(tag).ok_or_else(|| format!("--lang {tag} is not known: zh-CN or en").into()),
        None => Ok(shell().and_then(|tag| Tongue::of_tag(&tag)).unwrap_or(Tongue::En)),
    }
}

/// The records of one journey, and those of what is owed for it that name none.
struct Story {
    journey: JourneyId,
    obligations: BTreeSet<ObligationId>,
    records: Vec<Record>,
}

impl Story {
    fn of(journey: JourneyId) -> Self {
        Story { journey, obligations: BTreeSet::new(), records: Vec::new() }
    }

    fn take(&mut self, record: Record) -> bool {
        let (journey, obligation) = (record.event.journey(), record.event.obligation());
        if journey == Some(self.journey) {
            self.obligations.extend(obligation);
            self.records.push(record);
        } else if journey.is_none() && obligation.is_some_and(|owed| self.obligations.contains(&owed)) {
            self.records.push(record);
        }
        true
    }
}

/// For people: the wait in one sentence, then every step with its time in China.
fn page(journey: JourneyId, headline: Option<&str>, sentences: &[(Timestamp, String)]) -> String {
    let china = TimeZone::fixed(Offset::constant(8));
    let mut day = None;
    let mut lines = vec![journey.to_string()];
    lines.extend(headline.map(|headline| format!("\n{headline}")));
    for (utc, text) in sentences {
        let at = utc.to_zoned(china.clone());
        if day.replace(at.date()) != Some(at.date()) {
            lines.push(format!("\n{} (+08:00)", at.date()));
        }
        lines.push(format!("{}  {text}", at.strftime("%H:%M:%S")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use base::{Boot, NodeId};
    use routing::{Event, Reason};

    use super::*;

    fn id<K: base::Kind>(n: u64) -> base::Id<K> {
        base::Id::new(NodeId(1), Boot(1), n)
    }

    #[test]
    fn a_story_has_what_names_the_journey_and_what_is_owed_for_it_and_no_more() {
        let reason = || Reason::new("called");
        let opened = |obligation, journey| Event::ObligationOpened {
            obligation: id(obligation),
            journey: id(journey),
            person: None,
            kind: routing::ObligationKind::Reach,
            reason: reason(),
            from: None,
        };
        let reopened = |n| Event::ObligationReopened { obligation: id(n), reason: reason() };
        let events = [
            reopened(1),
            opened(1, 7),
            opened(2, 8),
            reopened(1),
            reopened(2),
            Event::Stopped {},
            Event::ObligationJoined { obligation: id(1), journey: id(9) },
        ];
        let mut story = Story::of(id(7));
        for (seq, event) in (1..).zip(events) {
            story.take(Record { seq, utc: Timestamp::UNIX_EPOCH, node: NodeId(1), boot: Boot(1), event });
        }
        assert_eq!(story.records.iter().map(|record| record.seq).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn the_day_is_told_once_and_anew_after_midnight_in_china() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let told = page(
            id(7),
            Some("Was put through."),
            &[
                (at("2026-03-04T15:59:58Z"), "one".to_owned()),
                (at("2026-03-04T15:59:59Z"), "two".to_owned()),
                (at("2026-03-04T16:00:00Z"), "three".to_owned()),
            ],
        );
        let lines: Vec<&str> = told.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines,
            [
                "j1.1.7",
                "Was put through.",
                "2026-03-04 (+08:00)",
                "23:59:58  one",
                "23:59:59  two",
                "2026-03-05 (+08:00)",
                "00:00:00  three"
            ]
        );
    }

    #[test]
    fn an_unknown_language_is_refused_with_those_that_are_known() {
        assert_eq!(tongue(Some("zh-HK")).unwrap(), Tongue::ZhCn);
        assert_eq!(tongue(Some("de")).unwrap_err().to_string(), "--lang de is not known: zh-CN or en");
    }
}
