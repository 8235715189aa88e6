//! The key in line that keeps the caller's place: its words are other words than those of a line that nobody answers.

use routing::*;

use crate::settings::with_callback_flow;
use crate::world::World;

/// The line's way out asks whether they pressed that they want to be called.
fn settings() -> Settings {
    let mut settings = with_callback_flow();
    let open = settings.flows.get_mut("open").unwrap();
    let when = |condition, then: &str, otherwise: &str| Step::If {
        condition,
        then: then.to_owned(),
        otherwise: otherwise.to_owned(),
    };
    let said = |prompts: &[&str]| Step::Say {
        prompts: prompts.iter().map(|prompt| (*prompt).to_owned()).collect(),
        notice: true,
        next: "bye".to_owned(),
    };
    open.steps.insert("wait".to_owned(), Step::Queue { queue: "main".to_owned(), next: "left".to_owned() });
    open.steps.insert("left".to_owned(), when(Condition::Wanted, "kept", "promise"));
    open.steps.insert("kept".to_owned(), said(&["kept", "{promise}"]));
    settings
}

#[test]
fn who_presses_it_hears_that_it_is_kept_and_by_when_they_are_called() {
    let mut world = World::with(settings());
    world.employs("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.press(caller, '7');
    assert_eq!(world.played(caller)[..2], ["zh-CN/kept", "zh-CN/promise.by"]);
    world.hears_to_the_end(caller);
    assert_eq!((world.count("callback_wanted"), world.count("promise_made")), (1, 1));
    assert_eq!(world.ended(caller), Some((TerminalCause::PromisedCallback, Party::Engine)));
}

#[test]
fn who_waits_in_vain_does_not() {
    let mut world = World::with(settings());
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(31);
    assert_ne!(world.played(caller)[0], "zh-CN/kept");
    assert_eq!(world.count("callback_wanted"), 0);
}
