use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::EmbeddedError;

/// The server that runs on a cluster now, whoever started it.
///
/// The pid file alone says little: after a crash of the machine its number may be another program's.
pub(super) fn running(cluster: &Path) -> Option<Pid> {
    let file = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid = file.lines().next()?.trim().parse().ok().and_then(Pid::from_raw)?;
    serves(&pid.as_raw_nonzero().to_string(), cluster).then_some(pid)
}

/// Whether any process of a server is still there: children of one that was killed take a moment to notice, and no other may start
/// meanwhile.
pub(super) fn lingers(cluster: &Path) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| entry.file_name().into_string().ok()).any(|pid| serves(&pid, cluster))
}

/// All processes of a server stand in its cluster.
fn serves(pid: &str, cluster: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster)
        && fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim_end() == "postgres")
}

/// Tells it to end connections, write what it holds and go.
pub(super) fn stop_fast(pid: Pid) -> Result<(), EmbeddedError> {
    match kill_process(pid, Signal::INT) {
        // Gone meanwhile.
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(errno) => Err(EmbeddedError::io("stop", Path::new("postgres"))(errno.into())),
    }
}
