//! Whether packets come is told once each time that it changes.

use media::{Fact, Order};

use crate::lab::{Lab, Talker, leg, sdp};

#[test]
fn flowing_then_silent_then_flowing_again() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    lab.voice(&mut one, &[0; 160]);
    lab.ms(5000);
    assert_eq!(lab.facts(), [], "nobody asked");
    lab.order(Order::Watch { leg: leg(1), on: true });
    for _ in 0..10 {
        lab.voice(&mut one, &[0; 160]);
        lab.ms(20);
    }
    assert_eq!(lab.facts(), [Fact::Flowing { leg: leg(1) }]);
    lab.ms(2979);
    assert_eq!(lab.facts(), []);
    lab.ms(1);
    assert_eq!(lab.facts(), [Fact::Silent { leg: leg(1) }]);
    lab.ms(60_000);
    assert_eq!(lab.facts(), []);
    lab.voice(&mut one, &[0; 160]);
    assert_eq!(lab.facts(), [Fact::Flowing { leg: leg(1) }]);
    lab.order(Order::Watch { leg: leg(1), on: true });
    lab.voice(&mut one, &[0; 160]);
    assert_eq!(lab.facts(), [Fact::Flowing { leg: leg(1) }], "asked again, told again");
    lab.order(Order::Watch { leg: leg(1), on: false });
    lab.ms(60_000);
    assert_eq!(lab.facts(), []);
}

#[test]
fn one_who_never_speaks_is_silent_after_three_seconds() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.order(Order::Watch { leg: leg(1), on: true });
    lab.voice(&mut Talker::new(1, "127.0.0.9:4000", 8), &[0; 160]);
    lab.ms(3000);
    assert_eq!(lab.facts(), [Fact::Silent { leg: leg(1) }], "a stranger's packet is none of theirs");
}

#[test]
fn silence_is_no_matter_of_loudness_nor_of_mute() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.order(Order::Mute { leg: leg(1), on: true });
    lab.order(Order::Watch { leg: leg(1), on: true });
    let mut one = Talker::new(1, "127.0.0.2:4000", 8);
    for _ in 0..500 {
        lab.voice(&mut one, &[0xD5; 160]);
        lab.ms(20);
    }
    assert_eq!(lab.facts(), [Fact::Flowing { leg: leg(1) }]);
}

#[test]
fn on_hold_nobody_is_silent() {
    let mut lab = Lab::default();
    lab.open(1, "127.0.0.2:4000", "8");
    lab.order(Order::Watch { leg: leg(1), on: true });
    lab.voice(&mut Talker::new(1, "127.0.0.2:4000", 8), &[0; 160]);
    lab.order(Order::Reoffer { leg: leg(1), sdp: Some(sdp("127.0.0.2:4000", "8", "a=inactive\r\n")) });
    lab.facts();
    lab.ms(60_000);
    assert_eq!(lab.facts(), []);
    lab.order(Order::Reoffer { leg: leg(1), sdp: Some(sdp("127.0.0.2:4000", "8", "")) });
    lab.facts();
    lab.ms(6000);
    assert_eq!(lab.facts(), [Fact::Silent { leg: leg(1) }]);
}
