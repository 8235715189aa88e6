use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A machine that runs the engine. Every id carries it, so that nodes can share one log later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub u16);

/// One run of the process on a node, counted from 1 in its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Boot(pub u32);

/// What an id names; gives it its letter.
pub trait Kind: Copy + Ord + 'static {
    /// The first letter of such an id in text.
    const LETTER: char;
}

/// An id minted by one node in one boot: (node, boot, counter). In text and JSON `j1.7.42`.
pub struct Id<K> {
    /// Who minted it.
    pub node: NodeId,
    /// In which run.
    pub boot: Boot,
    /// Counted from 1 in each run.
    pub n: u64,
    kind: PhantomData<fn() -> K>,
}

macro_rules! id {
    ($($(#[$doc:meta])* $alias:ident, $kind:ident, $letter:literal;)*) => {$(
        $(#[$doc])*
        pub type $alias = Id<kinds::$kind>;
    )*
        /// The things that ids name.
        pub mod kinds {
            use super::Kind;
            $(
                $(#[$doc])*
                #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
                pub enum $kind {}
                impl Kind for $kind {
                    const LETTER: char = $letter;
                }
            )*
        }
    };
}

id! {
    /// One inbound call with all its legs.
    JourneyId, Journey, 'j';
    /// One party's connection, SIP or browser.
    LegId, Leg, 'l';
    /// A conversation that we owe to a person.
    ObligationId, Obligation, 'b';
    /// One ring at one operator.
    OfferId, Offer, 'o';
    /// One playing of prompts to a leg.
    PlayId, Play, 'p';
}

impl<K> Id<K> {
    /// Puts an id together from its parts.
    pub const fn new(node: NodeId, boot: Boot, n: u64) -> Self {
        Id { node, boot, n, kind: PhantomData }
    }

    const fn parts(&self) -> (NodeId, Boot, u64) {
        (self.node, self.boot, self.n)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}.{}", K::LETTER, self.node.0, self.boot.0, self.n)
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A text that is no id of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseIdError {
    letter: char,
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id of this kind looks like {}1.7.42", self.letter)
    }
}

impl std::error::Error for ParseIdError {}

impl<K: Kind> FromStr for Id<K> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let parse = || {
            let mut parts = text.strip_prefix(K::LETTER)?.split('.');
            let id = Id::new(
                NodeId(parts.next()?.parse().ok()?),
                Boot(parts.next()?.parse().ok()?),
                parts.next()?.parse().ok()?,
            );
            parts.next().is_none().then_some(id)
        };
        parse().ok_or(ParseIdError { letter: K::LETTER })
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Mints ids of one kind for one run of one node.
#[derive(Debug)]
pub struct Mint<K> {
    node: NodeId,
    boot: Boot,
    last: u64,
    kind: PhantomData<fn() -> K>,
}

impl<K> Mint<K> {
    /// Starts counting at 1.
    pub const fn new(node: NodeId, boot: Boot) -> Self {
        Mint { node, boot, last: 0, kind: PhantomData }
    }

    /// The next id, never given before.
    pub fn mint(&mut self) -> Id<K> {
        self.last += 1;
        Id::new(self.node, self.boot, self.last)
    }
}

/// An operator's, supervisor's or administrator's login name: the id of a person who works here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperatorId(pub String);

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes_and_refuses_another_kind() {
        let id: JourneyId = Id::new(NodeId(1), Boot(7), 42);
        assert_eq!(id.to_string(), "j1.7.42");
        assert_eq!("j1.7.42".parse(), Ok(id));
        assert!("l1.7.42".parse::<JourneyId>().is_err());
        assert!("j1.7".parse::<JourneyId>().is_err());
        assert!("j1.7.42.9".parse::<JourneyId>().is_err());
        assert_eq!(serde_json::to_string(&id).ok().as_deref(), Some("\"j1.7.42\""));
    }

    #[test]
    fn a_mint_never_repeats() {
        let mut mint: Mint<kinds::Leg> = Mint::new(NodeId(1), Boot(1));
        assert!(mint.mint() < mint.mint());
    }
}
