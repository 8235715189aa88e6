//! `flows/<name>.toml`: what a caller hears and presses.

use std::collections::BTreeMap;
use std::path::Path;

use routing::{Choice, Collect, Condition, Flow, Keyed, Language, Menu, Part, Step};
use toml::Value;

use super::disk::Disk;
use super::document::{Document, Places};
use super::fault::Fault;
use super::read::{Fields, Node, Read, section};
use super::suggest::suggest;
use super::values::{Count, Name, Seconds, SipUri, is_name};

/// The keys of a flow file.
pub(super) const KEYS: &[&str] = &["start", "queue", "steps"];

/// Stands for when the line opens, composed of many prompts,
pub(super) const OPENS: &str = "{opens}";
/// for why it is closed,
pub(super) const CLOSED: &str = "{closed}";
/// for the promise of a call with its time,
pub(super) const PROMISE: &str = "{promise}";
/// for the part of the day that was chosen,
pub(super) const PART: &str = "{part}";
/// and for what was keyed in.
pub(super) const DIGITS: &str = "{digits}";

/// A flow with where everything in it stands.
pub(super) struct FlowFile {
    pub(super) flow: Flow,
    pub(super) places: Places,
}

section! {
    /// `do = "say"`: play, then go on.
    SaySection {
        /// Prompts, one after the other; `{opens}` is when the line opens, `{promise}` the promise with its time, `{part}` the part of the day
        /// that they chose.
        prompts: Vec<Prompt>,
        /// These words promise a call back.
        notice: bool = false,
        /// The next step.
        next: Name,
    }
}

section! {
    /// `do = "menu"`: play and wait for a key.
    MenuSection {
        /// Prompts; `{ prompt = "language_menu", language = "en" }` says one in a language of its own.
        prompts: Vec<MenuPrompt>,
        /// What each key does. `0` (operator), `9` (danger) and `*` (again) are taken.
        keys: BTreeMap<String, ChoiceSection>,
        /// Seconds of silence after the prompts that count as no input.
        no_input_s: Seconds<1, 60> = Seconds::new(6),
        /// How often it is said again.
        retries: Count<0, 9> = Count(1),
        /// The step for callers who stay silent or confused.
        otherwise: Name,
    }
}

section! {
    /// What a key does.
    ChoiceSection {
        /// Sets the caller's language.
        language: Option<Language> = None,
        /// Sets the caller's topic.
        topic: Option<Name> = None,
        /// Whether they want to be called back: `wanted` or `declined`.
        callback: Option<Wanted> = None,
        /// In which part of the day: `morning`, `midday`, `afternoon` or `evening`.
        part: Option<Part> = None,
        /// The next step.
        next: Name,
    }
}

section! {
    /// `do = "collect"`: play and take digits, read them back, have them confirmed.
    CollectSection {
        /// `number` (on which they can be called safely) or `extension` (behind the number that they call from).
        what: Keyed,
        /// Prompts.
        prompts: Vec<Name>,
        /// Said when the digits are in; `{digits}` reads them back, 1 is right, 2 begins anew.
        confirm: Vec<ConfirmPrompt>,
        /// Said before it is asked again, where nobody may be called by those digits.
        unusable: Vec<Name> = Vec::new(),
        /// The most digits; `#` ends sooner.
        max_digits: Count<1, 20> = Count(15),
        /// Seconds from one digit to the next; longer ends the digits.
        gap_s: Seconds<2, 60> = Seconds::new(10),
        /// How often it is asked again.
        retries: Count<0, 9> = Count(1),
        /// The next step, with a number that is confirmed and sealed.
        next: Name,
        /// The step for callers who stay silent or confused.
        otherwise: Name,
    }
}

section! {
    /// `do = "queue"`: stand in line until answered.
    QueueStepSection {
        /// Which line.
        queue: Name,
        /// The way out when nobody is there or the wait is too long: leads to a promise.
        next: Name,
    }
}

section! {
    /// `do = "dial"`: call a fixed SIP address, then go on.
    DialSection {
        /// `sip:name@host:port`.
        uri: SipUri,
        /// The next step.
        next: Name,
    }
}

