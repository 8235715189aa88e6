//! Drives a switchboard on virtual time as a node would: answers are up at once, packets flow from whoever sends, and nothing waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use base::{
    Boot, JourneyId, LegId, Mono, NodeId, Now, NumberClass, ObligationId, OfferId, OperatorId, PersonId, PlayId, Sealed,
};
use routing::*;

pub(crate) const NODE: NodeId = NodeId(1);

/// A node with everything that it said.
pub(crate) struct World {
    pub(crate) switchboard: Switchboard,
    pub(crate) board: Board,
    pub(crate) now: Now,
    pub(crate) records: Vec<Record>,
    pub(crate) commands: Vec<Command>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) replies: BTreeMap<u64, Result<Reply, RequestError>>,
    /// Legs from which no packets come.
    pub(crate) mute: BTreeSet<LegId>,
    /// Whether a caller's leg comes up by itself when answered.
    pub(crate) answers: bool,
    /// Whether the vault takes what callers key in.
    pub(crate) seals: bool,
    /// Desks whose page is there.
    pub(crate) sockets: BTreeSet<String>,
    plays: BTreeMap<LegId, PlayId>,
    desk_legs: BTreeMap<String, LegId>,
    watched: BTreeSet<LegId>,
    boot: Boot,
    legs: u64,
    browser_legs: u64,
    tokens: u64,
}

impl World {
    /// Wednesday morning in China, the line open, nobody on shift.
    pub(crate) fn new() -> Self {
        Self::with(super::settings::settings())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::at("2026-03-04T10:00:00+08:00", settings)
    }

    pub(crate) fn at(utc: &str, settings: Settings) -> Self {
        let mut world = World {
            switchboard: Switchboard::new(NODE, Boot(1)),
            board: Board::default(),
            now: Now { mono: Mono::ZERO, utc: utc.parse().unwrap() },
            records: Vec::new(),
            commands: Vec::new(),
            alarms: Vec::new(),
            replies: BTreeMap::new(),
            mute: BTreeSet::new(),
            answers: true,
            seals: true,
            sockets: BTreeSet::new(),
            plays: BTreeMap::new(),
            desk_legs: BTreeMap::new(),
            watched: BTreeSet::new(),
            boot: Boot(1),
            legs: 0,
            browser_legs: 1 << 40,
            tokens: 0,
        };
        world.input(Input::Configured(Arc::new(settings)));
        world
    }

