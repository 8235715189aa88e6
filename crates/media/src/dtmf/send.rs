use std::collections::VecDeque;

use super::{Event, event};
use crate::rtp::FRAME;

/// 100 ms of tone in steps of 20 ms, the end sent three times (RFC 4733 §2.5.1.4), then 60 ms of pause.
const TONE_STEPS: u16 = 5;
const END_REPEATS: u16 = 2;
const PAUSE_STEPS: u16 = 3;
/// More keys than these wait in no hurry.
const MAX_WAITING: usize = 32;

/// Keys to be sent, one step each 20 ms.
#[derive(Debug, Default)]
pub(crate) struct Keypad {
    waiting: VecDeque<u8>,
    /// Steps done of the first in `waiting`.
    step: u16,
}

/// What takes the place of one packet of voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A packet of the event; `begins` at its first one.
    Event { event: Event, begins: bool },
    /// Nothing, so that two keys stay apart.
    Pause,
}

impl Keypad {
    /// Queues a key; what is no key, or one too many, is left out.
    pub(crate) fn press(&mut self, key: char) {
        if self.waiting.len() < MAX_WAITING {
            self.waiting.extend(event(key));
        }
    }

    /// Whether there is nothing to send.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The next step.
    pub(crate) fn step(&mut self) -> Option<Tone> {
        let code = *self.waiting.front()?;
        self.step += 1;
        if self.step > TONE_STEPS + END_REPEATS {
            if self.step == TONE_STEPS + END_REPEATS + PAUSE_STEPS {
                self.waiting.pop_front();
                self.step = 0;
            }
            return Some(Tone::Pause);
        }
        let duration = self.step.min(TONE_STEPS) * FRAME as u16;
        Some(Tone::Event { event: Event { code, end: self.step >= TONE_STEPS, duration }, begins: self.step == 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_100_ms_with_three_ends_and_a_pause() {
        let mut keypad = Keypad::default();
        keypad.press('#');
        keypad.press('x');
        let steps: Vec<Tone> = std::iter::from_fn(|| keypad.step()).collect();
        let durations: Vec<(u16, bool)> = steps
            .iter()
            .filter_map(|tone| match tone {
                Tone::Event { event, .. } => Some((event.duration, event.end)),
                Tone::Pause => None,
            })
            .collect();
        assert_eq!(
            durations,
            [(160, false), (320, false), (480, false), (640, false), (800, true), (800, true), (800, true)]
        );
        assert_eq!(steps.len(), 10);
        assert!(keypad.is_idle());
    }

    #[test]
    fn presses_are_limited() {
        let mut keypad = Keypad::default();
        (0..1000).for_each(|_| keypad.press('1'));
        assert_eq!(std::iter::from_fn(|| keypad.step()).count(), MAX_WAITING * 10);
    }
}
