use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of line a caller ID names; decides whether it identifies a person (obligations, rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberClass {
    /// A mainland mobile number: 1, then 3 to 9, eleven digits.
    Mobile,
    /// A mainland fixed line with its area code.
    Fixed,
    /// A 95, 96, 106 or 400/800 number: services, banks, advertisers.
    Service,
    /// A number of another country, or of Hong Kong, Macau, Taiwan.
    Foreign,
    /// Too short to be called from outside.
    Short,
    /// Not sent, or sent as anonymous, unknown, zeros.
    Withheld,
}

/// A caller's number in one canonical form: national digits for the mainland (`13912345678`, `076912345678`), `+` and digits for the rest.
///
/// It is parsed from what a trunk sends (S8); the raw text is kept elsewhere, sealed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    digits: String,
    class: NumberClass,
}

impl PhoneNumber {
    /// Reads a caller ID in any shape that Chinese carriers deliver: `0` + mobile, area code, `86`, `+86`, `0086`, `+0086`, dial prefixes
    /// such as 17951, separators. Never fails: what names nobody is `Withheld`.
    pub fn parse(raw: &str) -> Self {
        let cleaned: String = raw.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let plus = cleaned.starts_with('+');
        let digits = cleaned.trim_start_matches('+');
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.bytes().all(|b| b == b'0') {
            return PhoneNumber { digits: String::new(), class: NumberClass::Withheld };
        }
        let national = strip_country(digits, plus);
        let may_be_mainland = !plus || national.len() < digits.len() || digits.starts_with('0');
        may_be_mainland.then(|| mainland(national)).flatten().unwrap_or_else(|| elsewhere(digits, plus))
    }

    /// What kind of line it is.
    pub fn class(&self) -> NumberClass {
        self.class
    }

    /// The canonical digits. Only for dialling, hashing and sealing.
    pub fn canonical(&self) -> &str {
        &self.digits
    }

    /// What people may see by default: `139****8096`; fixed lines keep area code and two digits; nothing of the rest but its kind.
    pub fn masked(&self) -> String {
        let n = self.digits.len();
        match self.class {
            NumberClass::Mobile => format!("{}****{}", &self.digits[..3], &self.digits[n - 4..]),
            NumberClass::Fixed => format!("{}****{}", &self.digits[..self.area_len()], &self.digits[n - 2..]),
            NumberClass::Service | NumberClass::Short => "***".to_owned(),
            NumberClass::Foreign => "+***".to_owned(),
            NumberClass::Withheld => String::new(),
        }
    }
}

impl PhoneNumber {
    fn area_len(&self) -> usize {
        if self.digits.starts_with("010") || self.digits.starts_with("02") { 3 } else { 4 }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({:?})", self.class)
    }
}

/// Takes `86`, `0086` or `+0086` off, where a mainland number can stand behind it.
fn strip_country(digits: &str, plus: bool) -> &str {
    let zeros = digits.strip_prefix("00").unwrap_or(digits);
    match zeros.strip_prefix("86") {
        Some(rest) if rest.len() >= 9 || (plus && rest.len() >= 5) => rest,
        Some(_) | None => digits,
    }
}

fn mainland(digits: &str) -> Option<PhoneNumber> {
    let dialled = ["17951", "17911", "12593", "10193"]
        .iter()
        .find_map(|prefix| digits.strip_prefix(prefix).filter(|rest| rest.len() >= 10))
        .unwrap_or(digits);
    let bare = dialled.strip_prefix('0').unwrap_or(dialled);
    let mobile = bare.len() == 11 && bare.starts_with('1') && matches!(bare.as_bytes()[1], b'3'..=b'9');
    if mobile {
        return Some(PhoneNumber { digits: bare.to_owned(), class: NumberClass::Mobile });
    }
    let service = (bare.starts_with("95") || bare.starts_with("96")) && (5..=8).contains(&bare.len())
        || (bare.starts_with("400") || bare.starts_with("800")) && bare.len() == 10
        || bare.starts_with("106") && bare.len() >= 8;
    if service {
        return Some(PhoneNumber { digits: bare.to_owned(), class: NumberClass::Service });
    }
    if is_area_and_line(bare) && (dialled.starts_with('0') || bare.len() >= 10) {
        return Some(PhoneNumber { digits: format!("0{bare}"), class: NumberClass::Fixed });
    }
    None
}

/// Two-digit area codes are 10 and 2x with eight digits of line; three-digit ones start with 3 to 9 and have seven or eight.
fn is_area_and_line(bare: &str) -> bool {
    let first = bare.as_bytes()[0];
    let big_city = bare.starts_with("10") || first == b'2';
    (big_city && bare.len() == 10) || (matches!(first, b'3'..=b'9') && matches!(bare.len(), 10 | 11))
}

fn elsewhere(digits: &str, plus: bool) -> PhoneNumber {
    let international = digits.strip_prefix("00").filter(|rest| rest.len() >= 7);
    match international {
        Some(rest) => PhoneNumber { digits: format!("+{rest}"), class: NumberClass::Foreign },
        None if plus && digits.len() >= 7 => PhoneNumber { digits: format!("+{digits}"), class: NumberClass::Foreign },
        None if digits.len() < 7 => PhoneNumber { digits: digits.to_owned(), class: NumberClass::Short },
        None => PhoneNumber { digits: digits.to_owned(), class: NumberClass::Foreign },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_one_mobile_is_one_number() {
        for raw in [
            "13912345678",
            "013912345678",
            "8613912345678",
            "+8613912345678",
            "008613912345678",
            "+008613912345678",
            "1795113912345678",
            "+0139 1234 5678",
            "139-1234-5678",
        ] {
            let number = PhoneNumber::parse(raw);
            assert_eq!((number.canonical(), number.class()), ("13912345678", NumberClass::Mobile), "{raw}");
        }
    }

    #[test]
    fn tells_the_classes_apart() {
        for (raw, class, canonical) in [
            ("076922345678", NumberClass::Fixed, "076922345678"),
            ("8676922345678", NumberClass::Fixed, "076922345678"),
            ("01012345678", NumberClass::Fixed, "01012345678"),
            ("95588", NumberClass::Service, "95588"),
            ("4008169580", NumberClass::Service, "4008169580"),
            ("10690001234", NumberClass::Service, "10690001234"),
            ("+85291234567", NumberClass::Foreign, "+85291234567"),
            ("0085291234567", NumberClass::Foreign, "+85291234567"),
            ("8012", NumberClass::Short, "8012"),
            ("anonymous", NumberClass::Withheld, ""),
            ("0000", NumberClass::Withheld, ""),
            ("", NumberClass::Withheld, ""),
        ] {
            let number = PhoneNumber::parse(raw);
            assert_eq!((number.class(), number.canonical()), (class, canonical), "{raw}");
        }
    }

    #[test]
    fn masks_keep_too_little_to_dial() {
        assert_eq!(PhoneNumber::parse("13912348096").masked(), "139****8096");
        assert_eq!(PhoneNumber::parse("076922345678").masked(), "0769****78");
        assert_eq!(PhoneNumber::parse("01012345678").masked(), "010****78");
        assert_eq!(PhoneNumber::parse("+85291234567").masked(), "+***");
        assert_eq!(PhoneNumber::parse("").masked(), "");
    }

    proptest::proptest! {
        #[test]
        fn no_caller_id_panics(raw in "\\PC{0,24}", digits in "[+]?[0-9]{0,20}") {
            PhoneNumber::parse(&raw).masked();
            PhoneNumber::parse(&digits).masked();
        }
    }
}
