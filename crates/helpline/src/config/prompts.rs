//! `prompts/<language>/<name>.wav` and `prompts/music/<name>.wav`: what callers hear.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use media::PromptLibrary;
use routing::{Language, Queue, Step};

use super::disk::Disk;
use super::document::Places;
use super::fault::Fault;
use super::flow::{CLOSED, DIGITS, FlowFile, OPENS, PART, PROMISE};
use super::manifest;
use super::queue::{AHEAD, WAIT};
use super::recording::{self, Kind};
use super::suggest::suggest;

/// The folder of music beside those of languages.
pub(super) const MUSIC: &str = "music";

/// Recordings: those shipped, with a supervisor's own laid over them, file by file.
pub(super) struct Shelf {
    /// As they are played.
    pub(super) library: PromptLibrary,
    /// Where the shipped ones stand.
    shipped: PathBuf,
    /// `<language>/<name>` of a supervisor's own that can be played → its file, and whether it replaces a shipped one.
    own: BTreeMap<String, (PathBuf, bool)>,
}

/// Reads both folders. A supervisor's file that cannot be played is told and left out; the engine starts without it.
pub(super) fn load(shipped: &Path, own: &Path, disk: &mut Disk, faults: &mut Vec<Fault>) -> Shelf {
    let mut shelf = Shelf { library: PromptLibrary::default(), shipped: shipped.to_owned(), own: BTreeMap::new() };
    if !shipped.is_dir() {
        faults.push(Fault::of_file(shipped.display(), "there is no such folder of prompts"));
    }
    for (folder, name, file) in files(shipped) {
        shelf.add(&folder, &name, &file, disk, faults);
    }
    for (folder, name, file) in files(own) {
        let replaces = shelf.holds(&folder, &name);
        let mut told = Vec::new();
        if shelf.add(&folder, &name, &file, disk, &mut told) {
            shelf.own.insert(format!("{folder}/{name}"), (file, replaces));
            faults.extend(told);
        } else {
            let instead = if replaces { "; the shipped one is played instead" } else { "" };
            let told = told.into_iter().map(|fault| Fault { message: fault.message.clone() + instead, ..fault });
            faults.extend(told.map(Fault::into_warning));
        }
    }
    shelf
}

/// Folder, name and path of every recording.
fn files(root: &Path) -> Vec<(String, String, PathBuf)> {
    let text = |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).map(str::to_owned);
    let folders = Disk::folders(root).into_iter().filter_map(|path| Some((text(path.file_name())?, path)));
    let files =
        folders.flat_map(|(folder, path)| Disk::list(&path, "wav").into_iter().map(move |f| (folder.clone(), f)));
    files.filter_map(|(folder, file)| Some((folder, text(file.file_stem())?, file))).collect()
}

impl Shelf {
    /// Puts a recording where it is played from; false when it cannot be played.
    fn add(&mut self, folder: &str, name: &str, file: &Path, disk: &mut Disk, faults: &mut Vec<Fault>) -> bool {
        let kind = Kind::of(folder, name);
        let Some(sound) = recording::read(file, kind, disk, faults) else { return false };
        match kind {
            Kind::Music => self.library.music.insert(name.to_owned(), sound),
            Kind::Sentence | Kind::Piece => self.library.prompts.insert(format!("{folder}/{name}"), sound),
        };
        true
    }

    fn holds(&self, folder: &str, name: &str) -> bool {
        match Kind::of(folder, name) {
            Kind::Music => self.library.music.contains_key(name),
            Kind::Sentence | Kind::Piece => self.library.prompts.contains_key(&format!("{folder}/{name}")),
        }
    }
}

/// Who says what: for finding what is missing.
pub(super) struct Needs<'a> {
    /// Flows that are used, by name.
    pub(super) flows: &'a BTreeMap<String, FlowFile>,
    /// Queues,
    pub(super) queues: &'a BTreeMap<String, Queue>,
    /// and where they stand.
    pub(super) places: &'a Places,
    /// Languages that calls begin in.
    pub(super) languages: BTreeSet<Language>,
    /// What services may be closed for by hand.
    pub(super) notices: BTreeSet<String>,
}

