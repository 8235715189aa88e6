//! Moments and places in line in words: composed of recordings, in each language's own order.

use base::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::{Language, Say};

/// What stands in a prompt list for the next opening.
pub(crate) const OPENS: &str = "{opens}";
/// What stands in a queue's words for how many are in line before the caller.
pub(crate) const AHEAD: &str = "{ahead}";
/// With more than this before them callers hear `ahead.more`: the exact number would help nobody.
const MOST_COUNTED: usize = 20;
/// Said where no opening is known.
const LATER: &str = "time.later";

/// The order in which a language says dates and times. The day goes before the time in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// 三月 + 十一号; the part of the day with the hour, then the minutes: 上午九点 + 三十分.
    LargestFirst,
    /// "on the eleventh of" + "March"; "at nine" + "thirty" + "in the morning".
    SmallestFirst,
}

impl Order {
    /// By the language's first subtag; a language that is not known here speaks like Chinese, as its recordings are named.
    fn of(language: &Language) -> Self {
        match language.0.split('-').next() {
            Some("en") => Order::SmallestFirst,
            Some(_) | None => Order::LargestFirst,
        }
    }

    /// A full hour is one recording in every language: "at noon", 晚上九点.
    fn time(self, time: Time) -> Vec<String> {
        let (hour, minute) = (time.hour(), time.minute());
        match (self, minute) {
            (Order::LargestFirst | Order::SmallestFirst, 0) => vec![format!("time.hour.{hour}")],
            (Order::LargestFirst, _) => vec![format!("time.hour.{hour}"), format!("time.minute.{minute}")],
            (Order::SmallestFirst, _) => {
                let on_the_dial = if hour % 12 == 0 { 12 } else { hour % 12 };
                let part = format!("time.part.{}", part_of_day(hour));
                vec![format!("time.at.{on_the_dial}"), format!("time.minute.{minute}"), part]
            }
        }
    }

    fn day(self, day: Date, today: Date) -> Vec<String> {
        let ahead = today.duration_until(day).as_hours() / 24;
        match ahead {
            0 => vec!["day.today".to_owned()],
            1 => vec!["day.tomorrow".to_owned()],
            2 => vec!["day.after_tomorrow".to_owned()],
            3..=6 => vec![format!("weekday.{}", day.weekday().to_monday_one_offset())],
            _ => self.date(format!("date.month.{}", day.month()), format!("date.day.{}", day.day())),
        }
    }

    fn date(self, month: String, day: String) -> Vec<String> {
        match self {
            Order::LargestFirst => vec![month, day],
            Order::SmallestFirst => vec![day, month],
        }
    }
}

/// The parts of the day that "thirty past" is said in.
const PARTS: [&str; 4] = ["morning", "afternoon", "evening", "night"];

fn part_of_day(hour: i8) -> &'static str {
    let [morning, afternoon, evening, night] = PARTS;
    match hour {
        1..=11 => morning,
        12..=17 => afternoon,
        18..=23 => evening,
        _ => night,
    }
}

/// All recordings that times are composed of in a language: `day.today`, `day.tomorrow`, `day.after_tomorrow`, `weekday.1` (Monday) to
/// `weekday.7`, `date.month.1..12`, `date.day.1..31`, `time.hour.0..23` (whole phrases: "at noon"), `time.minute.1..59`, and `time.later` ("as
/// soon as we can"); where the part of the day goes last, `time.at.1..12` and `time.part.morning|afternoon|evening|night` too.
pub fn spoken_prompts(language: &Language) -> Vec<String> {
    let named = ["day.today", "day.tomorrow", "day.after_tomorrow", LATER].map(str::to_owned);
    let mut numbered = vec![
        ("weekday", 1, 7),
        ("date.month", 1, 12),
        ("date.day", 1, 31),
        ("time.hour", 0, 23),
        ("time.minute", 1, 59),
    ];
    let mut parts = Vec::new();
    if Order::of(language) == Order::SmallestFirst {
        numbered.push(("time.at", 1, 12));
        parts.extend(PARTS.map(|part| format!("time.part.{part}")));
    }
    let numbered = numbered.iter().flat_map(|(name, from, to)| (*from..=*to).map(move |n: u8| format!("{name}.{n}")));
    named.into_iter().chain(numbered).chain(parts).collect()
}

/// Prompts by name, with `{opens}` put into words.
pub(crate) fn compose(
    prompts: &[String],
    opens: Option<Timestamp>,
    now: Timestamp,
    zone: &TimeZone,
    language: &Language,
) -> Vec<Say> {
    let mut say = Vec::new();
    for prompt in prompts {
        match (prompt.as_str(), opens) {
            (OPENS, Some(opens)) => say.extend(moment(opens, now, zone, language)),
            (OPENS, None) => say.push(Say::Prompt(LATER.into())),
            _ => say.push(Say::Prompt(prompt.clone().into())),
        }
    }
    say
}

/// A queue's words, with `{ahead}` put into words. Counted things are whole phrases: 还有两个人, "there is one caller".
pub(crate) fn compose_in_line(prompts: &[String], ahead: usize) -> Vec<Say> {
    let place = || if ahead > MOST_COUNTED { "ahead.more".to_owned() } else { format!("ahead.{ahead}") };
    let name = |prompt: &String| if prompt == AHEAD { place() } else { prompt.clone() };
    prompts.iter().map(|prompt| Say::Prompt(name(prompt).into())).collect()
}

