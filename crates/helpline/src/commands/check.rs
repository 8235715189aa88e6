//! `helpline check`.

use std::process::ExitCode;

use serde_json::Value;

use super::{Failure, config_path, overrides, say};
use crate::cli::Place;
use crate::config::{self, Severity};
use crate::control::{Answer, Command, client};
use crate::data::DataFolder;

/// Tells every fault, warning and note; fails on a fault.
pub(crate) fn run(place: &Place) -> Result<ExitCode, Failure> {
    let faults = config::check(&config_path(place), overrides(place));
    for fault in &faults {
        say(&fault.to_string());
    }
    let told = told_by_engine(place);
    for warning in &told {
        say(warning);
    }
    let count = |severity| faults.iter().filter(|fault| fault.severity == severity).count();
    let wrong = count(Severity::Fault);
    say(&format!("{wrong} faults, {} warnings", count(Severity::Warning) + told.len()));
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What only a running engine knows: computed closures that nobody confirmed, open hours that nobody is planned for.
fn told_by_engine(place: &Place) -> Vec<String> {
    hours(place).map(|page| warnings(&page)).unwrap_or_default()
}

fn hours(place: &Place) -> Option<Value> {
    let config = config::load(&config_path(place), overrides(place)).ok()?;
    // Nothing is made where nothing is: a check leaves no trace.
    let data = config.data.is_dir().then(|| DataFolder::open(&config.data)).and_then(Result::ok)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    match runtime.block_on(client::ask(&data.control(), &Command::Hours)).ok()?? {
        Answer::Value(page) => Some(page),
        Answer::Failed(_) => None,
    }
}

fn warnings(page: &Value) -> Vec<String> {
    let mut told = Vec::new();
    for service in page["services"].as_array().into_iter().flatten() {
        let name = service["service"].as_str().unwrap_or_default();
        let few = service["days_ahead"].as_i64().filter(|days| *days < i64::from(routing::CHECKED_DAYS));
        if let Some(days) = few {
            let message = "confirm the computed closures: helpline hours shows them";
            told.push(format!(
                "service {name}: warning: {days} days ahead are looked through and confirmed; {message}"
            ));
        }
        if let Some(from) = service["unplanned"][0]["from"].as_str() {
            told.push(format!(
                "service {name}: warning: it is open from {from} on and nobody is planned; see helpline rota"
            ));
        }
        if let Some(from) = service["unpromised"][0]["from"].as_str() {
            told.push(format!(
                "service {name}: warning: callers are told no time by which they are called back in calling hours from {from} on: no operator at a desk who speaks its language is planned; see helpline rota"
            ));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_running_engine_knows_is_told() {
        let service = |days: i64, gaps: Value, nobody: Value| json!({ "services": [{ "service": "line", "days_ahead": days, "unplanned": gaps, "unpromised": nobody }] });
        assert_eq!(warnings(&service(60, json!([]), json!([]))), Vec::<String>::new());
        let (gaps, nobody) = (json!([{ "from": "2027-01-18T07:00:00Z" }]), json!([{ "from": "2027-01-19T01:00:00Z" }]));
        let told = warnings(&service(59, gaps, nobody));
        assert!(told[0].contains("59 days ahead") && told[1].contains("2027-01-18T07:00:00Z"), "{told:?}");
        assert!(told[2].contains("2027-01-19T01:00:00Z") && told[2].contains("told no time"), "{told:?}");
    }
}
