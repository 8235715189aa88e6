//! Moments, numbers and places in line in words: composed of recordings, in each language's own order.

use std::time::Duration;

use base::{JourneyId, Timestamp};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::{Digits, Event, Language, Part, Say};

/// What stands in a prompt list for the next opening.
pub(crate) const OPENS: &str = "{opens}";
/// What stands in a prompt list for the promise, with its time where there is one.
pub(crate) const PROMISE: &str = "{promise}";
/// What stands in a prompt list for the part of the day that the caller chose.
const PART: &str = "{part}";
/// What stands in the words of a step `collect` for what was keyed in.
const DIGITS: &str = "{digits}";
/// What stands in a queue's words for how many are in line before the caller,
const AHEAD: &str = "{ahead}";
/// and for how long they may still wait.
pub(crate) const WAIT: &str = "{wait}";
/// With more than this before them callers hear `ahead.more`: the exact number would help nobody.
const MOST_COUNTED: usize = 20;
/// Said where no opening is known.
const LATER: &str = "time.later";
/// Says that we call, at the latest, at the time that follows,
const BY: &str = "promise.by";
/// and that we call, where no time can be promised.
const SOON: &str = "promise.soon";
/// Said before a place that is worse than the one told before.
const PASSED: &str = "ahead.passed";
/// Said before a wait that is longer than the one told before.
const LONGER: &str = "wait.longer";
/// Waits are told as the next of these that is no shorter: a wait that was told is rather kept than beaten.
const WAITS_MIN: [u64; 12] = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60];
/// A pause within digits that are read back: telephone numbers are heard in groups.
const GROUP_PAUSE_MS: u32 = 250;

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

/// All recordings that `{promise}` is said with: those of times, `promise.by` ("we will call you back, at the latest") and `promise.soon`.
pub fn promise_prompts(language: &Language) -> Vec<String> {
    let times = spoken_prompts(language).into_iter().filter(|name| name != LATER);
    times.chain([BY, SOON].map(str::to_owned)).collect()
}

/// All recordings that `{part}` is said with: `part.morning` ("all right, in the morning"), `part.midday`, `part.afternoon`, `part.evening`.
pub fn part_prompts() -> Vec<String> {
    Part::ALL.map(part_prompt).into()
}

/// All recordings that `{digits}` is said with: `digit.0` to `digit.9`.
pub fn digit_prompts() -> Vec<String> {
    ('0'..='9').map(digit_prompt).collect()
}

fn part_prompt(part: Part) -> String {
    format!("part.{}", part.word())
}

fn digit_prompt(digit: char) -> String {
    format!("digit.{digit}")
}

/// What a step `say` puts into words.
pub(super) struct Spoken<'a> {
    /// When the line opens.
    pub(super) opens: Option<Timestamp>,
    /// By when we call.
    pub(super) promise: Option<Timestamp>,
    /// When they want to be called.
    pub(super) part: Option<Part>,
    /// The moment of speaking,
    pub(super) now: Timestamp,
    /// where the line is,
    pub(super) zone: &'a TimeZone,
    /// in the caller's language.
    pub(super) language: &'a Language,
}

impl Spoken<'_> {
    /// Prompts by name, with `{opens}`, `{promise}` and `{part}` put into words.
    pub(super) fn compose(&self, prompts: &[String]) -> Vec<Say> {
        prompts.iter().flat_map(|prompt| self.words(prompt)).map(|word| Say::Prompt(word.into())).collect()
    }

    fn words(&self, prompt: &str) -> Vec<String> {
        match prompt {
            OPENS => self.opens.map_or_else(|| vec![LATER.to_owned()], |opens| self.moment(opens)),
            PROMISE => self.promise.map_or_else(
                || vec![SOON.to_owned()],
                |by| std::iter::once(BY.to_owned()).chain(self.moment(by)).collect(),
            ),
            PART => self.part.map(part_prompt).into_iter().collect(),
            _ => vec![prompt.to_owned()],
        }
    }

    fn moment(&self, at: Timestamp) -> Vec<String> {
        let (at, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let order = Order::of(self.language);
        order.day(at.date(), now.date()).into_iter().chain(order.time(at.time())).collect()
    }
}

/// Words with `{digits}` read one by one, in groups as telephone numbers are: 3, 4, 4, from the front.
pub(super) fn compose_digits(prompts: &[String], digits: &Digits) -> Vec<Say> {
    let mut say = Vec::new();
    for prompt in prompts {
        if prompt != DIGITS {
            say.push(Say::Prompt(prompt.clone().into()));
            continue;
        }
        for (at, digit) in digits.0.chars().enumerate() {
            if at >= 3 && (at - 3) % 4 == 0 {
                say.push(Say::Pause { ms: GROUP_PAUSE_MS });
            }
            say.push(Say::Prompt(digit_prompt(digit).into()));
        }
    }
    say
}

/// What someone in line was told last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    ahead: Option<usize>,
    wait: Option<Forecast>,
}

