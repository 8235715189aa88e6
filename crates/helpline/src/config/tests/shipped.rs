use std::collections::BTreeSet;

use routing::Step;

use super::super::calendar::{ClosureSection, KEYS as CALENDAR_KEYS, OpeningSection, WeekSection};
use super::super::callback_section::CallbackSection;
use super::super::flow::{
    self, ChoiceSection, CollectSection, DialSection, IfSection, MenuSection, QueueStepSection, SaySection,
};
use super::super::limits::LimitsSection;
use super::super::load::KEYS;
use super::super::lunar::NewYearSection;
use super::super::media_section::MediaSection;
use super::super::queue::{OperatorSection, QueueSection};
use super::super::server::LogSection;
use super::super::service::ServiceSection;
use super::super::sip_section::{SipSection, TrunkSection};
use super::super::tls_section::TlsSection;
use super::super::trial::TrialSection;
use super::super::trunk_out::DialPlanSection;
use super::super::web_section::WebSection;
use super::super::{Config, Overrides, check, load};
use super::{Folder, plain, shipped};

fn config() -> Config {
    load(&shipped().join("helpline.toml"), plain()).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[test]
fn it_has_no_fault() {
    let told = |overrides| {
        let faults = check(&shipped().join("helpline.toml"), overrides);
        faults.into_iter().map(|fault| format!("{}: {}", fault.key, fault.message)).collect::<Vec<_>>()
    };
    let yue = ": 227 prompts are to be recorded by a person: callback_discreet, callback_menu, callback_notice, closed, closed_opens_at, \
               collect_danger, comfort, confirm_number, danger, danger_key, declined, emergency_numbers, enter_extension, enter_number, goodbye, \
               language_menu, no_line_menu, no_number, nobody_ready, not_called, notice_staff_meeting, notice_technical, notice_typhoon, number_unusable, over_limit, own_line_menu, part_menu, probe, \
               queue_callback, queue_callback_kept, queue_entry, reconnecting, sorry_no_input, sorry_wrong_key, topic_menu, welcome, \
               you_entered, ahead.* (23), date.day.* (31), date.month.* (12), day.* (3), digit.* (10), part.* (4), promise.* (2), time.* (1), \
               time.hour.* (24), time.minute.* (59), wait.* (14), weekday.* (7)";
    assert_eq!(told(plain()), ["trunk: there is no trunk: nobody can call", yue]);
    assert_eq!(told(Overrides { trial: true, ..plain() }), [yue]);
}

#[test]
fn it_documents_every_key() {
    let text = std::fs::read_to_string(shipped().join("helpline.toml")).unwrap();
    let sections = [
        ("", KEYS),
        ("[log]", LogSection::KEYS),
        ("[sip]", SipSection::KEYS),
        ("[trunk.", TrunkSection::KEYS),
        ("[trunk.carrier.tls]", TlsSection::KEYS),
        ("[dial_plan]", DialPlanSection::KEYS),
        ("[media]", MediaSection::KEYS),
        ("[web]", WebSection::KEYS),
        ("[service.", ServiceSection::KEYS),
        ("[queue.", QueueSection::KEYS),
        ("[operator.", OperatorSection::KEYS),
        ("[callback]", CallbackSection::KEYS),
        ("[limits]", LimitsSection::KEYS),
        ("[trial]", TrialSection::KEYS),
    ];
    for (header, keys) in sections {
        let lines = || text.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
        let inside: Vec<&str> = match header {
            "" => lines().collect(),
            header => lines()
                .skip_while(|line| !line.starts_with(header))
                .skip(1)
                .take_while(|line| !line.starts_with('['))
                .collect(),
        };
        for key in keys {
            let shown = inside.iter().any(|line| {
                line.starts_with(&format!("{key} = "))
                    || (header.is_empty()
                        && (line.starts_with(&format!("[{key}]")) || line.starts_with(&format!("[{key}."))))
            });
            let table = lines().any(|line| line.starts_with(header) && line.ends_with(&format!(".{key}]")));
            assert!(shown || table, "{header} {key} is not documented");
        }
    }
}

#[test]
fn flows_and_calendars_document_every_key() {
    let text = |file: &str| std::fs::read_to_string(shipped().join(file)).unwrap();
    let flows = text("flows/hotline.toml") + &text("flows/closed.toml");
    let steps = [
        flow::KEYS,
        SaySection::KEYS,
        MenuSection::KEYS,
        ChoiceSection::KEYS,
        CollectSection::KEYS,
        QueueStepSection::KEYS,
        DialSection::KEYS,
        IfSection::KEYS,
    ];
    for key in steps.concat() {
        assert!(flows.contains(key), "{key} of flows");
    }
    let calendar = text("calendars/hotline.toml");
    let weekdays: BTreeSet<&str> = ["tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].into();
    for key in
        [CALENDAR_KEYS, WeekSection::KEYS, ClosureSection::KEYS, OpeningSection::KEYS, NewYearSection::KEYS].concat()
    {
        assert!(weekdays.contains(key) || calendar.contains(key), "{key} of calendars");
    }
}

#[test]
fn it_shows_the_defaults() {
    let folder = Folder::new();
    let shipped = shipped().canonicalize().unwrap();
    let short = format!(
        "flows = \"{0}/flows\"\ncalendars = \"{0}/calendars\"\nprompts = \"{0}/prompts\"\n[queue.hotline]\n\
         [service.hotline]\nnumbers = [\"4008169580\"]\nflow = \"hotline\"\nclosed_flow = \"closed\"\ncalendar = \"hotline\"\n",
        shipped.display()
    );
    folder.write("helpline.toml", &short);
    let show = |config: Config| {
        let routing = &config.routing;
        let decisions =
            format!("{:?} {:?} {:?} {:?}", routing.services, routing.queues, routing.callbacks, routing.limits);
        let sockets = format!("{:?} {:?} {:?} {:?}", config.listen, config.media, config.web, config.sip);
        format!("{decisions} {sockets} {:?} {:?} {:?}", config.node, config.database, config.log)
    };
    assert_eq!(show(folder.load(plain())), show(config()));
}

/// The first words are at most 12 s: who, confidential, not recorded, no name needed, language keys.
#[test]
fn the_first_words_are_short() {
    let config = config();
    let flow = &config.routing.flows["hotline"];
    let Step::If { otherwise: first, .. } = &flow.steps[&flow.start] else { panic!("nobody is asked for a language") };
    let Step::Menu(menu) = &flow.steps[first] else { panic!("the first words are no menu") };
    let path =
        |(name, language): &(String, Option<routing::Language>)| format!("{}/{name}", language.as_ref().unwrap());
    let samples: usize = menu.prompts.iter().map(|said| config.prompts.prompts[&path(said)].len()).sum();
    assert!(samples <= 12 * 8_000, "{} s", samples as f64 / 8_000.0);
}

/// Seconds of prompts that a caller hears in their language.
fn seconds(config: &Config, language: &str, prompts: &[&str]) -> f64 {
    let sound = |prompt: &&str| config.prompts.prompts[&format!("{language}/{prompt}")].len();
    prompts.iter().map(sound).sum::<usize>() as f64 / 8_000.0
}

/// A worker on a night shift has two minutes for all of it; whoever knows the keys, a fraction.
#[test]
fn who_calls_after_hours_is_promised_a_call_within_two_minutes() {
    let config = config();
    let words = [
        "emergency_numbers",
        "danger_key",
        "language_menu",
        "closed",
        "closed_opens_at",
        "day.tomorrow",
        "time.hour.9",
    ];
    let asked = ["callback_menu", "part_menu", "part.evening", "promise.by", "day.tomorrow", "time.hour.20"];
    for language in ["zh-CN", "yue", "en"] {
        let first = seconds(&config, "zh-CN", &["emergency_numbers", "danger_key"])
            + 3.0 * seconds(&config, language, &["language_menu"]);
        let total = first + seconds(&config, language, &words) + seconds(&config, language, &asked);
        let total = total + seconds(&config, language, &["callback_discreet", "goodbye"]) + 5.0 * 3.0;
        assert!(total <= 120.0, "{language}: {total} s");
    }
}

/// A manifest with the words: no recording without, no words without a recording.
#[test]
fn every_recording_has_its_words() {
    for language in ["zh-CN", "yue", "en"] {
        let folder = shipped().join("prompts").join(language);
        let words: toml::Table = std::fs::read_to_string(folder.join("words.toml")).unwrap().parse().unwrap();
        let mut said = Vec::new();
        for table in ["spoken", "to_be_recorded", "recorded"].into_iter().filter_map(|table| words.get(table)) {
            sentences("", table.as_table().unwrap(), &mut said);
        }
        let named: BTreeSet<String> = said.into_iter().map(|(name, _)| name).collect();
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let found: BTreeSet<String> = files.filter_map(|file| file.strip_suffix(".wav").map(str::to_owned)).collect();
        assert_eq!(found, named, "{language}");
    }
}

/// Who changes words renders them anew: `.rendered` says of what each recording was made.
#[test]
fn every_rendering_is_of_these_words_and_this_voice() {
    let tool = std::fs::read_to_string(shipped().join("../deploy/prompts/render")).unwrap();
    let recipe = tool.split_once("RECIPE = \"").unwrap().1.split('"').next().unwrap();
    for language in ["zh-CN", "yue", "en"] {
        let folder = shipped().join("prompts").join(language);
        let words: toml::Table = std::fs::read_to_string(folder.join("words.toml")).unwrap().parse().unwrap();
        let text = |key: &str| words[key].as_str().map_or_else(|| words[key].to_string(), str::to_owned);
        let [engine, voice, speed] = ["engine", "voice", "speed"].map(text);
        let mut said = Vec::new();
        for table in ["spoken", "to_be_recorded"].into_iter().filter_map(|table| words.get(table)) {
            sentences("", table.as_table().unwrap(), &mut said);
        }
        let stamp = |words: &str| {
            super::super::disk::version_of([recipe, &engine, &voice, &speed, words].join("\n").as_bytes())
        };
        let expected: BTreeSet<String> = said.iter().map(|(name, words)| format!("{name} {}", stamp(words))).collect();
        let rendered = std::fs::read_to_string(folder.join(".rendered")).unwrap();
        assert_eq!(rendered.lines().map(str::to_owned).collect::<BTreeSet<_>>(), expected, "{language}");
    }
}

fn sentences(prefix: &str, table: &toml::Table, into: &mut Vec<(String, String)>) {
    for (key, value) in table {
        match value.as_table() {
            Some(inner) => sentences(&format!("{prefix}{key}."), inner, into),
            None => into.push((format!("{prefix}{key}"), value.as_str().unwrap().to_owned())),
        }
    }
}

/// Advice is free; a call to a 400 number is not.
#[test]
fn no_words_say_that_the_call_is_free() {
    for language in ["zh-CN", "yue", "en"] {
        let text = std::fs::read_to_string(shipped().join("prompts").join(language).join("words.toml")).unwrap();
        for wrong in ["call is free", "free call", "通话免费", "通话是免费", "免费电话", "免費電話", "通話免費"]
        {
            assert!(!text.contains(wrong), "{language}: {wrong}");
        }
    }
}
