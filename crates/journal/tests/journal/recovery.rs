use journal::{Journal, Limits, OpenError, ReadError, Reader, Recovery};

use crate::disk::Disk;

const TINY: Limits = Limits { segment_bytes: 100, group_bytes: 1024, reserve_bytes: 0 };

/// Groups of one record each: `record 1`, `record 2` …
fn written(count: u64, limits: Limits) -> Disk {
    let (mut journal, _) = Journal::open(Disk::default(), limits).unwrap();
    for n in 1..=count {
        assert_eq!(journal.append(&[format!("record {n}")]).unwrap().last, n);
    }
    journal.into_storage()
}

fn texts<S: journal::Storage>(journal: &Journal<S>, from: u64) -> Vec<String> {
    journal.read(from).map(|record| String::from_utf8(record.unwrap().1).unwrap()).collect()
}

fn numbered(from: u64, to: u64) -> Vec<String> {
    (from..=to).map(|n| format!("record {n}")).collect()
}

#[test]
fn an_empty_journal_begins_at_one() {
    let (mut journal, recovery) = Journal::open(Disk::default(), Limits::default()).unwrap();
    assert_eq!(recovery, Recovery { last: 0, cut: 0, segments: 0, full: false });
    assert_eq!(journal.append::<&[u8]>(&[]).unwrap().last, 0);
    assert_eq!(journal.append(&["a", "b"]).unwrap().last, 2);
    assert_eq!(texts(&journal, 0), ["a", "b"]);
}

#[test]
fn segments_are_named_by_their_first_record_and_read_from_anywhere() {
    let disk = written(10, TINY);
    let names: Vec<_> = disk.files.keys().cloned().collect();
    assert_eq!(names[..2], ["00000000000000000001.journal", "00000000000000000004.journal"]);
    let (journal, recovery) = Journal::open(disk, TINY).unwrap();
    assert_eq!(recovery, Recovery { last: 10, cut: 0, segments: names.len(), full: false });
    for from in 1..=10 {
        assert_eq!(texts(&journal, from), numbered(from, 10));
    }
    assert!(texts(&journal, 11).is_empty());
}

#[test]
fn a_torn_end_is_cut_and_written_over() {
    for torn in [&b"x"[..], b"\0\0\0x", b"\xf7gr\xfe and more"] {
        let mut disk = written(2, Limits::default());
        disk.last_file().extend(torn);
        let (mut journal, recovery) = Journal::open(disk, Limits::default()).unwrap();
        assert_eq!((recovery.last, recovery.cut), (2, torn.len() as u64));
        journal.append(&["record 3"]).unwrap();
        let (journal, recovery) = Journal::open(journal.into_storage(), Limits::default()).unwrap();
        assert_eq!((recovery.last, recovery.cut), (3, 0));
        assert_eq!(texts(&journal, 1), numbered(1, 3));
    }
}

#[test]
fn room_that_was_set_aside_is_no_torn_end_in_any_segment() {
    let mut disk = written(10, TINY);
    disk.files.values_mut().for_each(|file| file.bytes.extend([0; 500]));
    let (mut journal, recovery) = Journal::open(disk, TINY).unwrap();
    assert_eq!((recovery.last, recovery.cut), (10, 0));
    journal.append(&["record 11"]).unwrap();
    assert_eq!(texts(&journal, 1), numbered(1, 11));
    let mut reader = Reader::new(journal.into_storage(), 1);
    assert_eq!(reader.read(11, 100).unwrap().len(), 11);
}

/// A group is acknowledged only after those before it were synced: damage before a sound group is no crash.
#[test]
fn damage_before_sound_records_is_an_error_that_says_where() {
    let sound = written(3, Limits::default());
    let len = sound.files.values().next().unwrap().bytes.len();
    for at in 0..len - 36 {
        let mut disk = sound.clone();
        disk.last_file()[at] ^= 0x10;
        let error = Journal::open(disk, Limits::default()).unwrap_err();
        let expected = if at < 24 { (0, 0) } else { (24 + (at as u64 - 24) / 36 * 36, (at as u64 - 24) / 36) };
        let OpenError::Damaged { segment, offset, last } = &error else { panic!("byte {at}: {error}") };
        assert_eq!((*offset, *last), expected, "byte {at}");
        assert!(error.to_string().contains(segment) && error.to_string().contains("backup"));
    }
}

