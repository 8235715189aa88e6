use base::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The forms in which portals write a time; all in China, which has one zone and no summer time.
const FORMS: [&str; 9] = [
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H时%M分%S秒",
];

/// Reads a time; with a zone where the text has one.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    // Fractions of a second are dropped: no portal's clock is that good.
    let whole = text.rsplit_once('.').filter(|(_, rest)| rest.chars().all(|c| c.is_ascii_digit()));
    let text = whole.map_or(text, |(whole, _)| whole);
    let civil = FORMS.iter().find_map(|form| DateTime::strptime(form, text).ok())?;
    civil.to_zoned(TimeZone::fixed(Offset::constant(8))).ok().map(|zoned| zoned.timestamp())
}

/// Reads a duration: `65`, `1:05`, `00:01:05`, `1分5秒`, `65秒`; nothing is none.
pub(super) fn seconds(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(0);
    }
    let parts: Vec<&str> = text.split([':', '时', '分', '秒', 's']).map(str::trim).collect();
    let last = parts.last().filter(|last| last.is_empty()).map_or(0, |_| 1);
    let numbers: Option<Vec<u32>> = parts.get(..parts.len() - last)?.iter().map(|part| part.parse().ok()).collect();
    // `1分` is a minute, whatever does not follow it.
    let unit = if text.ends_with('分') { 60 } else { 1 };
    let numbers = numbers.filter(|numbers| !numbers.is_empty() && numbers.len() <= 3)?;
    numbers.into_iter().try_fold(0_u32, |sum, part| sum.checked_mul(60)?.checked_add(part))?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_china_s_unless_they_say_otherwise() {
        let expected = "2026-11-28T06:02:10Z".parse().ok();
        for text in [
            "2026-11-28 14:02:10",
            "2026/11/28 14:02:10",
            "2026-11-28 14:02:10.123",
            "20261128140210",
            "2026-11-28T14:02:10",
            "2026-11-28T14:02:10+08:00",
            "2026年11月28日 14:02:10",
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
        assert_eq!(moment("28.11.2026 14:02"), None);
        assert_eq!(moment(""), None);
    }

    #[test]
    fn durations_in_their_forms() {
        let forms = ["65", "1:05", "00:01:05", "1分5秒", "65秒", "", "2分", "1时0分0秒", "65s"];
        let told = forms.map(|text| seconds(text).unwrap());
        assert_eq!(told, [65, 65, 65, 65, 65, 0, 120, 3600, 65]);
        assert_eq!([seconds("soon"), seconds("1:2:3:4"), seconds("99999999999")], [None, None, None]);
    }
}
