//! What people and faults do to a node, in words that can be said again to another one: by name, never by an id that a node gave.

use std::time::Duration;

use base::LegId;
use routing::{Callback, Fact, LegFailure, NumberFlag, Party, Reason, RequestKind};

use crate::World;

/// One thing that happens. Callers go by a number of their own, operators by name. What cannot happen any more does nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Someone gets an account.
    Hires { name: String, languages: Vec<String> },
    /// A page's socket comes or goes.
    Socket { name: String, up: bool },
    /// A page's audio opens, anew.
    Audio { name: String },
    /// A page's audio leg is gone.
    AudioGone { name: String },
    /// An operator asks for something that needs no id.
    Asks { name: String, kind: RequestKind },
    /// They take what rings.
    Accepts { name: String },
    /// They do not.
    Declines { name: String },
    /// Packets of a desk stop coming, or come again.
    DeskQuiet { name: String, quiet: bool },
    /// A call comes in; `caller` is its name from now on.
    Calls { caller: u32, number: String, dialled: String },
    /// A caller presses a key.
    Presses { caller: u32, digit: char },
    /// A caller's leg ends.
    Leaves { caller: u32, by: Party },
    /// A caller cancels before we answer; after that it is too late.
    Cancels { caller: u32 },
    /// Packets of a caller stop coming, or come again.
    CallerQuiet { caller: u32, quiet: bool },
    /// What a telephone does that was dialled last for an operator.
    Far { name: String, does: Far },
    /// A supervisor takes the oldest obligation that stands on a list, and does something about it.
    Supervises { name: String, does: Supervision },
    /// The process dies; the next one reads the journal.
    Dies,
    /// It dies of a call that comes in, with so many of its records on disk.
    DiesOfCall { number: String, dialled: String, kept: usize },
    /// It dies of whatever is decided next, with so many of those records on disk.
    DiesWriting { kept: usize },
    /// The wall clock jumps by so many milliseconds.
    Clock { ms: i64 },
    /// The journal does not commit, or does again.
    Journal { well: bool },
    /// A trunk that calls of ours leave by answers, or does not.
    Trunk { name: String, up: bool },
}

/// What a telephone that we dialled does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Far {
    /// It rings.
    Rings,
    /// Someone takes it.
    Answers,
    /// It will not be taken.
    Fails(LegFailure),
    /// Whoever took it hangs up.
    HangsUp,
}

/// What a supervisor does about something that stands on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supervision {
    /// Closes it, with a reason.
    Closes,
    /// Has it called as soon as an operator is free.
    Plans,
    /// Wants to call the first that is planned themselves.
    Claims,
    /// Sets that its number must not be called.
    Bars,
}

/// A move with its moment, since the beginning.
pub type Timed = (Duration, Move);

impl World {
    /// Lets it happen.
    pub fn happens(&mut self, it: &Move) {
        match it {
            Move::Hires { name, languages } => {
                let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
                self.hire(name, &languages);
            }
            Move::Socket { name, up } => self.socket(name, *up),
            Move::Audio { name } => {
                self.open_audio(name);
            }
            Move::AudioGone { name } => {
                if let Some(leg) = self.desk(name) {
                    self.leave(leg, Party::Operator);
                }
            }
            Move::Asks { name, kind } => {
                self.ask(name, kind.clone());
            }
            Move::Accepts { name } => {
                if let Some(offer) = self.offer_at(name) {
                    self.ask(name, RequestKind::Accept { offer });
                }
            }
            Move::Declines { name } => {
                if let Some(offer) = self.offer_at(name) {
                    self.ask(name, RequestKind::Decline { offer, reason: Reason::new("not_now") });
                }
            }
            Move::DeskQuiet { name, quiet } => {
                if let Some(leg) = self.desk(name) {
                    self.hush(leg, *quiet);
                }
            }
            Move::Calls { caller, number, dialled } => {
                let (leg, input) = self.invite(number, dialled);
                self.callers.insert(*caller, leg);
                self.tell(input);
            }
            Move::Presses { caller, digit } => {
                if let Some(leg) = self.caller(*caller) {
                    self.fact(Fact::Digit { leg, digit: *digit });
                }
            }
            Move::Leaves { caller, by } => {
                if let Some(leg) = self.callers.remove(caller) {
                    self.leave(leg, *by);
                }
            }
            Move::Cancels { caller } => {
                if let Some(leg) = self.caller(*caller).filter(|leg| self.media.is_coming_up(*leg)) {
                    self.callers.remove(caller);
                    self.media.over(leg, self.now().mono);
                    self.fact(Fact::LegFailed { leg, failure: LegFailure::Cancelled });
                }
            }
            Move::CallerQuiet { caller, quiet } => {
                if let Some(leg) = self.caller(*caller) {
                    self.hush(leg, *quiet);
                }
            }
            Move::Far { name, does } => self.far(name, *does),
            Move::Supervises { name, does } => self.supervises(name, *does),
            Move::Dies => self.restart(),
            Move::DiesOfCall { number, dialled, kept } => {
                let (_, input) = self.invite(number, dialled);
                self.tell_and_die(input, *kept);
            }
            Move::DiesWriting { kept } => self.dies_writing(*kept),
            Move::Clock { ms } => self.jump(*ms),
            Move::Journal { well } => self.tell(routing::Input::Journal { well: *well }),
            Move::Trunk { name, up } => {
                let reason = Reason::new(if *up { "answers" } else { "silent" });
                self.fact(Fact::Trunk { trunk: name.clone(), up: *up, reason });
            }
        }
    }

    fn far(&mut self, name: &str, does: Far) {
        let Some(leg) = self.dialled_for(name).filter(|leg| self.media.is_dialled(*leg)) else { return };
        match does {
            Far::Rings => self.fact(Fact::Ringing { leg }),
            Far::Answers => self.fact(Fact::LegUp { leg }),
            Far::Fails(failure) => {
                self.media.over(leg, self.now().mono);
                self.fact(Fact::LegFailed { leg, failure });
            }
            Far::HangsUp => {
                let by = if self.dials_callers(name) { Party::Caller } else { Party::Operator };
                self.leave(leg, by);
            }
        }
    }

    fn supervises(&mut self, name: &str, does: Supervision) {
        let claims = does == Supervision::Claims;
        let stands = |callback: &Callback| if claims { callback.plan.is_some() } else { callback.held.is_some() };
        let first = self.board().obligations().find(|(_, owed)| stands(&owed.callback));
        let Some(obligation) = first.map(|(id, _)| id) else { return };
        let kind = match does {
            Supervision::Claims => RequestKind::ClaimObligation { obligation },
            Supervision::Bars => {
                let (flag, on, reason) = (NumberFlag::DoNotCall, true, Reason::new("asked_by_them"));
                RequestKind::FlagNumber { obligation, flag, on, reason }
            }
            Supervision::Closes => {
                RequestKind::CloseObligation { obligation, reason: Reason::new("settled_otherwise") }
            }
            Supervision::Plans => RequestKind::PlanCallback { obligation, due: None },
        };
        self.ask(name, kind);
    }

    /// The leg of a caller whose call has not ended.
    pub fn caller(&self, caller: u32) -> Option<LegId> {
        self.callers.get(&caller).copied()
    }
}
