use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::EmbeddedError;

const USER: &str = "postgres";

/// As whom the cluster runs. Postgres refuses to be root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// Whoever runs the engine.
    Ours,
    /// The user `postgres`, since the engine is root.
    Postgres { uid: u32, gid: u32 },
}

impl Account {
    pub(super) fn choose() -> Result<Self, EmbeddedError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Account::Ours);
        }
        let path = Path::new("/etc/passwd");
        let users = fs::read_to_string(path).map_err(EmbeddedError::io("read", path))?;
        find_user(&users).ok_or(EmbeddedError::NoUser)
    }

    /// Makes a command run as it.
    pub(super) fn apply(self, command: &mut Command) {
        match self {
            Account::Ours => {}
            // With a uid of its own, a child of root also drops root's further groups (std::os::unix::process::CommandExt::uid).
            Account::Postgres { uid, gid } => {
                command.gid(gid).uid(uid);
            }
        }
    }
}

fn find_user(users: &str) -> Option<Account> {
    let mut fields =
        users.lines().map(|line| line.split(':')).find_map(|mut fields| (fields.next()? == USER).then_some(fields))?;
    let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Account::Postgres { uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_user_by_its_whole_name() {
        let users = "root:x:0:0:root:/root:/bin/bash\npostgresql:x:1:1::/:\npostgres:x:101:104:admin:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(find_user(users), Some(Account::Postgres { uid: 101, gid: 104 }));
        assert_eq!(find_user("root:x:0:0:root:/root:/bin/bash\n"), None);
    }
}
