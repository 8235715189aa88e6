use std::rc::Rc;

use journal::{AppendError, Journal, Limits};
use proptest::prelude::*;

use crate::disk::Disk;

/// Segments so small that most stories rotate them.
const SMALL: Limits = Limits { segment_bytes: 300, group_bytes: 4096, reserve_bytes: 64 };

type Group = Vec<Vec<u8>>;

/// Every record with its number, or why not.
fn records(disk: Disk) -> Result<Vec<Vec<u8>>, String> {
    let (journal, _) = Journal::open(disk, SMALL).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for record in journal.read(1) {
        let (seq, bytes) = record.map_err(|error| error.to_string())?;
        found.push(bytes);
        if seq != found.len() as u64 {
            return Err(format!("record {} has the number {seq}", found.len()));
        }
    }
    Ok(found)
}

/// The law: after any crash the journal holds all that was acknowledged, and beyond it whole groups in their order or nothing.
fn holds_after_every_crash(disk: &Disk, groups: &[Group], acknowledged: usize) -> Result<(), String> {
    for kept in 0..=disk.unsynced() {
        for zeros in [0, disk.unsynced()] {
            let found = records(disk.crashed(kept, zeros)).map_err(|error| format!("kept {kept}: {error}"))?;
            let whole = (acknowledged..=groups.len()).any(|n| groups[..n].concat() == found);
            if !whole {
                return Err(format!("kept {kept}, zeros {zeros}: {} records of {groups:?}", found.len()));
            }
        }
    }
    Ok(())
}

/// Appends all groups; the power goes, at every byte, while each is being written and after it was acknowledged.
fn try_all(mut disk: Disk, groups: &[Group]) -> Result<(), String> {
    for upto in 0..groups.len() {
        holds_after_every_crash(&cut_short(disk.clone(), &groups[upto])?, groups, upto)?;
        let (mut journal, _) = Journal::open(disk, SMALL).map_err(|error| error.to_string())?;
        journal.append(&groups[upto]).map_err(|error| error.to_string())?;
        disk = journal.into_storage();
        holds_after_every_crash(&disk, groups, upto + 1)?;
    }
    Ok(())
}

/// The disk as it is when a group was written and not yet synced.
fn cut_short(disk: Disk, group: &Group) -> Result<Disk, String> {
    let disk = Disk { dies_at_sync: Rc::default(), ..disk };
    let dies = disk.dies_at_sync.clone();
    let (mut journal, _) = Journal::open(disk, SMALL).map_err(|error| error.to_string())?;
    dies.set(true);
    assert!(journal.append(group).is_err(), "acknowledged without a sync");
    let disk = journal.into_storage();
    assert!(disk.unsynced() > 24);
    Ok(disk)
}

fn group() -> impl Strategy<Value = Group> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_acknowledged_record_is_ever_lost(groups in prop::collection::vec(group(), 1..12)) {
        prop_assert_eq!(try_all(Disk::default(), &groups), Ok(()));
    }

    /// The same test with the sync taken out must fail: else it would prove nothing.
    #[test]
    fn a_disk_that_only_says_it_synced_is_found_out(groups in prop::collection::vec(group(), 1..12)) {
        let found_out = try_all(Disk { lies: true, ..Disk::default() }, &groups);
        prop_assert!(found_out.is_err(), "the law holds without sync");
    }

    /// A disk may fail at any operation (and cannot cut what it half wrote): the failing group is not acknowledged, nothing more is taken, and a crash loses nothing.
    #[test]
    fn a_failing_disk_loses_nothing_and_is_not_trusted_again(
        groups in prop::collection::vec(group(), 1..8),
        fails_after in 0_usize..24,
    ) {
        let (journal, _) = Journal::open(Disk::default(), SMALL).unwrap();
        let mut disk = journal.into_storage();
        disk.fails_after = Some(fails_after);
        let opened = Journal::open(disk, SMALL);
        let Ok((mut journal, _)) = opened else { return Ok(()) };
        let mut acknowledged = 0;
        let mut failed = false;
        for group in &groups {
            match journal.append(group) {
                Ok(durable) => {
                    acknowledged += 1;
                    prop_assert!(!failed);
                    prop_assert_eq!(durable.last, journal.last());
                }
                Err(AppendError::Failed { .. }) if !failed => failed = true,
                Err(AppendError::Fenced) if failed => {}
                Err(error) => prop_assert!(false, "{error:?}"),
            }
        }
        let disk = journal.into_storage();
        prop_assert_eq!(holds_after_every_crash(&disk, &groups, acknowledged), Ok(()));
    }

    /// Whatever stands in a segment, opening it ends without a panic.
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, groups in prop::collection::vec(group(), 1..4), at: prop::sample::Index, byte: u8) {
        let (mut journal, _) = Journal::open(Disk::default(), SMALL).unwrap();
        groups.iter().for_each(|group| {
            journal.append(group).unwrap();
        });
        let mut disk = journal.into_storage();
        let whole = disk.clone();
        let file = disk.last_file();
        let at = at.index(file.len());
        file[at] = byte;
        let _ = Journal::open(disk, SMALL);
        let mut noise = whole;
        *noise.last_file() = bytes;
        let _ = Journal::open(noise, SMALL);
    }
}
