use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::fs::OFlags;
use tokio::process::Child;

use super::EmbeddedError;
use super::account::Account;
use super::binaries::Binaries;
use super::folders::Folders;

/// The cluster's superuser and the engine's database in it.
pub(super) const USER: &str = "helpline";
/// Only a part of the socket's name: nothing listens on it.
pub(super) const PORT: u16 = 5432;

/// What differs from Postgres's defaults, folders apart.
const SETTINGS: [&str; 21] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=30",
    "shared_buffers=64MB",
    "max_wal_size=256MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "cluster_name=helpline",
    "logging_collector=on",
    "log_filename=postgres-%a.log",
    "log_file_mode=0600",
    "log_truncate_on_rotation=on",
    "log_rotation_size=0",
    // No statement and no value reaches the log: not by duration, not by parameters, not by errors, which quote them (`invalid input
    // syntax for type bigint: "…"`). LOG, FATAL and PANIC, what the server says of itself, remain.
    "log_min_messages=log",
    "log_statement=none",
    "log_min_duration_statement=-1",
    "log_min_error_statement=panic",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_error_verbosity=terse",
];

/// Starts the server. It is in no process group of ours: Ctrl-C at a terminal is not meant for it.
pub(super) fn spawn(binaries: &Binaries, folders: &Folders, account: Account) -> Result<Child, EmbeddedError> {
    let program = binaries.program("postgres");
    let first_words = create(first_words(folders))?;
    let mut command = Command::new(&program);
    command
        .arg("-D")
        .arg(&folders.cluster)
        .args(SETTINGS.iter().flat_map(|setting| ["-c", *setting]))
        .args(["-c", &format!("port={PORT}")])
        .args(["-c", &format!("unix_socket_directories={}", quoted(&folders.socket.to_string_lossy()))])
        .args(["-c", &format!("log_directory={}", folders.log.display())])
        .current_dir(&folders.home)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(first_words)
        .process_group(0);
    account.apply(&mut command);
    tokio::process::Command::from(command).spawn().map_err(EmbeddedError::io("run", &program))
}

/// What it said before its log began, and the end of its log: why it did not start.
pub(super) fn last_words(folders: &Folders) -> String {
    let text = fs::read_to_string(first_words(folders)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(5)..).unwrap_or_default();
    format!("{} (its log is in {})", tail.join("; "), folders.log.display())
}

fn first_words(folders: &Folders) -> PathBuf {
    folders.home.join("start.log")
}

/// The folder is another user's, who must not lead root elsewhere by a link.
fn create(path: PathBuf) -> Result<File, EmbeddedError> {
    let no_follow = OFlags::NOFOLLOW.bits().cast_signed();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).custom_flags(no_follow);
    options.open(&path).map_err(EmbeddedError::io("write", &path))
}

/// The setting is a list: a folder with a comma or a space in its name is quoted.
fn quoted(folder: &str) -> String {
    format!("\"{}\"", folder.replace('"', "\"\""))
}
