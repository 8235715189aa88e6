//! Digits keyed in: read back, confirmed, sealed; danger and a person stay within reach, and nobody is hung up on.

use base::LegId;
use routing::*;

use crate::called_back::told_closed;
use crate::world::World;

/// A mobile asks to be called on another number.
fn keys_in() -> (World, LegId) {
    let (mut world, caller) = told_closed("13800000001");
    world.press(caller, '2');
    assert_eq!(world.played(caller), ["zh-CN/enter"]);
    (world, caller)
}

fn sealed(world: &World) -> Vec<String> {
    let digits = |command: &Command| match command {
        Command::SealContact { digits, .. } => Some(digits.0.clone()),
        _ => None,
    };
    world.commands.iter().filter_map(digits).collect()
}

fn misses(world: &World) -> Vec<String> {
    let reason = |event: &Event| match event {
        Event::InputMissed { reason, .. } => Some(reason.0.to_string()),
        _ => None,
    };
    world.events().filter_map(reason).collect()
}

#[test]
fn a_mobile_is_complete_with_its_last_digit_and_read_back() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "1371234567");
    assert!(world.was_told(&Command::StopPlay { leg: caller }), "keys interrupt");
    assert_eq!(world.played(caller), ["zh-CN/enter"]);
    world.press(caller, '8');
    let read: Vec<String> = world.played(caller).into_iter().filter(|word| word.contains("digit")).collect();
    let digits: String = read.iter().filter_map(|word| word.chars().last()).collect();
    assert_eq!(digits, "13712345678");
    assert_eq!(sealed(&world), Vec::<String>::new(), "not before it is confirmed");
    world.press(caller, '#');
    world.press(caller, '1');
    assert_eq!(sealed(&world), ["13712345678"]);
    assert_eq!(world.count("contact_given"), 1);
    assert_eq!(world.played(caller), ["zh-CN/part"]);
    assert_eq!(misses(&world), Vec::<String>::new());
}

#[test]
fn two_begins_anew() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "137123456782");
    assert_eq!(world.played(caller), ["zh-CN/enter"]);
    world.keys(caller, "076922345678#1");
    assert_eq!(sealed(&world), ["076922345678"], "a zero is a digit here");
}

#[test]
fn ten_seconds_of_silence_end_the_digits() {
    let (mut world, caller) = keys_in();
    for digit in "07551234567".chars().take(10) {
        world.press(caller, digit);
        world.wait_s(9);
    }
    world.keys(caller, "8");
    world.wait_s(9);
    assert_eq!(world.played(caller), ["zh-CN/enter"]);
    world.wait_s(1);
    assert_eq!(world.played(caller)[0], "zh-CN/unusable", "07551234568 begins with 1 behind its area: no such line");
    world.keys(caller, "075522345678");
    assert_eq!(world.played(caller)[0], "zh-CN/entered", "twelve digits are the most");
}

#[test]
fn what_cannot_be_dialled_is_asked_for_again_and_never_sealed() {
    for digits in ["110#", "120#", "4008169580#", "85291234567#", "22345678#"] {
        let (mut world, caller) = keys_in();
        world.keys(caller, digits);
        assert_eq!(world.played(caller), ["zh-CN/unusable", "zh-CN/enter"], "{digits}");
        world.keys(caller, digits);
        assert_eq!(world.played(caller), ["zh-CN/own"], "led on, never out: {digits}");
        assert_eq!(sealed(&world), Vec::<String>::new());
        assert_eq!(misses(&world), ["not_dialable", "not_dialable"]);
    }
}

#[test]
fn danger_is_a_star_and_nine_at_any_digit_and_nine_alone_before_the_first() {
    for keys in ["9", "*9", "137*9", "13712345678*9", "137123456789"] {
        let (mut world, caller) = keys_in();
        let confirming = keys.len() > 11;
        world.keys(caller, if confirming { "137123456789" } else { keys });
        assert_eq!(world.count("danger_pressed"), 1, "{keys}");
        assert_eq!(world.progress(caller), Progress::Waiting, "{keys}");
    }
}

#[test]
fn a_nine_or_zero_within_a_number_is_a_digit() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "1390900099");
    assert_eq!((world.count("danger_pressed"), world.count("queued")), (0, 0));
    world.keys(caller, "91");
    assert_eq!(sealed(&world), ["13909000999"]);
}

#[test]
fn a_person_is_a_star_and_zero_and_zero_alone_when_it_is_read_back() {
    for keys in ["*0", "137*0", "137123456780"] {
        let (mut world, caller) = keys_in();
        world.keys(caller, keys);
        assert_eq!(world.progress(caller), Progress::Waiting, "{keys}");
        assert_eq!(world.count("danger_pressed"), 0, "{keys}");
        assert_eq!(sealed(&world), Vec::<String>::new());
    }
}

#[test]
fn two_stars_say_it_again_and_one_alone_does_nothing() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "137**");
    assert_eq!(world.played(caller), ["zh-CN/enter"]);
    world.keys(caller, "13812*3456781");
    assert_eq!(sealed(&world), ["13812345678"], "what was keyed in before the two stars is forgotten");
}

#[test]
fn silence_is_asked_again_and_then_led_on() {
    let (mut world, caller) = keys_in();
    world.stays_silent(caller, 10);
    assert_eq!(world.played(caller), ["zh-CN/enter"]);
    world.stays_silent(caller, 10);
    assert_eq!(world.played(caller), ["zh-CN/own"]);
    assert_eq!(misses(&world), ["no_input", "no_input"]);
    assert_eq!(world.ended(caller), None);
}

#[test]
fn what_is_not_confirmed_is_not_kept() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "13712345678");
    world.stays_silent(caller, 10);
    assert_eq!(world.played(caller)[0], "zh-CN/entered", "read back once more");
    world.press(caller, '7');
    assert_eq!(world.played(caller), ["zh-CN/own"]);
    assert_eq!(sealed(&world), Vec::<String>::new());
    assert_eq!(misses(&world), ["no_input", "no_match"]);
}

#[test]
fn what_the_vault_refuses_is_asked_for_again() {
    let (mut world, caller) = keys_in();
    world.seals = false;
    world.keys(caller, "137123456781");
    assert_eq!(world.played(caller), ["zh-CN/unusable", "zh-CN/enter"]);
    world.seals = true;
    world.keys(caller, "137123456781");
    assert_eq!(world.count("contact_given"), 1);
}

#[test]
fn no_digit_is_written_down_or_shown() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "1371234567");
    let shown = |world: &World| {
        let records = serde_json::to_string(&world.records).unwrap();
        format!("{records} {:?} {:?} {:?}", world.switchboard, world.commands, world.records)
    };
    assert!(!shown(&world).contains("1371234"));
    world.keys(caller, "81");
    assert_eq!(world.count("contact_given"), 1);
    assert!(!shown(&world).contains("1371234"));
}

#[test]
fn who_hangs_up_while_they_key_in_is_owed_a_call() {
    let (mut world, caller) = keys_in();
    world.keys(caller, "137");
    world.hang_up(caller);
    world.wait_s(60);
    assert_eq!(world.ended(caller), Some((TerminalCause::LeftInMenu, Party::Caller)));
    assert_eq!(world.board.open_obligations(), 1);
}
