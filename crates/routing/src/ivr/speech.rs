//! Moments in words: composed of prompts in one order for all languages shipped (zh-CN, yue, en): day, hour, minute.

use base::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Say;

/// What stands in a prompt list for the next opening.
pub(crate) const OPENS: &str = "{opens}";
/// Said where no opening is known.
const LATER: &str = "time.later";

/// All prompts that times are composed of, in every language: `day.today`, `day.tomorrow`, `day.after_tomorrow`, `weekday.1` (Monday)
/// to `weekday.7`, `date.month.1..12`, `date.day.1..31`, `time.hour.0..24`, `time.minute.0..59`, and `time.later` ("as soon as we can").
pub fn spoken_prompts() -> Vec<String> {
    let named = ["day.today", "day.tomorrow", "day.after_tomorrow", LATER].map(str::to_owned);
    let numbered =
        [("weekday", 1, 7), ("date.month", 1, 12), ("date.day", 1, 31), ("time.hour", 0, 24), ("time.minute", 0, 59)];
    let numbered = numbered.iter().flat_map(|(name, from, to)| (*from..=*to).map(move |n: u8| format!("{name}.{n}")));
    named.into_iter().chain(numbered).collect()
}

/// Prompts by name, with `{opens}` put into words.
pub(crate) fn compose(prompts: &[String], opens: Option<Timestamp>, now: Timestamp, zone: &TimeZone) -> Vec<Say> {
    let mut say = Vec::new();
    for prompt in prompts {
        match (prompt.as_str(), opens) {
            (OPENS, Some(opens)) => say.extend(moment(opens, now, zone)),
            (OPENS, None) => say.push(Say::Prompt(LATER.into())),
            _ => say.push(Say::Prompt(prompt.clone().into())),
        }
    }
    say
}

fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> Vec<Say> {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let mut words = day(at.date(), now.date());
    words.push(format!("time.hour.{}", at.hour()));
    if at.minute() != 0 {
        words.push(format!("time.minute.{}", at.minute()));
    }
    words.into_iter().map(|word| Say::Prompt(word.into())).collect()
}

fn day(day: Date, today: Date) -> Vec<String> {
    let ahead = today.duration_until(day).as_hours() / 24;
    match ahead {
        0 => vec!["day.today".to_owned()],
        1 => vec!["day.tomorrow".to_owned()],
        2 => vec!["day.after_tomorrow".to_owned()],
        3..=6 => vec![format!("weekday.{}", day.weekday().to_monday_one_offset())],
        _ => vec![format!("date.month.{}", day.month()), format!("date.day.{}", day.day())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(now: &str, opens: &str) -> String {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let prompts = ["closed".to_owned(), OPENS.to_owned()];
        let say = compose(&prompts, opens.parse().ok(), now.parse().unwrap(), &zone);
        let names: Vec<String> = say
            .iter()
            .map(|say| match say {
                Say::Prompt(name) => name.to_string(),
                Say::Pause { ms } => format!("{ms} ms"),
            })
            .collect();
        let known = spoken_prompts();
        assert!(names.iter().skip(1).all(|name| known.contains(name)), "{names:?}");
        names.join(" ")
    }

    #[test]
    fn near_days_have_names_and_far_ones_dates() {
        let now = "2026-03-04T21:00:00+08:00";
        for (opens, words) in [
            ("2026-03-04T22:00:00+08:00", "closed day.today time.hour.22"),
            ("2026-03-05T09:00:00+08:00", "closed day.tomorrow time.hour.9"),
            ("2026-03-06T09:30:00+08:00", "closed day.after_tomorrow time.hour.9 time.minute.30"),
            ("2026-03-08T00:05:00+08:00", "closed weekday.7 time.hour.0 time.minute.5"),
            ("2026-03-11T09:00:00+08:00", "closed date.month.3 date.day.11 time.hour.9"),
            ("never", "closed time.later"),
        ] {
            assert_eq!(spoken(now, opens), words);
        }
    }

    #[test]
    fn tomorrow_begins_at_midnight_in_the_zone_of_the_line() {
        assert_eq!(spoken("2026-03-04T15:59:59Z", "2026-03-05T01:00:00Z"), "closed day.tomorrow time.hour.9");
        assert_eq!(spoken("2026-03-04T16:00:00Z", "2026-03-05T01:00:00Z"), "closed day.today time.hour.9");
    }
}
