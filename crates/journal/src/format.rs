//! What stands in a segment: a header, then groups. All numbers are little-endian.
//!
//! | header | | group | |
//! | --- | --- | --- | --- |
//! | magic | 8 bytes | mark | 4 bytes |
//! | version | u32 | length of the body | u32 |
//! | number of its first record | u64 | number of records | u32 |
//! | CRC-32C of the two before | u32 | number of its first record | u64 |
//! | | | CRC-32C of the three before and the body | u32 |
//! | | | body: each record as length u32 and bytes | |

pub(crate) const VERSION: u32 = 1;
pub(crate) const HEADER_LEN: usize = 24;
pub(crate) const GROUP_HEADER_LEN: usize = 24;
const MAGIC: [u8; 8] = *b"journal\n";
pub(crate) const MARK: [u8; 4] = [0xf7, b'g', b'r', 0xfe];
const SUFFIX: &str = ".journal";

/// The name of the segment that begins with this record.
pub(crate) fn segment_name(first: u64) -> String {
    format!("{first:020}{SUFFIX}")
}

/// The number that a segment's name says.
pub(crate) fn first_of(segment: &str) -> Option<u64> {
    let first = segment.strip_suffix(SUFFIX)?.parse().ok()?;
    (segment_name(first) == segment).then_some(first)
}

/// Whether a file is named like a segment.
pub(crate) fn is_segment(name: &str) -> bool {
    name.ends_with(SUFFIX)
}

pub(crate) fn encode_header(first: u64, out: &mut Vec<u8>) {
    let mut body = Vec::with_capacity(12);
    body.extend(VERSION.to_le_bytes());
    body.extend(first.to_le_bytes());
    out.extend(MAGIC);
    out.extend(&body);
    out.extend(crc32c::crc32c(&body).to_le_bytes());
}

/// What a segment's first bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// A header of ours.
    First(u64),
    /// A header of a later release.
    Version(u32),
    /// Cut short, or none.
    Broken,
}

pub(crate) fn decode_header(bytes: &[u8]) -> Header {
    let decode = || {
        let body = bytes.strip_prefix(&MAGIC)?;
        let (version, first) = (u32_at(body, 0)?, u64_at(body, 4)?);
        // Only a sound header speaks of its version: a torn one may say 0. Later releases keep these 24 bytes.
        let sound = crc32c::crc32c(body.get(..12)?) == u32_at(body, 12)?;
        sound.then_some(if version == VERSION { Header::First(first) } else { Header::Version(version) })
    };
    decode().unwrap_or(Header::Broken)
}

/// The size of a group's body.
pub(crate) fn body_len<R: AsRef<[u8]>>(records: &[R]) -> u64 {
    records.iter().map(|record| 4 + record.as_ref().len() as u64).sum()
}

/// Writes a group. The caller has checked that its body fits into 32 bits.
pub(crate) fn encode_group<R: AsRef<[u8]>>(first: u64, records: &[R], out: &mut Vec<u8>) {
    let body_len = body_len(records) as u32;
    out.reserve(GROUP_HEADER_LEN + body_len as usize);
    out.extend(MARK);
    let covered = out.len();
    out.extend(body_len.to_le_bytes());
    out.extend((records.len() as u32).to_le_bytes());
    out.extend(first.to_le_bytes());
    let head_crc = crc32c::crc32c(out.get(covered..).unwrap_or_default());
    let crc_at = out.len();
    out.extend([0; 4]);
    for record in records {
        out.extend((record.as_ref().len() as u32).to_le_bytes());
        out.extend(record.as_ref());
    }
    let crc = crc32c::crc32c_append(head_crc, out.get(crc_at + 4..).unwrap_or_default());
    out.iter_mut().skip(crc_at).zip(crc.to_le_bytes()).for_each(|(to, from)| *to = from);
}

/// A group as it stands in a segment.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) first: u64,
    pub(crate) count: u32,
    body: &'a [u8],
}

