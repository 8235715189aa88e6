//! Where a SIP URI leads (RFC 3263): transport, addresses and ports, by NAPTR, SRV and address records. No socket is touched: what has to
//! be looked up goes out as a [`Question`], and what was found comes back as an input.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base::Mono;

use crate::Transport;
use crate::message::{Scheme, Uri};
use crate::network::{Hop, transport_to};

/// The most services, and targets of one service, that are followed.
const MOST: usize = 8;
/// How long an answer stands at least, whatever its TTL says: one call asks once.
const LEAST: Duration = Duration::from_secs(5);
/// How long, at most.
const LONGEST: Duration = Duration::from_secs(86_400);
/// How long a failure to look up stands.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How long an answer may be used beyond its time while the servers of names are away (RFC 8767 §5).
const STALE: Duration = Duration::from_secs(3 * 86_400);
/// The most that is remembered.
const MEMORY: usize = 1_024;

/// What has to be looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// Without the dot at its end.
    pub name: String,
    /// Which records.
    pub kind: RecordKind,
}

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Servers of a service (RFC 2782).
    Srv,
    /// Services of a domain (RFC 3403).
    Naptr,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceRecord {
    /// A or AAAA.
    Address(IpAddr),
    /// SRV.
    Srv { priority: u16, weight: u16, port: u16, target: String },
    /// NAPTR.
    Naptr { order: u16, preference: u16, flags: String, service: String, replacement: String },
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedUp {
    /// These (none: the name has no such records), to be believed for so long.
    Found { records: Vec<ResourceRecord>, ttl_s: u32 },
    /// Nobody could be asked.
    Failed,
}

/// What is known of names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: BTreeMap<Question, Known>,
    asked: BTreeSet<Question>,
}

#[derive(Debug)]
struct Known {
    records: Vec<ResourceRecord>,
    /// Believed until then.
    until: Mono,
}

/// Where a URI leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Places {
    /// There, best first; nowhere, if empty.
    Known(Vec<Hop>),
    /// That has to be looked up before.
    Unknown(Vec<Question>),
}

impl Names {
    /// Whether this is to be asked now: it is not under way.
    pub(crate) fn ask(&mut self, question: &Question) -> bool {
        self.asked.insert(question.clone())
    }

    /// What came of it.
    pub(crate) fn learn(&mut self, question: Question, found: LookedUp, now: Mono) {
        self.asked.remove(&question);
        match found {
            LookedUp::Found { records, ttl_s } => {
                let span = Duration::from_secs(ttl_s.into()).clamp(LEAST, LONGEST);
                self.known.insert(question, Known { records, until: now + span });
            }
            LookedUp::Failed => {
                let known = self.known.entry(question).or_insert(Known { records: Vec::new(), until: now });
                if now.since(known.until) > STALE {
                    known.records.clear();
                }
                known.until = now + AFTER_FAILURE;
            }
        }
        while self.known.len() > MEMORY {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.until).map(|(question, _)| question.clone());
            oldest.into_iter().for_each(|question| drop(self.known.remove(&question)));
        }
    }

    /// Where a URI leads by what is known at `now`, over the transports that `ours` can use. `chance` draws a number below its argument.
    pub(crate) fn places(
        &self,
        uri: &str,
        ours: impl Fn(Transport) -> bool,
        chance: &mut dyn FnMut(u32) -> u32,
        now: Mono,
    ) -> Places {
        let Some(uri) = Uri::parse(uri) else { return Places::Known(Vec::new()) };
        let mut walk = Walk { names: self, now, chance, missing: Vec::new(), hops: Vec::new() };
        walk.uri(&uri, &ours);
        let Walk { missing, mut hops, .. } = walk;
        if !missing.is_empty() {
            return Places::Unknown(missing);
        }
        let mut seen = BTreeSet::new();
        hops.retain(|hop| ours(hop.transport) && seen.insert(*hop));
        Places::Known(hops)
    }
}

/// One way through the records.
struct Walk<'a> {
    names: &'a Names,
    now: Mono,
    chance: &'a mut dyn FnMut(u32) -> u32,
    missing: Vec<Question>,
    hops: Vec<Hop>,
}

