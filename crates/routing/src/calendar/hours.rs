//! Hours as they are written: `09:00-21:00`, up to `24:00`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Hours, TimeOfDay};

/// Why a text is no hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHours {
    /// A sloppy time is a fault, never skipped.
    #[error("hours are written like 09:00-21:00")]
    Malformed,
    /// Half-open intervals have a first moment before their last.
    #[error("ends before it begins; hours past midnight are two lines, the first to 24:00")]
    Reversed,
}

impl Hours {
    /// Whether a time of day lies in them.
    pub fn contain(&self, time: Time) -> bool {
        self.from <= time && TimeOfDay::At(time) < self.to
    }

    /// Sorts a day's hours; two that overlap or touch, if there are such.
    pub fn in_order(hours: &mut [Hours]) -> Option<(Hours, Hours)> {
        hours.sort_unstable();
        hours.windows(2).find_map(|pair| match pair {
            [first, second] if TimeOfDay::At(second.from) <= first.to => Some((*first, *second)),
            _ => None,
        })
    }
}

impl TimeOfDay {
    /// That time of a day; its end is the next one's midnight.
    pub fn on(self, day: Date) -> DateTime {
        match self {
            TimeOfDay::At(time) => day.to_datetime(time),
            TimeOfDay::End => day.tomorrow().unwrap_or(day).to_datetime(Time::midnight()),
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.to)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimeOfDay::At(time) => write!(f, "{}", time.strftime("%H:%M")),
            TimeOfDay::End => f.write_str("24:00"),
        }
    }
}

impl FromStr for Hours {
    type Err = NoHours;

    fn from_str(text: &str) -> Result<Self, NoHours> {
        let (from, to) = text.split_once('-').ok_or(NoHours::Malformed)?;
        let to = if to == "24:00" { TimeOfDay::End } else { TimeOfDay::At(time(to)?) };
        let hours = Hours { from: time(from)?, to };
        if TimeOfDay::At(hours.from) < hours.to { Ok(hours) } else { Err(NoHours::Reversed) }
    }
}

/// `09:00`, exactly so.
fn time(text: &str) -> Result<Time, NoHours> {
    let (hour, minute) = text.split_once(':').ok_or(NoHours::Malformed)?;
    let two = |part: &str| -> Option<i8> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let (hour, minute) = two(hour).zip(two(minute)).ok_or(NoHours::Malformed)?;
    Time::new(hour, minute, 0, 0).map_err(|_| NoHours::Malformed)
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_they_are_written() {
        for text in ["09:00-21:00", "00:00-24:00", "23:59-24:00", "00:00-00:01"] {
            let hours: Hours = text.parse().unwrap();
            assert_eq!(hours.to_string(), text);
            assert_eq!(serde_json::to_string(&hours).unwrap(), format!("\"{text}\""));
        }
        for (text, why) in [
            ("9:00-21:00", NoHours::Malformed),
            ("09:00–21:00", NoHours::Malformed),
            ("09:00-25:00", NoHours::Malformed),
            ("24:00-24:00", NoHours::Malformed),
            ("21:00-09:00", NoHours::Reversed),
            ("09:00-09:00", NoHours::Reversed),
        ] {
            assert_eq!(text.parse::<Hours>(), Err(why), "{text}");
        }
    }

    #[test]
    fn hours_that_touch_are_told() {
        let day = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Hours>>();
        let mut apart = day(&["13:00-24:00", "09:00-12:00"]);
        assert_eq!(Hours::in_order(&mut apart), None);
        assert_eq!(apart, day(&["09:00-12:00", "13:00-24:00"]));
        let mut touching = day(&["12:00-13:00", "09:00-12:00"]);
        assert_eq!(Hours::in_order(&mut touching).map(|(a, b)| format!("{a} {b}")).unwrap(), "09:00-12:00 12:00-13:00");
    }
}
