//! Calls that only the carrier saw (rule 18): owed like any other that did not get through.

use base::{Now, Timestamp};

use crate::switchboard::Switchboard;
use crate::{Caller, Event, Party, Reason, Reply, RequestError, TerminalCause};

impl Switchboard {
    /// Owes a conversation for a call of the carrier's list. Whether we saw it after all is for whoever reads the list to find out.
    pub(crate) fn owe_carrier_call(
        &mut self,
        caller: Caller,
        dialled: String,
        began: Timestamp,
        lasted_s: u32,
        now: Now,
    ) -> Result<Reply, RequestError> {
        self.can_save()?;
        let settings = self.settings.clone().ok_or(RequestError::UnknownService)?;
        let service = settings.numbers.get(&dialled).cloned().ok_or(RequestError::UnknownService)?;
        let journey = self.mints.journey.mint();
        let person = caller.person.filter(|person| !self.state.shared.contains(person));
        let settings_version = settings.version.clone();
        let found = Event::CarrierCallFound { journey, caller, dialled, service, began, lasted_s, settings_version };
        self.emit(found, now);
        match person.and_then(|person| self.state.reach.get(&person)).copied() {
            Some(obligation) => self.emit(Event::ObligationJoined { obligation, journey }, now),
            None => {
                self.open_obligation(journey, person, Reason::new("carrier_only"), None, now);
            }
        }
        self.end(journey, TerminalCause::CarrierOnly, Party::Trunk, now);
        Ok(Reply::Done)
    }
}
