use base::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::{Explanation, en, zh_cn};

/// The languages in which a call is explained to those who work here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// 简体中文.
    ZhCn,
    /// English.
    En,
}

impl Tongue {
    /// By its BCP 47 tag: every Chinese is this Chinese, and none other is known but English.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next() {
            Some("zh" | "yue") => Some(Tongue::ZhCn),
            Some("en") => Some(Tongue::En),
            Some(_) | None => None,
        }
    }

    /// The wait in one sentence; none: they never stood in line.
    pub fn headline(self, explained: &Explanation) -> Option<String> {
        let wait = explained.wait.as_ref()?;
        Some(match self {
            Tongue::ZhCn => zh_cn::headline(wait),
            Tongue::En => en::headline(wait),
        })
    }

    /// Each sentence with its moment.
    pub fn sentences(self, explained: &Explanation) -> Vec<(Timestamp, String)> {
        let words = match self {
            Tongue::ZhCn => zh_cn::words,
            Tongue::En => en::words,
        };
        explained.sentences.iter().map(|sentence| (sentence.utc, words(&sentence.says))).collect()
    }
}

/// `14:02:10`, as clocks in China show it: one zone, no summer time.
pub(super) fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%H:%M:%S").to_string()
}

/// `2026-03-05 09:00`.
pub(super) fn day_and_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A word that no list has, readable.
pub(super) fn readable(word: &str) -> String {
    word.replace('_', " ")
}
