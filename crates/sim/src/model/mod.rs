//! The reference model: the rules of obligations and of the line, in the plainest words, against what a switchboard wrote and did.
//!
//! It is written from the rules, asks the switchboard nothing, and computes for itself who fits whom. It is not a switchboard: it only says
//! whether a step was allowed, and whether something that had to happen did not.

mod call;
mod calls;
mod dial;
mod fair;
mod hours;
mod owed;
mod roster;
mod tongue;

use std::collections::BTreeSet;

use base::{Now, ObligationId, Timestamp};
use routing::{Board, Command, Event, Fact, Input, Record, RequestKind, Settings};

use crate::{Step, Told};
use calls::Calls;
use dial::Dialling;
use hours::Hours;
use owed::Owed;
use roster::Roster;
use tongue::Tongues;

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule} (record {seq})")]
pub struct Verdict {
    /// Which, in words.
    pub rule: String,
    /// The last record that was seen.
    pub seq: u64,
}

/// A row of fewer digits names nobody: seconds, counters and sealed bytes have such.
const SECRET_DIGITS: usize = 8;

/// What a part of the model says: the rule that was broken.
type Ruling = Result<(), String>;

/// Watches every step of a node.
#[derive(Debug)]
pub struct Judge {
    seq: u64,
    secrets: BTreeSet<Vec<u8>>,
    secret_lengths: BTreeSet<usize>,
    /// The fewest digits that any of them has.
    shortest: usize,
    roster: Roster,
    calls: Calls,
    owed: Owed,
    hours: Hours,
    tongues: Tongues,
    dialling: Dialling,
    /// Whether calls of ours can leave at all,
    dials: bool,
    /// and what of those whom we owe one changed in this step.
    touched: BTreeSet<ObligationId>,
    /// A run is over and what it left behind is not cleared up yet.
    recovering: bool,
}

impl Judge {
    /// Knows nothing but who sits at a static SIP address.
    pub fn new(settings: &Settings) -> Self {
        Judge {
            seq: 0,
            secrets: BTreeSet::new(),
            secret_lengths: BTreeSet::new(),
            shortest: usize::MAX,
            roster: Roster::new(&settings.sip_operators),
            calls: Calls::default(),
            owed: Owed::default(),
            hours: Hours::new(settings),
            tongues: Tongues::new(settings),
            dialling: Dialling::default(),
            dials: !settings.trunks.is_empty(),
            touched: BTreeSet::new(),
            recovering: false,
        }
    }

