//! A TOML text as a tree of values, and where each of them stands.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeArray, DeTable, DeValue};

use super::fault::{Fault, Place, Severity};

/// A parsed file, or several merged into one.
pub(super) struct Document {
    /// Its values.
    pub(super) tree: toml::Table,
    /// Where they stand.
    pub(super) places: Places,
    /// As read; kept for merging.
    text: String,
}

/// Dotted key → where it was written.
#[derive(Clone)]
pub(super) struct Places {
    whole: Place,
    keys: BTreeMap<String, Place>,
}

impl Document {
    /// Parses a text. Every fault of its syntax is told; with any, there is no document.
    pub(super) fn parse(path: &Path, text: String, faults: &mut Vec<Fault>) -> Option<Document> {
        let name = path.display().to_string();
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            let place = at(&name, &text, error.span().map_or(0, |span| span.start));
            faults.push(Fault {
                place,
                key: String::new(),
                message: error.message().replace('\n', ", "),
                severity: Severity::Fault,
            });
        }
        if !errors.is_empty() {
            return None;
        }
        let mut spans = Spans { name: &name, text: &text, keys: BTreeMap::new() };
        spans.table("", table.get_ref());
        let places = Places { whole: at(&name, &text, 0), keys: spans.keys };
        let tree = text.parse().map_err(|error| faults.push(Fault::of_file(&name, format!("{error}")))).ok()?;
        Some(Document { tree, places, text })
    }

    /// Lays documents and environment variables over each other, later ones on top: tables key by key, all else as a whole.
    pub(super) fn merge(
        layers: Vec<Document>,
        environment: &[(String, String)],
        faults: &mut Vec<Fault>,
    ) -> Option<Document> {
        let mut merged = layers.first()?.places.clone();
        let mut builder = ::config::Config::builder();
        for layer in layers {
            builder = builder.add_source(::config::File::from_str(&layer.text, ::config::FileFormat::Toml));
            merged.keys.extend(layer.places.keys);
        }
        for (variable, _) in environment {
            let (key, place) = (key_of(variable), Place::Environment { variable: variable.clone() });
            // What stood within a list of the file stands there no more.
            merged.keys.retain(|within, _| !within.strip_prefix(&key).is_some_and(|rest| rest.starts_with('[')));
            merged.keys.insert(key, place);
        }
        let variables = ::config::Environment::with_prefix("HELPLINE")
            .prefix_separator("_")
            .separator("__")
            .source(Some(environment.iter().cloned().collect()));
        let tree = builder.add_source(variables).build().and_then(::config::Config::try_deserialize::<toml::Table>);
        match tree {
            Ok(tree) => Some(Document { tree, places: merged, text: String::new() }),
            Err(error) => {
                faults.push(merged.fault("", format!("cannot be merged: {error}")));
                None
            }
        }
    }
}

impl Places {
    /// A fault at a key; where that was not written, at the nearest table around it.
    pub(super) fn fault(&self, key: &str, message: impl Into<String>) -> Fault {
        let place = around(key).find_map(|key| self.keys.get(key)).unwrap_or(&self.whole).clone();
        Fault { place, key: key.to_owned(), message: message.into(), severity: Severity::Fault }
    }

    /// Whether a key was written anywhere.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Whether a key was set by an environment variable: there everything is text.
    pub(super) fn in_environment(&self, key: &str) -> bool {
        let nearest = around(key).find_map(|key| self.keys.get(key));
        matches!(nearest, Some(Place::Environment { .. }))
    }
}

/// `HELPLINE_WEB__HTTPS` → `web.https`.
fn key_of(variable: &str) -> String {
    variable.strip_prefix("HELPLINE_").unwrap_or(variable).to_lowercase().replace("__", ".")
}

/// A key, then each table or list around it: `a.b[2]`, `a.b`, `a`.
fn around(key: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(key), |inner| inner.rfind(['.', '[']).and_then(|end| inner.get(..end)))
}

struct Spans<'a> {
    name: &'a str,
    text: &'a str,
    keys: BTreeMap<String, Place>,
}

impl Spans<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref();
            let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
            self.value(&path, value.get_ref());
            self.keys.insert(path, at(self.name, self.text, key.span().start));
        }
    }

    fn array(&mut self, prefix: &str, array: &DeArray<'_>) {
        for (index, value) in array.iter().enumerate() {
            let path = format!("{prefix}[{index}]");
            self.value(&path, value.get_ref());
            self.keys.insert(path, at(self.name, self.text, value.span().start));
        }
    }

    fn value(&mut self, path: &str, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => self.table(path, table),
            DeValue::Array(array) => self.array(path, array),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }
}

fn at(path: &str, text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    Place::File {
        path: path.to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}
