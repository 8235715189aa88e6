//! `helpline reconcile`.

use std::path::Path;
use std::process::ExitCode;

use base::{PhoneNumber, Timestamp};
use engine::{caller_of, canonical_of};
use jiff::SignedDuration;
use routing::Event;
use serde_json::json;
use vault::Vault;

use super::{Failure, ask, load, overrides, say, say_error};
use crate::carrier::{CarrierCall, Seen, Sorted, pair, read};
use crate::cli::Place;
use crate::config::Config;
use crate::control::{self, Answer, Command};
use crate::data::{DataFolder, entropy};
use crate::past;

/// Compares the journal with the database; fails when they differ.
pub(crate) fn run(place: &Place, json: bool) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Reconcile)?;
    let clean = value["clean"].as_bool().unwrap_or(false);
    if json {
        say(&value.to_string());
    } else {
        for line in value["lines"].as_array().into_iter().flatten().filter_map(|line| line.as_str()) {
            say(line);
        }
        say(if clean { "clean" } else { "the journal and the database differ" });
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Calls of a file, sorted.
#[derive(Default)]
struct Report {
    sorted: Sorted,
    /// To numbers that are none of ours.
    others: usize,
    /// From before the journal begins: nobody can tell.
    unjudged: usize,
    unread: Vec<String>,
}

/// Holds the carrier's own list against what we saw, and has what only it saw owed. Said twice, it is owed once: what was found before
/// counts as seen.
pub(crate) fn carrier(
    place: &Place,
    file: &Path,
    tolerance_s: u32,
    dry_run: bool,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    let config = load(place, overrides(place))?;
    let data = DataFolder::open(&config.data)?;
    let vault = data.vault()?;
    let bytes = std::fs::read(file).map_err(|error| format!("failed to read {}: {error}", file.display()))?;
    let report = compare(&config, &vault, &bytes, SignedDuration::from_secs(tolerance_s.into()))
        .map_err(|why| format!("{}: {why}", file.display()))?;
    let owed = if dry_run { 0 } else { owe(&config, &data, &vault, &report.sorted.carrier_only)? };
    tell(&report, owed, dry_run, as_json);
    let clean = report.sorted.carrier_only.is_empty() && report.unread.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn compare(config: &Config, vault: &Vault, bytes: &[u8], tolerance: SignedDuration) -> Result<Report, Failure> {
    let sheet = read(bytes)?;
    let (begins, seen) = seen(config, vault)?;
    let ours: Vec<CarrierCall> = sheet
        .calls
        .iter()
        .filter_map(|call| Some(CarrierCall { dialled: ours(config, &call.dialled)?, ..call.clone() }))
        .collect();
    let others = sheet.calls.len() - ours.len();
    let (judged, before): (Vec<CarrierCall>, Vec<CarrierCall>) =
        ours.into_iter().partition(|call| begins.is_some_and(|begins| call.began >= begins));
    Ok(Report { sorted: pair(judged, &seen, tolerance), others, unjudged: before.len(), unread: sheet.unread })
}

/// When the journal begins, and every call in it.
fn seen(config: &Config, vault: &Vault) -> Result<(Option<Timestamp>, Vec<Seen>), Failure> {
    let (mut begins, mut seen) = (None, Vec::new());
    past::each(&config.data, |record| {
        begins = begins.or(Some(record.utc));
        let call = if let Event::JourneyOpened { caller, synthetic: false, .. } = &record.event {
            Some((caller, record.utc))
        } else if let Event::CarrierCallFound { caller, began, .. } = &record.event {
            Some((caller, *began))
        } else {
            None
        };
        seen.extend(call.map(|(caller, at)| {
            let number = canonical_of(caller, vault).map(|number| number.reveal().clone()).unwrap_or_default();
            Seen { number, at }
        }));
        true
    })?;
    Ok((begins, seen))
}

/// The number of ours that a list means, in whatever shape it writes it.
fn ours(config: &Config, dialled: &str) -> Option<String> {
    let canonical = PhoneNumber::parse(dialled);
    let same = |number: &&String| {
        *number == dialled
            || PhoneNumber::parse(number).canonical() == canonical.canonical() && !canonical.canonical().is_empty()
    };
    config.routing.numbers.keys().find(same).cloned()
}

/// Tells the running engine each; numbers leave this process sealed.
fn owe(config: &Config, data: &DataFolder, vault: &Vault, calls: &[CarrierCall]) -> Result<usize, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for call in calls {
        let caller = caller_of(&call.caller, vault, entropy(&config.data)?);
        let (dialled, began, lasted_s) = (call.dialled.clone(), call.began, call.talked_s);
        let command = Command::OweCarrierCall { caller, dialled, began, lasted_s };
        match runtime.block_on(control::client::ask(&data.control(), &command))? {
            Some(Answer::Value(_)) => {}
            Some(Answer::Failed(why)) => return Err(format!("line {}: {why}", call.line).into()),
            None => {
                return Err("no engine runs on this data folder: start it (helpline serve), then say this again; or only look, with --dry-run".into());
            }
        }
    }
    Ok(calls.len())
}

fn tell(report: &Report, owed: usize, dry_run: bool, as_json: bool) {
    let Report { sorted, others, unjudged, unread } = report;
    if as_json {
        let only: Vec<_> = sorted
            .carrier_only
            .iter()
            .map(|call| json!({ "line": call.line, "began": call.began, "caller": PhoneNumber::parse(&call.caller).masked() }))
            .collect();
        let value = json!({
            "matched": sorted.matched,
            "carrier_only": only,
            "owed": owed,
            "ours_only": sorted.ours_only,
            "other_numbers": others,
            "before_the_journal": unjudged,
            "unread": unread,
        });
        return say(&value.to_string());
    }
    for call in &sorted.carrier_only {
        let now = if dry_run { "would be owed a call" } else { "is owed a call from now on" };
        say(&format!("line {}, {}: {} {now}", call.line, call.began, shown(&call.caller)));
    }
    unread.iter().for_each(|line| say_error(line));
    say(&format!(
        "{} calls are in both; {} only the carrier saw; {} of ours are not in its list; {others} went to other numbers; {unjudged} are older than the journal",
        sorted.matched,
        sorted.carrier_only.len(),
        sorted.ours_only
    ));
}

fn shown(raw: &str) -> String {
    let masked = PhoneNumber::parse(raw).masked();
    if masked.is_empty() { "a withheld number".to_owned() } else { masked }
}
