//! One node and everyone around it, on virtual time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::{
    Boot, JourneyId, LegId, Mono, NodeId, Now, NumberClass, OfferId, OperatorId, PersonId, PhoneNumber, Sealed,
    Timestamp,
};
use routing::{
    Board, Caller, Command, Contact, Digits, Event, Fact, Input, LegQuality, OperatorState, Output, Party, Record,
    Reply, Request, RequestError, RequestKind, Role, Settings, Skill, Switchboard, Token, User,
};

use crate::media::{Happening, Media};
use crate::mutant::Wrong;
use crate::{Mutant, Random};

/// The one node.
pub const NODE: NodeId = NodeId(1);
/// About so many bytes has a line of the journal.
const LINE: usize = 300;

/// What the switchboard was told, or what happened to it.
#[derive(Clone, Debug)]
pub enum Told {
    /// An input.
    Input(Input),
    /// That time has passed.
    Time,
    /// An input, but the process died of it: not all of its records are in the journal.
    Torn(Input),
    /// Nothing: the process died, and another one read the journal.
    Lost,
}

/// One step of a node: what it was told, what was written, and what was then done.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it was told,
    pub told: Told,
    /// when,
    pub now: Now,
    /// what stands in the journal for it,
    pub records: Vec<Record>,
    /// The same as the journal has it: a line of bytes for each.
    pub written: Vec<u8>,
    /// and what was done after that.
    pub commands: Vec<Command>,
}

/// A node, its journal, and the world around it.
#[derive(Debug)]
pub struct World {
    settings: Arc<Settings>,
    switchboard: Switchboard,
    now: Now,
    /// Since the beginning, whatever clocks and processes do.
    elapsed: Duration,
    boot: Boot,
    journal: Vec<Record>,
    /// Whether records are let go of once they are folded.
    forgets: bool,
    /// What the replay did not agree with.
    amiss: Option<String>,
    board: Board,
    pub(crate) media: Media,
    /// The legs of callers, by the names of [`crate::Move`].
    pub(crate) callers: BTreeMap<u32, LegId>,
    desks: BTreeMap<OperatorId, LegId>,
    /// The leg that was dialled last for each operator.
    dialled: BTreeMap<OperatorId, LegId>,
    /// Attempts under way, and whose they are.
    attempts: BTreeMap<JourneyId, OperatorId>,
    replies: BTreeMap<u64, Result<Reply, RequestError>>,
    last_reply: Option<Result<Reply, RequestError>>,
    /// The process dies at the next records, with so many of them on disk.
    tear: Option<usize>,
    /// What is wrong with the switchboard, on purpose.
    wrong: Option<Wrong>,
    steps: Vec<Step>,
    legs: u64,
    browser_legs: u64,
    tokens: u64,
}

impl World {
    /// A first run at this moment.
    pub fn new(settings: Settings, utc: Timestamp) -> Self {
        let settings = Arc::new(settings);
        let mut world = World {
            settings: settings.clone(),
            switchboard: Switchboard::new(NODE, Boot(1)),
            now: Now { mono: Mono::ZERO, utc },
            elapsed: Duration::ZERO,
            boot: Boot(1),
            journal: Vec::new(),
            forgets: false,
            amiss: None,
            board: Board::default(),
            media: Media::default(),
            callers: BTreeMap::new(),
            desks: BTreeMap::new(),
            dialled: BTreeMap::new(),
            attempts: BTreeMap::new(),
            replies: BTreeMap::new(),
            last_reply: None,
            tear: None,
            wrong: None,
            steps: Vec::new(),
            legs: 0,
            browser_legs: 1 << 40,
            tokens: 0,
        };
        world.tell(Input::Configured(settings));
        world
    }

    /// Keeps the bytes that are not read back yet, and no records: a year of them would not fit.
    pub fn forgetting(mut self) -> Self {
        self.forgets = true;
        self
    }

    /// From now on the switchboard has one thing wrong.
    pub fn goes_wrong(&mut self, mutant: Mutant) {
        let mut settings = Settings::clone(&self.settings);
        mutant.settings(&mut settings);
        self.settings = Arc::new(settings);
        self.wrong = Some(Wrong::new(mutant, &self.board));
        self.tell(Input::Configured(self.settings.clone()));
    }

    /// Both clocks.
    pub fn now(&self) -> Now {
        self.now
    }

    /// Since the beginning, whatever clocks and processes did.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The wall clock jumps.
    pub fn jump(&mut self, ms: i64) {
        let jumped = self.now.utc.checked_add(jiff::SignedDuration::from_millis(ms));
        self.now.utc = jumped.unwrap_or(self.now.utc);
    }

