use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use super::stun;
use crate::latch::canonical;

/// Networks that one browser may come from at the same time; with more, the oldest is forgotten.
const MAX_SOURCES: usize = 8;

/// Which browser leg a datagram on the shared port is for: by STUN USERNAME first, by where it comes from afterwards.
#[derive(Debug, Default)]
pub(crate) struct Mux {
    by_ufrag: BTreeMap<String, usize>,
    by_source: BTreeMap<SocketAddr, usize>,
    sources: BTreeMap<usize, VecDeque<SocketAddr>>,
}

impl Mux {
    /// Takes a leg in, by the ufrag that `rtc` drew for it.
    pub(crate) fn insert(&mut self, ufrag: &str, slot: usize) {
        self.by_ufrag.insert(ufrag.to_owned(), slot);
    }

    /// Forgets a leg.
    pub(crate) fn remove(&mut self, slot: usize) {
        self.by_ufrag.retain(|_, known| *known != slot);
        self.by_source.retain(|_, known| *known != slot);
        self.sources.remove(&slot);
    }

    /// The leg that a datagram is for.
    pub(crate) fn find(&self, from: SocketAddr, datagram: &[u8]) -> Option<usize> {
        match stun::local_ufrag(datagram) {
            Some(ufrag) => self.by_ufrag.get(ufrag).copied(),
            None => self.by_source.get(&canonical(from)).copied(),
        }
    }

    /// Learns where a leg's packets come from; only to be called for what `rtc` has authenticated.
    pub(crate) fn learn(&mut self, from: SocketAddr, slot: usize) {
        let from = canonical(from);
        if self.by_source.insert(from, slot) == Some(slot) {
            return;
        }
        let sources = self.sources.entry(slot).or_default();
        sources.push_back(from);
        if sources.len() > MAX_SOURCES
            && let Some(oldest) = sources.pop_front()
            && self.by_source.get(&oldest) == Some(&slot)
        {
            self.by_source.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn a_source_is_known_only_once_it_was_learned_and_until_the_leg_goes() {
        let mut mux = Mux::default();
        mux.insert("abcd", 3);
        assert_eq!(mux.find(source(1), &[0x80, 8]), None);
        mux.learn(source(1), 3);
        assert_eq!(mux.find(source(1), &[0x80, 8]), Some(3));
        mux.remove(3);
        assert_eq!(mux.find(source(1), &[0x80, 8]), None);
    }

    #[test]
    fn sources_do_not_pile_up() {
        let mut mux = Mux::default();
        (1..1000).for_each(|port| mux.learn(source(port), 3));
        assert_eq!(mux.by_source.len(), MAX_SOURCES);
        assert_eq!(mux.find(source(999), &[0x80]), Some(3));
    }
}
