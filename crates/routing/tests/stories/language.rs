//! Who chose a language in a call before hears it in the next (I5), where the service remembers it and the telephone is theirs alone.

use std::time::Duration;

use routing::*;

use crate::settings::{menu_first, settings};
use crate::world::World;

fn remembering(mut settings: Settings) -> Settings {
    settings.services.values_mut().for_each(|service| service.remembers_language = true);
    settings
}

/// 13800000001 chose Cantonese, and hung up.
fn chose_cantonese(settings: Settings) -> World {
    let mut world = World::with(settings);
    let caller = world.call_to_line("13800000001", '2');
    world.hang_up(caller);
    world.wait_s(3600);
    world
}

fn first_words(world: &mut World, number: &str) -> Vec<String> {
    let caller = world.call(number);
    world.wait_s(1);
    let played = world.played(caller).iter().map(ToString::to_string).collect();
    world.hang_up(caller);
    played
}

#[test]
fn they_are_spoken_with_as_they_chose_before() {
    let mut world = chose_cantonese(remembering(settings()));
    assert_eq!(first_words(&mut world, "13800000001"), ["yue/welcome"]);
    assert_eq!(first_words(&mut world, "13800000002"), ["zh-CN/welcome"], "another one is not");
}

#[test]
fn as_shipped_nothing_is_remembered() {
    let mut world = chose_cantonese(settings());
    assert_eq!(first_words(&mut world, "13800000001"), ["zh-CN/welcome"]);
}

#[test]
fn what_nobody_chose_is_nobodys_language() {
    let mut world = World::with(remembering(menu_first()));
    let caller = world.call("13800000001");
    world.press(caller, '0');
    world.hang_up(caller);
    world.call("13800000001");
    let by = |event: &Event| if let Event::LanguageChosen { by, .. } = event { Some(*by) } else { None };
    assert_eq!(world.events().filter_map(by).collect::<Vec<_>>(), [ChosenBy::Service]);
}

#[test]
fn of_a_telephone_that_is_shared_nothing_is_remembered() {
    let mut world = chose_cantonese(remembering(settings()));
    let one = world.call("13800000001");
    world.call("13800000001");
    world.hang_up(one);
    assert_eq!(world.count("number_shared"), 1);
    assert_eq!(first_words(&mut world, "13800000001"), ["zh-CN/welcome"]);
}

#[test]
fn what_was_known_before_it_was_shared_is_nobodys_when_it_is_one_persons_again() {
    let mut world = chose_cantonese(remembering(settings()));
    world.supervisor("sun");
    let (obligation, _) = world.owed().remove(0);
    for on in [true, false] {
        let flag = NumberFlag::Shared;
        let marked = RequestKind::FlagNumber { obligation, flag, on, reason: Reason::new("asked") };
        assert_eq!(world.ask("sun", marked), Ok(Reply::Done));
    }
    assert_eq!(first_words(&mut world, "13800000001"), ["zh-CN/welcome"]);
}

#[test]
fn who_goes_on_calling_is_spoken_with_as_before_and_the_record_says_why() {
    let mut world = chose_cantonese(remembering(settings()));
    for _ in 0..2 {
        world.wait(Duration::from_hours(20 * 24));
        assert_eq!(first_words(&mut world, "13800000001"), ["yue/welcome"]);
    }
    let before = |event: &&Event| matches!(event, Event::LanguageChosen { by: ChosenBy::Before, .. });
    assert_eq!(world.events().filter(before).count(), 2);
}

#[test]
fn after_thirty_days_it_is_forgotten() {
    let mut world = chose_cantonese(remembering(settings()));
    world.wait(Duration::from_hours(30 * 24));
    assert_eq!(first_words(&mut world, "13800000001"), ["zh-CN/welcome"]);
}

#[test]
fn a_restart_forgets_nothing() {
    let mut world = chose_cantonese(remembering(settings()));
    world.crash(remembering(settings()));
    assert_eq!(first_words(&mut world, "13800000001"), ["yue/welcome"]);
}
