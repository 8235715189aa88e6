use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::EmbeddedError;

/// Where Debian keeps each major version's programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The programs of one release of Postgres.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Those of the release that made the cluster; for a new cluster the newest.
    pub(super) fn find(cluster: &Path) -> Result<Self, EmbeddedError> {
        let installed = installed(Path::new(DEBIAN));
        match fs::read_to_string(cluster.join("PG_VERSION")) {
            Ok(version) => {
                let major = version.trim();
                let same = installed.iter().find(|(number, _)| number.to_string() == major);
                let found = same.map(|(_, folder)| folder.clone()).or_else(on_path);
                found.ok_or_else(|| EmbeddedError::OtherVersion { major: major.to_owned() })
            }
            Err(_) => {
                installed.last().map(|(_, folder)| folder.clone()).or_else(on_path).ok_or(EmbeddedError::NotInstalled)
            }
        }
        .map(|folder| Binaries { folder })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Major versions under a folder with their programs, oldest first.
fn installed(root: &Path) -> Vec<(u32, PathBuf)> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let versions =
        entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))));
    let mut usable: Vec<(u32, PathBuf)> = versions.filter(|(_, folder)| is_usable(folder)).collect();
    usable.sort();
    usable
}

/// Elsewhere than on Debian. Should its version be another than the cluster's, the server says so.
fn on_path() -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).find(|folder| is_usable(folder))
}

fn is_usable(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_and_half_installed_ones_do_not_count() {
        let root = env::temp_dir().join(format!("helpline-binaries-{}", std::process::id()));
        for (version, programs) in
            [("9", &["initdb", "postgres"][..]), ("15", &["initdb", "postgres"]), ("17", &["psql"])]
        {
            let folder = root.join(version).join("bin");
            fs::create_dir_all(&folder).unwrap();
            programs.iter().for_each(|program| fs::write(folder.join(program), "").unwrap());
        }
        let found: Vec<u32> = installed(&root).into_iter().map(|(version, _)| version).collect();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, [9, 15]);
    }
}
