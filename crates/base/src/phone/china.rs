//! The mainland's numbering plan, as far as it tells kinds of lines apart.

use super::NumberClass;

/// Prefixes that callers dial for a cheaper way or a second number, and that some networks leave in front of the caller's number.
const DIAL_PREFIXES: [&str; 8] = ["10193", "11808", "12593", "125831", "125832", "125833", "193300", "197200"];

/// Whether an extension can stand behind these digits: behind a mobile number, and a fixed line with its area code.
pub(super) fn takes_extension(digits: &str, plus: bool) -> bool {
    let (line, class) = classify(digits, plus);
    match class {
        NumberClass::Mobile => true,
        NumberClass::Fixed | NumberClass::Switchboard => line.starts_with('0'),
        NumberClass::Service | NumberClass::Foreign | NumberClass::Short | NumberClass::Withheld => false,
    }
}

/// The canonical digits and their class. `plus`: they stood behind a `+`.
pub(super) fn classify(digits: &str, plus: bool) -> (String, NumberClass) {
    let national = strip_country(digits, plus);
    let may_be_mainland = !plus || national.len() < digits.len() || digits.starts_with('0');
    let may_lack_area = !plus && national.len() == digits.len();
    may_be_mainland.then(|| mainland(national, may_lack_area)).flatten().unwrap_or_else(|| elsewhere(digits, plus))
}

/// How many digits of a fixed line are its area code.
pub(super) fn area_len(line: &str) -> usize {
    if !line.starts_with('0') {
        0
    } else if line.starts_with("010") || line.starts_with("02") {
        3
    } else {
        4
    }
}

/// Takes `86`, `0086` or `+0086` off, where a mainland number can stand behind it; twice where a trunk put it there twice.
fn strip_country(digits: &str, plus: bool) -> &str {
    let mut rest = digits;
    for _ in 0..2 {
        let zeros = rest.strip_prefix("00").unwrap_or(rest);
        rest = match zeros.strip_prefix("86") {
            Some(behind) if behind.len() >= 9 || (plus && behind.len() >= 5) => behind,
            Some(_) | None => break,
        };
    }
    rest
}

fn mainland(digits: &str, may_lack_area: bool) -> Option<(String, NumberClass)> {
    let dialled = strip_dial_prefix(digits);
    let bare = dialled.strip_prefix('0').unwrap_or(dialled);
    if is_thing(bare) || is_service(bare) {
        return Some((bare.to_owned(), NumberClass::Service));
    }
    if is_mobile(bare) {
        return Some((bare.to_owned(), NumberClass::Mobile));
    }
    let fixed = |line: String, local: &str| {
        let class = if is_switchboard(local) { NumberClass::Switchboard } else { NumberClass::Fixed };
        Some((line, class))
    };
    if let Some((area, local)) = split_area(bare) {
        if is_local(area, local) {
            return fixed(format!("0{bare}"), local);
        }
        // A city's 95, 96 or 1xx number, with its area code.
        let short = local.starts_with("95") || local.starts_with("96") || local.starts_with('1');
        if dialled.starts_with('0') && short && (5..=6).contains(&local.len()) {
            return Some((format!("0{bare}"), NumberClass::Service));
        }
    }
    // Within its own area a line may come without the code.
    let alone = may_lack_area
        && dialled == bare
        && matches!(bare.len(), 7 | 8)
        && matches!(bare.as_bytes().first(), Some(b'2'..=b'8'));
    if alone { fixed(bare.to_owned(), bare) } else { None }
}

fn strip_dial_prefix(digits: &str) -> &str {
    let stripped = |prefix: &str| digits.strip_prefix(prefix).filter(|rest| rest.len() >= 10);
    // 17900 to 17999 are the ways over IP.
    let over_ip = digits.get(..5).filter(|five| five.starts_with("179")).and_then(stripped);
    over_ip.filter(|_| digits.len() > 11).or_else(|| DIAL_PREFIXES.into_iter().find_map(stripped)).unwrap_or(digits)
}

fn is_mobile(bare: &str) -> bool {
    bare.len() == 11 && matches!(bare.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// Thirteen digits: meters, cars, locks.
fn is_thing(bare: &str) -> bool {
    bare.len() == 13 && (bare.starts_with("14") || bare.starts_with("106"))
}

fn is_service(bare: &str) -> bool {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| bare.starts_with(prefix));
    (starts(&["95", "96"]) && (5..=8).contains(&bare.len()))
        || (starts(&["400", "800"]) && bare.len() == 10)
        // Ten digits are Beijing's 10 and a line that begins with 6.
        || (starts(&["106"]) && (8..=20).contains(&bare.len()) && bare.len() != 10)
        || (starts(&["100"]) && (5..=8).contains(&bare.len()))
        // Call centres have 950 numbers with digits of their own behind; no area begins so.
        || (starts(&["950"]) && (9..=12).contains(&bare.len()))
}

/// Area code (without its 0) and the rest: 10 and 2x, else three digits from 3 to 9.
fn split_area(bare: &str) -> Option<(&str, &str)> {
    let len = match bare.as_bytes() {
        [b'1', b'0', ..] | [b'2', ..] => 2,
        // 0852 and 0853 went to 0851 in 2014: what begins so is Hong Kong's or Macau's.
        [b'8', b'5', b'2' | b'3', ..] => return None,
        [b'3'..=b'9', ..] => 3,
        _ => return None,
    };
    bare.split_at_checked(len)
}

/// The part behind the area code: eight digits in the big cities, seven or eight elsewhere; 1 and 9 begin other things.
fn is_local(area: &str, local: &str) -> bool {
    let long_enough = local.len() == 8 || (local.len() == 7 && area.len() == 3);
    long_enough && matches!(local.as_bytes(), [b'2'..=b'8', ..])
}

/// Looks like a switchboard's first line.
fn is_switchboard(local: &str) -> bool {
    local.ends_with("00") || matches!(local.as_bytes(), [.., a, b, c] if a == b && b == c)
}

fn elsewhere(digits: &str, plus: bool) -> (String, NumberClass) {
    let foreign = |rest: &str| (format!("+{rest}"), NumberClass::Foreign);
    let hong_kong_or_macau = |rest: &&str| rest.len() == 11 && (rest.starts_with("852") || rest.starts_with("853"));
    let significant = digits.trim_start_matches('0');
    if significant.len() < 7 {
        return mainland(significant, false).unwrap_or_else(|| (significant.to_owned(), NumberClass::Short));
    }
    if digits.starts_with("00") || (plus && digits.starts_with('0')) {
        return classify(significant, true);
    }
    if plus {
        return foreign(significant);
    }
    match Some(significant).filter(hong_kong_or_macau) {
        Some(number) => foreign(number),
        None => (digits.to_owned(), NumberClass::Foreign),
    }
}
