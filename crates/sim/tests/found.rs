//! What the simulator found once, told as the short story that it made of it; each is judged to its end.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use base::LegId;
use routing::{Event, Fact, LegFailure, Outcome, Party, RequestKind, TerminalCause};
use sim::{Far, Judge, Move, World, calling_back};

const MEI: &str = "13800000001";
const LINE: &str = "4008169580";

/// A morning on the line, and who watches it.
struct Morning {
    world: World,
    judge: Judge,
}

impl Morning {
    fn new() -> Self {
        Self::at("2027-03-03T10:00:00+08:00")
    }

    fn at(moment: &str) -> Self {
        let settings = calling_back(&[]);
        let world = World::new(settings.clone(), moment.parse().unwrap());
        Morning { world, judge: Judge::new(&settings) }
    }

    fn passes(&mut self, seconds: u64) {
        self.world.pass(Duration::from_secs(seconds));
        for step in self.world.take_steps() {
            self.judge.step(&step).expect("nothing to say against it");
        }
        self.judge.board(self.world.board()).expect("the board shows what is owed");
    }

    fn comes_to_work(&mut self, name: &str) {
        self.world.hire(name, &["zh-CN"]);
        self.world.open_desk(name);
        self.passes(1);
        self.asks(name, RequestKind::Ready {});
    }

    fn asks(&mut self, name: &str, kind: RequestKind) {
        self.world.ask(name, kind.clone()).unwrap_or_else(|| panic!("{name} asks for {kind:?}")).unwrap();
        self.passes(0);
    }

    /// She calls and asks for a person at once.
    fn calls(&mut self) -> LegId {
        let leg = self.world.call(MEI, LINE);
        self.passes(1);
        self.presses(leg, '0');
        leg
    }

    fn presses(&mut self, leg: LegId, digit: char) {
        self.world.fact(Fact::Digit { leg, digit });
        self.passes(1);
    }

    fn takes(&mut self, name: &str) {
        let offer = self.world.offer_at(name).expect("something rings");
        self.asks(name, RequestKind::Accept { offer });
        self.passes(1);
    }

    /// What her telephone does that li called.
    fn far(&mut self, does: Far) {
        self.world.happens(&Move::Far { name: "li".to_owned(), does });
        self.passes(1);
    }

    fn says(&mut self, name: &str, outcome: Outcome) {
        self.asks(name, RequestKind::Outcome { outcome });
    }

    fn leaves(&mut self, leg: LegId) {
        self.world.leave(leg, Party::Caller);
        self.passes(1);
    }

    fn written(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.world.journal().iter().filter(|record| is(&record.event)).count()
    }

    fn ends(mut self) {
        self.passes(3600);
        self.judge.finish(self.world.now().utc).expect("nothing left over");
        self.world.check_replay().expect("the journal says it all");
    }
}

fn kept(event: &Event) -> bool {
    matches!(event, Event::ObligationDischarged { .. })
}

fn in_hand(event: &Event) -> bool {
    matches!(event, Event::ObligationInHand { .. })
}

/// Our call to her was answered, and nothing came from there yet; she phoned, and her call was owed by what ours then kept.
#[test]
fn she_phones_while_our_call_to_her_is_answered_and_silent() {
    let mut morning = Morning::new();
    let first = morning.calls();
    morning.presses(first, '1');
    morning.passes(30);
    morning.comes_to_work("li");
    morning.takes("li");
    let ours = morning.world.dialled_for("li").expect("we dial her");
    morning.world.hush(ours, true);
    morning.far(Far::Answers);

    let second = morning.calls();
    morning.world.hush(ours, false);
    morning.passes(1);
    assert_eq!(morning.written(in_hand), 1, "they speak");
    morning.says("li", Outcome::Spoken);
    morning.asks("li", RequestKind::HangUp {});
    morning.asks("li", RequestKind::FinishWrapUp {});
    assert_eq!(morning.written(kept), 1);

    morning.takes("li");
    assert_eq!(morning.written(in_hand), 2, "what she phoned for is owed for itself");
    morning.leaves(second);
    morning.says("li", Outcome::Spoken);
    assert_eq!(morning.written(kept), 2);
    morning.ends();
}