section! {
    /// `do = "if"`: go one way or the other.
    IfSection {
        /// `open` (by the calendar), `language:yue`, `callable` (we may call them), `extension` (they call from a fixed line) or `wanted` (they
        /// pressed that they want to be called).
        when: Condition,
        /// The step when it is so,
        then: Name,
        /// and when it is not.
        otherwise: Name,
    }
}

/// Reads a flow file. References within it are checked by `flow_check`.
pub(super) fn load(path: &Path, disk: &mut Disk, faults: &mut Vec<Fault>) -> Option<FlowFile> {
    let text = disk.text(path, faults)?;
    let Document { tree, places, .. } = Document::parse(path, text, faults)?;
    let fields = Fields::top(&tree, &places, KEYS, faults);
    let start: Option<Name> = fields.required("start", faults);
    let queue: Option<Name> = fields.optional("queue", faults, || None);
    let before = faults.len();
    let steps: Option<BTreeMap<String, Step>> = fields.required("steps", faults);
    let steps = steps.filter(|_| faults.len() == before)?;
    for name in steps.keys().filter(|name| !is_name(name)) {
        faults.push(places.fault(&format!("steps.{name}"), "a name has small letters, digits, _, - and . only"));
    }
    let flow = Flow { start: start?.0, steps, queue: queue.map(|queue| queue.0) };
    Some(FlowFile { flow, places })
}

const VERBS: [&str; 7] = ["say", "menu", "collect", "queue", "dial", "if", "hangup"];

impl Read for Step {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let Value::Table(table) = node.value else {
            faults.push(node.fault("must be a table with do = \"say\", \"menu\" …"));
            return None;
        };
        let mut rest = table.clone();
        let verb_key = format!("{}.do", node.key);
        let Some(verb) = rest.remove("do") else {
            faults.push(node.places.fault(&verb_key, format!("is missing; there is: {}", VERBS.join(", "))));
            return None;
        };
        let rest = Value::Table(rest);
        let inner = Node { value: &rest, key: node.key.clone(), places: node.places };
        match verb.as_str() {
            Some("say") => SaySection::read(&inner, faults).map(say),
            Some("menu") => MenuSection::read(&inner, faults).map(|section| menu(section, node, faults)),
            Some("collect") => CollectSection::read(&inner, faults).map(|section| Step::Collect(section.into())),
            Some("queue") => QueueStepSection::read(&inner, faults)
                .map(|section| Step::Queue { queue: section.queue.0, next: section.next.0 }),
            Some("dial") => {
                DialSection::read(&inner, faults).map(|section| Step::Dial { uri: section.uri.0, next: section.next.0 })
            }
            Some("if") => IfSection::read(&inner, faults).map(|section| Step::If {
                condition: section.when,
                then: section.then.0,
                otherwise: section.otherwise.0,
            }),
            Some("hangup") => inner.fields(&[], faults).map(|_| Step::HangUp),
            Some(_) | None => {
                let hint = suggest(verb.as_str().unwrap_or_default(), VERBS);
                faults.push(node.places.fault(&verb_key, format!("is no kind of step{hint}")));
                None
            }
        }
    }
}

fn say(section: SaySection) -> Step {
    Step::Say {
        prompts: section.prompts.into_iter().map(|prompt| prompt.0).collect(),
        notice: section.notice,
        next: section.next.0,
    }
}

fn menu(section: MenuSection, node: &Node<'_>, faults: &mut Vec<Fault>) -> Step {
    let mut keys = BTreeMap::new();
    for (key, choice) in section.keys {
        let mut chars = key.chars();
        let (first, more) = (chars.next(), chars.next());
        match (first, more) {
            (Some(key @ ('1'..='8' | '#')), None) => {
                keys.insert(key, choice.into());
            }
            (Some('0' | '9' | '*'), None) => {
                let message = "is taken in every menu: 0 is an operator, 9 is danger, * says it again";
                faults.push(node.places.fault(&format!("{}.keys.{key}", node.key), message));
            }
            _ => faults.push(node.places.fault(&format!("{}.keys.{key}", node.key), "is no key: 1 to 8, or #")),
        }
    }
    Step::from(Menu {
        prompts: section.prompts.into_iter().map(|said| (said.prompt.0, said.language)).collect(),
        keys,
        no_input: section.no_input_s.0,
        retries: u8::try_from(section.retries.0).unwrap_or(u8::MAX),
        otherwise: section.otherwise.0,
    })
}