    /// The process dies; another one replays the journal and finds out what was lost.
    pub(crate) fn crash(&mut self, settings: Settings) {
        self.switchboard = Switchboard::new(NODE, Boot(1));
        for record in &self.records {
            self.switchboard.apply(record);
        }
        let (last, running) = (self.switchboard.last_boot().unwrap(), self.switchboard.running());
        self.boot = Boot(last.0 + 1);
        self.switchboard.begin(self.boot);
        self.now.mono = Mono::ZERO;
        self.legs = 0;
        self.plays.clear();
        self.sockets.clear();
        self.watched.clear();
        self.input(Input::Configured(Arc::new(settings)));
        if running {
            self.input(Input::NodeLost { node: NODE, boot: last });
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.switchboard.handle(input, self.now);
        self.drain();
    }

    pub(crate) fn fact(&mut self, fact: Fact) {
        self.input(Input::Fact(fact));
    }

    fn drain(&mut self) {
        while let Some(output) = self.switchboard.poll_output() {
            match output {
                Output::Record(record) => {
                    assert_eq!(record.seq, self.records.last().map_or(1, |last| last.seq + 1), "no gap");
                    self.board.apply(&record);
                    self.records.push(record);
                }
                Output::Command(command) => self.perform(command),
                Output::Reply { token, reply } => {
                    self.replies.insert(token.0, reply);
                }
                Output::Alarm(alarm) => self.alarms.push(alarm),
            }
        }
    }

    fn perform(&mut self, command: Command) {
        self.commands.push(command.clone());
        match command {
            Command::Answer { leg } if self.answers => self.fact(Fact::LegUp { leg }),
            Command::Play { leg, play, .. } => {
                self.plays.insert(leg, play);
            }
            Command::StopPlay { leg } => {
                self.plays.remove(&leg);
            }
            Command::SealContact { journey, digits, extension, leg: _ } => {
                let contact = self.seals.then(|| sealed(&digits, extension));
                self.fact(Fact::ContactSealed { journey, contact });
            }
            Command::Watch { leg, on: true } => {
                self.watched.insert(leg);
                if !self.mute.contains(&leg) {
                    self.fact(Fact::Flowing { leg });
                }
            }
            Command::Watch { leg, on: false } => {
                self.watched.remove(&leg);
            }
            _ => {}
        }
    }

    /// Lets time pass; everything that is due happens at its moment.
    pub(crate) fn wait(&mut self, span: Duration) {
        let end = self.now.after(span);
        while let Some(at) = self.switchboard.poll_timeout().filter(|at| *at <= end.mono) {
            self.now = self.now.after(at.since(self.now.mono));
            self.switchboard.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    pub(crate) fn wait_s(&mut self, seconds: u64) {
        self.wait(Duration::from_secs(seconds));
    }

    // Callers.

    /// Someone calls the line. Their leg.
    pub(crate) fn call(&mut self, number: &str) -> LegId {
        self.dial(number, "4001")
    }

    pub(crate) fn dial(&mut self, number: &str, dialled: &str) -> LegId {
        self.arrives(caller(number), dialled)
    }

    /// Someone calls from a line of this kind; without a number where none is told.
    pub(crate) fn of_class(&mut self, class: NumberClass) -> LegId {
        let number = Some(Sealed(vec![1])).filter(|_| class != NumberClass::Withheld);
        self.arrives(Caller { person: None, number, masked: String::new(), class, private: false }, "4001")
    }

    fn arrives(&mut self, caller: Caller, dialled: &str) -> LegId {
        self.legs += 2;
        let leg = LegId::new(NODE, self.boot, self.legs - 1);
        let trunk = "carrier".to_owned();
        self.input(Input::Arrived { leg, caller, dialled: dialled.to_owned(), trunk });
        leg
    }

    /// Someone calls whose caller ID is special.
    pub(crate) fn call_as(&mut self, number: &str, change: impl FnOnce(&mut Caller)) -> LegId {
        self.legs += 2;
        let leg = LegId::new(NODE, self.boot, self.legs - 1);
        let mut caller = caller(number);
        change(&mut caller);
        self.input(Input::Arrived { leg, caller, dialled: "4001".to_owned(), trunk: "carrier".to_owned() });
        leg
    }

    /// What a key of theirs would write down, in a flow that asks for it; then the process dies.
    pub(crate) fn says(&mut self, event: Event) {
        let record = Record {
            seq: self.records.last().map_or(1, |last| last.seq + 1),
            utc: self.now.utc,
            node: NODE,
            boot: self.boot,
            event,
        };
        self.board.apply(&record);
        self.records.push(record);
    }

    /// Someone who keeps callbacks.
    pub(crate) fn supervisor(&mut self, name: &str) {
        let user =
            User { operator: operator(name), name: name.to_owned(), roles: vec![Role::Supervisor], skills: Vec::new() };
        self.ask_as(None, RequestKind::AddUser { user, password: "$argon2id$x".to_owned() }).expect("a new user");
    }

    /// Someone calls and goes through the menus by their keys, to the line.
    pub(crate) fn call_to_line(&mut self, number: &str, language_key: char) -> LegId {
        let leg = self.call(number);
        self.wait_s(1);
        self.hears_to_the_end(leg);
        self.press(leg, language_key);
        self.press(leg, '1');
        leg
    }

    /// Someone calls while the line is closed, hears that we call back, and is let go.
    pub(crate) fn calls_after_hours(&mut self, number: &str) -> LegId {
        let leg = self.call(number);
        self.wait_s(1);
        self.hears_to_the_end(leg);
        leg
    }

    /// Mei spoke with 13800000001 for ten seconds; its outcome is awaited.
    pub(crate) fn mei_wraps_up(&mut self) -> LegId {
        self.ready("mei", &["lang:zh-CN"]);
        let caller = self.call_to_line("13800000001", '1');
        self.accept("mei").unwrap();
        self.wait_s(10);
        self.hang_up(caller);
        caller
    }

    /// Keys one after the other.
    pub(crate) fn keys(&mut self, leg: LegId, digits: &str) {
        digits.chars().for_each(|digit| self.press(leg, digit));
    }

    /// What plays comes to its end, and nothing is pressed for so long.
    pub(crate) fn stays_silent(&mut self, leg: LegId, seconds: u64) {
        self.hears_to_the_end(leg);
        self.wait_s(seconds);
    }

    pub(crate) fn press(&mut self, leg: LegId, digit: char) {
        self.fact(Fact::Digit { leg, digit });
    }

    /// What plays to this leg comes to its end.
    pub(crate) fn hears_to_the_end(&mut self, leg: LegId) {
        let play = self.plays.remove(&leg).expect("something plays");
        self.fact(Fact::Played { leg, play });
    }

    /// If something plays, it comes to its end.
    pub(crate) fn hears_what_plays(&mut self, leg: Option<LegId>) {
        if let Some(leg) = leg.filter(|leg| self.plays.contains_key(leg)) {
            self.hears_to_the_end(leg);
        }
    }

    pub(crate) fn hang_up(&mut self, leg: LegId) {
        self.fact(Fact::LegEnded { leg, by: Party::Caller });
    }

    /// No packets come from this leg any more: media tells after 3 s.
    pub(crate) fn falls_silent(&mut self, leg: LegId) {
        self.mute.insert(leg);
        self.wait_s(3);
        self.fact(Fact::Silent { leg });
    }

    // Operators.

    /// Someone with an account, at a desk that is up, ready. Their leg.
    pub(crate) fn ready(&mut self, name: &str, skills: &[&str]) -> LegId {
        let leg = self.desk(name, skills);
        assert_eq!(self.ask(name, RequestKind::Ready {}), Ok(Reply::Done));
        leg
    }

    /// Someone with an account, not on shift.
    pub(crate) fn employs(&mut self, name: &str, skills: &[&str]) {
        let user = User {
            operator: operator(name),
            name: name.to_owned(),
            roles: vec![Role::Operator],
            skills: skills.iter().map(|skill| Skill((*skill).to_owned())).collect(),
        };
        if self.board.account(&user.operator).is_none() {
            let added = RequestKind::AddUser { user, password: "$argon2id$x".to_owned() };
            self.ask_as(None, added).expect("a new user");
        }
    }

    /// A desk that is up.
    pub(crate) fn desk(&mut self, name: &str, skills: &[&str]) -> LegId {
        self.employs(name, skills);
        self.socket(name, true);
        self.desk_leg(name)
    }

    /// The desk opens its audio leg (anew).
    pub(crate) fn desk_leg(&mut self, name: &str) -> LegId {
        self.browser_legs += 1;
        let leg = LegId::new(NODE, self.boot, self.browser_legs);
        self.desk_legs.insert(name.to_owned(), leg);
        self.fact(Fact::DeskLeg { operator: operator(name), leg });
        self.fact(Fact::LegUp { leg });
        leg
    }

    pub(crate) fn socket(&mut self, name: &str, up: bool) {
        if up {
            self.sockets.insert(name.to_owned());
        } else {
            self.sockets.remove(name);
        }
        self.fact(Fact::DeskSocket { operator: operator(name), up });
    }

    pub(crate) fn ask(&mut self, name: &str, kind: RequestKind) -> Result<Reply, RequestError> {
        self.ask_as(Some(operator(name)), kind)
    }

    pub(crate) fn ask_as(&mut self, by: Option<OperatorId>, kind: RequestKind) -> Result<Reply, RequestError> {
        self.tokens += 1;
        self.input(Input::Asked { token: Token(self.tokens), request: Request { by, kind } });
        self.replies.remove(&self.tokens).expect("each question is answered")
    }

    pub(crate) fn accept(&mut self, name: &str) -> Result<Reply, RequestError> {
        let offer = self.offer_at(name).expect("something rings");
        self.ask(name, RequestKind::Accept { offer })
    }

    pub(crate) fn decline(&mut self, name: &str) -> Result<Reply, RequestError> {
        let offer = self.offer_at(name).expect("something rings");
        self.ask(name, RequestKind::Decline { offer, reason: Reason::new("busy") })
    }

    // What can be seen.

    pub(crate) fn offer_at(&self, name: &str) -> Option<OfferId> {
        let caller = self.board.offer(&operator(name)).map(|(_, _, ringing)| ringing.offer);
        caller.or_else(|| self.board.callback_offer(&operator(name)).map(|(_, _, ringing)| ringing.offer))
    }

    /// What we owe that rings at a desk.
    pub(crate) fn rings_for(&self, name: &str) -> Option<ObligationId> {
        self.board.callback_offer(&operator(name)).map(|(id, _, _)| id)
    }

    /// The plan of what is owed for a caller's journey.
    pub(crate) fn plan(&self, leg: LegId) -> Option<Plan> {
        self.owed_for(leg)?.1.callback.plan.clone()
    }

    /// When they are called, by the clock in China.
    pub(crate) fn due(&self, leg: LegId) -> Option<String> {
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        self.plan(leg).map(|plan| plan.due.to_zoned(zone).strftime("%m-%d %H:%M:%S").to_string())
    }

    /// The list on which it stands, and why.
    pub(crate) fn held(&self, leg: LegId) -> Option<(HoldList, String)> {
        let (list, reason) = self.owed_for(leg)?.1.callback.held.clone()?;
        Some((list, reason.0.into_owned()))
    }

    /// What is owed for a caller's journey.
    pub(crate) fn owed_for(&self, leg: LegId) -> Option<(ObligationId, &Obligation)> {
        let id = self.journey(leg);
        let owed = self.events().filter_map(|event| match event {
            Event::ObligationOpened { obligation, journey, .. } | Event::ObligationJoined { obligation, journey } => {
                (*journey == id).then_some(*obligation)
            }
            _ => None,
        });
        let owed = owed.last()?;
        Some((owed, self.board.obligation(owed)?))
    }

    /// Lets the wall clock come to this moment, by the clock in China.
    pub(crate) fn until(&mut self, moment: &str) {
        let at: jiff::Timestamp = format!("{moment}+08:00").parse().unwrap();
        let span = at.duration_since(self.now.utc);
        self.wait(Duration::try_from(span).expect("a moment to come"));
    }

    /// The caller who rings at a desk.
    pub(crate) fn rings(&self, name: &str) -> Option<LegId> {
        self.board.offer(&operator(name)).map(|(_, journey, _)| journey.leg)
    }

    pub(crate) fn progress(&self, leg: LegId) -> Progress {
        self.board.progress(leg).expect("a caller")
    }

    pub(crate) fn state(&self, name: &str) -> OperatorState {
        self.board.operator(&operator(name)).map_or(OperatorState::Offline, |operator| operator.state.clone())
    }

    pub(crate) fn is_ready(&self, name: &str) -> bool {
        matches!(self.state(name), OperatorState::Ready { .. })
    }

    pub(crate) fn audio(&self, name: &str) -> bool {
        self.board.operator(&operator(name)).is_some_and(|operator| operator.audio)
    }

    pub(crate) fn not_ready(&self, name: &str) -> Option<String> {
        if let OperatorState::NotReady { reason } = self.state(name) { Some(reason.0.into_owned()) } else { None }
    }

    pub(crate) fn journey(&self, leg: LegId) -> JourneyId {
        let opened = self.records.iter().find_map(|record| match &record.event {
            Event::JourneyOpened { journey, leg: theirs, .. } if *theirs == leg => Some(*journey),
            _ => None,
        });
        opened.expect("a journey")
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.records.iter().map(|record| &record.event)
    }

    /// How a caller's journey ended; once at most.
    pub(crate) fn ended(&self, leg: LegId) -> Option<(TerminalCause, Party)> {
        let id = self.journey(leg);
        let ends: Vec<_> =
            self.events().filter(|event| matches!(event, Event::Ended { journey, .. } if *journey == id)).collect();
        assert!(ends.len() <= 1, "one terminal cause");
        ends.first().and_then(|end| if let Event::Ended { cause, by, .. } = end { Some((*cause, *by)) } else { None })
    }

    /// The words of a caller's journey, in order.
    pub(crate) fn story(&self, leg: LegId) -> Vec<String> {
        let id = self.journey(leg);
        self.events().filter(|event| event.journey() == Some(id)).map(word).collect()
    }

    /// What is owed now: how many obligations, and why each is open.
    pub(crate) fn owed(&self) -> Vec<(ObligationId, String)> {
        self.board.obligations().map(|(id, owed)| (id, owed.reason.0.to_string())).collect()
    }

    pub(crate) fn discharged(&self) -> Vec<String> {
        let reason = |event: &Event| match event {
            Event::ObligationDischarged { reason, .. } => Some(reason.0.to_string()),
            _ => None,
        };
        self.events().filter_map(reason).collect()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.events().filter(|event| word(event) == kind).count()
    }

    /// What a leg hears, by the last order.
    pub(crate) fn hears(&self, leg: LegId) -> Vec<Source> {
        let heard = self.commands.iter().rev().find_map(|command| match command {
            Command::Hear { leg: whose, sources } if *whose == leg => Some(sources.clone()),
            _ => None,
        });
        heard.unwrap_or_default()
    }

    /// The last words played to a leg.
    pub(crate) fn played(&self, leg: LegId) -> Vec<String> {
        let played = self.commands.iter().rev().find_map(|command| match command {
            Command::Play { leg: whose, language, say, .. } if *whose == leg => Some((language, say)),
            _ => None,
        });
        let (language, say) = played.expect("something was played");
        let name = |say: &Say| match say {
            Say::Prompt(name) => format!("{language}/{name}"),
            Say::Pause { ms } => format!("{ms}"),
        };
        say.iter().map(name).collect()
    }

    pub(crate) fn was_told(&self, command: &Command) -> bool {
        self.commands.contains(command)
    }

    pub(crate) fn hung_up(&self, leg: LegId) -> Option<HangUpReason> {
        self.commands.iter().rev().find_map(|command| match command {
            Command::HangUp { leg: whose, reason } if *whose == leg => Some(*reason),
            _ => None,
        })
    }

    /// The last attempt.
    pub(crate) fn attempt(&self) -> JourneyId {
        let opened = self.records.iter().rev().find_map(|record| match &record.event {
            Event::AttemptOpened { attempt, .. } => Some(*attempt),
            _ => None,
        });
        opened.expect("an attempt")
    }

    /// The leg of a desk.
    pub(crate) fn desk_leg_of(&self, name: &str) -> LegId {
        self.desk_legs[name]
    }

    /// The last leg that was dialled.
    pub(crate) fn dialled(&self) -> LegId {
        let dialled = self.commands.iter().rev().find_map(|command| match command {
            Command::Dial { leg, .. } => Some(*leg),
            _ => None,
        });
        dialled.expect("a dialled leg")
    }
}

pub(crate) fn operator(name: &str) -> OperatorId {
    OperatorId(name.to_owned())
}

/// As the vault would seal it; here the bytes only count the digits.
fn sealed(digits: &Digits, extension: bool) -> Contact {
    let sealed = Some(Sealed(vec![0; digits.0.len()]));
    let (number, extension) = if extension { (None, sealed) } else { (sealed, None) };
    let key = number.as_ref().map(|_| PersonId([9; 16]));
    Contact { key, number, masked: "137****".to_owned(), class: NumberClass::Mobile, extension }
}

/// A caller as the engine makes them: a mobile is a person, the rest is not.
fn caller(number: &str) -> Caller {
    let mobile = number.len() == 11 && number.starts_with('1');
    let mut person = [0; 16];
    person.iter_mut().zip(number.bytes()).for_each(|(byte, digit)| *byte = digit);
    Caller {
        person: mobile.then_some(PersonId(person)),
        number: Some(Sealed(vec![1, 2, 3])),
        masked: format!("{}****", &number[..3]),
        class: if mobile { NumberClass::Mobile } else { NumberClass::Fixed },
        private: false,
    }
}

pub(crate) fn word(event: &Event) -> String {
    let value = serde_json::to_value(event).expect("an event is JSON");
    value["type"].as_str().expect("a type").to_owned()
}
