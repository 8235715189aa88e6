//! What callers press: most know what they want, some press anything, some nothing; numbers are keyed in digit by digit.

use std::time::Duration;

use base::JourneyId;

use super::Year;
use super::agenda::Act;
use crate::{Move, Random};

/// Between two digits of a number.
const DIGIT: Duration = Duration::from_millis(350);
/// Whoever heard their number read back says whether it is right.
const CONFIRMS: Duration = Duration::from_secs(3);

impl Year {
    /// A step speaks, or speaks again.
    pub(super) fn may_press(&mut self, journey: JourneyId, step: &str) {
        let Some(caller) = self.visits.get(&journey).map(|visit| visit.caller) else { return };
        if self.plan.perfect {
            let digit = '0';
            return self.put(Duration::from_millis(1), Act::Caller { caller, does: Move::Presses { caller, digit } });
        }
        match step {
            "number" => self.keys_in_a_number(caller),
            "extension" => {
                let extension = format!("{}#", 100 + self.chance.below(900));
                self.keys_in(caller, &extension);
            }
            _ => {
                let digit = one_key(&mut self.chance, step);
                let after = self.chance.between(Duration::from_millis(300), Duration::from_secs(7));
                if let Some(digit) = digit {
                    self.put(after, Act::Caller { caller, does: Move::Presses { caller, digit } });
                }
            }
        }
    }

    /// A mobile most of the time; some give their fixed line, some a number that nobody may call.
    fn keys_in_a_number(&mut self, caller: u32) {
        let number = match self.chance.below(20) {
            0..15 => format!("138{:08}", self.chance.below(100_000_000)),
            15..18 => format!("0769{:08}#", 22_200_000 + self.chance.below(700_000)),
            18 => format!("400{:07}#", self.chance.below(10_000_000)),
            _ => return,
        };
        self.judge.keep_secret(&number);
        self.keys_in(caller, &number);
    }

    fn keys_in(&mut self, caller: u32, digits: &str) {
        let mut at = self.chance.between(Duration::from_secs(1), Duration::from_secs(4));
        for digit in digits.chars() {
            self.put(at, Act::Caller { caller, does: Move::Presses { caller, digit } });
            at += DIGIT;
        }
        let digit = if self.chance.chance(0.9) { '1' } else { '2' };
        self.put(at + CONFIRMS, Act::Caller { caller, does: Move::Presses { caller, digit } });
    }
}

fn one_key(chance: &mut Random, step: &str) -> Option<char> {
    let share = chance.below(100);
    let key = match (step, share) {
        (_, 97) => '0',
        (_, 98) => '9',
        (_, 99) => return chance.pick(&['4', '5', '6', '7', '8', '*', '#']),
        ("callback", 0..45) | ("own_line" | "no_line", 0..40) => '1',
        ("callback", 45..55) | ("own_line" | "no_line", 40..55) => '2',
        ("callback", 55..64) | ("own_line" | "no_line", 55..70) => '3',
        ("part", 0..80) => return chance.pick(&['1', '2', '3', '4']),
        ("callback" | "own_line" | "no_line" | "part", _) => return None,
        (_, 0..62) => '1',
        (_, 62..72) => '2',
        (_, 72..77) => '3',
        (_, 77..80) => '0',
        _ => return None,
    };
    Some(key)
}
