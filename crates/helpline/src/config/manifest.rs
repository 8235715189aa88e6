//! `prompts/<language>/words.toml`: the words of each recording, and which of them still want a person's voice.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Table;

use super::disk::Disk;
use super::document::Document;
use super::fault::Fault;

/// The table of those that a machine speaks for want of anybody better.
const TO_BE_RECORDED: &str = "to_be_recorded";

/// Tells which prompts of a language are to be recorded: those that its manifest says, without those that stand in `own` already.
pub(super) fn note(file: &Path, own: impl Fn(&str) -> bool, disk: &mut Disk, faults: &mut Vec<Fault>) {
    if !file.is_file() {
        return;
    }
    let Some(text) = disk.text(file, faults) else { return };
    let Some(document) = Document::parse(file, text, faults) else { return };
    let Some(table) = document.tree.get(TO_BE_RECORDED).and_then(toml::Value::as_table) else { return };
    let names: Vec<String> = names(table).into_iter().filter(|name| !own(name)).collect();
    if !names.is_empty() {
        let message = format!("{} prompts are to be recorded by a person: {}", names.len(), summary(&names));
        faults.push(Fault::of_file(file.display(), message).into_note());
    }
}

/// The words of every recording, by `<language>/<name>`.
pub(crate) fn spoken_words(prompts: &Path) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for folder in Disk::folders(prompts) {
        let Some(language) = folder.file_name().and_then(|name| name.to_str()) else { continue };
        let text = std::fs::read_to_string(folder.join("words.toml")).unwrap_or_default();
        let Ok(table) = text.parse::<Table>() else { continue };
        // Each group of recordings (spoken, recorded, to be recorded) holds names, some of them in folders.
        for group in table.values().filter_map(toml::Value::as_table) {
            for name in names(group) {
                let said = name.split('.').try_fold(None, |at: Option<&toml::Value>, part| {
                    Some(Some(at.map_or_else(|| group.get(part), |at| at.get(part))?))
                });
                if let Some(said) = said.flatten().and_then(toml::Value::as_str) {
                    words.insert(format!("{language}/{name}"), said.to_owned());
                }
            }
        }
    }
    words
}

/// Dotted names.
fn names(table: &Table) -> Vec<String> {
    let inner = |(key, value): (&String, &toml::Value)| match value.as_table() {
        Some(inner) => names(inner).into_iter().map(|name| format!("{key}.{name}")).collect(),
        None => vec![key.clone()],
    };
    table.iter().flat_map(inner).collect()
}

/// Sentences by their names, pieces by how many there are: `welcome, closed, date.day.* (31)`.
fn summary(names: &[String]) -> String {
    let mut pieces: BTreeMap<&str, usize> = BTreeMap::new();
    let mut said: Vec<String> = Vec::new();
    for name in names {
        match name.rsplit_once('.') {
            Some((folder, _)) => *pieces.entry(folder).or_default() += 1,
            None => said.push(name.clone()),
        }
    }
    said.extend(pieces.into_iter().map(|(folder, count)| format!("{folder}.* ({count})")));
    said.join(", ")
}
