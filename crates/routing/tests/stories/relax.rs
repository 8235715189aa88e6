//! Skills have levels, and what a wait insists on relaxes by a schedule (Q1).

use std::collections::BTreeMap;
use std::time::Duration;

use base::LegId;
use proptest::prelude::*;
use routing::*;

use crate::settings::{relax_language, with_queue};
use crate::world::{World, operator};

/// A topic at level 2, after a minute at level 1, after two not at all.
fn topics() -> Settings {
    let step = |after, level| Relax { after: Duration::from_secs(after), what: Relaxes::Topic, level };
    with_queue(|queue| (queue.topic_level, queue.relax) = (2, vec![step(60, 1), step(120, 0)]))
}

fn calls_about(world: &mut World, number: &str, language: char, topic: char) -> LegId {
    let leg = world.call(number);
    world.wait_s(1);
    world.hears_to_the_end(leg);
    world.press(leg, language);
    world.press(leg, topic);
    leg
}

#[test]
fn who_knows_the_topic_well_enough_is_rung_though_others_are_ready_for_longer() {
    let mut world = World::with(topics());
    world.ready("any", &["lang:zh-CN"]);
    world.ready("some", &["lang:zh-CN", "topic:wages"]);
    world.wait_s(60);
    world.ready("best", &["lang:zh-CN", "topic:wages=3"]);
    let caller = calls_about(&mut world, "13800000001", '1', '1');
    assert_eq!(world.rings("best"), Some(caller));
}

#[test]
fn a_lower_level_is_enough_after_a_minute_and_none_after_two() {
    let mut world = World::with(topics());
    world.ready("any", &["lang:zh-CN"]);
    let injury = calls_about(&mut world, "13800000001", '1', '2');
    world.wait_s(10);
    let wages = calls_about(&mut world, "13800000002", '1', '1');
    world.wait_s(10);
    world.ready("some", &["lang:zh-CN", "topic:wages"]);
    world.wait_s(49);
    assert_eq!((world.rings("some"), world.rings("any")), (None, None), "59 s after the second came");
    world.wait_s(1);
    assert_eq!(world.rings("some"), Some(wages));
    world.accept("some").unwrap();
    world.wait_s(48);
    assert_eq!(world.rings("any"), None);
    world.wait_s(1);
    assert_eq!(world.rings("any"), Some(injury));
}

#[test]
fn a_language_is_kept_to_the_end_of_the_schedule() {
    let mut world = World::with(topics());
    world.ready("any", &["lang:zh-CN", "topic:wages=2"]);
    world.desk("hua", &["lang:yue"]);
    calls_about(&mut world, "13800000001", '2', '1');
    world.wait_s(600);
    assert_eq!(world.rings("any"), None);
}

#[test]
fn a_language_is_not_given_up_while_somebody_on_shift_speaks_it() {
    let mut world = World::with(with_queue(|queue| queue.relax = relax_language(90)));
    world.ready("any", &["lang:zh-CN"]);
    world.ready("hua", &["lang:yue"]);
    let first = world.call_to_line("13800000001", '2');
    world.accept("hua").unwrap();
    let second = world.call_to_line("13800000002", '2');
    world.wait_s(300);
    assert_eq!((world.rings("any"), world.progress(second)), (None, Progress::Waiting), "hua is in a call");
    world.hang_up(first);
    world.ask("hua", RequestKind::FinishWrapUp {}).unwrap();
    assert_eq!(world.rings("hua"), Some(second));
}

