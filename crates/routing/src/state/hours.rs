use base::{OperatorId, Timestamp};
use jiff::civil::Date;

use super::State;
use crate::{AtClosing, Event, Reason};

/// A service that was closed or opened by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// Closed, else open.
    pub closed: bool,
    /// When the calendar decides again; none: when somebody says so.
    pub until: Option<Timestamp>,
    /// Why: one of the service's notices.
    pub reason: Option<Reason>,
    /// What becomes of those who wait; none: as the service has it.
    pub waiting: Option<AtClosing>,
    /// By whom; none: the command line on the machine.
    pub by: Option<OperatorId>,
    /// Since when.
    pub since: Timestamp,
}

/// A person's word that a computed closure is right as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Its first day at that time,
    pub from: Date,
    /// and its last.
    pub to: Date,
    /// Whose; none: the command line on the machine.
    pub by: Option<OperatorId>,
    /// When.
    pub utc: Timestamp,
}

impl State {
    pub(super) fn hours(&mut self, event: &Event, utc: Timestamp) {
        if let Event::ServiceSwitched { service, closed, by, until, reason, waiting } = event {
            match closed {
                Some(closed) => {
                    let (reason, by) = (reason.clone(), by.clone());
                    let switched =
                        Switched { closed: *closed, until: *until, reason, waiting: *waiting, by, since: utc };
                    self.switched.insert(service.clone(), switched);
                }
                None => {
                    self.switched.remove(service);
                }
            }
        }
        if let Event::HolidayConfirmed { calendar, holiday, from, to, by } = event {
            let confirmed = Confirmed { from: *from, to: *to, by: by.clone(), utc };
            self.confirmed.entry(calendar.clone()).or_default().insert(holiday.clone(), confirmed);
        }
    }
}
