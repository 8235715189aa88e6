//! What goes wrong, and when.

use std::time::Duration;

use routing::Party;

use super::agenda::Act;
use super::{Faults, Year};
use crate::Move;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Something that goes wrong, or is well again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The process dies between two inputs,
    Dies,
    /// or while it writes down what it decides.
    DiesWriting,
    /// All calls are lost at once.
    TrunkGoes,
    /// No call of ours leaves by the gateway, or by any trunk.
    GatewaySilent,
    AllSilent,
    JournalUnwell,
    JournalWell,
    DatabaseAway,
    DatabaseBack,
    ClockJumps,
    DeskReloads,
    DeskLost,
    DeskSleeps,
    CallerIdsStop,
    CallerIdsCome,
}

/// How far apart each comes, on average; none: it follows from another.
fn every(fault: Fault, faults: Faults) -> Option<Duration> {
    let days = |is: bool, days: u32| is.then(|| HOUR * 24 * days);
    match fault {
        Fault::Dies => days(faults.crash, 2),
        Fault::DiesWriting => days(faults.crash, 1),
        Fault::TrunkGoes => days(faults.trunk, 7),
        Fault::GatewaySilent => days(faults.trunk, 3),
        Fault::AllSilent => days(faults.trunk, 10),
        Fault::JournalUnwell => days(faults.journal, 3),
        Fault::DatabaseAway => days(faults.database, 10),
        Fault::ClockJumps => days(faults.clock, 2),
        Fault::DeskReloads => faults.desk.then_some(HOUR),
        Fault::DeskLost => faults.desk.then_some(HOUR * 2),
        Fault::DeskSleeps => faults.desk.then_some(HOUR * 12),
        Fault::CallerIdsStop => days(faults.caller_id, 40),
        Fault::JournalWell | Fault::DatabaseBack | Fault::CallerIdsCome => None,
    }
}

const ALL: [Fault; 12] = [
    Fault::Dies,
    Fault::DiesWriting,
    Fault::TrunkGoes,
    Fault::GatewaySilent,
    Fault::AllSilent,
    Fault::JournalUnwell,
    Fault::DatabaseAway,
    Fault::ClockJumps,
    Fault::DeskReloads,
    Fault::DeskLost,
    Fault::DeskSleeps,
    Fault::CallerIdsStop,
];

impl Year {
    /// Puts the first of each on the agenda.
    pub(super) fn foresee_faults(&mut self) {
        ALL.into_iter().for_each(|fault| self.foresee(fault));
    }

    fn foresee(&mut self, fault: Fault) {
        if let Some(mean) = every(fault, self.plan.faults) {
            let after = self.chance.exponential(mean.div_f64(self.plan.hurry));
            self.put(after, Act::Fault(fault));
        }
    }

    pub(super) fn goes_wrong(&mut self, fault: Fault) {
        self.tally.fault(fault);
        match fault {
            Fault::Dies => self.does(Move::Dies),
            Fault::DiesWriting => {
                let kept = usize::try_from(self.chance.below(5)).unwrap_or(0);
                self.does(Move::DiesWriting { kept });
            }
            Fault::TrunkGoes => self.trunk_goes(),
            Fault::GatewaySilent => self.silent(&["mobile"]),
            Fault::AllSilent => self.silent(&["mobile", "spare"]),
            Fault::JournalUnwell => {
                self.does(Move::Journal { well: false });
                let after = self.chance.exponential(MINUTE);
                self.put(after, Act::Fault(Fault::JournalWell));
            }
            Fault::JournalWell => self.does(Move::Journal { well: true }),
            // Nothing in the decisions hears of it: the projector catches up by itself.
            Fault::DatabaseAway => {
                let after = self.chance.exponential(HOUR);
                self.put(after, Act::Fault(Fault::DatabaseBack));
            }
            Fault::DatabaseBack => {}
            Fault::ClockJumps => self.clock_jumps(),
            Fault::DeskReloads | Fault::DeskLost | Fault::DeskSleeps => self.desk_fails(fault),
            Fault::CallerIdsStop => {
                self.people.carriers_own = true;
                self.put(HOUR * 3, Act::Fault(Fault::CallerIdsCome));
            }
            Fault::CallerIdsCome => self.people.carriers_own = false,
        }
        self.foresee(fault);
    }

    fn trunk_goes(&mut self) {
        let callers: Vec<u32> = self.world.callers.keys().copied().collect();
        for caller in callers {
            self.does(Move::Leaves { caller, by: Party::Trunk });
        }
    }

    fn silent(&mut self, trunks: &[&str]) {
        let away = self.chance.exponential(MINUTE * 10);
        for name in trunks {
            let turns = |up| Move::Trunk { name: (*name).to_owned(), up };
            self.does(turns(false));
            self.put(away, Act::Then(turns(true)));
        }
    }

    /// It is put right again later, as a time server would.
    fn clock_jumps(&mut self) {
        let ms = i64::try_from(self.chance.below(240_000)).unwrap_or(0) - 120_000;
        self.does(Move::Clock { ms });
        let after = self.chance.exponential(HOUR);
        self.put(after, Act::Then(Move::Clock { ms: -ms }));
    }

    fn desk_fails(&mut self, fault: Fault) {
        let at_work: Vec<String> = self.staff.at_work().map(str::to_owned).collect();
        let Some(name) = self.chance.pick(&at_work) else { return };
        let (least, most) = match fault {
            Fault::DeskReloads => (Duration::from_millis(300), Duration::from_secs(9)),
            Fault::DeskSleeps => (MINUTE * 5, MINUTE * 40),
            Fault::DeskLost
            | Fault::Dies
            | Fault::DiesWriting
            | Fault::TrunkGoes
            | Fault::GatewaySilent
            | Fault::AllSilent
            | Fault::JournalUnwell
            | Fault::JournalWell
            | Fault::DatabaseAway
            | Fault::DatabaseBack
            | Fault::ClockJumps
            | Fault::CallerIdsStop
            | Fault::CallerIdsCome => (Duration::from_secs(1), MINUTE),
        };
        let away = self.chance.between(least, most);
        self.does(Move::DeskQuiet { name: name.clone(), quiet: true });
        match self.chance.below(3) {
            0 => self.does(Move::Socket { name: name.clone(), up: false }),
            1 => self.does(Move::AudioGone { name: name.clone() }),
            // Its audio is the only thing that tells: no packets, and then some again.
            _ => return self.put(away, Act::Then(Move::DeskQuiet { name, quiet: false })),
        }
        self.put(away, Act::Page { name });
    }
}
