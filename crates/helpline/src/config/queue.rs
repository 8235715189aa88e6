//! `[queue.<name>]` and `[operator.<id>]`: lines, and operators at fixed SIP addresses.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use base::OperatorId;
use routing::{Queue, SipOperator, Skill};

use super::document::Places;
use super::fault::Fault;
use super::read::{Node, Read, section};
use super::relax::{self, RelaxSection};
use super::suggest::suggest;
use super::tls_section::TlsSection;
use super::values::{Count, Name, OrNever, Seconds, SipUri, is_name};

/// Stands for how many are in line before the caller,
pub(super) const AHEAD: &str = "{ahead}";
/// and for how long they may still wait.
pub(super) const WAIT: &str = "{wait}";

section! {
    /// `[queue.<name>]`: a line in which callers wait.
    QueueSection {
        /// What every operator needs to serve it, beside the caller's language.
        skills: Vec<Skill> = Vec::new(),
        /// Music: a file in `prompts/music/`.
        music: Name = Name("waiting".to_owned()),
        /// Prompts on entering the line.
        entry: Vec<LinePrompt> = vec![LinePrompt("queue_entry".to_owned())],
        /// Prompts in between.
        comfort: Vec<LinePrompt> = ["comfort", WAIT, "queue_callback"].map(|name| LinePrompt(name.to_owned())).into(),
        /// Seconds from one comfort to the next.
        comfort_every_s: Seconds<10, 600> = Seconds::new(45),
        /// Seconds for which a call rings at one operator.
        ring_s: Seconds<5, 120> = Seconds::new(20),
        /// Seconds after a call for its outcome; 0: none.
        wrap_up_s: Seconds<0, 3600> = Seconds::new(120),
        /// Seconds after which the caller is promised a call back instead; or "never".
        max_wait_s: OrNever<Seconds<10, 7200>> = OrNever(Some(Seconds::new(600))),
        /// How well an operator must speak the caller's language, 1 to 9: `lang:yue=2` is at level 2, `lang:yue` at 1.
        language_level: Count<1, 9> = Count(1),
        /// How well an operator must know the caller's topic, `topic:wages=2`; 0: a topic is not asked for.
        topic_level: Count<0, 9> = Count(0),
        /// What is asked less of, and after how many seconds of waiting.
        relax: Vec<RelaxSection> = Vec::new(),
        /// Seconds after which an operator without the caller's language may take the call; or "never".
        relax_language_s: OrNever<Seconds<0, 7200>> = OrNever(Some(Seconds::new(90))),
        /// Seconds for which a caller is held for the operator who spoke with them last, if that one takes calls; or "never".
        last_operator_s: OrNever<Seconds<1, 600>> = OrNever(None),
        /// Seconds until the promise when nobody is on shift at all.
        nobody_after_s: Seconds<0, 600> = Seconds::new(20),
        /// The most callers that may wait in it; the next one is promised a call back.
        capacity: Count<1, 10_000> = Count(200),
        /// The key by which a caller hangs up and keeps their place; or "none".
        callback_key: CallbackKey = CallbackKey(Some('1')),
    }
}

section! {
    /// `[operator.<id>]`: an operator at a fixed SIP address, always ready unless in a call. Those at a desk need none: they sign in.
    OperatorSection {
        /// Where to call them, `sip:desk1@10.0.0.5:5060`; over TLS, `sips:desk1@10.0.0.5`.
        uri: SipUri,
        /// What they take: `lang:yue`, `topic:wages`.
        skills: Vec<Skill>,
        /// The queues they serve; empty: all.
        queues: Vec<Name> = Vec::new(),
        /// Who their phone is over TLS.
        tls: Option<TlsSection> = None,
    }
}

