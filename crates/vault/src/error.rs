/// Why sealed bytes do not open. Says nothing about what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Too short, or of a layout that this version does not know.
    #[error("the sealed bytes are of no known layout")]
    Layout,
    /// Sealed under a key that is not here (lost, or destroyed on purpose).
    #[error("the key {key} that sealed these bytes is not here")]
    UnknownKey {
        /// Which.
        key: u32,
    },
    /// Changed since they were sealed, or sealed for another place.
    #[error("the sealed bytes were changed or belong elsewhere")]
    Refused,
}

/// Why a key file cannot be used. Says which line, never what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// A line that is no comment and none of `seal N HEX` and `hash HEX`.
    #[error("line {line}: expected `seal NUMBER KEY` or `hash KEY`, each key 64 hex digits")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// The same key number twice, or two hash keys.
    #[error("line {line}: this key stands there twice")]
    Twice {
        /// Counted from 1.
        line: usize,
    },
    /// Cut off: no sealing key or no hash key.
    #[error("a `seal` line or the `hash` line is missing")]
    Missing,
}
