//! The engine's side of the control socket.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::execute::Backend;
use super::{Answer, Command};

/// The longest command line.
const MAX_LINE: u64 = 64 * 1024;

/// A command that takes longer to arrive is no command.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens; only the engine's own user can connect.
pub(crate) fn listen(path: &Path) -> io::Result<UnixListener> {
    // The journal's lock says that no other engine runs on this folder: what is there was left by one that died.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves commands until dropped.
pub(crate) async fn serve(listener: UnixListener, backend: Backend) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let backend = backend.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer(stream, &backend).await {
                        tracing::debug!(%error, "a command went away");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "failed to take a command");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(stream: UnixStream, backend: &Backend) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read.take(MAX_LINE));
    tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await??;
    let answer = match serde_json::from_str::<Command>(&line) {
        Ok(command) => backend.execute(command).await.into(),
        Err(error) => Answer::Failed(format!("the engine does not know this command (another release?): {error}")),
    };
    let mut bytes = serde_json::to_vec(&answer)?;
    bytes.push(b'\n');
    write.write_all(&bytes).await
}
