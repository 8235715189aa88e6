use routing::*;

use crate::world::World;

#[test]
fn a_menu_of_languages_speaks_each_in_its_own_and_a_key_interrupts() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.hears_to_the_end(caller);
    assert_eq!(world.played(caller), ["zh-CN/pick"]);
    world.hears_to_the_end(caller);
    assert_eq!(world.played(caller), ["yue/pick"]);
    world.press(caller, '2');
    assert!(world.was_told(&Command::StopPlay { leg: caller }));
    assert_eq!(world.played(caller), ["yue/topics"], "from here in the language chosen");
}

#[test]
fn nothing_is_said_before_the_pause_after_our_answer_is_over() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait(std::time::Duration::from_millis(299));
    assert!(!world.commands.iter().any(|command| matches!(command, Command::Play { .. })));
    world.wait(std::time::Duration::from_millis(1));
    assert_eq!(world.played(caller), ["zh-CN/welcome"]);
}

#[test]
fn a_key_before_the_first_word_is_not_lost() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.press(caller, '0');
    assert_eq!(world.progress(caller), Progress::Waiting);
    let mut world = World::with(crate::settings::menu_first());
    let caller = world.call("13800000001");
    world.press(caller, '2');
    assert_eq!(world.count("language_chosen"), 1, "{:?}", world.story(caller));
}

#[test]
fn a_silent_caller_is_asked_again_and_then_led_to_a_person() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.hears_to_the_end(caller);
    for _ in 0..3 {
        for _ in 0..3 {
            world.hears_to_the_end(caller);
        }
        world.wait_s(8);
    }
    assert_eq!(world.count("input_missed"), 3);
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(world.ended(caller), None, "silence is no reason to hang up");
}

#[test]
fn wrong_keys_are_asked_again_and_then_led_to_a_person() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.hears_to_the_end(caller);
    for _ in 0..3 {
        world.press(caller, '7');
    }
    assert_eq!(world.progress(caller), Progress::Waiting);
}

#[test]
fn a_star_repeats_and_costs_nothing() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.press(caller, '*');
    assert_eq!(world.played(caller), ["zh-CN/welcome"]);
    world.hears_to_the_end(caller);
    for _ in 0..10 {
        world.hears_to_the_end(caller);
        world.press(caller, '*');
        assert_eq!(world.played(caller), ["zh-CN/pick"]);
    }
    assert_eq!(world.count("input_missed"), 0);
}

#[test]
fn zero_is_a_person_from_the_first_word_on() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.press(caller, '0');
    assert_eq!(world.progress(caller), Progress::Waiting);
    assert_eq!(world.played(caller), ["zh-CN/please_wait"]);
    assert_eq!(world.hears(caller), [Source::Music("calm".into())]);
    assert!(
        world.events().any(|event| matches!(event, Event::LanguageChosen { language, .. } if language.0 == "zh-CN"))
    );
}

#[test]
fn nine_is_danger_in_a_menu_and_in_line_and_goes_first() {
    let mut world = World::new();
    let first = world.call_to_line("13800000001", '1');
    let second = world.call_to_line("13800000002", '1');
    let third = world.call("13800000003");
    world.wait_s(1);
    world.press(third, '9');
    world.press(second, '9');
    world.press(second, '9');
    assert_eq!(world.count("danger_pressed"), 2, "once each");
    world.ready("mei", &["lang:zh-CN"]);
    assert_eq!(world.rings("mei"), Some(second), "the older of the two in danger");
    world.ready("lin", &["lang:zh-CN"]);
    assert_eq!(world.rings("lin"), Some(third));
    world.ready("hua", &["lang:zh-CN"]);
    assert_eq!(world.rings("hua"), Some(first));
}

#[test]
fn who_leaves_in_a_menu_is_still_owed_a_call() {
    let mut world = World::new();
    let caller = world.call("13800000001");
    world.wait_s(1);
    world.hang_up(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::LeftInMenu, Party::Caller)));
    assert_eq!(world.owed()[0].1, "left_in_menu");
}

#[test]
fn a_cancelled_call_is_still_owed_one() {
    let mut world = World::new();
    world.answers = false;
    let caller = world.call("13800000001");
    world.fact(Fact::LegFailed { leg: caller, failure: LegFailure::Cancelled });
    assert_eq!(world.ended(caller), Some((TerminalCause::Cancelled, Party::Caller)));
    assert_eq!(world.board.open_obligations(), 1);
    world.wait_s(60);
    assert_eq!(world.count("answered"), 0);
}

#[test]
fn a_caller_without_a_codec_in_common_is_owed_one_too() {
    let mut world = World::new();
    world.answers = false;
    let caller = world.call("13800000001");
    world.fact(Fact::LegFailed { leg: caller, failure: LegFailure::Incompatible });
    assert_eq!(world.ended(caller), Some((TerminalCause::Incompatible, Party::Engine)));
    assert_eq!(world.owed()[0].1, "incompatible");
}

#[test]
fn a_synthetic_service_owes_nothing_and_ends_by_its_flow() {
    let mut world = World::new();
    let caller = world.dial("13800000001", "9000");
    world.wait_s(1);
    world.press(caller, '0');
    world.press(caller, '9');
    world.hears_to_the_end(caller);
    assert_eq!(world.ended(caller), Some((TerminalCause::FlowEnded, Party::Engine)));
    assert_eq!(world.board.open_obligations(), 0);
    assert_eq!(world.count("danger_pressed"), 0);
}

#[test]
fn a_dial_step_bridges_and_goes_on_when_the_party_leaves() {
    let mut settings = crate::settings::settings();
    let beep = settings.flows.get_mut("beep").unwrap();
    beep.start = "call".to_owned();
    beep.steps.insert("call".to_owned(), Step::Dial { uri: "sip:echo@127.0.0.1".to_owned(), next: "beep".to_owned() });
    let mut world = World::with(settings);
    let caller = world.dial("13800000001", "9000");
    world.wait_s(1);
    let party = world.dialled();
    world.fact(Fact::LegUp { leg: party });
    assert_eq!(world.hears(caller), [Source::Leg(party)]);
    assert_eq!(world.hears(party), [Source::Leg(caller)]);
    world.fact(Fact::LegEnded { leg: party, by: Party::Trunk });
    assert_eq!(world.played(caller), ["zh-CN/beep"]);

    let second = world.dial("13800000002", "9000");
    world.wait_s(1);
    let party = world.dialled();
    world.fact(Fact::LegUp { leg: party });
    world.hang_up(second);
    assert_eq!(world.hung_up(party), Some(HangUpReason::OtherLeft));
    assert_eq!(world.ended(second), Some((TerminalCause::FlowEnded, Party::Caller)));

    let third = world.dial("13800000003", "9000");
    world.wait_s(61);
    assert_eq!(world.hung_up(world.dialled()), Some(HangUpReason::Withdrawn), "nobody answered there");
    assert_eq!(world.played(third), ["zh-CN/beep"]);
}