/// What is known of a place in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InLine {
    pub(crate) ahead: usize,
    /// None: not known well enough to be told.
    pub(crate) forecast: Option<Forecast>,
}

/// How long it may still take, and what it is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forecast {
    pub(crate) wait: Duration,
    /// Who goes before,
    pub(crate) ahead: u32,
    /// operators who are there for them,
    pub(crate) operators: u32,
    /// and how long a call takes one.
    pub(crate) takes: Duration,
}

impl Forecast {
    pub(crate) fn told_to(&self, journey: JourneyId) -> Event {
        let Forecast { ahead, operators, .. } = *self;
        let minutes = u32::try_from(told_minutes(self.wait)).unwrap_or(u32::MAX);
        let takes_s = u32::try_from(self.takes.as_secs()).unwrap_or(u32::MAX);
        Event::WaitTold { journey, minutes, ahead, operators, takes_s }
    }

    /// The words for it, after what was told before; none: nothing new, or nothing better and no reason to give for it.
    fn words(&self, before: Option<Forecast>) -> Option<Vec<String>> {
        let minutes = told_minutes(self.wait);
        let number = wait_prompt(minutes);
        match before {
            Some(before) if minutes == told_minutes(before.wait) => None,
            Some(before) if minutes < told_minutes(before.wait) => Some(vec![number]),
            Some(before) if self.ahead > before.ahead => Some(vec![PASSED.to_owned(), number]),
            Some(before) if self.takes > before.takes => Some(vec![LONGER.to_owned(), number]),
            Some(_) => None,
            None => Some(vec![number]),
        }
    }
}

/// A queue's words, with `{ahead}` and `{wait}` put into words; nothing where the wait is not known. Counted things are whole phrases: 还有两个人,
/// "there is one caller". What is worse than what was told before is told with its reason first, and a wait without one not at all. Yields
/// the wait that is told, too.
pub(crate) fn compose_in_line(prompts: &[String], known: &InLine, told: &mut Told) -> (Vec<Say>, Option<Forecast>) {
    let (mut words, mut told_now) = (Vec::<String>::new(), None);
    for prompt in prompts {
        match prompt.as_str() {
            AHEAD => {
                let ahead = known.ahead;
                let worse = told.ahead.replace(ahead).is_some_and(|before| ahead > before);
                words.extend(worse.then(|| PASSED.to_owned()));
                words.push(if ahead > MOST_COUNTED { "ahead.more".to_owned() } else { format!("ahead.{ahead}") });
            }
            WAIT => {
                let Some((forecast, said)) = known.forecast.and_then(|it| Some((it, it.words(told.wait)?))) else {
                    continue;
                };
                (told.wait, told_now) = (Some(forecast), Some(forecast));
                words.extend(said);
            }
            _ => words.push(prompt.clone()),
        }
    }
    (words.into_iter().map(|word| Say::Prompt(word.into())).collect(), told_now)
}

/// The wait as it is told: the next of `WAITS_MIN` that is no shorter.
fn told_minutes(wait: Duration) -> u64 {
    let minutes = wait.as_secs().div_ceil(60);
    WAITS_MIN.into_iter().find(|told| *told >= minutes).unwrap_or(u64::MAX)
}

fn wait_prompt(minutes: u64) -> String {
    if minutes == u64::MAX { "wait.more".to_owned() } else { format!("wait.{minutes}") }
}

/// All recordings that `{ahead}` is said with, in every language: `ahead.0` ("you are first in line") to `ahead.20`, `ahead.more`, and
/// `ahead.passed` where others had to go first.
pub fn ahead_prompts() -> Vec<String> {
    (0..=MOST_COUNTED).map(|n| format!("ahead.{n}")).chain(["ahead.more", PASSED].map(str::to_owned)).collect()
}