impl From<ChoiceSection> for Choice {
    fn from(section: ChoiceSection) -> Self {
        Choice {
            language: section.language,
            topic: section.topic.map(|topic| topic.0),
            callback: section.callback.map(|wanted| wanted.0),
            part: section.part,
            next: section.next.0,
        }
    }
}

impl From<CollectSection> for Collect {
    fn from(section: CollectSection) -> Self {
        let names = |names: Vec<Name>| names.into_iter().map(|name| name.0).collect();
        Collect {
            what: section.what,
            prompts: names(section.prompts),
            confirm: section.confirm.into_iter().map(|prompt| prompt.0).collect(),
            unusable: names(section.unusable),
            max_digits: u8::try_from(section.max_digits.0).unwrap_or(u8::MAX),
            gap: section.gap_s.0,
            retries: u8::try_from(section.retries.0).unwrap_or(u8::MAX),
            next: section.next.0,
            otherwise: section.otherwise.0,
        }
    }
}

/// A prompt's name, or what stands for words.
#[derive(Clone, Debug)]
pub(super) struct Prompt(String);

impl Read for Prompt {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a prompt's name, or {opens}, {promise}, {part}", faults, |text| {
            ([OPENS, CLOSED, PROMISE, PART].contains(&text) || is_name(text)).then(|| Prompt(text.to_owned()))
        })
    }
}

/// A prompt's name, or `{digits}`.
#[derive(Clone, Debug)]
pub(super) struct ConfirmPrompt(String);

impl Read for ConfirmPrompt {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a prompt's name, or {digits}", faults, |text| {
            (text == DIGITS || is_name(text)).then(|| ConfirmPrompt(text.to_owned()))
        })
    }
}

/// Whether a call back is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted(bool);

impl Read for Wanted {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("wanted or declined", faults, |text| match text {
            "wanted" => Some(Wanted(true)),
            "declined" => Some(Wanted(false)),
            _ => None,
        })
    }
}

impl Read for Part {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("morning, midday, afternoon or evening", faults, |text| {
            Part::ALL.into_iter().find(|part| part.word() == text)
        })
    }
}

impl Read for Keyed {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("number or extension", faults, |text| match text {
            "number" => Some(Keyed::Number),
            "extension" => Some(Keyed::Extension),
            _ => None,
        })
    }
}

section! {
    /// A prompt with its language.
    SpokenSection {
        /// Its name.
        prompt: Name,
        /// Its language; none: the caller's.
        language: Option<Language> = None,
    }
}

/// A prompt of a menu: a name, or a name with its language.
#[derive(Clone, Debug)]
pub(super) struct MenuPrompt {
    prompt: Name,
    language: Option<Language>,
}

impl Read for MenuPrompt {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        if node.value.is_table() {
            let section = SpokenSection::read(node, faults)?;
            return Some(MenuPrompt { prompt: section.prompt, language: section.language });
        }
        Name::read(node, faults).map(|prompt| MenuPrompt { prompt, language: None })
    }
}

impl Read for Condition {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let text =
            node.text("a condition: open, callable, extension, wanted, language_chosen, or language:yue", faults)?;
        match text.split_once(':') {
            None if text == "open" => Some(Condition::Open),
            None if text == "callable" => Some(Condition::Callable),
            None if text == "extension" => Some(Condition::Extension),
            None if text == "wanted" => Some(Condition::Wanted),
            None if text == "language_chosen" => Some(Condition::LanguageChosen),
            Some(("language", language)) => {
                let value = Value::String(language.to_owned());
                let node = Node { value: &value, key: node.key.clone(), places: node.places };
                Language::read(&node, faults).map(Condition::Language)
            }
            Some(_) | None => {
                faults.push(node.fault(format!(
                    "\"{text}\" is no condition; there is: open, callable, extension, wanted, language_chosen, language:<tag>"
                )));
                None
            }
        }
    }
}
