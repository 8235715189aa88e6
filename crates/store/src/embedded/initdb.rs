use std::fs;
use std::process::{Command, Stdio};

use super::account::Account;
use super::binaries::Binaries;
use super::folders::Folders;
use super::{EmbeddedError, server};

/// Makes the cluster: beside its place first, then moved in whole, so that one cut short by a kill never counts.
pub(super) async fn run(binaries: &Binaries, folders: &Folders, account: Account) -> Result<(), EmbeddedError> {
    let work = folders.home.join("new");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(EmbeddedError::io("remove", &work))?;
    }
    let program = binaries.program("initdb");
    let mut command = Command::new(&program);
    command
        .args(["--username", server::USER, "--auth-local", "trust", "--auth-host", "reject"])
        .args(["--encoding", "UTF8", "--locale", "C", "--data-checksums", "--pgdata"])
        .arg(&work)
        .current_dir(&folders.home)
        .stdin(Stdio::null());
    account.apply(&mut command);
    let output = tokio::process::Command::from(command).output().await.map_err(EmbeddedError::io("run", &program))?;
    if !output.status.success() {
        return Err(EmbeddedError::Initdb { said: String::from_utf8_lossy(&output.stderr).trim().to_owned() });
    }
    fs::rename(&work, &folders.cluster).map_err(EmbeddedError::io("move in", &folders.cluster))
}
