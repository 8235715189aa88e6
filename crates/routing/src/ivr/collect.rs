//! The step `collect`: a number on which a caller can be reached safely, or their extension. It is read back, confirmed and sealed; the digits
//! live in the call's memory and nowhere else (rules 7 and 20).

use base::{JourneyId, Now, NumberClass, PhoneNumber, PlayId};

use super::speech;
use crate::journey::{Asked, Collecting, Doing};
use crate::switchboard::{Switchboard, Timer};
use crate::{Collect, Command, Contact, Digits, Event, Keyed, Reason, Say, Step};

/// Digits of a mainland mobile: such a number is complete without `#`.
const MOBILE_LEN: usize = 11;

impl Switchboard {
    pub(super) fn open_collect(&mut self, id: JourneyId, step: String, collect: &Collect, now: Now) -> Option<String> {
        self.emit(Event::StepEntered { journey: id, step: step.clone() }, now);
        self.do_now(id, Doing::Collecting(Collecting::new(step)));
        self.ask_for_digits(id, &[], collect);
        None
    }

    /// Says what is wanted, after `before`, and begins with no digit.
    fn ask_for_digits(&mut self, id: JourneyId, before: &[String], collect: &Collect) {
        let say = before.iter().chain(&collect.prompts).map(|name| Say::Prompt(name.clone().into())).collect();
        self.collect_says(id, Asked::Digits, Digits::default(), say);
    }

    fn collect_says(&mut self, id: JourneyId, asked: Asked, digits: Digits, say: Vec<Say>) {
        let play = self.mints.play.mint();
        let Some(collecting) = self.collecting(id) else { return };
        (collecting.asked, collecting.digits, collecting.star, collecting.play) = (asked, digits, false, Some(play));
        self.speak(id, play, say);
    }

    /// All was said: from now on silence counts.
    pub(super) fn collect_said(&mut self, id: JourneyId, play: PlayId, now: Now) {
        let Some((_, collect)) = self.collect_of(id) else { return };
        let Some(collecting) = self.collecting(id).filter(|collecting| collecting.play == Some(play)) else { return };
        collecting.play = None;
        self.timers.set(Timer::NoInput(id), now.mono + collect.gap);
    }

    /// A key of whoever keys in something.
    pub(super) fn collect_key(&mut self, id: JourneyId, digit: char, now: Now) {
        let Some((_, collect)) = self.collect_of(id) else { return };
        self.hush_collect(id);
        let Some(collecting) = self.collecting(id) else { return };
        match (collecting.asked, digit) {
            (Asked::Digits, '*') if collecting.star => self.ask_for_digits(id, &[], &collect),
            (Asked::Digits, '*') => {
                collecting.star = true;
                self.timers.set(Timer::NoInput(id), now.mono + collect.gap);
            }
            (Asked::Digits, '#') => self.digits_in(id, now),
            (Asked::Digits, _) => self.take_digit(id, &collect, digit, now),
            (Asked::Right, '1') => self.seal_digits(id, &collect),
            (Asked::Right, '2') => self.ask_for_digits(id, &[], &collect),
            (Asked::Right, '*') => self.read_back(id, &collect),
            // Those who end every number with # do so after the last digit that we waited for, too.
            (Asked::Right, '#') => self.timers.set(Timer::NoInput(id), now.mono + collect.gap),
            (Asked::Right, _) => self.collect_missed(id, Reason::new("no_match"), now),
            (Asked::Nothing, _) => {}
        }
    }

    fn take_digit(&mut self, id: JourneyId, collect: &Collect, digit: char, now: Now) {
        let Some(collecting) = self.collecting(id).filter(|_| digit.is_ascii_digit()) else { return };
        collecting.star = false;
        collecting.digits.0.push(digit);
        if is_complete(collect, &collecting.digits) {
            self.digits_in(id, now);
        } else {
            self.timers.set(Timer::NoInput(id), now.mono + collect.gap);
        }
    }

    /// Nothing was pressed for a while.
    pub(super) fn collect_silent(&mut self, id: JourneyId, now: Now) {
        let keyed = self.collecting(id).filter(|collecting| collecting.asked == Asked::Digits);
        match keyed.is_some_and(|collecting| !collecting.digits.0.is_empty()) {
            true => self.digits_in(id, now),
            false => self.collect_missed(id, Reason::new("no_input"), now),
        }
    }

    /// The digits are all there: read back, where they lead to someone who may be called.
    fn digits_in(&mut self, id: JourneyId, now: Now) {
        let Some((_, collect)) = self.collect_of(id) else { return };
        let Some(digits) = self.collecting(id).map(|collecting| collecting.digits.clone()) else { return };
        if digits.0.is_empty() {
            self.collect_missed(id, Reason::new("no_input"), now);
        } else if self.may_be_dialled(id, &collect, &digits) {
            self.read_back(id, &collect);
        } else {
            self.collect_missed(id, Reason::new("not_dialable"), now);
        }
    }

