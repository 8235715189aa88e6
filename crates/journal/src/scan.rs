use crate::format::{self, Header, MARK, NoGroup};

/// What a whole segment holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The number after its last sound record.
    pub(crate) next: u64,
    /// Bytes up to there.
    pub(crate) sound: usize,
    /// What follows.
    pub(crate) rest: Rest,
}

/// What follows the sound part of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing.
    Nothing,
    /// Zeros: room that a storage set aside ahead and nothing was written into.
    Room,
    /// The remains of a group that was never acknowledged.
    Torn,
    /// Something broken, and behind it a sound group: that one was written only after what is broken here had been synced.
    Damaged,
    /// A header that a later release wrote.
    Version(u32),
}

/// Reads a segment that must begin with record `first`.
pub(crate) fn scan(bytes: &[u8], first: u64) -> Scan {
    match format::decode_header(bytes) {
        Header::First(number) if number == first => scan_groups(bytes, first),
        Header::Version(version) => Scan { next: first, sound: 0, rest: Rest::Version(version) },
        Header::First(_) | Header::Broken => Scan { next: first, sound: 0, rest: rest_of(bytes) },
    }
}

fn scan_groups(bytes: &[u8], first: u64) -> Scan {
    let (mut next, mut sound) = (first, format::HEADER_LEN);
    loop {
        let rest = bytes.get(sound..).unwrap_or_default();
        match format::decode_group(rest) {
            Ok(group) if group.first == next => {
                next = group.next();
                sound += group.len();
            }
            Ok(_) | Err(NoGroup::Short(_) | NoGroup::Broken) => {
                return Scan { next, sound, rest: rest_of(rest) };
            }
        }
    }
}

fn rest_of(bytes: &[u8]) -> Rest {
    match bytes {
        [] => Rest::Nothing,
        _ if format::is_room(bytes) => Rest::Room,
        _ if holds_group(bytes) => Rest::Damaged,
        _ => Rest::Torn,
    }
}

/// Whether a sound group begins anywhere in these bytes.
fn holds_group(bytes: &[u8]) -> bool {
    let marks = bytes.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    marks.into_iter().any(|(at, _)| bytes.get(at..).is_some_and(|bytes| format::decode_group(bytes).is_ok()))
}
