use std::collections::BTreeMap;
use std::fmt::{self, Write};

use zeroize::Zeroizing;

use crate::KeyFileError;

/// A key of 256 bits that leaves memory when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// All keys of a vault: numbered sealing keys, of which the newest seals and all open, and the one that hashes.
///
/// Numbers grow with each rotation. A later release gives each person a key of their own, wrapped by one of these; their sealed bytes
/// carry a number from the upper half (`PERSONAL` and above), which is kept free.
#[derive(Clone)]
pub struct Keys {
    newest: (u32, Secret),
    older: BTreeMap<u32, Secret>,
    hash: Secret,
}

/// The first number that is left for keys of single persons.
const PERSONAL: u32 = 1 << 31;

const HEADER: &str = "\
# Keys of this helpline. Without them no number and no note can be read again; with them all can.\n\
# Keep a copy apart from the database's backups, and readable by the engine alone.\n";

impl Keys {
    /// Makes the first keys of an installation from fresh entropy.
    pub fn generate(entropy: &[u8; 64]) -> Self {
        let (mut seal, mut hash) = (Secret::default(), Secret::default());
        seal.iter_mut().chain(hash.iter_mut()).zip(entropy).for_each(|(key, byte)| *key = *byte);
        Keys { newest: (1, seal), older: BTreeMap::new(), hash }
    }

    /// Adds a sealing key from fresh entropy: it seals from now on, the earlier ones still open.
    pub fn rotate(&mut self, entropy: &[u8; 32]) {
        let next = (self.newest.0 + 1, Zeroizing::new(*entropy));
        let (number, key) = std::mem::replace(&mut self.newest, next);
        self.older.insert(number, key);
    }

    /// The text of a key file: one key a line, in hex.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(512 + 80 * self.older.len()));
        text.push_str(HEADER);
        for (number, key) in self.older.iter().chain([(&self.newest.0, &self.newest.1)]) {
            push_line(&mut text, &format!("seal {number}"), key);
        }
        push_line(&mut text, "hash", &self.hash);
        text
    }

    /// Reads a key file.
    pub fn from_text(text: &str) -> Result<Self, KeyFileError> {
        let (mut seal, mut hash) = (BTreeMap::new(), None);
        for (line, words) in key_lines(text) {
            let twice = match *words.as_slice() {
                ["seal", number, key] => {
                    let (number, key) = number_of(number).zip(unhex(key)).ok_or(KeyFileError::Line { line })?;
                    seal.insert(number, key).is_some()
                }
                ["hash", key] => hash.replace(unhex(key).ok_or(KeyFileError::Line { line })?).is_some(),
                _ => return Err(KeyFileError::Line { line }),
            };
            if twice {
                return Err(KeyFileError::Twice { line });
            }
        }
        let newest = seal.pop_last().ok_or(KeyFileError::Missing)?;
        Ok(Keys { newest, older: seal, hash: hash.ok_or(KeyFileError::Missing)? })
    }

    pub(crate) fn newest(&self) -> (u32, &Secret) {
        (self.newest.0, &self.newest.1)
    }

    pub(crate) fn sealing(&self, number: u32) -> Option<&Secret> {
        if number == self.newest.0 { Some(&self.newest.1) } else { self.older.get(&number) }
    }

    pub(crate) fn hashing(&self) -> &Secret {
        &self.hash
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

fn key_lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(at, line)| (at, line.split(' ').collect()))
}

fn number_of(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| (1..PERSONAL).contains(number))
}

fn push_line(text: &mut String, what: &str, key: &Secret) {
    text.push_str(what);
    text.push(' ');
    for byte in key.iter() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
}

fn unhex(text: &str) -> Option<Secret> {
    let mut key = Secret::default();
    let digits = text.as_bytes();
    if digits.len() != 2 * key.len() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        let mut keys = Keys::generate(&std::array::from_fn(|n| n as u8));
        keys.rotate(&[0xab; 32]);
        keys
    }

    #[test]
    fn a_key_file_reads_back() {
        let text = keys().to_text();
        assert_eq!(text.lines().filter(|line| !line.starts_with('#')).count(), 3);
        let again = Keys::from_text(&text).unwrap();
        assert_eq!(again.to_text(), text);
        assert_eq!(again.newest(), (2, &Zeroizing::new([0xab; 32])));
        assert_eq!(again.sealing(1).map(|key| key[31]), Some(31));
        assert_eq!(again.hashing()[0], 32);
    }

    #[test]
    fn a_damaged_key_file_is_refused_with_its_line() {
        let good = keys().to_text();
        let hash = format!("hash {}", "00".repeat(32));
        for (text, error) in [
            (String::new(), KeyFileError::Missing),
            (hash.clone(), KeyFileError::Missing),
            (good.replace("hash ", "hush "), KeyFileError::Line { line: 5 }),
            (good.replacen("seal 1", "seal 0", 1), KeyFileError::Line { line: 3 }),
            (good.replacen("seal 1", "seal 4294967295", 1), KeyFileError::Line { line: 3 }),
            (good.replacen("seal 1", "seal 2", 1), KeyFileError::Twice { line: 4 }),
            (good[..good.len() - 3].to_owned(), KeyFileError::Line { line: 5 }),
            (format!("{}{hash}", good.as_str()), KeyFileError::Twice { line: 6 }),
        ] {
            assert_eq!(Keys::from_text(&text).err(), Some(error), "{text}");
        }
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        assert_eq!(format!("{:?}", keys()), "Keys");
    }
}
