//! What is laid over what: the file, the trial's file, the environment.

use std::path::Path;

use super::Overrides;
use super::disk::Disk;
use super::document::Document;
use super::fault::{Fault, Place, Severity};
use super::load::KEYS;
use super::suggest::suggest;

/// The file, the trial's file over it, the environment over both.
pub(super) fn document(
    path: &Path,
    overrides: &Overrides,
    disk: &mut Disk,
    faults: &mut Vec<Fault>,
) -> Option<Document> {
    let over = path.with_file_name("trial.toml");
    let over = (overrides.trial && over.is_file() && over != path).then_some(over);
    let before = faults.len();
    let layers: Vec<Document> = [Some(path.to_owned()), over]
        .into_iter()
        .flatten()
        .filter_map(|file| Document::parse(&file, disk.text(&file, faults)?, faults))
        .collect();
    if faults.len() > before {
        return None;
    }
    let environment = settings_of(&overrides.environment, faults);
    for (variable, value) in environment.iter().filter(|(variable, _)| variable != "HELPLINE_DATABASE") {
        disk.add(variable.as_bytes(), value.as_bytes());
    }
    if overrides.trial && overrides.clock.is_none() {
        disk.add(b"trial", b"");
    }
    Document::merge(layers, &environment, faults)
}

/// The variables that are meant as settings. `HELPLINE_…` without a section may be another program's: it is told, not refused.
fn settings_of(variables: &[(String, String)], faults: &mut Vec<Fault>) -> Vec<(String, String)> {
    let key = |variable: &str| variable.strip_prefix("HELPLINE_").map(str::to_lowercase).unwrap_or_default();
    let (settings, others): (Vec<_>, Vec<_>) = variables
        .iter()
        .cloned()
        .partition(|(variable, _)| key(variable).contains("__") || KEYS.contains(&key(variable).as_str()));
    faults.extend(others.into_iter().map(|(variable, _)| {
        let (key, place) = (key(&variable), Place::Environment { variable });
        let message = format!("is no setting{}", suggest(&key, KEYS.iter().copied()));
        Fault { place, key, message, severity: Severity::Warning }
    }));
    settings
}