/// Her operator said that they had spoken, that they had not, and that they had; meanwhile she was on the line again.
#[test]
fn a_word_corrected_twice_keeps_nothing_of_a_call_under_way() {
    let mut morning = Morning::new();
    morning.comes_to_work("li");
    let first = morning.calls();
    morning.takes("li");
    morning.leaves(first);
    morning.says("li", Outcome::Spoken);
    let second = morning.calls();
    morning.says("li", Outcome::NotSpoken);
    morning.says("li", Outcome::Spoken);
    assert_eq!(morning.written(kept), 1, "she is on the line: that is not over");
    morning.comes_to_work("hua");
    morning.takes("hua");
    morning.leaves(second);
    morning.says("hua", Outcome::Spoken);
    assert_eq!(morning.written(kept), 2);
    morning.ends();
}

/// Her operator had said that it was a machine when the page was gone: nobody was cut off, and a machine is not dialled again at once.
#[test]
fn a_lost_desk_after_a_machine_cuts_nobody_off() {
    let mut morning = Morning::new();
    let first = morning.calls();
    morning.presses(first, '1');
    morning.passes(30);
    morning.comes_to_work("li");
    morning.world.leave(first, Party::Trunk);
    morning.passes(1);
    morning.takes("li");
    morning.far(Far::Answers);
    morning.says("li", Outcome::Machine);
    morning.world.socket("li", false);
    morning.world.happens(&Move::AudioGone { name: "li".to_owned() });
    morning.passes(120);
    assert_eq!(morning.written(|event| matches!(event, Event::Ended { cause: TerminalCause::DeskLost, .. })), 1);
    morning.comes_to_work("hua");
    morning.passes(60);
    assert_eq!(morning.world.offer_at("hua"), None, "not in this part of the day");
    morning.ends();
}

/// The clock was set back between her call and ours: that she phoned before we dialled her is no reason to dial her again at once.
#[test]
fn a_clock_set_back_is_no_call_of_hers() {
    let mut morning = Morning::new();
    let first = morning.calls();
    morning.presses(first, '1');
    morning.passes(600);
    morning.leaves(first);
    morning.world.happens(&Move::Clock { ms: -300_000 });
    morning.comes_to_work("li");
    morning.takes("li");
    morning.far(Far::Fails(LegFailure::Unobtainable));
    morning.comes_to_work("hua");
    morning.passes(60);
    assert_eq!(morning.world.offer_at("hua"), None, "off: not in this part of the day");
    morning.ends();
}

/// The process died between her answer and what it settles.
#[test]
fn a_promise_is_kept_by_a_call_that_a_crash_cut_off() {
    let mut morning = Morning::at("2027-03-03T07:00:00+08:00");
    morning.world.hire("li", &["zh-CN"]);
    let first = morning.world.call(MEI, LINE);
    morning.passes(60);
    morning.leaves(first);
    assert_eq!(morning.written(|event| matches!(event, Event::PromiseMade { .. })), 1);
    morning.passes(2 * 3600);
    morning.comes_to_work("li");
    morning.takes("li");
    morning.world.happens(&Move::DiesWriting { kept: 1 });
    morning.far(Far::Answers);
    let kept = |event: &Event| matches!(event, Event::PromiseSettled { kept: true, .. });
    assert_eq!(morning.written(|event| matches!(event, Event::Started { .. })), 2, "it died");
    assert_eq!(morning.written(kept), 1);
    morning.ends();
}

/// The trunk showed one number for all callers. A word that was taken back owes one of them again, and still nobody knows whom to dial.
#[test]
fn a_word_taken_back_names_nobody_whose_caller_id_did_not_arrive() {
    let mut morning = Morning::new();
    morning.comes_to_work("li");
    for _ in 0..12 {
        let caller = morning.calls();
        morning.takes("li");
        morning.leaves(caller);
        morning.says("li", Outcome::Spoken);
        morning.asks("li", RequestKind::FinishWrapUp {});
    }
    let caller = morning.calls();
    morning.takes("li");
    morning.leaves(caller);
    morning.says("li", Outcome::Spoken);
    morning.says("li", Outcome::NotSpoken);
    let opened = |event: &Event| matches!(event, Event::ObligationOpened { .. });
    let anew = |event: &Event| matches!(event, Event::ObligationOpened { person: None, reason, .. } if &*reason.0 == "outcome_corrected");
    assert_eq!(morning.written(opened), 14, "each is owed for itself");
    assert_eq!(morning.written(anew), 1, "treated as withheld");
    morning.ends();
}