#[test]
fn an_earlier_segment_may_not_be_torn_or_missing() {
    let mut torn = written(10, TINY);
    let first = torn.files.values_mut().next().unwrap();
    first.bytes.pop();
    assert!(matches!(Journal::open(torn, TINY), Err(OpenError::Damaged { last: 2, .. })));

    let mut missing = written(10, TINY);
    missing.files.remove("00000000000000000004.journal");
    assert!(matches!(Journal::open(missing, TINY), Err(OpenError::Missing { expected: 4, .. })));

    let mut beheaded = written(10, TINY);
    beheaded.files.pop_first();
    assert!(matches!(Journal::open(beheaded, TINY), Err(OpenError::Missing { expected: 1, .. })));
}

#[test]
fn a_segment_of_a_later_release_is_left_alone() {
    let mut disk = written(1, Limits::default());
    let header = disk.last_file();
    header[8] = 2;
    let crc = crc32c::crc32c(&header[8..20]).to_le_bytes();
    header[20..24].copy_from_slice(&crc);
    assert!(matches!(Journal::open(disk, Limits::default()), Err(OpenError::Version { version: 2, .. })));
}

/// A killed process (not machine) leaves a whole group that it never synced: once found, it must survive the next power cut.
#[test]
fn what_opening_found_is_durable_from_then_on() {
    let mut disk = written(1, Limits::default());
    disk.files.values_mut().for_each(|file| file.synced = 24);
    let (journal, recovery) = Journal::open(disk, Limits::default()).unwrap();
    assert_eq!((recovery.last, journal.into_storage().unsynced()), (1, 0));
}

#[test]
fn a_reader_follows_the_writer_no_further_than_it_is_told() {
    let disk = written(10, TINY);
    let mut reader = Reader::new(disk, 3);
    let numbers = |batch: Vec<(u64, Vec<u8>)>| batch.into_iter().map(|(seq, _)| seq).collect::<Vec<_>>();
    assert_eq!(numbers(reader.read(6, 2).unwrap()), [3, 4]);
    assert_eq!(numbers(reader.read(6, 100).unwrap()), [5, 6]);
    assert_eq!(numbers(reader.read(6, 100).unwrap()), [] as [u64; 0]);
    assert_eq!((numbers(reader.read(10, 100).unwrap()), reader.next()), (vec![7, 8, 9, 10], 11));
    assert!(matches!(reader.read(12, 100), Err(ReadError::Missing { seq: 11 })));
}

#[test]
fn a_reader_that_finds_damage_says_where() {
    let mut disk = written(3, Limits::default());
    disk.last_file()[24 + 36 + 30] ^= 1;
    let mut reader = Reader::new(disk, 1);
    let error = reader.read(3, 100).unwrap_err();
    assert!(matches!(error, ReadError::Damaged { offset: 60, .. }), "{error}");
    assert_eq!(reader.next(), 1);
}

#[test]
fn large_groups_are_read_whole() {
    let (mut journal, _) = Journal::open(Disk::default(), Limits::default()).unwrap();
    let large = vec![7; 600 << 10];
    journal.append(&[&large[..], b"small"]).unwrap();
    journal.append(&[&large[..]]).unwrap();
    let lens: Vec<usize> = journal.read(1).map(|record| record.unwrap().1.len()).collect();
    assert_eq!(lens, [large.len(), 5, large.len()]);
    let too_large = journal.append(&[vec![0; 17 << 20]]).unwrap_err();
    assert!(too_large.to_string().contains("beyond the limit"));
    assert_eq!(journal.append(&["still open"]).unwrap().last, 4);
}

/// A process that is killed takes nothing with it that the system has (a machine that loses power may).
#[test]
fn what_was_written_outlives_a_kill_and_counts_only_once_it_is_synced() {
    let (mut journal, _) = Journal::open(Disk::default(), Limits::default()).unwrap();
    journal.append(&["record 1"]).unwrap();
    assert_eq!(journal.write(&["record 2", "record 3"]).unwrap(), 3);
    assert_eq!((journal.last(), texts(&journal, 1)), (1, numbered(1, 1)), "not acknowledged yet");
    let (killed, recovery) = Journal::open(journal.into_storage(), Limits::default()).unwrap();
    assert_eq!((recovery.last, texts(&killed, 1)), (3, numbered(1, 3)));

    let (mut journal, _) = Journal::open(Disk::default(), Limits::default()).unwrap();
    journal.write(&["record 1"]).unwrap();
    assert_eq!(journal.write(&["record 2"]).unwrap(), 2, "the one before is synced first");
    assert_eq!((journal.last(), journal.sync().unwrap().last), (1, 2));
    assert_eq!(journal.sync().unwrap().last, 2, "nothing more to do");
}