    /// By its kind (rules 7 and 8); a fixed line with its area code.
    fn may_be_dialled(&self, id: JourneyId, collect: &Collect, digits: &Digits) -> bool {
        let number = PhoneNumber::parse(&digits.0);
        let whole = number.class() == NumberClass::Mobile || number.canonical().starts_with('0');
        collect.what == Keyed::Extension || (whole && self.may_be_given(id, number.class()))
    }

    fn read_back(&mut self, id: JourneyId, collect: &Collect) {
        let Some(digits) = self.collecting(id).map(|collecting| collecting.digits.clone()) else { return };
        let say = speech::compose_digits(&collect.confirm, &digits);
        self.collect_says(id, Asked::Right, digits, say);
    }

    fn seal_digits(&mut self, id: JourneyId, collect: &Collect) {
        let Some(leg) = self.calls.get(&id).map(|call| call.leg) else { return };
        let Some(collecting) = self.collecting(id) else { return };
        collecting.asked = Asked::Nothing;
        let digits = std::mem::take(&mut collecting.digits);
        let extension = collect.what == Keyed::Extension;
        self.command(Command::SealContact { leg, journey: id, digits, extension });
    }

    /// What was keyed in is sealed, or cannot be dialled.
    pub(crate) fn contact_sealed(&mut self, id: JourneyId, contact: Option<Contact>, now: Now) {
        let Some((_, collect)) = self.collect_of(id) else { return };
        if self.collecting(id).is_none_or(|collecting| collecting.asked != Asked::Nothing) {
            return;
        }
        match contact {
            Some(contact) => {
                self.emit(Event::ContactGiven { journey: id, contact }, now);
                self.enter(id, collect.next, now);
            }
            None => self.collect_missed(id, Reason::new("not_dialable"), now),
        }
    }

    /// Asked again, or led on where that is of no use: never out.
    fn collect_missed(&mut self, id: JourneyId, reason: Reason, now: Now) {
        let Some((step, collect)) = self.collect_of(id) else { return };
        let unusable = reason == Reason::new("not_dialable");
        self.emit(Event::InputMissed { journey: id, step, reason }, now);
        let Some(collecting) = self.collecting(id) else { return };
        collecting.misses = collecting.misses.saturating_add(1);
        match (collecting.misses > collect.retries, collecting.asked) {
            (true, _) => self.enter(id, collect.otherwise, now),
            (false, Asked::Right) if !unusable => self.read_back(id, &collect),
            (false, Asked::Digits | Asked::Right | Asked::Nothing) => {
                let before = if unusable { collect.unusable.clone() } else { Vec::new() };
                self.ask_for_digits(id, &before, &collect);
            }
        }
    }

    /// What is being said stops at the key.
    fn hush_collect(&mut self, id: JourneyId) {
        self.timers.cancel(&Timer::NoInput(id));
        let plays = self.collecting(id).is_some_and(|collecting| collecting.play.take().is_some());
        if let Some(leg) = self.calls.get(&id).map(|call| call.leg).filter(|_| plays) {
            self.command(Command::StopPlay { leg });
        }
    }

    /// Whether `digit` is none of what is keyed in: `9` and `0` behind a star, where they are asked whether it is right, and `9` where a number
    /// would begin (rule 19).
    pub(super) fn is_escape(&self, id: JourneyId, digit: char) -> bool {
        let Some(call) = self.calls.get(&id) else { return false };
        let Doing::Collecting(collecting) = &call.doing else { return false };
        let step = call.flow().and_then(|flow| flow.steps.get(&collecting.step));
        let number = matches!(step, Some(Step::Collect(collect)) if collect.what == Keyed::Number);
        match collecting.asked {
            Asked::Digits => collecting.star || (digit == '9' && number && collecting.digits.0.is_empty()),
            Asked::Right | Asked::Nothing => true,
        }
    }

    fn collecting(&mut self, id: JourneyId) -> Option<&mut Collecting> {
        match &mut self.calls.get_mut(&id)?.doing {
            Doing::Collecting(collecting) => Some(collecting),
            Doing::Arriving { .. }
            | Doing::Pausing { .. }
            | Doing::Saying(_)
            | Doing::Asking(_)
            | Doing::InLine
            | Doing::Talking(_)
            | Doing::Calling
            | Doing::Dialling { .. }
            | Doing::Transferring { .. } => None,
        }
    }

    fn collect_of(&mut self, id: JourneyId) -> Option<(String, Collect)> {
        let step = self.collecting(id)?.step.clone();
        match self.calls.get(&id)?.flow()?.steps.get(&step)? {
            Step::Collect(collect) => Some((step, collect.clone())),
            Step::Say { .. }
            | Step::Menu(_)
            | Step::Queue { .. }
            | Step::Dial { .. }
            | Step::If { .. }
            | Step::HangUp => None,
        }
    }
}

/// A mobile has eleven digits: whoever keyed them in need not press `#`.
fn is_complete(collect: &Collect, digits: &Digits) -> bool {
    let is_mobile = || PhoneNumber::parse(&digits.0).class() == NumberClass::Mobile;
    let mobile = collect.what == Keyed::Number && digits.0.len() == MOBILE_LEN && digits.0.starts_with('1');
    digits.0.len() >= usize::from(collect.max_digits) || (mobile && is_mobile())
}
