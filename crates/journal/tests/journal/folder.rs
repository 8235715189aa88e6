use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use journal::{DirStorage, Journal, Limits, OpenError, Reader, Storage};

/// A folder of this test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("helpline-journal-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const LIMITS: Limits = Limits { segment_bytes: 500, group_bytes: 4096, reserve_bytes: 8192 };

#[test]
fn real_files_read_back_are_private_and_leave_a_reserve() {
    let folder = Folder::new("real");
    let (mut journal, _) = Journal::open(DirStorage::open(&folder.0).unwrap(), LIMITS).unwrap();
    for n in 1..=50_u64 {
        assert_eq!(journal.append(&[n.to_le_bytes(), n.to_be_bytes()]).unwrap().last, 2 * n);
    }
    // Another pair of eyes, while it is open.
    let mut reader = Reader::new(DirStorage::reader(&folder.0), 99);
    assert_eq!(
        reader.read(100, 9).unwrap(),
        [(99, 50_u64.to_le_bytes().to_vec()), (100, 50_u64.to_be_bytes().to_vec())]
    );
    drop(journal);

    let (journal, recovery) = Journal::open(DirStorage::open(&folder.0).unwrap(), LIMITS).unwrap();
    assert_eq!((recovery.last, recovery.cut), (100, 0));
    assert!(recovery.segments > 3, "{recovery:?}");
    assert_eq!(journal.read(1).count(), 100);
    assert_eq!(fs::metadata(folder.0.join("reserve")).unwrap().len(), 8192);
    let modes: Vec<u32> = fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().permissions().mode() & 0o777)
        .chain([fs::metadata(&folder.0).unwrap().permissions().mode() & 0o777])
        .collect();
    assert!(modes.iter().all(|mode| mode & 0o077 == 0), "{modes:?}");
}

#[test]
fn one_process_at_a_time_and_the_second_is_told() {
    let folder = Folder::new("lock");
    let first = DirStorage::open(&folder.0).unwrap();
    let second = DirStorage::open(&folder.0).unwrap_err();
    assert!(matches!(second, OpenError::InUse { .. }));
    assert!(second.to_string().contains("another running helpline"), "{second}");
    drop(first);
    DirStorage::open(&folder.0).unwrap();
}

#[test]
fn a_reader_changes_nothing() {
    let folder = Folder::new("reader");
    let mut storage = DirStorage::open(&folder.0).unwrap();
    storage.create("a.journal").unwrap();
    let mut reader = DirStorage::reader(&folder.0);
    assert!(reader.create("b.journal").is_err());
    assert!(reader.append("a.journal", b"x").is_err());
    assert!(reader.truncate("a.journal", 0).is_err());
    assert!(reader.reserve(1).is_err());
    assert_eq!((reader.read("a.journal").unwrap(), reader.segments().unwrap()), (vec![], vec!["a.journal".to_owned()]));
}

#[test]
fn a_torn_file_is_cut_and_other_files_are_left_alone() {
    let folder = Folder::new("torn");
    let (mut journal, _) = Journal::open(DirStorage::open(&folder.0).unwrap(), LIMITS).unwrap();
    journal.append(&["kept"]).unwrap();
    drop(journal);
    fs::write(folder.0.join("notes.txt"), "mine").unwrap();
    let segment = folder.0.join("00000000000000000001.journal");
    let sound = fs::read(&segment).unwrap();
    fs::write(&segment, [&sound[..], b"torn"].concat()).unwrap();
    let (mut journal, recovery) = Journal::open(DirStorage::open(&folder.0).unwrap(), LIMITS).unwrap();
    assert_eq!((recovery.last, recovery.cut), (1, 4));
    assert_eq!(fs::read(&segment).unwrap(), sound);
    journal.append(&["more"]).unwrap();
    assert_eq!(journal.read(1).count(), 2);
    assert_eq!(fs::read(folder.0.join("notes.txt")).unwrap(), b"mine");
}

#[test]
fn room_ahead_survives_a_kill_and_is_given_back_at_the_end() {
    let (folder, killed) = (Folder::new("room"), Folder::new("killed"));
    let name = "00000000000000000001.journal";
    let (mut journal, _) = Journal::open(DirStorage::open(&folder.0).unwrap(), Limits::default()).unwrap();
    journal.append(&["one"]).unwrap();
    // As kill -9 leaves it: nobody has tidied up.
    fs::create_dir(&killed.0).unwrap();
    fs::copy(folder.0.join(name), killed.0.join(name)).unwrap();
    let ahead = fs::metadata(killed.0.join(name)).unwrap().len();
    assert!(ahead > 1 << 20, "{ahead} bytes");
    drop(journal);
    let sound = fs::metadata(folder.0.join(name)).unwrap().len();
    assert!(sound < 100, "{sound} bytes");

    let (mut journal, recovery) = Journal::open(DirStorage::open(&killed.0).unwrap(), Limits::default()).unwrap();
    assert_eq!((recovery.last, recovery.cut), (1, 0));
    assert_eq!(fs::metadata(killed.0.join(name)).unwrap().len(), sound);
    journal.append(&["two"]).unwrap();
    assert_eq!(journal.read(1).count(), 2);
}

#[test]
fn a_reader_that_has_seen_the_room_ahead_sees_what_is_written_into_it() {
    let folder = Folder::new("follow");
    let (mut journal, _) = Journal::open(DirStorage::open(&folder.0).unwrap(), LIMITS).unwrap();
    let mut reader = Reader::new(DirStorage::reader(&folder.0), 1);
    for n in 1..=100_u64 {
        journal.append(&[n.to_le_bytes()]).unwrap();
        assert_eq!(reader.read(n, 9).unwrap(), [(n, n.to_le_bytes().to_vec())]);
    }
}

#[test]
fn the_reserve_is_given_back_and_set_aside_again() {
    let folder = Folder::new("reserve");
    let mut storage = DirStorage::open(&folder.0).unwrap();
    let reserve = folder.0.join("reserve");
    storage.reserve(4096).unwrap();
    storage.reserve(4096).unwrap();
    assert_eq!(fs::metadata(&reserve).unwrap().len(), 4096);
    storage.release().unwrap();
    storage.release().unwrap();
    assert!(!reserve.exists());
}

#[test]
fn groups_of_every_size_stand_behind_each_other_whichever_way_they_are_written() {
    let folder = Folder::new("sizes");
    let size = |n: u64| if n % 40 == 39 { 100_000 } else { (n * 997 % 9_000) as usize };
    let group = |n: u64| vec![n as u8; size(n)];
    for run in 0..3_u64 {
        let (mut journal, recovery) = Journal::open(DirStorage::open(&folder.0).unwrap(), Limits::default()).unwrap();
        assert_eq!((recovery.last, recovery.cut), (run * 100, 0));
        (run * 100..run * 100 + 100).for_each(|n| assert_eq!(journal.append(&[group(n)]).unwrap().last, n + 1));
        let read = journal.read(1).map(Result::unwrap);
        assert!(read.zip(0..).all(|((seq, bytes), n)| seq == n + 1 && bytes == group(n)));
        assert_eq!(journal.read(1).count() as u64, run * 100 + 100);
    }
}
