use std::io;

use journal::{AppendError, Durable, Journal, Limits};

use crate::disk::Disk;

const LIMITS: Limits = Limits { segment_bytes: 4096, group_bytes: 4096, reserve_bytes: 200 };

/// A journal on a disk with this much room beside the reserve, and a hand on that room.
fn with_room(room: usize) -> (Journal<Disk>, Disk) {
    let disk = Disk::default();
    disk.room.set(Some(room + 200));
    let (journal, recovery) = Journal::open(disk.clone(), LIMITS).unwrap();
    assert!(!recovery.full);
    (journal, disk)
}

#[test]
fn the_reserve_holds_the_last_words_and_then_it_is_full() {
    let (mut journal, _) = with_room(100);
    assert_eq!(journal.append(&["record 1"]).unwrap(), Durable { last: 1, full: false });
    // 100 bytes: a header and a group of 36 leave 40.
    let larger = "x".repeat(60);
    assert_eq!(journal.append(&[&larger]).unwrap(), Durable { last: 2, full: true });
    assert!(journal.is_full());
    assert_eq!(journal.append(&["alarm"]).unwrap(), Durable { last: 3, full: true });
    let huge = "x".repeat(300);
    assert!(matches!(journal.append(&[&huge]), Err(AppendError::Full)));
    assert_eq!(journal.last(), 3);
    assert_eq!(journal.append(&["small"]).unwrap().last, 4);
    let found: Vec<usize> = journal.read(1).map(|record| record.unwrap().1.len()).collect();
    assert_eq!(found, [8, 60, 5, 5], "a group that did not fit left something behind");
}

#[test]
fn with_room_again_the_same_group_goes_in_and_the_reserve_is_set_aside_anew() {
    let (mut journal, disk) = with_room(0);
    let group = ["x".repeat(300)];
    assert!(matches!(journal.append(&group), Err(AppendError::Full)));
    assert!(!journal.refill().unwrap(), "a disk that is just full is not well");
    disk.free(1000);
    assert_eq!(journal.append(&group).unwrap(), Durable { last: 1, full: true });
    assert!(journal.refill().unwrap());
    assert_eq!(journal.append(&["well"]).unwrap(), Durable { last: 2, full: false });
    assert_eq!(journal.into_storage().reserved, 200);
}

#[test]
fn a_disk_too_full_for_the_reserve_is_told_when_opened() {
    let disk = Disk::default();
    disk.room.set(Some(150));
    let (mut journal, recovery) = Journal::open(disk, LIMITS).unwrap();
    assert!(recovery.full && journal.is_full());
    assert!(journal.append(&["goes on"]).unwrap().full);
}

/// fsyncgate: after a failed sync the kernel may have dropped the pages, yet read them back well and say nothing the next time. Nor may
/// what was refused turn up as though it had been acknowledged.
#[test]
fn a_failed_sync_closes_the_journal_for_good_and_its_group_is_not_found_again() {
    for kind in [io::ErrorKind::Other, io::ErrorKind::StorageFull] {
        let disk = Disk::default();
        let sync_error = disk.sync_error.clone();
        let (mut journal, _) = Journal::open(disk, LIMITS).unwrap();
        journal.append(&["kept"]).unwrap();
        sync_error.set(Some(kind));
        assert!(matches!(journal.append(&["refused"]), Err(AppendError::Failed { operation: "sync a group", .. })));
        for _ in 0..3 {
            assert!(matches!(journal.append(&["after"]), Err(AppendError::Fenced)));
        }
        let (mut journal, recovery) = Journal::open(journal.into_storage(), LIMITS).unwrap();
        assert_eq!((recovery.last, recovery.cut), (1, 0));
        assert_eq!(journal.append(&["anew"]).unwrap().last, 2);
    }
}
