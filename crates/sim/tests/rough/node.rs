use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base::{Boot, Mono, NodeId, Now, PersonId, PhoneNumber, Timestamp};
use engine::{Configuration, Engine, Identity, Input, Output};
use journal::{AppendError, Journal, Limits};
use media::{Fact, Opening, Order};
use routing::{Board, Event, Record, Switchboard, TerminalCause};
use sim::{Random, shipped};
use sip::{Flow, Transport, Trunk};
use vault::{Keys, Vault};

use crate::carrier::{Carrier, number};
use crate::disk::Disk;
use crate::network::{Datagram, Network};

const NODE: NodeId = NodeId(1);
const OURS: &str = "198.51.100.1:5060";
const CARRIER: &str = "192.0.2.10:5060";
const LIMITS: Limits = Limits { segment_bytes: 64 << 10, group_bytes: 16 << 20, reserve_bytes: 256 << 10 };
/// Rule 1: after this 100 goes out anyway.
const TRYING_AFTER: Duration = Duration::from_millis(200);
const PROMPT: Duration = Duration::from_secs(2);

/// What is bad.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bad {
    pub(crate) line: bool,
    pub(crate) disk: bool,
    pub(crate) crashes: bool,
}

impl Bad {
    pub(crate) const NOTHING: Bad = Bad { line: false, disk: false, crashes: false };
}

/// One node over its lives, its disk, its line.
pub(crate) struct Node {
    random: Random,
    bad: Bad,
    engine: Engine,
    vault: Arc<Vault>,
    disk: Disk,
    journal: Option<Journal<Disk>>,
    gathered: Vec<Record>,
    /// The group that is being synced,
    syncing: Vec<Record>,
    /// and when it is on disk; or when what could not be written is tried again.
    writes_until: Option<Duration>,
    boot: Boot,
    /// Since the beginning,
    elapsed: Duration,
    /// and when this life began.
    lives_since: Duration,
    network: Network,
    carrier: Carrier,
    facts: BTreeMap<(Duration, u64), Fact>,
    told: u64,
    /// Whom records on disk owe a call,
    owed: BTreeSet<PersonId>,
    /// whom those that a killed process leaves behind,
    handed: BTreeSet<PersonId>,
    /// who heard 100 by those alone,
    waits: BTreeSet<u32>,
    /// and who was answered though no journal worked.
    unowed: BTreeSet<u32>,
    /// When an INVITE of theirs first reached this life.
    invited: BTreeMap<u32, Duration>,
    unwell: bool,
    crashes: u32,
    wrong: VecDeque<String>,
    persons: BTreeMap<PersonId, u32>,
}

fn configuration() -> Configuration {
    let mut settings = shipped(&[]);
    settings.services.values_mut().for_each(|service| service.calendar = None);
    let ours: std::net::SocketAddr = OURS.parse().unwrap();
    let sip = sip::Settings {
        trunks: vec![Trunk {
            name: "carrier".into(),
            addresses: vec![("192.0.2.0".parse().unwrap(), 24)],
            ..Trunk::default()
        }],
        session_expires_s: 1800,
        numbers: vec!["4008169580".into()],
        product: "helpline/0.1.0".into(),
        sockets: vec![(Transport::Udp, ours)],
        advertised: Vec::new(),
    };
    Configuration { routing: Arc::new(settings), sip, rtp_addresses: vec![ours.ip()], encryption: Vec::new() }
}

fn engine(boot: Boot, switchboard: Switchboard, vault: &Arc<Vault>) -> Engine {
    let seed = [u8::try_from(boot.0 % 256).unwrap(); 32];
    Engine::new(Identity { node: NODE, boot, seed, rtp_ports: (40_000, 49_999) }, switchboard, Arc::clone(vault))
}

impl Node {
    pub(crate) fn new(seed: u64, bad: Bad) -> Self {
        let (vault, disk, boot) = (Arc::new(Vault::new(Keys::generate(&[3; 64]))), Disk::default(), Boot(1));
        let (journal, _) = Journal::open(disk.clone(), LIMITS).unwrap();
        let mut node = Node {
            random: Random::new(seed),
            bad,
            engine: engine(boot, Switchboard::new(NODE, boot), &vault),
            vault,
            disk,
            journal: Some(journal),
            gathered: Vec::new(),
            syncing: Vec::new(),
            writes_until: None,
            boot,
            elapsed: Duration::ZERO,
            lives_since: Duration::ZERO,
            network: Network::new(bad.line),
            carrier: Carrier::default(),
            facts: BTreeMap::new(),
            told: 0,
            owed: BTreeSet::new(),
            handed: BTreeSet::new(),
            waits: BTreeSet::new(),
            unowed: BTreeSet::new(),
            invited: BTreeMap::new(),
            unwell: false,
            crashes: 0,
            wrong: VecDeque::new(),
            persons: BTreeMap::new(),
        };
        node.input(Input::Configured(configuration()));
        node
    }