/// All recordings that `{wait}` is said with: `wait.1` ("about a minute") to `wait.60`, `wait.more`, and `wait.longer` where it is longer than
/// was told.
pub fn wait_prompts() -> Vec<String> {
    WAITS_MIN.into_iter().chain([u64::MAX]).map(wait_prompt).chain([LONGER.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn spoken(prompt: &str, now: &str, at: &str, language: &str) -> Vec<String> {
        let (zone, language) = (&TimeZone::get("Asia/Shanghai").unwrap(), &Language(language.to_owned()));
        let (opens, promise, now) = (at.parse().ok(), at.parse().ok(), now.parse().unwrap());
        let spoken = Spoken { opens, promise, part: Some(Part::Evening), now, zone, language };
        names(&spoken.compose(&[prompt.to_owned()]))
    }

    fn opening(now: &str, opens: &str, language: &str) -> Vec<String> {
        spoken(OPENS, now, opens, language)
    }

    fn names(say: &[Say]) -> Vec<String> {
        let names = say.iter().map(|say| match say {
            Say::Prompt(name) => name.to_string(),
            Say::Pause { ms } => format!("{ms} ms"),
        });
        names.collect()
    }

    #[track_caller]
    fn said(language: &str, opens: &str, words: &str) {
        let names = opening("2026-03-04T21:00:00+08:00", opens, language);
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
                used.extend(opening(&now.to_string(), &opens.to_string(), language));
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
            let known = InLine { ahead, forecast: None };
            let said = names(&compose_in_line(&words, &known, &mut Told::default()).0);
            assert_eq!(said, ["comfort", place]);
            assert!(ahead_prompts().contains(&place.to_owned()));
        }
    }

    /// What is told of a wait of so many seconds, after what was told before: behind so many, with calls that take so long.
    fn waits(told: &mut Told, seconds: u64, ahead: u32, takes_s: u64) -> String {
        let (wait, takes) = (Duration::from_secs(seconds), Duration::from_secs(takes_s));
        let known = InLine { ahead: 0, forecast: Some(Forecast { wait, ahead, operators: 1, takes }) };
        names(&compose_in_line(&[WAIT.to_owned()], &known, told).0).join(" ")
    }

    #[test]
    fn a_wait_is_told_no_shorter_than_it_is() {
        for (seconds, said) in [
            (0, "wait.1"),
            (60, "wait.1"),
            (61, "wait.2"),
            (300, "wait.5"),
            (301, "wait.7"),
            (3_600, "wait.60"),
            (3_601, "wait.more"),
        ] {
            assert_eq!(waits(&mut Told::default(), seconds, 0, 60), said, "{seconds} s");
            assert!(wait_prompts().contains(&said.to_owned()));
        }
        let unknown = InLine { ahead: 0, forecast: None };
        let (said, told) = compose_in_line(&["comfort".to_owned(), WAIT.to_owned()], &unknown, &mut Told::default());
        assert_eq!((names(&said), told), (vec!["comfort".to_owned()], None), "a wait that is not known is not told");
    }

    #[test]
    fn what_is_worse_than_was_told_is_told_with_its_reason() {
        let mut told = Told::default();
        let mut wait = |seconds, ahead, takes_s| waits(&mut told, seconds, ahead, takes_s);
        assert_eq!(wait(600, 2, 200), "wait.10");
        assert_eq!(wait(300, 1, 150), "wait.5");
        assert_eq!(wait(290, 1, 145), "", "nothing new is nothing to say");
        assert_eq!(wait(400, 1, 150), "", "nor is what is worse without a reason, as when somebody goes on a break");
        assert_eq!(wait(600, 2, 150), "ahead.passed wait.10", "others went first");
        assert_eq!(wait(900, 2, 300), "wait.longer wait.15", "calls take longer");
        assert_eq!(wait(500, 2, 300), "wait.10");
        let known = |ahead| InLine { ahead, forecast: None };
        let mut place = |ahead| names(&compose_in_line(&[AHEAD.to_owned()], &known(ahead), &mut told).0).join(" ");
        assert_eq!([3, 2, 4, 4].map(&mut place), ["ahead.3", "ahead.2", "ahead.passed ahead.4", "ahead.4"]);
    }

    #[test]
    fn a_promise_names_its_time_or_none() {
        let said = |at, language| spoken(PROMISE, "2026-03-04T22:00:00+08:00", at, language).join(" ");
        for (language, time) in [
            ("zh-CN", "promise.by day.tomorrow time.hour.20 time.minute.30"),
            ("en", "promise.by day.tomorrow time.at.8 time.minute.30 time.part.evening"),
        ] {
            assert_eq!(said("2026-03-05T20:30:00+08:00", language), time);
            assert_eq!(said("never", language), "promise.soon");
            let known = promise_prompts(&Language(language.to_owned()));
            assert!(time.split(' ').all(|word| known.contains(&word.to_owned())), "{language}");
        }
        assert_eq!(spoken(PART, "2026-03-04T22:00:00+08:00", "never", "en"), ["part.evening"]);
        assert!(part_prompts().contains(&"part.evening".to_owned()));
    }

    #[test]
    fn digits_are_read_one_by_one_in_groups() {
        let words = ["you_entered", DIGITS, "confirm"].map(str::to_owned);
        let said = |digits: &str| names(&compose_digits(&words, &Digits(digits.to_owned()))).join(" ");
        let mobile = "you_entered digit.1 digit.3 digit.9 250 ms digit.1 digit.2 digit.3 digit.4 250 ms digit.8 digit.0 digit.9 digit.6 confirm";
        assert_eq!(said("13912348096"), mobile);
        assert_eq!(said("812"), "you_entered digit.8 digit.1 digit.2 confirm");
        assert_eq!(digit_prompts().len(), 10);
    }

    #[test]
    fn tomorrow_begins_at_midnight_in_the_zone_of_the_line() {
        let said = |now, opens| opening(now, opens, "zh-CN").join(" ");
        assert_eq!(said("2026-03-04T15:59:59Z", "2026-03-05T01:00:00Z"), "day.tomorrow time.hour.9");
        assert_eq!(said("2026-03-04T16:00:00Z", "2026-03-05T01:00:00Z"), "day.today time.hour.9");
    }
}