    fn move_on(&mut self, span: Duration) {
        self.now = self.now.after(span);
        self.elapsed += span;
    }

    /// Everything that is durable; of a world that forgets, nothing.
    pub fn journal(&self) -> &[Record] {
        &self.journal
    }

    /// The fold of the journal.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The switchboard of this run.
    pub fn switchboard(&self) -> &Switchboard {
        &self.switchboard
    }

    /// The steps since the last look.
    pub fn take_steps(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }

    /// Tells the switchboard something: what follows is written first, then done.
    pub fn tell(&mut self, input: Input) {
        self.handle(input.clone());
        let (records, held) = self.drain();
        match self.tear.take_if(|_| !records.is_empty()) {
            Some(kept) => self.torn(input, records, kept),
            None => self.commit(Told::Input(input), records, held),
        }
    }

    fn handle(&mut self, input: Input) {
        let input = match &mut self.wrong {
            Some(wrong) => wrong.told(input),
            None => input,
        };
        self.switchboard.handle(input, self.now);
    }

    /// The process will die while it writes what it decides next, with so many of those records on disk.
    pub fn dies_writing(&mut self, kept: usize) {
        self.tear = Some(kept);
    }

    /// Tells it a fact.
    pub fn fact(&mut self, fact: Fact) {
        self.tell(Input::Fact(fact));
    }

    /// The process dies while this input is written: only the first `kept` records are on disk, and nothing was done.
    pub fn tell_and_die(&mut self, input: Input, kept: usize) {
        self.handle(input.clone());
        let (records, _) = self.drain();
        self.torn(input, records, kept);
    }

    fn torn(&mut self, input: Input, mut records: Vec<Record>, kept: usize) {
        records.truncate(kept);
        self.commit(Told::Torn(input), records, Vec::new());
        self.restart();
    }

    /// The process dies; the next one replays the journal and learns what was lost.
    pub fn restart(&mut self) {
        self.switchboard = Switchboard::recalled(NODE, &self.board);
        let lost = self.switchboard.last_boot().filter(|_| self.switchboard.running());
        self.boot = Boot(self.switchboard.last_boot().map_or(1, |boot| boot.0 + 1));
        self.switchboard.begin(self.boot);
        (self.now.mono, self.media, self.legs) = (Mono::ZERO, Media::default(), 0);
        self.desks.clear();
        self.callers.clear();
        self.dialled.clear();
        self.attempts.clear();
        let told = Told::Lost;
        self.steps.push(Step { told, now: self.now, records: Vec::new(), written: Vec::new(), commands: Vec::new() });
        self.tell(Input::Configured(self.settings.clone()));
        if let Some(boot) = lost {
            self.tell(Input::NodeLost { node: NODE, boot });
        }
    }

    /// What the journal's bytes said, record by record, must be all that is decided by.
    pub fn check_replay(&mut self) -> Result<(), String> {
        if !self.switchboard.decides_by(&self.board) {
            self.amiss.get_or_insert("what the switchboard decides by is more than the fold of its journal".to_owned());
        }
        self.amiss.take().map_or(Ok(()), Err)
    }

    /// Lets time pass; everything happens at its moment.
    pub fn pass(&mut self, span: Duration) {
        let end = self.now.after(span);
        while self.happen(end.mono) {}
        self.move_on(end.mono.since(self.now.mono));
    }

    /// Lets the next thing happen, if it is due by `until`.
    pub(crate) fn happen(&mut self, until: Mono) -> bool {
        let due = [self.media.next(), self.switchboard.poll_timeout()].into_iter().flatten().min();
        let Some(at) = due.filter(|at| *at <= until) else { return false };
        self.move_on(at.since(self.now.mono));
        if let Some(happening) = self.media.pop_due(self.now.mono) {
            self.report(happening);
        } else {
            self.switchboard.handle_timeout(self.now);
            let (records, held) = self.drain();
            self.commit(Told::Time, records, held);
        }
        true
    }

    fn report(&mut self, happening: Happening) {
        match happening {
            Happening::Up(leg) => {
                self.fact(Fact::LegUp { leg });
                self.fact(Fact::DialogConfirmed { leg, dialog: Sealed(leg.n.to_be_bytes().to_vec()) });
            }
            Happening::Played(leg, play) => self.fact(Fact::Played { leg, play }),
            Happening::Flowing(leg) => self.fact(Fact::Flowing { leg }),
            Happening::Silent(leg) => self.fact(Fact::Silent { leg }),
            Happening::Measured(leg) => self.fact(Fact::Measured { leg, quality: LegQuality::default() }),
            Happening::Sealed(journey) => {
                if let Some((digits, extension)) = self.media.keyed(journey) {
                    self.fact(Fact::ContactSealed { journey, contact: contact(&digits, extension) });
                }
            }
        }
    }