    /// Learns a number that must never be written.
    pub fn keep_secret(&mut self, number: &str) {
        let digits: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).collect();
        if digits.len() >= SECRET_DIGITS && self.secrets.insert(digits.clone()) {
            self.secret_lengths.insert(digits.len());
            self.shortest = self.shortest.min(digits.len());
        }
    }

    /// Judges the next step.
    pub fn step(&mut self, step: &Step) -> Result<(), Verdict> {
        self.told(&step.told);
        let ruling = self
            .says_no_number(&step.written)
            .and_then(|()| step.records.iter().try_for_each(|record| self.record(record)))
            .and_then(|()| step.commands.iter().try_for_each(|command| self.command(command)))
            .and_then(|()| self.after(&step.told, step.now));
        self.verdict(ruling)
    }

    /// Compares with the picture that people are shown.
    pub fn board(&self, board: &Board) -> Result<(), Verdict> {
        let (shown, owed) = (board.open_obligations(), self.owed.not_kept());
        let under_way = board.journeys().map(|(id, _)| id).collect::<BTreeSet<_>>();
        let ruling = if shown != owed {
            Err(format!("the board shows {shown} obligations, {owed} are not kept"))
        } else if under_way != self.calls.under_way() {
            Err(format!("the board shows {under_way:?} under way, not {:?}", self.calls.under_way()))
        } else if board.last_seq() != self.seq {
            Err("the board is not at the last record".to_owned())
        } else {
            Ok(())
        };
        self.verdict(ruling)
    }

    /// Everyone has hung up and everything has run out: nothing may be left over.
    pub fn finish(&self, now: Timestamp) -> Result<(), Verdict> {
        let ruling = self.calls.finish().and_then(|()| self.roster.finish()).and_then(|()| self.owed.finish());
        let ruling = ruling.and_then(|()| self.dialling.finish(now));
        self.verdict(ruling)
    }

    /// Callbacks offered, and conversations that came of them.
    pub fn callbacks(&self) -> (u64, u64) {
        self.dialling.tally()
    }

    /// How many obligations were opened and how many of them kept.
    pub fn tally(&self) -> (u64, u64) {
        self.owed.tally()
    }

    fn verdict(&self, ruling: Ruling) -> Result<(), Verdict> {
        ruling.map_err(|rule| Verdict { rule, seq: self.seq })
    }

    fn told(&mut self, told: &Told) {
        self.owed.begin();
        self.dialling.begin(wished(told));
        match told {
            Told::Input(Input::Fact(fact)) | Told::Torn(Input::Fact(fact)) => self.roster.learn(fact),
            Told::Input(Input::Asked { request, .. }) | Told::Torn(Input::Asked { request, .. }) => {
                if let RequestKind::CloseObligation { obligation, .. } = request.kind {
                    self.owed.closed_by_hand(obligation);
                }
            }
            Told::Input(_) | Told::Torn(_) | Told::Time => {}
            Told::Lost => {
                self.recovering = true;
                self.roster.lose_desks();
                self.dialling.lost();
            }
        }
    }

    fn record(&mut self, record: &Record) -> Ruling {
        let expected = self.seq + 1;
        if record.seq != expected {
            return Err(format!("record {} follows record {}", record.seq, self.seq));
        }
        self.seq = record.seq;
        let event = &record.event;
        self.hours.record(event, record.utc)?;
        self.roster.record(event)?;
        if let Event::Offered { journey, operator, .. } = event {
            fair::offer(&self.roster, &self.calls, *journey, operator)?;
        }
        self.calls.record(event, record.utc)?;
        self.tongues.record(event, record.utc)?;
        if let Event::OperatorChanged { operator, state, .. } = event
            && roster::starts_anew(state)
        {
            self.calls.ask_again(operator);
        }
        self.owed.record(event, &self.calls)?;
        self.touch(event);
        let Judge { dialling, hours, owed, .. } = self;
        dialling.record(event, record.utc, hours, |journey| owed.of(journey))
    }

    fn touch(&mut self, event: &Event) {
        if let Event::ObligationOpened { obligation, .. }
        | Event::ObligationReopened { obligation, .. }
        | Event::CallbackOfferEnded { obligation, .. }
        | Event::PromiseMade { obligation, .. } = event
        {
            self.touched.insert(*obligation);
        }
        if let Event::Ended { journey, .. } | Event::WrappedUp { journey, .. } = event {
            self.touched.extend(self.owed.of(*journey));
            self.touched.extend(self.calls.get(*journey).and_then(|call| call.keeps));
        }
    }

    /// Every promise, and every caller without one, is somebody's business.
    fn nobody_is_forgotten(&mut self) -> Ruling {
        let touched = std::mem::take(&mut self.touched);
        let forgotten = touched
            .into_iter()
            .filter(|_| self.dials)
            .find(|id| self.owed.lies_open(*id, &self.calls) && !self.dialling.provides_for(*id));
        forgotten
            .map_or(Ok(()), |id| Err(format!("{id} is open, and neither planned nor on a list: silence (rule 10)")))
    }

    /// Rule 20, byte by byte: no row of digits in the journal holds a number that somebody called from or keyed in.
    fn says_no_number(&self, written: &[u8]) -> Ruling {
        let rows = written.split(|byte| !byte.is_ascii_digit()).filter(|row| row.len() >= self.shortest);
        let holds = |row: &[u8]| {
            self.secret_lengths.iter().any(|length| row.windows(*length).any(|digits| self.secrets.contains(digits)))
        };
        let mut rows = rows;
        if rows.any(holds) { Err("a number stands in clear in the journal (rule 20)".to_owned()) } else { Ok(()) }
    }

    /// Nobody is answered or let go before what we owe them is written (rule 1).
    fn command(&mut self, command: &Command) -> Ruling {
        match command {
            Command::Answer { leg } => match self.calls.of_leg(*leg) {
                Some((id, call)) if call.synthetic || self.owed.owes(id) => Ok(()),
                Some((id, _)) => Err(format!("{id} was answered before it was owed anything (rule 1)")),
                None => Err(format!("{leg} was answered before its journey was written (rule 1)")),
            },
            Command::HangUp { leg, .. } => {
                self.roster.learn(&Fact::LegEnded { leg: *leg, by: routing::Party::Engine });
                Ok(())
            }
            Command::Refuse { .. }
            | Command::Dial { .. }
            | Command::Play { .. }
            | Command::StopPlay { .. }
            | Command::Hear { .. }
            | Command::Watch { .. }
            | Command::SendDigit { .. }
            | Command::SendSealed { .. }
            | Command::Mute { .. }
            | Command::SealContact { .. }
            | Command::ByeRecovered { .. } => Ok(()),
        }
    }

    fn after(&mut self, told: &Told, now: Now) -> Ruling {
        match told {
            Told::Torn(_) => self.recovering = true,
            Told::Input(Input::NodeLost { .. }) => {
                self.recovering = false;
                self.calls.none_of_the_past()?;
            }
            Told::Input(_) | Told::Time | Told::Lost => {}
        }
        if self.recovering {
            return Ok(());
        }
        self.roster.agrees(&self.calls, &self.dialling)?;
        self.dialling.holds()?;
        self.nobody_is_forgotten()?;
        self.owed.holds(&self.calls, &self.roster)?;
        fair::nobody_waits_in_vain(&self.roster, &mut self.calls, now.mono)?;
        self.calls.forget();
        self.owed.forget(&self.calls);
        Ok(())
    }
}

/// What a person asks us to call for.
fn wished(told: &Told) -> Option<ObligationId> {
    let (Told::Input(Input::Asked { request, .. }) | Told::Torn(Input::Asked { request, .. })) = told else {
        return None;
    };
    if let RequestKind::PlanCallback { obligation, .. } = request.kind { Some(obligation) } else { None }
}