/// She wanted no call, by her own key; she phoned again, and her operator took back that they had spoken: that call is owed for itself.
#[test]
fn a_key_of_an_earlier_call_ends_nothing_of_a_later_one() {
    let mut morning = Morning::at("2027-03-03T07:00:00+08:00");
    let asks = morning.world.call(MEI, LINE);
    morning.passes(60);
    morning.leaves(asks);
    let declines = morning.world.call(MEI, LINE);
    morning.passes(1);
    morning.presses(declines, '1');
    morning.passes(5);
    morning.presses(declines, '3');
    morning.passes(60);
    assert_eq!(morning.written(|event| matches!(event, Event::CallbackWanted { wanted: false, .. })), 1);
    morning.passes(2 * 3600);
    morning.comes_to_work("li");
    let third = morning.calls();
    morning.takes("li");
    morning.leaves(third);
    morning.says("li", Outcome::Spoken);
    morning.says("li", Outcome::NotSpoken);
    let declined =
        |event: &Event| matches!(event, Event::ObligationDischarged { reason, .. } if &*reason.0 == "caller_declined");
    assert_eq!(morning.written(declined), 0, "a person decides");
    morning.ends();
}

/// The clock was set back over the beginning of a part of the day, while her telephone rang: it was tried in that part.
#[test]
fn a_clock_set_back_over_noon_ends_no_part_of_the_day() {
    let mut morning = Morning::at("2027-03-03T11:58:00+08:00");
    let first = morning.calls();
    morning.presses(first, '1');
    morning.passes(60);
    morning.leaves(first);
    morning.passes(62);
    morning.comes_to_work("li");
    morning.takes("li");
    morning.far(Far::Rings);
    morning.world.happens(&Move::Clock { ms: -120_000 });
    morning.passes(60);
    assert_eq!(morning.written(|event| matches!(event, Event::AttemptFailed { .. })), 1);
    morning.asks("li", RequestKind::FinishWrapUp {});
    morning.passes(120);
    assert_eq!(morning.world.offer_at("li"), None, "not at noon again");
    morning.ends();
}

/// She phoned twice while we called her; the process died while it wrote that these calls are owed for themselves.
#[test]
fn a_crash_while_calls_are_parted_from_a_kept_debt_parts_them_once() {
    for on_disk in 1..=3 {
        let mut morning = Morning::new();
        let first = morning.calls();
        morning.presses(first, '1');
        morning.passes(30);
        morning.leaves(first);
        morning.comes_to_work("li");
        morning.takes("li");
        morning.far(Far::Answers);
        morning.passes(60);
        for _ in 0..2 {
            let again = morning.calls();
            morning.leaves(again);
        }
        morning.says("li", Outcome::Spoken);
        morning.asks("li", RequestKind::HangUp {});
        morning.world.happens(&Move::DiesWriting { kept: on_disk });
        morning.world.happens(&Move::Asks { name: "li".to_owned(), kind: RequestKind::FinishWrapUp {} });
        morning.passes(1);
        let again =
            |event: &Event| matches!(event, Event::ObligationOpened { reason, .. } if &*reason.0 == "called_again");
        assert_eq!((morning.written(again), morning.written(kept)), (1, 1), "{on_disk} on disk");
        morning.ends();
    }
}

/// She gave another number, and whoever has it is on the line for themselves: nobody is asked to call it until they are done.
#[test]
fn nobody_is_rung_to_call_a_number_that_is_on_the_line() {
    const OTHER: &str = "13800000002";
    let mut morning = Morning::at("2027-03-03T07:00:00+08:00");
    morning.world.hire("li", &["zh-CN"]);
    let mei = morning.world.call(MEI, LINE);
    morning.passes(1);
    morning.presses(mei, '1');
    morning.passes(5);
    morning.presses(mei, '2');
    OTHER.chars().chain(['#']).for_each(|digit| morning.presses(mei, digit));
    // It is read back, and right; in the morning.
    for key in ['1', '1'] {
        morning.passes(6);
        morning.presses(mei, key);
    }
    morning.passes(120);
    assert_eq!(morning.written(|event| matches!(event, Event::ContactGiven { .. })), 1);
    morning.passes(3 * 3600);
    let other = morning.world.call(OTHER, LINE);
    morning.passes(1);
    let offered = |event: &Event| matches!(event, Event::CallbackOffered { .. });
    morning.comes_to_work("li");
    morning.passes(60);
    assert_eq!(morning.written(offered), 0);
    morning.leaves(other);
    morning.passes(1);
    assert_eq!(morning.written(offered), 1);
    morning.passes(60);
    morning.ends();
}