impl Walk<'_> {
    fn uri(&mut self, uri: &Uri<'_>, ours: &impl Fn(Transport) -> bool) {
        let named = uri.param("transport").is_some();
        let Some(transport) = transport_to(uri, Transport::Udp) else { return };
        if let Some(ip) = uri.ip() {
            return self.hops.push(hop(transport, ip, uri.port));
        }
        // §4.2: a port says that the host itself is meant.
        if uri.port.is_some() {
            return self.addresses(uri.host, transport, uri.port);
        }
        // §4.1: a transport that is named is not looked up.
        if named {
            return self.service_or_host(uri.host, transport);
        }
        let secure = uri.scheme == Scheme::Sips;
        match self.naptr(uri.host, secure, ours) {
            None => {}
            Some((transport, service)) if !service.is_empty() => {
                self.service(&service, transport);
            }
            Some(_) if secure => self.service_or_host(uri.host, Transport::Tls),
            // §4.1: without NAPTR, SRV for every transport that the client has.
            Some(_) => {
                let mut found = false;
                for transport in [Transport::Udp, Transport::Tcp] {
                    found |= ours(transport) && self.service(&service_name(uri.host, transport), transport);
                }
                if !found {
                    self.addresses(uri.host, Transport::Udp, None);
                }
            }
        }
    }

    fn service_or_host(&mut self, host: &str, transport: Transport) {
        if !self.service(&service_name(host, transport), transport) {
            self.addresses(host, transport, None);
        }
    }

    /// The service that the domain prefers among those that we can use, with its transport; an empty name where it names none.
    fn naptr(&mut self, host: &str, secure: bool, ours: &impl Fn(Transport) -> bool) -> Option<(Transport, String)> {
        let records = self.look(host, RecordKind::Naptr)?;
        let mut services: Vec<_> = records
            .iter()
            .filter_map(|record| match record {
                ResourceRecord::Naptr { order, preference, flags, service, replacement } => {
                    let transport = match service.to_ascii_uppercase().as_str() {
                        "SIP+D2U" if !secure => Transport::Udp,
                        "SIP+D2T" if !secure => Transport::Tcp,
                        "SIPS+D2T" => Transport::Tls,
                        _ => return None,
                    };
                    let usable = flags.eq_ignore_ascii_case("s") && ours(transport);
                    usable.then(|| (*order, *preference, transport, replacement.clone()))
                }
                ResourceRecord::Address(_) | ResourceRecord::Srv { .. } => None,
            })
            .collect();
        services.sort();
        Some(
            services
                .into_iter()
                .next()
                .map_or((Transport::Udp, String::new()), |(_, _, transport, name)| (transport, name)),
        )
    }

    /// The servers of a service, in the order of RFC 2782. False: it has none. True while that is not known.
    fn service(&mut self, name: &str, transport: Transport) -> bool {
        let Some(records) = self.look(name, RecordKind::Srv) else { return true };
        let mut servers: Vec<_> = records
            .iter()
            .filter_map(|record| match record {
                ResourceRecord::Srv { priority, weight, port, target } => {
                    Some((*priority, *weight, *port, target.clone()))
                }
                ResourceRecord::Address(_) | ResourceRecord::Naptr { .. } => None,
            })
            .collect();
        // A single "." says that the service is decidedly not there.
        servers.retain(|(_, _, _, target)| !target.is_empty() && target != ".");
        if servers.is_empty() {
            return false;
        }
        servers.sort();
        for (_, _, port, target) in by_weight(servers, self.chance).into_iter().take(MOST) {
            self.addresses(&target, transport, Some(port));
        }
        true
    }

    fn addresses(&mut self, host: &str, transport: Transport, port: Option<u16>) {
        for kind in [RecordKind::A, RecordKind::Aaaa] {
            let records = self.look(host, kind).unwrap_or_default();
            for record in records.iter().take(MOST) {
                if let ResourceRecord::Address(ip) = record {
                    self.hops.push(hop(transport, *ip, port));
                }
            }
        }
    }

    /// What is known; what is not is noted as missing.
    fn look(&mut self, name: &str, kind: RecordKind) -> Option<Vec<ResourceRecord>> {
        let question = Question { name: name.trim_end_matches('.').to_ascii_lowercase(), kind };
        match self.names.known.get(&question).filter(|known| known.until > self.now) {
            Some(known) => Some(known.records.clone()),
            None => {
                self.missing.push(question);
                None
            }
        }
    }
}

