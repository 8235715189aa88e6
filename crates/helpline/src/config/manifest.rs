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
