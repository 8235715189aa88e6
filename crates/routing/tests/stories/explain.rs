//! "Why did she wait four minutes?" is answered from the records of her journey alone.

use std::time::Duration;

use base::LegId;
use routing::*;

use crate::settings::with_queue;
use crate::world::World;

/// What is told of a caller, without the moments.
fn told(world: &World, leg: LegId, tongue: Tongue) -> (String, Vec<String>) {
    let id = world.journey(leg);
    let explained = explain(world.records.iter().filter(|record| record.event.journey() == Some(id)));
    let sentences = tongue.sentences(&explained).into_iter().map(|(_, text)| text).collect();
    (tongue.headline(&explained).unwrap_or_default(), sentences)
}

/// Cantonese, with two at work who speak it well and one who does not speak it well enough at first.
fn a_long_wait() -> (World, LegId) {
    let less = Relax { after: Duration::from_secs(120), what: Relaxes::Language, level: 1 };
    let mut world = World::with(with_queue(|queue| (queue.language_level, queue.relax) = (2, vec![less])));
    world.ready("lin", &["lang:zh-CN=2", "lang:yue=2"]);
    world.desk("hua", &["lang:yue=2"]);
    world.ask("hua", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    world.call_to_line("13800000001", '2');
    world.accept("lin").unwrap();
    world.wait_s(60);
    world.ready("mei", &["lang:zh-CN=2", "lang:yue"]);
    world.wait_s(30);
    let caller = world.call_to_line("13800000002", '2');
    (world, caller)
}

#[test]
fn who_was_there_and_what_was_waited_for_is_told_with_its_times() {
    let (mut world, caller) = a_long_wait();
    world.wait_s(120);
    world.wait_s(3);
    world.accept("mei").unwrap();
    let (headline, sentences) = told(&world, caller, Tongue::En);
    assert_eq!(
        headline,
        "Was put through to mei after 2 min 3 s: 2 min 0 s everyone who fits was with others; 3 s it rang at mei."
    );
    for sentence in [
        "In line “main”, by the time of the call; needs someone who speaks Cantonese at level 2 or above",
        "Nobody can take it, of those who fit: 1 in calls, 1 on a break; 1 ready who do not fit: none who speaks Cantonese at level 2 or above",
        "Waited until 10:03:32 for someone who speaks Cantonese at level 2 or above; from then on for anyone who speaks Cantonese",
        "mei answered after 3 s",
        "Hear each other: mei and the caller, who had waited 2 min 3 s",
    ] {
        assert!(sentences.iter().any(|told| told == sentence), "{sentence} in {sentences:#?}");
    }
    assert!(sentences.iter().any(|told| told.starts_with("Rings at mei: the only one ready since ")), "{sentences:#?}");
}

#[test]
fn the_same_is_told_in_chinese() {
    let (mut world, caller) = a_long_wait();
    world.wait_s(120);
    world.accept("mei").unwrap();
    let (headline, sentences) = told(&world, caller, Tongue::ZhCn);
    assert_eq!(headline, "等待 2 分 0 秒后由 mei 接通。其中，合适的接线员都在忙：2 分 0 秒。");
    let nobody = "暂时无人可接：合适的接线员中，1 人通话中，1 人休息；另有 1 人就绪，但没有会说粤语（2 级以上）";
    assert!(sentences.iter().any(|told| told == nobody), "{sentences:#?}");
}

#[test]
fn a_shortage_is_told_again_only_when_it_is_another() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    world.call_to_line("13800000001", '1');
    let waits = world.call_to_line("13800000002", '1');
    let nobody_free = |world: &World| {
        let story = world.story(waits);
        story.iter().filter(|event| *event == "nobody_free").count()
    };
    world.accept("mei").unwrap();
    world.wait_s(5);
    assert_eq!(nobody_free(&world), 1, "rung for another or in a call: busy is busy");
    world.ask("mei", RequestKind::HangUp {}).unwrap();
    world.ask("mei", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    assert_eq!(nobody_free(&world), 1, "and so is wrap-up");
    world.ask("mei", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(nobody_free(&world), 2, "a break is something else");
}

#[test]
fn who_declined_is_said_to_have_declined_and_to_be_asked_again() {
    let mut world = World::new();
    world.ready("mei", &["lang:zh-CN"]);
    let caller = world.call_to_line("13800000001", '1');
    world.decline("mei").unwrap();
    world.wait_s(10);
    let (headline, sentences) = told(&world, caller, Tongue::En);
    assert!(headline.starts_with("Is in line now"), "{headline}");
    assert!(headline.contains("only those were free who had declined"), "{headline}");
    assert!(sentences.iter().any(|told| told.ends_with("asked again, since nobody else fits")), "{sentences:#?}");
}

#[test]
fn the_way_out_of_the_line_has_its_reason() {
    let mut world = World::new();
    let caller = world.call_to_line("13800000001", '1');
    world.wait_s(30);
    world.hears_to_the_end(caller);
    let (headline, sentences) = told(&world, caller, Tongue::En);
    assert_eq!(headline, "Was in line and not put through, for 30 s: 30 s nobody who fits was on shift.");
    assert!(
        sentences.iter().any(|told| told == "Led out of the line: nobody who could answer was on shift"),
        "{sentences:#?}"
    );
}

#[test]
fn a_full_line_and_the_longest_wait_are_told_apart() {
    let mut world = World::with(with_queue(|queue| {
        queue.capacity = 1;
        queue.max_wait = Some(Duration::from_secs(45));
    }));
    world.desk("mei", &["lang:zh-CN"]);
    let first = world.call_to_line("13800000001", '1');
    let second = world.call_to_line("13800000002", '1');
    assert!(told(&world, second, Tongue::En).1.iter().any(|told| told == "Led out of the line: the line was full"));
    world.wait_s(45);
    let (_, sentences) = told(&world, first, Tongue::En);
    assert!(sentences.iter().any(|told| told == "Led out of the line: the longest wait was over"), "{sentences:#?}");
}
