//! One file per command.

pub(crate) mod calls;
pub(crate) mod check;
pub(crate) mod hours;
pub(crate) mod migrate;
pub(crate) mod operators;
pub(crate) mod probe;
pub(crate) mod reconcile;
pub(crate) mod replay;
pub(crate) mod rota;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod staff;
pub(crate) mod trace;
pub(crate) mod trunks;
pub(crate) mod user;
pub(crate) mod why;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::cli::Place;
use crate::clock::Clock;
use crate::config::{self, Config, Fault, Overrides};
use crate::control::execute::Backend;
use crate::control::{self, Answer, Command};
use crate::data::DataFolder;
use crate::run::{self, Mode};

/// Why a command failed.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The end of the process: what went wrong stands on standard error, with its causes.
pub(crate) fn exit(done: Result<ExitCode, Failure>) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) => {
            say_error(&run::journal_thread::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// Writes for people or pipes; a reader that has gone is no fault of ours.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Writes to standard error.
pub(crate) fn say_error(text: &str) {
    let _ = writeln!(io::stderr(), "helpline: {text}");
}

/// The configuration file that is meant.
pub(crate) fn config_path(place: &Place) -> PathBuf {
    let here = Path::new("config/helpline.toml");
    let usual = Path::new("/etc/helpline/helpline.toml");
    place.config.clone().unwrap_or_else(|| if here.is_file() { here.into() } else { usual.into() })
}

/// What command line and environment say on top of the files.
pub(crate) fn overrides(place: &Place) -> Overrides {
    Overrides { trial: place.trial, data: place.data.clone(), ..Overrides::from_environment() }
}

/// Loads the configuration, or tells all its faults.
pub(crate) fn load(place: &Place, overrides: Overrides) -> Result<Config, Failure> {
    let path = config_path(place);
    config::load(&path, overrides).map_err(|faults| tell(&faults).into())
}

fn tell(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("\n  {fault}")).collect();
    format!("the configuration has faults:{}", lines.concat())
}

/// Asks the running engine; with none running, opens the data folder.
pub(crate) fn ask(place: &Place, command: Command) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let asked = |data: &Path| runtime.block_on(control::client::ask(&DataFolder::at(data).control(), &command));
    // An engine that runs is asked whatever has become of its configuration meanwhile, where it is clear which one is meant.
    let answer = match place.data.as_deref().map(asked).transpose()?.flatten() {
        Some(answer) => answer,
        None => {
            let config = load(place, overrides(place))?;
            match asked(&config.data)? {
                Some(answer) => answer,
                None => answer_offline(&config, &runtime, command)?,
            }
        }
    };
    match answer {
        Answer::Value(value) => Ok(value),
        Answer::Failed(why) => Err(why.into()),
    }
}

/// No engine runs: the command does its work on the data folder itself.
fn answer_offline(config: &Config, runtime: &Runtime, command: Command) -> Result<Answer, Failure> {
    let (running, threads) = run::start(config, Clock::real(), Mode::Command)?;
    let result = runtime.block_on(async {
        let backend = Backend::offline(running.clone(), config);
        let result = backend.execute(command).await;
        backend.close().await;
        result
    });
    running.engine.tell(run::node::Told::Stop);
    drop(running);
    threads.join();
    Ok(result.into())
}

/// A table for people: columns as wide as they need to be.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|cell| cell.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let body = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(line(head.to_vec())).chain(body).collect::<Vec<_>>().join("\n")
}