    fn drain(&mut self) -> (Vec<Record>, Vec<Output>) {
        let (mut records, mut held) = (Vec::new(), Vec::new());
        while let Some(output) = self.switchboard.poll_output() {
            match output {
                Output::Record(record) => records.push(record),
                Output::Command(_) | Output::Reply { .. } => held.push(output),
                Output::Alarm(_) => {}
            }
        }
        let records = match &mut self.wrong {
            Some(wrong) => wrong.written(records),
            None => records,
        };
        (records, held)
    }

    /// Write first, then act.
    fn commit(&mut self, told: Told, records: Vec<Record>, held: Vec<Output>) {
        let written = self.write(&records);
        if !self.forgets {
            self.journal.extend_from_slice(&records);
        }
        self.note_dialled(&records);
        let mut commands = Vec::new();
        for output in held {
            match output {
                Output::Command(command) => {
                    self.media.perform(&command, self.now.mono);
                    commands.push(command);
                }
                Output::Reply { token, reply } => {
                    self.replies.insert(token.0, reply);
                }
                Output::Record(_) | Output::Alarm(_) => {}
            }
        }
        self.steps.push(Step { told, now: self.now, records, written, commands });
    }

    /// As the journal would. What is read back from these bytes is what people are shown, and what the next run decides by.
    fn write(&mut self, records: &[Record]) -> Vec<u8> {
        let mut written = Vec::with_capacity(records.len() * LINE);
        for record in records {
            let begins = written.len();
            let read =
                serde_json::to_writer(&mut written, record).and_then(|()| serde_json::from_slice(&written[begins..]));
            match read {
                Ok(read) if read == *record => self.board.apply(&read),
                Ok(_) => self.amiss = Some(format!("the bytes of record {} say something else", record.seq)),
                Err(why) => self.amiss = Some(format!("record {} cannot be read back: {why}", record.seq)),
            }
            written.push(b'\n');
        }
        written
    }
}

/// Telephones that we dialled.
impl World {
    fn note_dialled(&mut self, records: &[Record]) {
        for record in records {
            if let Event::Offered { operator, leg: Some(leg), .. } = &record.event {
                self.dialled.insert(operator.clone(), *leg);
            }
            if let Event::AttemptOpened { attempt, operator, .. } = &record.event {
                self.attempts.insert(*attempt, operator.clone());
            }
            if let Event::AttemptDialled { attempt, leg, .. } = &record.event
                && let Some(operator) = self.attempts.get(attempt)
            {
                self.dialled.insert(operator.clone(), *leg);
            }
            if let Event::Ended { journey, .. } = &record.event {
                self.attempts.remove(journey);
            }
        }
    }

    /// Whether an operator waits for, or speaks with, someone whom we called.
    pub(crate) fn dials_callers(&self, name: &str) -> bool {
        self.attempts.values().any(|operator| operator.0 == name)
    }

    /// The operators who do.
    pub(crate) fn who_dials(&self) -> Vec<String> {
        self.attempts.values().map(|operator| operator.0.clone()).collect()
    }

    /// The leg that was dialled last for an operator.
    pub fn dialled_for(&self, name: &str) -> Option<LegId> {
        self.dialled.get(&OperatorId(name.to_owned())).copied()
    }
}

/// Callers.
impl World {
    /// An INVITE comes in. The leg of whoever calls.
    pub fn call(&mut self, number: &str, dialled: &str) -> LegId {
        let (leg, input) = self.invite(number, dialled);
        self.tell(input);
        leg
    }

    /// An INVITE that was not told yet.
    pub(crate) fn invite(&mut self, number: &str, dialled: &str) -> (LegId, Input) {
        // Inbound legs have odd counters.
        self.legs += 2;
        let leg = LegId::new(NODE, self.boot, self.legs - 1);
        let (caller, dialled, trunk) = (caller(number), dialled.to_owned(), "carrier".to_owned());
        (leg, Input::Arrived { leg, caller, dialled, trunk })
    }

    /// A leg ends.
    pub fn leave(&mut self, leg: LegId, by: Party) {
        self.media.over(leg, self.now.mono);
        self.fact(Fact::LegEnded { leg, by });
    }

    /// Whether a leg hears any words at this moment.
    pub(crate) fn plays_to(&self, leg: LegId) -> bool {
        self.media.plays_to(leg)
    }