impl<'a> Group<'a> {
    /// Bytes that it takes.
    pub(crate) fn len(&self) -> usize {
        GROUP_HEADER_LEN + self.body.len()
    }

    /// The number of the record after it.
    pub(crate) fn next(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    /// Its records with their numbers.
    pub(crate) fn records(&self) -> impl Iterator<Item = (u64, &'a [u8])> {
        (self.first..).zip(Bodies(self.body))
    }
}

/// Why no group was decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoGroup {
    /// More bytes are needed, this many from the group's beginning.
    Short(usize),
    /// These bytes are no group.
    Broken,
}

pub(crate) fn decode_group(bytes: &[u8]) -> Result<Group<'_>, NoGroup> {
    let head = bytes.get(..GROUP_HEADER_LEN).ok_or(NoGroup::Short(GROUP_HEADER_LEN))?;
    let fields = head.strip_prefix(&MARK).ok_or(NoGroup::Broken)?;
    let field = |at| u32_at(fields, at).ok_or(NoGroup::Broken);
    let (body_len, count, crc) = (field(0)? as usize, field(4)?, field(16)?);
    let first = u64_at(fields, 8).ok_or(NoGroup::Broken)?;
    let whole = GROUP_HEADER_LEN + body_len;
    let body = bytes.get(GROUP_HEADER_LEN..whole).ok_or(NoGroup::Short(whole))?;
    let head_crc = crc32c::crc32c(fields.get(..16).unwrap_or_default());
    let sound = crc32c::crc32c_append(head_crc, body) == crc && count > 0 && first.checked_add(count.into()).is_some();
    sound.then_some(Group { first, count, body }).ok_or(NoGroup::Broken)
}

/// Zeros, as a storage sets them aside ahead of what is written. No header and no group begins so.
pub(crate) fn is_room(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The records of a body, in order.
struct Bodies<'a>(&'a [u8]);

impl<'a> Iterator for Bodies<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let len = u32_at(self.0, 0)? as usize;
        let (record, rest) = self.0.get(4..)?.split_at_checked(len)?;
        self.0 = rest;
        Some(record)
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_reads_back_and_every_flipped_bit_is_noticed() {
        let mut bytes = Vec::new();
        encode_group(41, &[&b"one"[..], b"", b"three"], &mut bytes);
        let group = decode_group(&bytes).unwrap();
        assert_eq!((group.first, group.next(), group.len()), (41, 44, bytes.len()));
        let records: Vec<_> = group.records().collect();
        assert_eq!(records, [(41, &b"one"[..]), (42, b""), (43, b"three")]);
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(decode_group(&changed).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_group_that_is_cut_asks_for_the_rest() {
        let mut bytes = Vec::new();
        encode_group(1, &[b"record"], &mut bytes);
        assert_eq!(decode_group(&bytes[..10]).unwrap_err(), NoGroup::Short(GROUP_HEADER_LEN));
        assert_eq!(decode_group(&bytes[..30]).unwrap_err(), NoGroup::Short(bytes.len()));
    }

    #[test]
    fn names_sort_as_their_numbers() {
        assert!(segment_name(9) < segment_name(10));
        assert_eq!(first_of(&segment_name(4711)), Some(4711));
        assert_eq!(first_of("1.journal"), None);
    }

    #[test]
    fn a_header_of_a_later_release_is_told_apart_from_a_broken_one() {
        let mut bytes = Vec::new();
        encode_header(7, &mut bytes);
        assert_eq!((bytes.len(), decode_header(&bytes)), (HEADER_LEN, Header::First(7)));
        assert_eq!(decode_header(&bytes[..20]), Header::Broken);
        bytes[8] = 2;
        assert_eq!(decode_header(&bytes), Header::Broken);
        let crc = crc32c::crc32c(&bytes[8..20]).to_le_bytes();
        bytes[20..].copy_from_slice(&crc);
        assert_eq!(decode_header(&bytes), Header::Version(2));
    }
}