    pub(crate) fn answered(&self) -> usize {
        self.carrier.answered.len()
    }

    pub(crate) fn crashes(&self) -> u32 {
        self.crashes
    }

    /// Calls come, one every two seconds or so; then everything runs out.
    pub(crate) fn calls_come(&mut self, calls: u32) -> Result<(), String> {
        for call in 1..=calls {
            let person = self.vault.person(&PhoneNumber::parse(&number(call))).unwrap();
            self.persons.insert(person, call);
            self.carrier.dials(call, self.elapsed, &mut self.random);
            let gap = self.random.exponential(Duration::from_secs(2));
            self.pass(gap)?;
            self.something_bad()?;
        }
        self.disk.room(None);
        self.pass(Duration::from_secs(600))
    }

    fn something_bad(&mut self) -> Result<(), String> {
        if self.bad.disk {
            match self.random.below(40) {
                0 => self.disk.fail_next_sync(),
                1 => self.disk.room(Some(self.random.below(3000) as usize)),
                2..6 => self.disk.room(None),
                _ => {}
            }
        }
        if self.bad.crashes && self.random.below(6) == 0 {
            // At any moment: while a group is being written, before it, after it.
            let span = Duration::from_micros(self.random.below(20_000));
            self.pass(span)?;
            let power = self.random.chance(0.5);
            self.crash(power);
        }
        Ok(())
    }

    fn now(&self) -> Now {
        let utc = Timestamp::from_second(1_795_000_000).unwrap();
        let since = jiff::SignedDuration::try_from(self.elapsed).unwrap();
        Now { mono: Mono(self.elapsed - self.lives_since), utc: utc.checked_add(since).unwrap() }
    }

    fn pass(&mut self, span: Duration) -> Result<(), String> {
        let end = self.elapsed + span;
        loop {
            let engine = self.engine.poll_timeout().map(|at| self.lives_since + at.0);
            let facts = self.facts.first_key_value().map(|((at, _), _)| *at);
            let moments = [engine, facts, self.writes_until, self.network.next(), self.carrier.next()];
            let Some(next) = moments.into_iter().flatten().min().filter(|at| *at <= end) else { break };
            self.elapsed = self.elapsed.max(next);
            self.step(engine);
            if let Some(wrong) = self.wrong.pop_front() {
                return Err(wrong);
            }
        }
        self.elapsed = end;
        Ok(())
    }

    fn step(&mut self, engine: Option<Duration>) {
        let now = self.elapsed;
        if self.writes_until.is_some_and(|at| at <= now) {
            self.writes_until = None;
            self.write();
        }
        if let Some(datagram) = self.network.pop_due(now) {
            if datagram.to_us { self.arrives(&datagram.text) } else { self.carrier.receives(&datagram.text, now) }
        }
        if self.facts.first_key_value().is_some_and(|((at, _), _)| *at <= now)
            && let Some((_, fact)) = self.facts.pop_first()
        {
            self.input(Input::Media(fact));
        }
        if engine.is_some_and(|at| at <= now) {
            let at = self.now();
            self.engine.handle_timeout(at);
            self.drain();
        }
        self.carrier.due(now);
        for text in std::mem::take(&mut self.carrier.out) {
            self.network.send(Datagram { to_us: true, text }, now, &mut self.random);
        }
    }

    fn arrives(&mut self, text: &str) {
        if text.starts_with("INVITE") {
            let call = text.lines().find_map(|line| line.strip_prefix("Call-ID: c")).unwrap();
            self.invited.entry(call.split('@').next().unwrap().parse().unwrap()).or_insert(self.elapsed);
        }
        let (local, remote) = (OURS.parse().unwrap(), CARRIER.parse().unwrap());
        let flow = Flow { transport: Transport::Udp, local, remote, connection: None };
        self.input(Input::Sip(sip::Input::Received { flow, bytes: text.as_bytes() }));
    }