/// Queues by name.
pub(super) fn queues(
    sections: BTreeMap<String, QueueSection>,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Queue> {
    for name in sections.keys().filter(|name| !is_name(name)) {
        let message = "a name has small letters, digits, _, - and . only";
        faults.push(places.fault(&format!("queue.{name}"), message));
    }
    for (name, section) in &sections {
        relax::check(name, section, places, faults);
    }
    sections.into_iter().map(|(name, section)| (name, queue(section))).collect()
}

fn queue(section: QueueSection) -> Queue {
    let relax = relax::schedule(&section);
    let names = |names: Vec<LinePrompt>| names.into_iter().map(|name| name.0).collect();
    Queue {
        skills: section.skills,
        music: section.music.0,
        entry: names(section.entry),
        comfort: names(section.comfort),
        comfort_every: section.comfort_every_s.0,
        ring: section.ring_s.0,
        wrap_up: section.wrap_up_s.0,
        max_wait: section.max_wait_s.0.map(|wait| wait.0),
        language_level: relax::level(section.language_level.0),
        topic_level: relax::level(section.topic_level.0),
        relax,
        nobody_after: section.nobody_after_s.0,
        capacity: usize::try_from(section.capacity.0).unwrap_or(usize::MAX),
        callback_key: section.callback_key.0,
    }
}

/// A key that nothing else is on; none: there is no such way.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallbackKey(Option<char>);

impl Read for CallbackKey {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let what = "a key from 1 to 8 or #, or none (0, 9 and * are taken)";
        node.parsed(what, faults, |text| match (text, text.chars().next()) {
            ("none", _) => Some(CallbackKey(None)),
            (_, Some(key @ ('1'..='8' | '#'))) if text.len() == 1 => Some(CallbackKey(Some(key))),
            _ => None,
        })
    }
}

/// A prompt's name, or `{ahead}`, or `{wait}`.
#[derive(Clone, Debug)]
pub(super) struct LinePrompt(String);

impl Read for LinePrompt {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a prompt's name, or {ahead}, {wait}", faults, |text| {
            ([AHEAD, WAIT].contains(&text) || is_name(text)).then(|| LinePrompt(text.to_owned()))
        })
    }
}

impl OperatorSection {
    /// Where their phone is.
    pub(super) fn at(&self, id: &str) -> sip::Trunk {
        let whole = |ip: std::net::IpAddr| (ip, if ip.is_ipv4() { 32 } else { 128 });
        let addresses = sip::uri_address(&self.uri.0).map(whole).into_iter().collect();
        sip::Trunk { name: id.to_owned(), addresses, ..sip::Trunk::default() }
    }
}

/// Whoever is called over TLS must find us by it, too: the Via of a request names where its responses go (RFC 3261 §18.2.2).
pub(super) fn reachable(
    operators: &BTreeMap<String, OperatorSection>,
    tls: &[SocketAddr],
    places: &Places,
    faults: &mut Vec<Fault>,
) {
    for (id, operator) in operators {
        if let Some(message) = unreachable(&operator.uri.0, tls) {
            faults.push(places.fault(&format!("operator.{id}.uri"), message));
        }
    }
}

/// Why an address cannot be called, if it cannot.
pub(super) fn unreachable(uri: &str, tls: &[SocketAddr]) -> Option<&'static str> {
    if tls.is_empty() && sip::uri_transport(uri) == Some(sip::Transport::Tls) {
        return Some("is called over TLS, and sip.tls names no socket; set it, to [\"0.0.0.0:5061\"] for one");
    }
    let named = sip::uri_address(uri).is_none();
    named.then_some("has a host name, and names are looked up for trunks only (send_to); give its address")
}

/// Operators at fixed addresses, their queues checked.
pub(super) fn operators(
    sections: BTreeMap<String, OperatorSection>,
    queues: &BTreeMap<String, Queue>,
    places: &Places,
    faults: &mut Vec<Fault>,
) -> Vec<SipOperator> {
    for (id, section) in &sections {
        if !is_name(id) {
            let message = "a name has small letters, digits, _, - and . only";
            faults.push(places.fault(&format!("operator.{id}"), message));
        }
        for (index, queue) in section.queues.iter().enumerate().filter(|(_, queue)| !queues.contains_key(&queue.0)) {
            let hint = suggest(&queue.0, queues.keys().map(String::as_str));
            let message = format!("there is no queue \"{}\"{hint}", queue.0);
            faults.push(places.fault(&format!("operator.{id}.queues[{index}]"), message));
        }
    }
    let operator = |(id, section): (String, OperatorSection)| SipOperator {
        operator: OperatorId(id),
        uri: section.uri.0,
        skills: section.skills,
        queues: section.queues.into_iter().map(|queue| queue.0).collect(),
    };
    sections.into_iter().map(operator).collect()
}