#[test]
fn a_language_is_given_up_once_the_last_who_speaks_it_goes_home() {
    let mut world = World::with(with_queue(|queue| queue.relax = relax_language(90)));
    world.ready("any", &["lang:zh-CN"]);
    world.desk("hua", &["lang:yue"]);
    world.ask("hua", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    let caller = world.call_to_line("13800000001", '2');
    world.wait_s(100);
    assert_eq!(world.rings("any"), None, "hua will be back");
    world.ask("hua", RequestKind::EndShift {}).unwrap();
    assert_eq!(world.rings("any"), Some(caller), "at once: its time is over");
}

#[test]
fn in_danger_no_language_is_waited_for_past_its_time() {
    let mut world = World::with(with_queue(|queue| queue.relax = relax_language(90)));
    world.ready("any", &["lang:zh-CN"]);
    world.desk("hua", &["lang:yue"]);
    world.ask("hua", RequestKind::NotReady { reason: Reason::new("meal") }).unwrap();
    let caller = world.call_to_line("13800000001", '2');
    world.wait_s(100);
    world.press(caller, '9');
    assert_eq!(world.rings("any"), Some(caller));
}

#[test]
fn a_topic_that_nobody_at_work_knows_is_waited_for_and_no_reason_to_give_up() {
    let mut world = World::with(topics());
    world.ready("any", &["lang:zh-CN"]);
    let caller = calls_about(&mut world, "13800000001", '1', '1');
    world.wait_s(119);
    assert_eq!(world.progress(caller), Progress::Waiting, "though nobody is there for 30 s");
    assert_eq!(world.alarms, [], "and nobody is woken: somebody will do");
    world.wait_s(1);
    assert_eq!(world.rings("any"), Some(caller));
}

#[test]
fn what_was_waited_for_is_told_with_its_times() {
    let mut world = World::with(topics());
    world.ready("any", &["lang:zh-CN"]);
    let caller = calls_about(&mut world, "13800000001", '1', '1');
    world.wait_s(120);
    let id = world.journey(caller);
    let explained = explain(world.records.iter().filter(|record| record.event.journey() == Some(id)));
    let told = |tongue: Tongue| tongue.sentences(&explained).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    for sentence in [
        "In line “main”, by the time of the call; needs someone who speaks Mandarin and with the topic wages at level 2 or above",
        "Waited until 10:01:01 for someone who speaks Mandarin and with the topic wages at level 2 or above; \
         from then on for anyone who speaks Mandarin and with the topic wages",
        "Waited until 10:02:01 for someone who speaks Mandarin and with the topic wages; from then on for anyone who speaks Mandarin",
    ] {
        assert!(told(Tongue::En).iter().any(|told| told == sentence), "{sentence} in {:#?}", told(Tongue::En));
    }
    let chinese = "等到 10:02:01 为止，只等会说普通话、熟悉工资工时的接线员；此后会说普通话的接线员都可以接";
    assert!(told(Tongue::ZhCn).iter().any(|told| told == chinese), "{:#?}", told(Tongue::ZhCn));
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happens {
    Calls { language: char, topic: char },
    Ready { who: usize, languages: u8, levels: [u8; 3] },
    Break { who: usize },
    Accept { who: usize },
    HangUp { who: usize },
    Pass { seconds: u64 },
}

fn happens() -> impl Strategy<Value = Happens> {
    let key = prop_oneof![Just('1'), Just('2'), Just('3')];
    prop_oneof![
        (key.clone(), key).prop_map(|(language, topic)| Happens::Calls { language, topic }),
        (0..4usize, 1..8u8, prop::array::uniform3(0..4u8)).prop_map(|(who, languages, levels)| Happens::Ready {
            who,
            languages,
            levels
        }),
        (0..4usize).prop_map(|who| Happens::Break { who }),
        (0..4usize).prop_map(|who| Happens::Accept { who }),
        (0..4usize).prop_map(|who| Happens::HangUp { who }),
        (1..70u64).prop_map(|seconds| Happens::Pass { seconds }),
    ]
}

const LANGUAGES: [&str; 3] = ["zh-CN", "yue", "en"];
const TOPICS: [&str; 3] = ["wages", "injury", "other"];

/// What this test knows of the rules, by itself: language to the end, topic at level 2 for a minute, at level 1 for another.
struct Rules {
    operators: BTreeMap<usize, (u8, [u8; 3])>,
    callers: Vec<(LegId, usize, usize, base::Mono)>,
}

impl Rules {
    fn fits(&self, who: usize, language: usize, topic: usize, waited: Duration) -> bool {
        let needed = match waited.as_secs() {
            0..60 => 2,
            60..120 => 1,
            _ => 0,
        };
        self.operators.get(&who).is_some_and(|(speaks, knows)| speaks & (1 << language) != 0 && knows[topic] >= needed)
    }

    /// Whoever waits has nobody ready who fits.
    fn nobody_waits_in_vain(&self, world: &World) -> Result<(), TestCaseError> {
        for (leg, language, topic, since) in &self.callers {
            if world.board.progress(*leg) != Some(Progress::Waiting) {
                continue;
            }
            let waited = world.now.mono.since(*since);
            let ready = (0..4).find(|who| world.is_ready(&name(*who)) && self.fits(*who, *language, *topic, waited));
            prop_assert_eq!(ready, None, "{} waits {:?} for {} {}", leg, waited, LANGUAGES[*language], TOPICS[*topic]);
        }
        Ok(())
    }
}

fn name(who: usize) -> String {
    format!("op{who}")
}

fn skills(languages: u8, levels: [u8; 3]) -> Vec<String> {
    let speaks = (0..3).filter(|bit| languages & (1 << bit) != 0).map(|bit| format!("lang:{}", LANGUAGES[bit]));
    let knows = levels.iter().zip(TOPICS).filter(|(level, _)| **level > 0);
    speaks.chain(knows.map(|(level, topic)| format!("topic:{topic}={level}"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_caller_waits_while_somebody_who_fits_is_ready_at_any_step(story in prop::collection::vec(happens(), 1..60)) {
        let mut world = World::with(topics());
        let mut rules = Rules { operators: BTreeMap::new(), callers: Vec::new() };
        for (count, what) in story.into_iter().enumerate() {
            match what {
                Happens::Calls { language, topic } => {
                    let leg = calls_about(&mut world, &format!("138{count:08}"), language, topic);
                    let index = |key: char| usize::try_from(u32::from(key) - u32::from('1')).unwrap();
                    rules.callers.push((leg, index(language), index(topic), world.now.mono));
                }
                Happens::Ready { who, languages, levels } => {
                    if world.board.account(&operator(&name(who))).is_none() {
                        let skills = skills(languages, levels);
                        world.desk(&name(who), &skills.iter().map(String::as_str).collect::<Vec<_>>());
                        rules.operators.insert(who, (languages, levels));
                    }
                    let _ = world.ask(&name(who), RequestKind::Ready {});
                }
                Happens::Break { who } => {
                    let _ = world.ask(&name(who), RequestKind::NotReady { reason: Reason::new("meal") });
                }
                Happens::Accept { who } => {
                    if world.offer_at(&name(who)).is_some() {
                        world.accept(&name(who)).unwrap();
                    }
                }
                Happens::HangUp { who } => {
                    let _ = world.ask(&name(who), RequestKind::HangUp {});
                    let _ = world.ask(&name(who), RequestKind::FinishWrapUp {});
                }
                Happens::Pass { seconds } => {
                    // Second by second: each step is looked at when it comes.
                    for _ in 0..seconds {
                        world.wait_s(1);
                        rules.nobody_waits_in_vain(&world)?;
                    }
                }
            }
            rules.nobody_waits_in_vain(&world)?;
        }
    }
}