    fn input(&mut self, input: Input<'_>) {
        let now = self.now();
        self.engine.handle(input, now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Send { bytes, .. } => self.leaves(String::from_utf8(bytes).unwrap()),
                Output::Append(record) => {
                    self.gathered.push(record);
                    self.writes_until.get_or_insert(self.elapsed);
                }
                Output::Media(order) => {
                    if let Some((after, fact)) = facts_of(&order) {
                        self.told += 1;
                        self.facts.insert((self.elapsed + after, self.told), fact);
                    }
                }
                Output::Alarm(engine::Alarm::Routing(routing::Alarm::JournalUnwell)) => self.unwell = true,
                Output::Alarm(_)
                | Output::Close { .. }
                | Output::LookUp(_)
                | Output::Reply { .. }
                | Output::Ladder(_) => {}
            }
        }
    }

    /// Rule 1: nothing answers an INVITE before its obligation is on disk, but 100 after 200 ms, if the process may be killed then, and what a
    /// failing journal lets through.
    fn leaves(&mut self, text: String) {
        if let Some((call, status)) = Carrier::answered_by(&text) {
            let person = self.vault.person(&PhoneNumber::parse(&number(call))).unwrap();
            let waited = self.invited.get(&call).is_some_and(|since| self.elapsed >= *since + TRYING_AFTER);
            // Who heard 100 may take their call back: 487 is held for nothing.
            let early = status == 100 && waited || status == 487 && self.waits.contains(&call);
            let handed = self.handed.contains(&person) && (self.unwell || early);
            match self.owed.contains(&person) {
                true => self.waits.remove(&call),
                false if handed => self.waits.insert(call),
                false if self.unwell && status != 100 => self.unowed.insert(call),
                false => {
                    let wrong = format!("call {call} got {status} before it was owed anything (rule 1)");
                    return self.wrong.push_back(wrong);
                }
            };
            if self.owed.contains(&person) || handed {
                self.carrier.answered.insert(call);
                self.unowed.remove(&call);
            }
        }
        self.network.send(Datagram { to_us: false, text }, self.elapsed, &mut self.random);
    }

    /// The journal's thread: one group is written and synced while the next one gathers.
    fn write(&mut self) {
        let group = std::mem::take(&mut self.syncing);
        let Some(journal) = self.journal.as_mut() else { return };
        if !group.is_empty() {
            match journal.sync() {
                Ok(durable) => {
                    note_owed(&mut self.owed, &group);
                    // Well again is whoever has caught up.
                    self.unwell &= durable.full || !self.gathered.is_empty();
                    self.input(Input::Durable { seq: durable.last, full: durable.full });
                    self.refill();
                }
                Err(error) => return self.failed(&error, group),
            }
        }
        if !self.gathered.is_empty() {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let Some(journal) = self.journal.as_mut() else { return };
        let first = self.gathered.first().map_or(0, |record| record.seq);
        // A group that failed may be on disk after all, once the journal has been read anew.
        let written = usize::try_from((journal.last() + 1).saturating_sub(first)).unwrap();
        let done: Vec<Record> = self.gathered.drain(..written.min(self.gathered.len())).collect();
        note_owed(&mut self.owed, &done);
        let bytes: Vec<Vec<u8>> = self.gathered.iter().map(|record| serde_json::to_vec(record).unwrap()).collect();
        match journal.write(&bytes) {
            Ok(seq) => {
                self.syncing = std::mem::take(&mut self.gathered);
                note_owed(&mut self.handed, &self.syncing);
                let ms = if self.bad.disk && self.random.chance(0.05) { self.random.below(900) } else { 1 };
                self.writes_until = Some(self.elapsed + Duration::from_millis(ms));
                self.input(Input::Handed { seq });
            }
            Err(error) => self.failed(&error, Vec::new()),
        }
    }

    /// Nothing of the group was kept: it is tried again.
    fn failed(&mut self, error: &AppendError, mut group: Vec<Record>) {
        group.append(&mut self.gathered);
        self.gathered = group;
        self.forget_early();
        if !matches!(error, AppendError::Full) {
            let storage = self.journal.take().unwrap().into_storage();
            self.journal = Journal::open(storage, LIMITS).ok().map(|(journal, _)| journal);
        }
        self.unwell = true;
        self.writes_until = Some(self.elapsed + Duration::from_millis(500));
        self.input(Input::JournalFailed);
    }

    /// What was written is gone, with the power or by a disk that failed: who heard 100 and nothing more is nobody's then.
    fn forget_early(&mut self) {
        let lost = std::mem::take(&mut self.waits);
        self.carrier.answered.retain(|call| !lost.contains(call));
        self.unowed.extend(lost);
        self.handed.clone_from(&self.owed);
    }

    fn refill(&mut self) {
        let Some(journal) = self.journal.as_mut().filter(|journal| journal.is_full()) else { return };
        if journal.refill().unwrap() {
            let seq = journal.last();
            self.unwell = false;
            self.input(Input::Durable { seq, full: false });
        }
    }

    /// The process is killed, or the power goes, too; and it starts again.
    fn crash(&mut self, power: bool) {
        self.crashes += 1;
        self.gathered.clear();
        self.syncing.clear();
        (self.writes_until, self.unwell) = (None, false);
        self.facts.clear();
        self.invited.clear();
        if power {
            self.disk.crash(&mut self.random);
            self.forget_early();
        }
        self.disk.mend();
        let (journal, _) = Journal::open(self.disk.clone(), LIMITS).expect("a journal that opens after any crash");
        let mut switchboard = Switchboard::new(NODE, self.boot);
        let records = read(&journal);
        records.iter().for_each(|record| switchboard.apply(record));
        note_owed(&mut self.owed, &records);
        self.handed.clone_from(&self.owed);
        self.waits.clear();
        self.journal = Some(journal);
        let lost = switchboard.last_boot().filter(|_| switchboard.running());
        self.boot = Boot(switchboard.last_boot().map_or(self.boot.0, |boot| boot.0) + 1);
        switchboard.begin(self.boot);
        self.engine = engine(self.boot, switchboard, &self.vault);
        self.lives_since = self.elapsed;
        self.input(Input::Configured(configuration()));
        if let Some(boot) = lost {
            self.input(Input::NodeLost { node: NODE, boot });
        }
    }

    /// What the carrier counted, and what the journal on disk says.
    pub(crate) fn judge(&mut self) -> Result<(), String> {
        let records = read(self.journal.as_ref().ok_or("the journal never came back")?);
        let mut board = Board::default();
        let mut journeys: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut ends, mut owed) = (BTreeMap::new(), BTreeSet::new());
        let mut opened = BTreeMap::new();
        for record in &records {
            board.apply(record);
            match &record.event {
                Event::JourneyOpened { journey, caller, .. } => {
                    let call =
                        caller.person.and_then(|person| self.persons.get(&person)).ok_or("a journey of nobody")?;
                    opened.insert(*journey, *call);
                    *journeys.entry(*call).or_default() += 1;
                }
                Event::ObligationOpened { journey, .. } | Event::ObligationJoined { journey, .. } => {
                    owed.extend(opened.get(journey).copied());
                }
                Event::Ended { journey, cause, .. } if ends.insert(*journey, *cause).is_some() => {
                    return Err(format!("{journey} ended twice"));
                }
                _ => {}
            }
        }
        let (answered, unowed) = (&self.carrier.answered, &self.unowed);
        if let Some(lost) = answered.iter().find(|call| !owed.contains(*call)) {
            return Err(format!("call {lost} got a response, and the journal owes them nothing: a lost caller"));
        }
        if let Some((journey, _)) = board.journeys().next() {
            return Err(format!("{journey} has no end"));
        }
        if board.obligations().count() != owed.len() {
            return Err(format!("{} are owed, the board shows {}", owed.len(), board.obligations().count()));
        }
        let lost_by_crash = ends.values().filter(|cause| **cause == TerminalCause::EngineLost).count();
        let responses = answered.len() + unowed.len();
        if self.crashes == 0 && (journeys.len() != responses || opened.len() != responses) {
            return Err(format!("{responses} INVITEs got a response, {} journeys", opened.len()));
        }
        if opened.len() > responses + lost_by_crash {
            return Err(format!(
                "{} journeys for {} calls and {lost_by_crash} lost ones",
                opened.len(),
                answered.len()
            ));
        }
        Ok(())
    }
}

