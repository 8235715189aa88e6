use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::EmbeddedError;

/// The server that runs on a cluster now, whoever started it.
///
/// The pid file alone says little: after a crash of the machine its number may be another program's. A server stands in its cluster.
pub(super) fn running(cluster: &Path) -> Option<Pid> {
    let file = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid = file.lines().next()?.trim().parse().ok().and_then(Pid::from_raw)?;
    let stands_in = fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).ok()?;
    (stands_in == cluster).then_some(pid)
}

/// Tells it to end connections, write what it holds and go.
pub(super) fn stop_fast(pid: Pid) -> Result<(), EmbeddedError> {
    match kill_process(pid, Signal::INT) {
        // Gone meanwhile.
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(errno) => Err(EmbeddedError::io("stop", Path::new("postgres"))(errno.into())),
    }
}
