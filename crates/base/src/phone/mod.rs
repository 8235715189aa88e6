//! Callers' numbers: what they are, and what may be done with them (obligations, rules 2, 3, 7, 8).

mod china;
mod clean;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of line a caller ID names; decides whether it identifies a person (obligations, rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberClass {
    /// A mainland mobile number: 1, then 3 to 9, eleven digits; virtual operators' too.
    Mobile,
    /// A mainland fixed line; without its area code where the trunk left that out.
    Fixed,
    /// A number that many people stand behind: one with an extension, or a fixed line that looks like a switchboard's first, its local
    /// part ending in two zeros or three like digits (`8888 8000`, `2233 666`). A hint, not a proof: a factory's other lines are `Fixed`.
    Switchboard,
    /// A 95, 96, 100, 106 or 400/800 number, or a thing's: services, banks, advertisers, meters.
    Service,
    /// A number of another country, or of Hong Kong, Macau, Taiwan.
    Foreign,
    /// Too short to be called from outside.
    Short,
    /// Not sent, or sent as anonymous, unknown, zeros, or nothing that could be a number.
    Withheld,
}

/// Whether a number may be dialled, as far as its kind says (rules 7 and 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialling {
    /// Where the caller heard the callback notice and did not decline.
    Unasked,
    /// Only after the caller gave an extension or a safe number, and a time: others stand beside that telephone.
    Asked,
    /// Never.
    Never,
}

impl NumberClass {
    /// Whether numbers of this kind may be dialled (rules 7 and 8).
    pub const fn dialling(self) -> Dialling {
        match self {
            NumberClass::Mobile => Dialling::Unasked,
            NumberClass::Fixed | NumberClass::Switchboard => Dialling::Asked,
            NumberClass::Service | NumberClass::Foreign | NumberClass::Short | NumberClass::Withheld => Dialling::Never,
        }
    }

    /// Whether calls from numbers of this kind go to review, listed and never dialled by themselves (rule 3).
    pub const fn is_noise(self) -> bool {
        match self {
            NumberClass::Service | NumberClass::Foreign => true,
            NumberClass::Mobile
            | NumberClass::Fixed
            | NumberClass::Switchboard
            | NumberClass::Short
            | NumberClass::Withheld => false,
        }
    }
}

/// A caller's number in one canonical form: national digits for the mainland (`13912345678`, `076912345678`), `+` and digits for the rest,
/// with `-` and the extension where there is one.
///
/// It is parsed from what a trunk sends (S8); the raw text is kept elsewhere, sealed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    canonical: String,
    class: NumberClass,
}

impl PhoneNumber {
    /// Reads a caller ID in any shape that Chinese carriers deliver: `0` + mobile, area code, `86`, `+86`, `0086`, `+0086`, dial prefixes
    /// such as 17951, separators, full-width digits, extensions. Never fails: what names nobody is `Withheld`.
    pub fn parse(raw: &str) -> Self {
        let Some(clean) = clean::clean(raw) else { return PhoneNumber::withheld() };
        let (digits, class) = china::classify(&clean.digits, clean.plus);
        match clean.extension.filter(|_| china::takes_extension(&clean.digits, clean.plus)) {
            Some(extension) => {
                PhoneNumber { canonical: format!("{digits}-{extension}"), class: NumberClass::Switchboard }
            }
            None => PhoneNumber { canonical: digits, class },
        }
    }

    fn withheld() -> Self {
        PhoneNumber { canonical: String::new(), class: NumberClass::Withheld }
    }

    /// What kind of line it is.
    pub fn class(&self) -> NumberClass {
        self.class
    }

    /// The canonical form. Only for dialling, hashing and sealing.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// What is dialled to reach the line, without the extension.
    pub fn line(&self) -> &str {
        self.canonical.split('-').next().unwrap_or_default()
    }

    /// The digits that lead on from a switchboard to one person.
    pub fn extension(&self) -> Option<&str> {
        self.canonical.split_once('-').map(|(_, extension)| extension)
    }

    /// What people may see by default: `139****8096`; fixed lines keep area code and two digits; nothing of the rest but its kind.
    pub fn masked(&self) -> String {
        let line = self.line();
        let shown = |front: usize, back: usize| {
            let (head, tail) = (line.get(..front), line.len().checked_sub(back).and_then(|at| line.get(at..)));
            format!("{}****{}", head.unwrap_or_default(), tail.unwrap_or_default())
        };
        match self.class {
            NumberClass::Mobile => shown(3, 4),
            NumberClass::Fixed | NumberClass::Switchboard => shown(china::area_len(line), 2),
            NumberClass::Service | NumberClass::Short => "***".to_owned(),
            NumberClass::Foreign => "+***".to_owned(),
            NumberClass::Withheld => String::new(),
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({:?})", self.class)
    }
}