/// All recordings that `{ahead}` is said with, in every language: `ahead.0` ("you are first in line") to `ahead.20`, and `ahead.more`.
pub fn ahead_prompts() -> Vec<String> {
    (0..=MOST_COUNTED).map(|n| format!("ahead.{n}")).chain(["ahead.more".to_owned()]).collect()
}

fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, language: &Language) -> Vec<Say> {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let order = Order::of(language);
    let words = order.day(at.date(), now.date()).into_iter().chain(order.time(at.time()));
    words.map(|word| Say::Prompt(word.into())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(now: &str, opens: &str, language: &str) -> Vec<String> {
        let (zone, language) = (TimeZone::get("Asia/Shanghai").unwrap(), Language(language.to_owned()));
        let say = compose(&[OPENS.to_owned()], opens.parse().ok(), now.parse().unwrap(), &zone, &language);
        let names = say.iter().map(|say| match say {
            Say::Prompt(name) => name.to_string(),
            Say::Pause { ms } => format!("{ms} ms"),
        });
        names.collect()
    }

    #[track_caller]
    fn said(language: &str, opens: &str, words: &str) {
        let names = names("2026-03-04T21:00:00+08:00", opens, language);
        assert_eq!(names.join(" "), words, "{opens} in {language}");
    }

    #[test]
    fn near_days_have_names() {
        for language in ["zh-CN", "yue", "en"] {
            said(language, "2026-03-04T22:00:00+08:00", "day.today time.hour.22");
            said(language, "2026-03-05T09:00:00+08:00", "day.tomorrow time.hour.9");
            said(language, "2026-03-06T12:00:00+08:00", "day.after_tomorrow time.hour.12");
            said(language, "2026-03-08T00:00:00+08:00", "weekday.7 time.hour.0");
            said(language, "never", "time.later");
        }
    }

    #[test]
    fn chinese_says_the_month_first_and_the_minutes_last() {
        for language in ["zh-CN", "zh-HK", "yue"] {
            said(language, "2026-03-11T09:00:00+08:00", "date.month.3 date.day.11 time.hour.9");
            said(language, "2026-03-05T09:30:00+08:00", "day.tomorrow time.hour.9 time.minute.30");
            said(language, "2026-03-04T21:05:00+08:00", "day.today time.hour.21 time.minute.5");
            said(language, "2026-03-05T00:05:00+08:00", "day.tomorrow time.hour.0 time.minute.5");
        }
    }

    #[test]
    fn english_says_the_month_last_and_the_part_of_the_day_last() {
        said("en", "2026-03-11T09:00:00+08:00", "date.day.11 date.month.3 time.hour.9");
        for (time, words) in [
            ("00:05", "time.at.12 time.minute.5 time.part.night"),
            ("01:30", "time.at.1 time.minute.30 time.part.morning"),
            ("11:59", "time.at.11 time.minute.59 time.part.morning"),
            ("12:15", "time.at.12 time.minute.15 time.part.afternoon"),
            ("17:45", "time.at.5 time.minute.45 time.part.afternoon"),
            ("18:10", "time.at.6 time.minute.10 time.part.evening"),
            ("23:30", "time.at.11 time.minute.30 time.part.evening"),
        ] {
            said("en", &format!("2026-03-05T{time}:00+08:00"), &format!("day.tomorrow {words}"));
        }
    }

    #[test]
    fn a_year_of_openings_is_said_with_known_recordings_and_each_of_them_is_used() {
        for language in ["zh-CN", "yue", "en"] {
            let known: BTreeSet<String> = spoken_prompts(&Language(language.to_owned())).into_iter().collect();
            let mut used = BTreeSet::from([LATER.to_owned()]);
            let start: Timestamp = "2026-03-04T21:00:00+08:00".parse().unwrap();
            let minutes = jiff::SignedDuration::from_mins;
            // Asked on every day of a week; one more minute each day goes through all minutes, hours and days of a year.
            for n in 0..4_000_i64 {
                let now = start + minutes(n % 7 * 1_440);
                let opens = now + minutes(n * 1_441 % (366 * 1_440));
                used.extend(names(&now.to_string(), &opens.to_string(), language));
            }
            assert_eq!(used, known, "{language}");
        }
    }

    #[test]
    fn callers_before_one_are_counted_to_twenty() {
        let words = ["comfort".to_owned(), AHEAD.to_owned()];
        for (ahead, place) in
            [(0, "ahead.0"), (1, "ahead.1"), (20, "ahead.20"), (21, "ahead.more"), (199, "ahead.more")]
        {
            let expected = ["comfort", place].map(|name| Say::Prompt(name.into()));
            assert_eq!(compose_in_line(&words, ahead), expected);
            assert!(ahead_prompts().contains(&place.to_owned()));
        }
    }

    #[test]
    fn tomorrow_begins_at_midnight_in_the_zone_of_the_line() {
        let said = |now, opens| names(now, opens, "zh-CN").join(" ");
        assert_eq!(said("2026-03-04T15:59:59Z", "2026-03-05T01:00:00Z"), "day.tomorrow time.hour.9");
        assert_eq!(said("2026-03-04T16:00:00Z", "2026-03-05T01:00:00Z"), "day.today time.hour.9");
    }
}
