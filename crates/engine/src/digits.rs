//! Each key of a leg once, though its peer may send it in several ways.

use std::time::Duration;

use base::Mono;

/// A way that delivered nothing for this long gives its place to another: longer than an INFO that is repeated three times (RFC 3261 §17.1.2.2:
/// 0.5 + 1 + 2 + 4 s) may lag behind the same key's telephone event.
const HOLD: Duration = Duration::from_secs(10);

/// How a key came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As SIP INFO.
    Info,
    /// As telephone events (RFC 4733).
    Event,
    /// As tones in the voice; media listens for them only where no telephone events were agreed.
    InBand,
}

/// The way that a leg's keys are taken from, once one has come.
#[derive(Debug, Default)]
pub(crate) struct Digits(Option<(Way, Mono)>);

impl Digits {
    /// Whether a key that came this way counts: the first way to deliver one is the leg's way while it goes on delivering.
    pub(crate) fn count(&mut self, way: Way, now: Mono) -> bool {
        let counts = self.0.is_none_or(|(taken, last)| taken == way || now.since(last) >= HOLD);
        if counts {
            self.0 = Some((way, now));
        }
        counts
    }
}

impl From<media::DigitWay> for Way {
    fn from(way: media::DigitWay) -> Self {
        match way {
            media::DigitWay::Event => Way::Event,
            media::DigitWay::InBand => Way::InBand,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Mono {
        Mono(Duration::from_millis(ms))
    }

    #[test]
    fn the_first_way_is_taken_and_the_others_are_not() {
        let mut digits = Digits::default();
        assert!(digits.count(Way::Event, at(0)));
        assert!(!digits.count(Way::Info, at(80)));
        assert!(!digits.count(Way::InBand, at(90)));
        assert!(digits.count(Way::Event, at(100)), "the same key twice is two");
        assert!(!digits.count(Way::Info, at(7_600)), "however late");
    }

    #[test]
    fn a_way_that_has_fallen_silent_gives_its_place_and_no_key_counts_twice_as_it_changes() {
        let mut digits = Digits::default();
        assert!(digits.count(Way::Event, at(0)));
        assert!(digits.count(Way::Info, at(10_000)));
        assert!(!digits.count(Way::Event, at(10_050)));
        assert!(digits.count(Way::Info, at(12_000)));
    }
}
