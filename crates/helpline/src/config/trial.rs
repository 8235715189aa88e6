//! `[trial]`: what a newcomer's laptop needs.

use super::document::Places;
use super::fault::Fault;
use super::read::section;
use super::service::Services;
use super::values::{DialledNumber, Name};

section! {
    /// `[trial]`: for `--trial` only.
    TrialSection {
        /// The number that the button on `/try` dials.
        number: DialledNumber,
        /// The number of its "after hours" switch: a service that is closed.
        closed_number: DialledNumber,
        /// The number that `helpline probe` dials: a synthetic service.
        probe_number: DialledNumber,
        /// Services that are open at every hour unless `--clock` says when it is.
        always_open: Vec<Name> = Vec::new(),
    }
}

/// What `/try` and `helpline probe` dial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// The number that the button dials,
    pub(crate) number: String,
    /// that of the "after hours" switch,
    pub(crate) closed_number: String,
    /// and that of a probe.
    pub(crate) probe_number: String,
}

impl TrialSection {
    /// Checks that the numbers lead somewhere.
    pub(super) fn settings(self, services: &Services, places: &Places, faults: &mut Vec<Fault>) -> Trial {
        let numbers = [
            ("trial.number", &self.number),
            ("trial.closed_number", &self.closed_number),
            ("trial.probe_number", &self.probe_number),
        ];
        for (key, number) in numbers {
            if !services.numbers.contains_key(&number.0) {
                faults.push(places.fault(key, format!("{} leads to no service", number.0)));
            }
        }
        let service = services.numbers.get(&self.probe_number.0).and_then(|name| services.services.get(name));
        if service.is_some_and(|service| !service.synthetic) {
            let message = "leads to a service of real callers; a probe needs one with synthetic = true";
            faults.push(places.fault("trial.probe_number", message));
        }
        for (index, name) in self.always_open.iter().enumerate() {
            if !services.services.contains_key(&name.0) {
                let message = format!("there is no service \"{}\"", name.0);
                faults.push(places.fault(&format!("trial.always_open[{index}]"), message));
            }
        }
        Trial { number: self.number.0, closed_number: self.closed_number.0, probe_number: self.probe_number.0 }
    }
}
