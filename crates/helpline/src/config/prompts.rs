//! `prompts/<language>/<name>.wav` and `prompts/music/<name>.wav`: what callers hear.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use media::PromptLibrary;
use routing::{Language, Queue, Step};

use super::disk::Disk;
use super::document::Places;
use super::fault::Fault;
use super::flow::{FlowFile, OPENS};
use super::suggest::suggest;
use super::wav;

/// The folder of music beside those of languages.
const MUSIC: &str = "music";

/// Speech quieter than this is hard to hear in a workshop, dBov.
const QUIET_DB: f64 = -32.0;

/// Speech is recorded between -20 and -26; beyond this it distorts on its way, dBov.
const LOUD_DB: f64 = -14.0;

/// Reads the shipped recordings and lays a supervisor's own over them.
pub(super) fn load(shipped: &Path, own: &Path, disk: &mut Disk, faults: &mut Vec<Fault>) -> PromptLibrary {
    let mut library = PromptLibrary::default();
    if !shipped.is_dir() {
        faults.push(Fault::of_file(shipped.display(), "there is no such folder of prompts"));
    }
    for folder in Disk::folders(shipped).into_iter().chain(Disk::folders(own)) {
        let Some(language) = folder.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        for file in Disk::list(&folder, "wav") {
            let Some(name) = file.file_stem().and_then(|name| name.to_str()) else { continue };
            let Some(sound) = recording(&file, language == MUSIC, disk, faults) else { continue };
            if language == MUSIC {
                library.music.insert(name.to_owned(), sound);
            } else {
                library.prompts.insert(format!("{language}/{name}"), sound);
            }
        }
    }
    library
}

fn recording(file: &Path, music: bool, disk: &mut Disk, faults: &mut Vec<Fault>) -> Option<Arc<[u8]>> {
    let bytes = disk.bytes(file, faults)?;
    let fault = |message: String| Fault::of_file(file.display(), message);
    let recording = wav::read(&bytes).map_err(|message| faults.push(fault(message))).ok()?;
    let warning = match recording.level_db {
        _ if recording.clipped => Some("is clipped: its peaks are cut off; record it more quietly".to_owned()),
        None => Some("is silent".to_owned()),
        Some(level) if level < QUIET_DB && !music => Some(format!("is too quiet ({level:.0} dBov); aim at -23")),
        Some(level) if level > LOUD_DB => Some(format!("is too loud ({level:.0} dBov); aim at -23")),
        Some(_) => None,
    };
    faults.extend(warning.map(|message| fault(message).into_warning()));
    Some(recording.alaw.into())
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
}

/// Tells every prompt that somebody could be played and that is not there, in each language that a caller can have.
pub(super) fn check(needs: &Needs<'_>, library: &PromptLibrary, faults: &mut Vec<Fault>) {
    let languages = languages(needs);
    let mut lookup = Lookup { library, languages: &languages, faults };
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
        if !library.music.contains_key(&queue.music) {
            let hint = suggest(&queue.music, library.music.keys().map(String::as_str));
            let message = format!("there is no music/{}.wav{hint}", queue.music);
            lookup.faults.push(needs.places.fault(&format!("queue.{name}.music"), message));
        }
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
    faults: &'a mut Vec<Fault>,
}

impl Lookup<'_> {
    fn find(&mut self, places: &Places, key: String, prompt: &str, language: Option<&Language>) {
        let wanted: Vec<&Language> = language.map_or_else(|| self.languages.iter().collect(), |one| vec![one]);
        for language in wanted {
            let names = if prompt == OPENS { routing::spoken_prompts() } else { vec![prompt.to_owned()] };
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
