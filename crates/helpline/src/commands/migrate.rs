//! `helpline migrate`.

use std::process::ExitCode;

use super::{Failure, load, overrides, say};
use crate::cli::Place;
use crate::control::{Command, client};
use crate::data::DataFolder;
use crate::database::Session;

/// Brings the database to this release's schema. `serve` does so by itself; this is for doing it ahead.
pub(crate) fn run(place: &Place) -> Result<ExitCode, Failure> {
    let config = load(place, overrides(place))?;
    let data = DataFolder::open(&config.data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        if client::ask(&data.control(), &Command::Ping).await?.is_some() {
            say("an engine runs on this data folder: it migrated the database when it started");
            return Ok(ExitCode::SUCCESS);
        }
        // Opening migrates.
        let session = Session::open(&config.database, data.path()).await?;
        session.close().await;
        say("the database is up to date");
        Ok(ExitCode::SUCCESS)
    })
}