/// Tells every prompt that somebody could be played and that is not there, in each language that a caller can have; a supervisor's own that
/// nobody is ever played; and which are to be recorded.
pub(super) fn check(needs: &Needs<'_>, shelf: &Shelf, disk: &mut Disk, faults: &mut Vec<Fault>) {
    let languages = languages(needs);
    let library = &shelf.library;
    let mut lookup = Lookup { library, languages: &languages, notices: &needs.notices, said: BTreeSet::new(), faults };
    for file in needs.flows.values() {
        for (name, step) in &file.flow.steps {
            match step {
                Step::Say { prompts, notice: _, next: _ } => {
                    for (index, prompt) in prompts.iter().enumerate() {
                        lookup.find(&file.places, format!("steps.{name}.prompts[{index}]"), prompt, None);
                    }
                }
                Step::Menu(menu) => {
                    for (index, (prompt, language)) in menu.prompts.iter().enumerate() {
                        let key = format!("steps.{name}.prompts[{index}]");
                        lookup.find(&file.places, key, prompt, language.as_ref());
                    }
                }
                Step::Collect(collect) => {
                    let lists =
                        [("prompts", &collect.prompts), ("confirm", &collect.confirm), ("unusable", &collect.unusable)];
                    for (list, prompts) in lists {
                        for (index, prompt) in prompts.iter().enumerate() {
                            lookup.find(&file.places, format!("steps.{name}.{list}[{index}]"), prompt, None);
                        }
                    }
                }
                Step::Queue { .. } | Step::Dial { .. } | Step::If { .. } | Step::HangUp => {}
            }
        }
    }
    for (name, queue) in needs.queues {
        for (list, prompts) in [("entry", &queue.entry), ("comfort", &queue.comfort)] {
            for (index, prompt) in prompts.iter().enumerate() {
                lookup.find(needs.places, format!("queue.{name}.{list}[{index}]"), prompt, None);
            }
        }
        lookup.said.insert(format!("{MUSIC}/{}", queue.music));
        if !library.music.contains_key(&queue.music) {
            let hint = suggest(&queue.music, library.music.keys().map(String::as_str));
            let message = format!("there is no music/{}.wav{hint}", queue.music);
            lookup.faults.push(needs.places.fault(&format!("queue.{name}.music"), message));
        }
    }
    let said = lookup.said;
    for (name, (file, replaces)) in shelf.own.iter().filter(|(name, _)| !said.contains(*name)) {
        if !replaces {
            let hint = suggest(name, said.iter().map(String::as_str));
            let message = format!("is never played: nobody says {name}{hint}");
            faults.push(Fault::of_file(file.display(), message).into_warning());
        }
    }
    for language in &languages {
        let words = shelf.shipped.join(&language.0).join("words.toml");
        manifest::note(&words, |name| shelf.own.contains_key(&format!("{language}/{name}")), disk, faults);
    }
}

/// Those that calls begin in, and those that a key chooses.
fn languages(needs: &Needs<'_>) -> BTreeSet<Language> {
    let mut languages = needs.languages.clone();
    for step in needs.flows.values().flat_map(|file| file.flow.steps.values()) {
        if let Step::Menu(menu) = step {
            languages.extend(menu.keys.values().filter_map(|choice| choice.language.clone()));
        }
    }
    languages
}

struct Lookup<'a> {
    library: &'a PromptLibrary,
    languages: &'a BTreeSet<Language>,
    notices: &'a BTreeSet<String>,
    said: BTreeSet<String>,
    faults: &'a mut Vec<Fault>,
}

impl Lookup<'_> {
    fn find(&mut self, places: &Places, key: String, prompt: &str, language: Option<&Language>) {
        let wanted: Vec<&Language> = language.map_or_else(|| self.languages.iter().collect(), |one| vec![one]);
        for language in wanted {
            let names = match prompt {
                OPENS => routing::spoken_prompts(language),
                CLOSED => routing::closed_prompts(self.notices.iter()),
                PROMISE => routing::promise_prompts(language),
                PART => routing::part_prompts(),
                DIGITS => routing::digit_prompts(),
                AHEAD => routing::ahead_prompts(),
                WAIT => routing::wait_prompts(),
                name => vec![name.to_owned()],
            };
            self.said.extend(names.iter().map(|name| format!("{language}/{name}")));
            let missing: Vec<&String> =
                names.iter().filter(|name| !self.library.prompts.contains_key(&format!("{language}/{name}"))).collect();
            let message = match missing.as_slice() {
                [] => continue,
                [name] => format!("there is no prompt {language}/{name}.wav{}", self.hint(language, name)),
                [name, more @ ..] => format!("there is no prompt {language}/{name}.wav, nor {} more", more.len()),
            };
            self.faults.push(places.fault(&key, message));
        }
    }

    fn hint(&self, language: &Language, name: &str) -> String {
        let folder = format!("{language}/");
        suggest(name, self.library.prompts.keys().filter_map(|key| key.strip_prefix(&folder)))
    }
}