    /// Recordings last as long as these, by `<language>/<name>`.
    pub(crate) fn last_as_long_as(&mut self, lengths: BTreeMap<String, Duration>) {
        self.media.last_as_long_as(lengths);
    }

    /// Packets of a leg stop coming, or come again.
    pub fn hush(&mut self, leg: LegId, quiet: bool) {
        self.media.hush(leg, quiet, self.now.mono);
    }
}

/// Operators.
impl World {
    /// Gives someone an account, once.
    pub fn hire(&mut self, name: &str, languages: &[&str]) {
        let operator = OperatorId(name.to_owned());
        if self.board.account(&operator).is_some() {
            return;
        }
        let skills = languages.iter().map(|tag| Skill(format!("lang:{tag}"))).collect();
        let user = User { operator, name: name.to_owned(), roles: vec![Role::Operator], skills };
        self.ask_as(None, RequestKind::AddUser { user, password: "$argon2id$invented".to_owned() });
    }

    /// Their page opens: its socket, then its audio (anew).
    pub fn open_desk(&mut self, name: &str) -> LegId {
        self.socket(name, true);
        self.open_audio(name)
    }

    /// Their page's audio opens (anew).
    pub fn open_audio(&mut self, name: &str) -> LegId {
        let operator = OperatorId(name.to_owned());
        // Browser legs stand above 2^40.
        self.browser_legs += 1;
        let leg = LegId::new(NODE, self.boot, self.browser_legs);
        self.desks.insert(operator.clone(), leg);
        self.fact(Fact::DeskLeg { operator, leg });
        self.fact(Fact::LegUp { leg });
        leg
    }

    /// Their page's socket comes or goes.
    pub fn socket(&mut self, name: &str, up: bool) {
        self.fact(Fact::DeskSocket { operator: OperatorId(name.to_owned()), up });
    }

    /// The leg of their desk.
    pub fn desk(&self, name: &str) -> Option<LegId> {
        self.desks.get(&OperatorId(name.to_owned())).copied()
    }

    /// What rings at them.
    pub fn offer_at(&self, name: &str) -> Option<OfferId> {
        let operator = OperatorId(name.to_owned());
        let OperatorState::Offered { offer } = self.board.operator(&operator)?.state else { return None };
        Some(offer)
    }

    /// They ask for something.
    pub fn ask(&mut self, name: &str, kind: RequestKind) -> Option<Result<Reply, RequestError>> {
        self.ask_as(Some(OperatorId(name.to_owned())), kind)
    }

    fn ask_as(&mut self, by: Option<OperatorId>, kind: RequestKind) -> Option<Result<Reply, RequestError>> {
        self.tokens += 1;
        self.tell(Input::Asked { token: Token(self.tokens), request: Request { by, kind } });
        let reply = self.replies.remove(&self.tokens);
        self.last_reply.clone_from(&reply);
        reply
    }

    /// What whoever asked last was told; none: the process died of it.
    pub fn last_reply(&self) -> Option<&Result<Reply, RequestError>> {
        self.last_reply.as_ref()
    }
}

/// What the vault would make of a number: a mobile is a person, and nothing of it is readable.
fn caller(number: &str) -> Caller {
    let number = PhoneNumber::parse(number);
    Caller {
        person: (number.class() == NumberClass::Mobile).then(|| hashed(&number)),
        number: Some(sealed(number.canonical())),
        masked: number.masked(),
        class: number.class(),
        private: false,
    }
}

/// What the vault would make of what somebody keyed in.
fn contact(digits: &Digits, extension: bool) -> Option<Contact> {
    if extension {
        let (masked, class, extension) = (String::new(), NumberClass::Switchboard, Some(sealed(&digits.0)));
        return Some(Contact { key: None, number: None, masked, class, extension });
    }
    let number = PhoneNumber::parse(&digits.0);
    let (key, sealed) = (Some(hashed(&number)), Some(sealed(number.canonical())));
    Some(Contact { key, number: sealed, masked: number.masked(), class: number.class(), extension: None })
}

/// What a sealed number reads.
pub(crate) fn opened(sealed: &Sealed) -> String {
    sealed.0.iter().map(|byte| char::from(byte ^ 0x5A)).collect()
}

fn sealed(text: &str) -> Sealed {
    Sealed(text.bytes().map(|byte| byte ^ 0x5A).collect())
}

fn hashed(number: &PhoneNumber) -> PersonId {
    let seed = number.canonical().bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(257) ^ u64::from(byte));
    let mut hash = Random::new(seed);
    let mut person = [0; 16];
    person.iter_mut().for_each(|byte| *byte = hash.draw().to_be_bytes()[0]);
    PersonId(person)
}
