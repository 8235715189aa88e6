//! `helpline replay --until TIME`.

use std::process::ExitCode;

use base::Timestamp;
use routing::{Board, OperatorState, Owed, Progress};
use serde_json::{Value, json};

use super::{Failure, load, overrides, say, say_error, table};
use crate::cli::Place;
use crate::past;

/// Rebuilds the state at a moment from the journal and shows it.
pub(crate) fn run(place: &Place, until: Timestamp, as_json: bool) -> Result<ExitCode, Failure> {
    let config = load(place, overrides(place))?;
    let mut board = Board::default();
    let torn = past::each(&config.data, |record| {
        let before = record.utc <= until;
        if before {
            board.apply(&record);
        }
        before
    })?;
    if torn {
        say_error(
            "the journal's end is not whole (it is being written, or a crash tore it); the moment before it is shown",
        );
    }
    let picture = picture(&board, until);
    say(&if as_json { picture.to_string() } else { page(&picture) });
    Ok(ExitCode::SUCCESS)
}

/// Everything at that moment, masked.
fn picture(board: &Board, at: Timestamp) -> Value {
    json!({
        "at": at,
        "record": board.last_seq(),
        "journeys": board.journeys().map(|(id, journey)| journey_row(id, journey)).collect::<Value>(),
        "operators": board.operators().map(|(id, operator)| operator_row(id, operator)).collect::<Value>(),
        "obligations": board.obligations().map(|(id, owed)| obligation_row(id, owed)).collect::<Value>(),
    })
}

fn journey_row(id: base::JourneyId, journey: &routing::Journey) -> Value {
    let with = journey.talk().map(|talk| &talk.operator).or(journey.ringing().map(|ringing| &ringing.operator));
    let line = journey.line.as_ref();
    json!({
        "journey": id,
        "state": progress(Progress::of(journey)),
        "opened": journey.opened,
        "caller": journey.caller.masked,
        "service": journey.service,
        "language": journey.language,
        "topic": journey.topic,
        "danger": journey.danger,
        "queue": line.map(|line| &line.queue),
        "since": line.map(|line| line.since),
        "operator": with,
        "obligation": journey.obligation,
    })
}

fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Menu => "menu",
        Progress::Waiting => "waiting",
        Progress::Ringing => "ringing",
        Progress::Talking => "talking",
        Progress::Held => "held",
        Progress::Ended { .. } => "ended",
    }
}

fn operator_row(id: &base::OperatorId, operator: &routing::Operator) -> Value {
    let with = if let OperatorState::OnCall { journey } = &operator.state { Some(journey) } else { None };
    let state = serde_json::to_value(&operator.state).unwrap_or_default();
    json!({
        "operator": id,
        "state": state["state"],
        "reason": operator.reason,
        "since": operator.since,
        "audio": operator.audio,
        "journey": with,
    })
}

fn obligation_row(id: base::ObligationId, owed: &routing::Obligation) -> Value {
    let in_hand = if let Owed::InHand { journey } = owed.owed { Some(journey) } else { None };
    json!({
        "obligation": id,
        "state": if in_hand.is_some() { "in_hand" } else { "open" },
        "reason": owed.reason,
        "opened": owed.opened,
        "journeys": owed.journeys,
        "first": owed.first,
        "last": owed.last,
        "in_hand": in_hand,
    })
}

/// For people: four tables.
fn page(picture: &Value) -> String {
    let all = |name: &str| picture[name].as_array().cloned().unwrap_or_default();
    let state = |row: &Value, states: &[&str]| states.iter().any(|state| row["state"] == *state);
    let (in_line, rest): (Vec<Value>, Vec<Value>) =
        all("journeys").into_iter().partition(|row| state(row, &["waiting", "ringing"]));
    let (talking, elsewhere): (Vec<Value>, Vec<Value>) =
        rest.into_iter().partition(|row| state(row, &["talking", "held"]));
    let on_shift: Vec<Value> = all("operators").into_iter().filter(|row| !state(row, &["offline"])).collect();
    [
        format!("As of {}, record {}", cell(&picture["at"]), picture["record"]),
        section(
            "In line",
            &["journey", "state", "since", "queue", "caller", "language", "danger", "operator"],
            &in_line,
        ),
        section("Talking", &["journey", "state", "operator", "caller", "language", "topic"], &talking),
        section("In menus and elsewhere", &["journey", "state", "opened", "caller", "service"], &elsewhere),
        section("On shift", &["operator", "state", "reason", "since", "audio", "journey"], &on_shift),
        section("Owed", &["obligation", "state", "reason", "opened", "journeys", "last"], &all("obligations")),
    ]
    .join("\n\n")
}

fn section(title: &str, keys: &[&str], rows: &[Value]) -> String {
    if rows.is_empty() {
        return format!("{title}: none");
    }
    let head: Vec<String> = keys.iter().map(|key| key.to_uppercase()).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(|row| keys.iter().map(|key| cell(&row[*key])).collect()).collect();
    format!("{title}: {}\n{}", rows.len(), table(&head, &cells))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) if text.is_empty() => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "–" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