fn note_owed(owed: &mut BTreeSet<PersonId>, records: &[Record]) {
    owed.extend(records.iter().filter_map(|record| match &record.event {
        Event::ObligationOpened { person, .. } => *person,
        _ => None,
    }));
}

fn read(journal: &Journal<Disk>) -> Vec<Record> {
    journal.read(1).map(|record| serde_json::from_slice(&record.unwrap().1).unwrap()).collect()
}

/// What media would report, and when.
fn facts_of(order: &Order) -> Option<(Duration, Fact)> {
    let (soon, sdp) = (Duration::from_millis(1), "v=0\r\n");
    match order {
        Order::Play { leg, play, repeat: false, .. } => Some((PROMPT, Fact::Played { leg: *leg, play: *play })),
        Order::Open { leg, opening: Opening::AnswerRtp { .. } | Opening::Browser { .. } } => {
            Some((soon, Fact::Opened { leg: *leg, sdp: sdp.into() }))
        }
        Order::Open { leg, opening: Opening::OfferRtp { .. } } => {
            Some((soon, Fact::Offering { leg: *leg, sdp: sdp.into() }))
        }
        Order::AcceptAnswer { leg, .. } => Some((soon, Fact::Opened { leg: *leg, sdp: Vec::new() })),
        Order::Rest { port, .. } => Some((Duration::from_secs(60), Fact::Rested { port: *port })),
        Order::Reoffer { leg, .. } => Some((soon, Fact::Reanswered { leg: *leg, sdp: sdp.into() })),
        _ => None,
    }
}