fn hop(transport: Transport, ip: IpAddr, port: Option<u16>) -> Hop {
    let default = if transport == Transport::Tls { 5061 } else { 5060 };
    Hop { transport, remote: SocketAddr::new(ip, port.unwrap_or(default)) }
}

fn service_name(host: &str, transport: Transport) -> String {
    match transport {
        Transport::Udp => format!("_sip._udp.{host}"),
        Transport::Tcp => format!("_sip._tcp.{host}"),
        Transport::Tls => format!("_sips._tcp.{host}"),
    }
}

/// RFC 2782: within one priority by chance, in proportion to the weights; those of weight 0 come first where the sums begin.
fn by_weight<T>(sorted: Vec<(u16, u16, u16, T)>, chance: &mut dyn FnMut(u32) -> u32) -> Vec<(u16, u16, u16, T)> {
    let (mut rest, mut out) = (sorted, Vec::new());
    while let Some(priority) = rest.first().map(|(priority, ..)| *priority) {
        let same = rest.iter().take_while(|(other, ..)| *other == priority);
        let sum: u32 = same.clone().map(|(_, weight, ..)| u32::from(*weight)).sum();
        let drawn = chance(sum + 1);
        let mut running = 0;
        let at = same.map(|(_, weight, ..)| {
            running += u32::from(*weight);
            running
        });
        let at = at.collect::<Vec<_>>().into_iter().position(|running| running >= drawn).unwrap_or(0);
        out.push(rest.remove(at));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(answers: &[(&str, RecordKind, Vec<ResourceRecord>)]) -> Names {
        let mut names = Names::default();
        for (name, kind, records) in answers {
            let question = Question { name: (*name).to_owned(), kind: *kind };
            names.learn(question, LookedUp::Found { records: records.clone(), ttl_s: 60 }, Mono::ZERO);
        }
        names
    }

    fn address(text: &str) -> ResourceRecord {
        ResourceRecord::Address(text.parse().unwrap())
    }

    fn srv(priority: u16, weight: u16, port: u16, target: &str) -> ResourceRecord {
        ResourceRecord::Srv { priority, weight, port, target: target.into() }
    }

    fn naptr(order: u16, service: &str, replacement: &str) -> ResourceRecord {
        let (flags, service, replacement) = ("s".into(), service.into(), replacement.into());
        ResourceRecord::Naptr { order, preference: 10, flags, service, replacement }
    }

    /// `UDP 192.0.2.1:5060`, or the questions with a `?`.
    fn places(names: &Names, uri: &str) -> Vec<String> {
        match names.places(uri, |transport| transport != Transport::Tls, &mut |_| 0, Mono::ZERO) {
            Places::Known(hops) => hops.iter().map(|hop| format!("{:?} {}", hop.transport, hop.remote)).collect(),
            Places::Unknown(missing) => missing.iter().map(|q| format!("{:?} {}?", q.kind, q.name)).collect(),
        }
    }

    /// RFC 3263 §4, case by case.
    #[test]
    fn what_is_asked_for_which_uri() {
        let none = Names::default();
        for (uri, wanted) in [
            ("sip:192.0.2.1", vec!["Udp 192.0.2.1:5060"]),
            ("sip:192.0.2.1:99;transport=tcp", vec!["Tcp 192.0.2.1:99"]),
            ("sip:[2001:db8::1]", vec!["Udp [2001:db8::1]:5060"]),
            ("sip:Carrier.example:5080", vec!["A carrier.example?", "Aaaa carrier.example?"]),
            ("sip:carrier.example;transport=tcp", vec!["Srv _sip._tcp.carrier.example?"]),
            ("sip:carrier.example", vec!["Naptr carrier.example?"]),
            ("sips:carrier.example", vec!["Naptr carrier.example?"]),
            ("sip:carrier.example;transport=sctp", vec![]),
            ("tel:+861", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(places(&none, uri), wanted, "{uri}");
        }
    }

    #[test]
    fn naptr_leads_to_the_service_that_we_can_use() {
        let names = known(&[
            (
                "carrier.example",
                RecordKind::Naptr,
                vec![
                    naptr(10, "SIPS+D2T", "_sips._tcp.carrier.example."),
                    naptr(20, "SIP+D2T", "_sip._tcp.carrier.example."),
                    naptr(30, "SIP+D2U", "_sip._udp.carrier.example."),
                    naptr(1, "E2U+sip", "elsewhere"),
                ],
            ),
            ("_sip._tcp.carrier.example", RecordKind::Srv, vec![srv(1, 0, 5080, "a.carrier.example.")]),
            ("a.carrier.example", RecordKind::A, vec![address("192.0.2.1")]),
            ("a.carrier.example", RecordKind::Aaaa, vec![address("2001:db8::1")]),
        ]);
        assert_eq!(places(&names, "sip:carrier.example"), ["Tcp 192.0.2.1:5080", "Tcp [2001:db8::1]:5080"]);
    }

    #[test]
    fn without_naptr_every_transport_of_ours_is_asked_for_and_without_srv_the_host_itself() {
        let base = vec![("carrier.example", RecordKind::Naptr, vec![])];
        let names = known(&base);
        let asked = ["Srv _sip._udp.carrier.example?", "Srv _sip._tcp.carrier.example?"];
        assert_eq!(places(&names, "sip:carrier.example"), asked);
        let mut all = base;
        all.push(("_sip._udp.carrier.example", RecordKind::Srv, vec![]));
        all.push(("_sip._tcp.carrier.example", RecordKind::Srv, vec![srv(1, 1, 5060, ".")]));
        all.push(("carrier.example", RecordKind::A, vec![address("192.0.2.7")]));
        all.push(("carrier.example", RecordKind::Aaaa, vec![]));
        assert_eq!(places(&known(&all), "sip:carrier.example"), ["Udp 192.0.2.7:5060"]);
    }

    #[test]
    fn servers_come_by_priority_and_within_it_by_weight() {
        let all = || vec![(1, 0, 1, "z"), (1, 10, 2, "a"), (1, 90, 3, "b"), (2, 5, 4, "c")];
        let order = |draws: &[u32]| {
            let mut draws = draws.iter().copied();
            let order = by_weight(all(), &mut |limit| draws.next().unwrap_or(0).min(limit - 1));
            order.into_iter().map(|(_, _, port, _)| port).collect::<Vec<_>>()
        };
        assert_eq!(order(&[0, 0, 0, 0]), [1, 2, 3, 4]);
        assert_eq!(order(&[10, 0, 0, 0]), [2, 1, 3, 4]);
        assert_eq!(order(&[11, 1, 0, 0]), [3, 2, 1, 4]);
        assert_eq!(order(&[100, 10, 0, 5]), [3, 2, 1, 4]);
    }

    #[test]
    fn answers_stand_for_their_time_and_beyond_it_only_while_nobody_can_be_asked() {
        let question = Question { name: "a.example".into(), kind: RecordKind::A };
        let mut names =
            known(&[("a.example", RecordKind::A, vec![address("192.0.2.1")]), ("a.example", RecordKind::Aaaa, vec![])]);
        let at = |names: &Names, s: u64| {
            names.places("sip:a.example:5060", |_| true, &mut |_| 0, Mono(Duration::from_secs(s)))
        };
        assert!(matches!(at(&names, 59), Places::Known(hops) if hops.len() == 1));
        assert!(matches!(at(&names, 60), Places::Unknown(missing) if missing.len() == 2));
        let aaaa = Question { kind: RecordKind::Aaaa, ..question.clone() };
        for question in [question, aaaa] {
            assert!(names.ask(&question) && !names.ask(&question));
            names.learn(question, LookedUp::Failed, Mono(Duration::from_secs(61)));
        }
        assert!(matches!(at(&names, 62), Places::Known(hops) if hops.len() == 1));
        assert!(matches!(at(&names, 72), Places::Unknown(_)), "it is tried again");
    }
}
