//! `[service.<name>]`: what a dialled number leads to.

use std::collections::BTreeMap;
use std::time::Duration;

use routing::{AtClosing, Language, Service};

use super::document::Places;
use super::fault::Fault;
use super::read::{Node, OneOrMore, Read, section};
use super::values::{Count, DialledNumber, Name, is_name};

section! {
    /// `[service.<name>]`: what a dialled number leads to.
    ServiceSection {
        /// Numbers that lead here, as the trunk sends them. Old numbers stay: cards are in pockets for years.
        numbers: OneOrMore<DialledNumber>,
        /// The flow while open: a file in `flows/`.
        flow: Name,
        /// The flow while closed. None: as while open.
        closed_flow: Option<Name> = None,
        /// Its hours: a file in `calendars/`. None: always open.
        calendar: Option<Name> = None,
        /// The language of the first words.
        language: Language = Language("zh-CN".to_owned()),
        /// Who called before from a phone of their own hears the language that they chose last.
        remember_language: bool = false,
        /// Opens no obligation and is outside all figures: for probes and load. Trial mode only.
        synthetic: bool = false,
        /// What becomes of callers who came in time and still wait when it closes: they are served, or promised a call back.
        at_closing: AtClosing = AtClosing::Serve,
        /// How long after closing they are served.
        last_call_min: Count<0, 240> = Count(30),
        /// What it may be closed for by hand; callers hear the prompt `notice_<name>`.
        notices: Vec<Name> = NOTICES.map(|name| Name(name.to_owned())).to_vec(),
    }
}

/// What a line is closed for by hand, as shipped.
const NOTICES: [&str; 3] = ["staff_meeting", "typhoon", "technical"];

impl Read for AtClosing {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("serve or callback", faults, |text| match text {
            "serve" => Some(AtClosing::Serve),
            "callback" => Some(AtClosing::Callback),
            _ => None,
        })
    }
}

/// Services by name, and dialled number → service.
pub(super) struct Services {
    pub(super) services: BTreeMap<String, Service>,
    pub(super) numbers: BTreeMap<String, String>,
}

/// Checks services against each other. `always_open` lists those whose calendar is set aside.
pub(super) fn settings(
    sections: BTreeMap<String, ServiceSection>,
    trial: bool,
    always_open: &[String],
    places: &Places,
    faults: &mut Vec<Fault>,
) -> Services {
    let mut all = Services { services: BTreeMap::new(), numbers: BTreeMap::new() };
    if !places.knows("service") {
        faults.push(places.fault("service", "there is no service: no number leads anywhere"));
    }
    for (name, section) in sections {
        let key = format!("service.{name}");
        if !is_name(&name) {
            faults.push(places.fault(&key, "a name has small letters, digits, _, - and . only"));
        }
        if section.synthetic && !trial {
            let message = "only trial mode (--trial) has synthetic services: their callers are owed nothing";
            faults.push(places.fault(&format!("{key}.synthetic"), message));
        }
        for (index, number) in section.numbers.0.into_iter().enumerate() {
            if let Some(other) = all.numbers.insert(number.0, name.clone()) {
                let message = format!("leads to service {other} already");
                faults.push(places.fault(&format!("{key}.numbers[{index}]"), message));
            }
        }
        let calendar = section.calendar.filter(|_| !always_open.contains(&name));
        let service = Service {
            closed_flow: section.closed_flow.unwrap_or_else(|| section.flow.clone()).0,
            flow: section.flow.0,
            calendar: calendar.map(|calendar| calendar.0),
            language: section.language,
            remembers_language: section.remember_language,
            synthetic: section.synthetic,
            at_closing: section.at_closing,
            last_call: Duration::from_secs(u64::from(section.last_call_min.0) * 60),
            notices: section.notices.into_iter().map(|notice| notice.0).collect(),
        };
        all.services.insert(name, service);
    }
    all
}
