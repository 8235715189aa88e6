use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::{EmbeddedError, server};

/// Room in `sockaddr_un` without the closing zero.
const SOCKET_PATH_MAX: usize = 107;

/// Where a cluster lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folders {
    /// `<data>/postgres`, the account's own. Absolute, as the others.
    pub(super) home: PathBuf,
    /// The cluster in it.
    pub(super) cluster: PathBuf,
    /// Its log.
    pub(super) log: PathBuf,
    /// The one of the socket.
    pub(super) socket: PathBuf,
}

impl Folders {
    /// Makes what is missing, each folder the account's own and nobody else's.
    pub(super) fn prepare(data: &Path, runtime: Option<&Path>, account: Account) -> Result<Self, EmbeddedError> {
        // Others must get through to the cluster's folder, and read nothing on the way.
        DirBuilder::new().recursive(true).mode(0o711).create(data).map_err(EmbeddedError::io("make", data))?;
        let data = data.canonicalize().map_err(EmbeddedError::io("find", data))?;
        account.can_reach(&data)?;
        let socket = runtime.map_or_else(runtime_folder, Path::to_owned).join(socket_folder(&data));
        let path = socket.join(format!(".s.PGSQL.{}", server::PORT));
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            return Err(EmbeddedError::SocketPath { path });
        }
        let home = data.join("postgres");
        own(&home, account)?;
        own(&socket, account)?;
        account.can_reach(&socket)?;
        Ok(Folders { cluster: home.join("cluster"), log: home.join("log"), home, socket })
    }

    /// Whether the cluster was made.
    pub(super) fn has_cluster(&self) -> bool {
        self.cluster.exists()
    }
}

impl Account {
    /// Whether it may enter each folder on the way; the first that stops it is named.
    fn can_reach(self, folder: &Path) -> Result<(), EmbeddedError> {
        let Account::Postgres { uid, gid } = self else { return Ok(()) };
        for ancestor in folder.ancestors() {
            let found = fs::metadata(ancestor).map_err(EmbeddedError::io("look at", ancestor))?;
            let needed = match (found.uid() == uid, found.gid() == gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if found.mode() & needed == 0 {
                return Err(EmbeddedError::CannotEnter { folder: ancestor.to_owned() });
            }
        }
        Ok(())
    }
}

/// Makes a folder the account's own. One that is there must be so already: in a place where others may write, it could be a trap.
fn own(folder: &Path, account: Account) -> Result<(), EmbeddedError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => match account {
            Account::Ours => Ok(()),
            Account::Postgres { uid, gid } => {
                chown(folder, Some(uid), Some(gid)).map_err(EmbeddedError::io("hand over", folder))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_own(folder, account),
        Err(error) => Err(EmbeddedError::io("make", folder)(error)),
    }
}

fn check_own(folder: &Path, account: Account) -> Result<(), EmbeddedError> {
    let owner = match account {
        Account::Ours => rustix::process::geteuid().as_raw(),
        Account::Postgres { uid, .. } => uid,
    };
    let found = fs::symlink_metadata(folder).map_err(EmbeddedError::io("look at", folder))?;
    if !found.is_dir() || found.uid() != owner {
        return Err(EmbeddedError::NotOurs { folder: folder.to_owned() });
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(EmbeddedError::io("close", folder))
}

fn runtime_folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/run");
    }
    env::var_os("XDG_RUNTIME_DIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
}

/// The same for the same data folder, so that a cluster is found again.
fn socket_folder(data: &Path) -> String {
    format!("helpline-{:016x}", fnv1a(data.as_os_str().as_bytes()))
}

/// FNV-1a, 64 bits: stable over releases, unlike the standard library's.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_s_folder_is_short_and_stays_the_same() {
        // FNV-1a's own test vectors.
        assert_eq!((fnv1a(b""), fnv1a(b"foobar")), (0xcbf2_9ce4_8422_2325, 0x8594_4171_f739_67e8));
        assert_eq!(socket_folder(Path::new("/var/lib/helpline")), socket_folder(Path::new("/var/lib/helpline")));
        assert_ne!(socket_folder(Path::new("/var/lib/helpline")), socket_folder(Path::new("/var/lib/helpline2")));
    }
}
