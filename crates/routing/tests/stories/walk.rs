//! Anything in any order: what must always hold, holds.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, LegId, ObligationId, PersonId};
use proptest::prelude::*;
use routing::*;

use crate::settings::with_phones;
use crate::world::{World, operator, word};

const DESKS: [(&str, &[&str]); 3] =
    [("hua", &["lang:zh-CN"]), ("lin", &["lang:zh-CN", "lang:yue"]), ("mei", &["lang:zh-CN", "lang:yue", "lang:en"])];

/// One thing that happens: which, to whom, and how.
type Move = (u8, u8, u8);

#[derive(Default)]
struct Walk {
    callers: Vec<LegId>,
    phones: BTreeSet<LegId>,
    desk_legs: BTreeMap<&'static str, LegId>,
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn whatever_happens_nobody_is_forgotten_or_taken_twice(moves in prop::collection::vec(any::<Move>(), 1..220)) {
        let mut world = World::with(with_phones(&["phone1"]));
        let mut walk = Walk::default();
        for a_move in moves {
            walk.step(&mut world, a_move);
            check(&world);
        }
        world.input(Input::Drain);
        world.input(Input::Drain);
        check(&world);
        replay_is_the_same(&world);
        assert_eq!(world.count("ended"), world.count("journey_opened") + world.count("attempt_opened"));
        assert_eq!(world.events().filter(|event| word(event) == "stopped").count(), 1);
        assert_eq!(world.switchboard.poll_timeout(), None, "nothing is left to wait for");
    }
}

impl Walk {
    fn step(&mut self, world: &mut World, (what, who, how): Move) {
        let (name, skills) = DESKS[usize::from(who) % DESKS.len()];
        let caller = self.callers.get(usize::from(who) % self.callers.len().max(1)).copied();
        let dialled: Vec<LegId> = world.commands.iter().filter_map(dial).collect();
        self.phones.extend(dialled);
        let phone = self.phones.iter().nth(usize::from(who) % self.phones.len().max(1)).copied();
        let desk = self.desk_legs.get(name).copied();
        match what % 30 {
            0 | 1 => self.callers.push(world.call(&format!("1380000000{}", how % 7))),
            2 => self.callers.push(world.dial("076922345678", if how % 5 == 0 { "9000" } else { "4001" })),
            3..=6 => press(world, caller, char::from(b'0' + how % 10)),
            7 | 8 => world.hears_what_plays(caller),
            9 => world.wait_s(u64::from(how)),
            10 => world.wait(std::time::Duration::from_millis(u64::from(how) * 10)),
            11 => fact(world, caller, |leg| Fact::LegEnded { leg, by: party(how) }),
            12 => {
                let leg = world.desk(name, skills);
                self.desk_legs.insert(name, leg);
            }
            13 | 14 => drop(world.ask(name, RequestKind::Ready {})),
            15 | 16 => drop(rung(world, name).map(|offer| world.ask(name, RequestKind::Accept { offer }))),
            17 => drop(world.ask(name, wish(world.offer_at(name), how))),
            18 => world.socket(name, how % 2 == 0),
            19 => fact(world, desk, |leg| Fact::Silent { leg }),
            20 => fact(world, desk, |leg| Fact::Flowing { leg }),
            21 => fact(world, desk, |leg| Fact::LegEnded { leg, by: Party::Operator }),
            22 | 24 | 25 => fact(world, phone, |leg| match how % 6 {
                0 => Fact::LegFailed { leg, failure: failure(how / 6) },
                1 => Fact::LegEnded { leg, by: party(how / 6) },
                2 => Fact::Ringing { leg },
                3 => Fact::Flowing { leg },
                _ => Fact::LegUp { leg },
            }),
            26 => world.wait_s(u64::from(how) * 20),
            27 => keep_callbacks(world, name, who, how),
            28 | 29 => drop(world.ask(name, asks_somebody(who, how))),
            _ if how < 16 => world.crash(with_phones(&["phone1"])),
            _ => fact(world, caller, |leg| if how % 2 == 0 { Fact::Silent { leg } } else { Fact::Flowing { leg } }),
        }
    }
}

/// A call's offer, or a colleague's who asks.
fn rung(world: &World, name: &str) -> Option<base::OfferId> {
    if let OperatorState::Offered { offer } = world.state(name) { Some(offer) } else { None }
}

fn dial(command: &Command) -> Option<LegId> {
    if let Command::Dial { leg, .. } = command { Some(*leg) } else { None }
}

fn fact(world: &mut World, leg: Option<LegId>, fact: impl FnOnce(LegId) -> Fact) {
    if let Some(leg) = leg {
        world.fact(fact(leg));
    }
}

fn press(world: &mut World, leg: Option<LegId>, digit: char) {
    fact(world, leg, |leg| Fact::Digit { leg, digit });
}

/// Something that a supervisor or an operator asks about what is owed.
fn keep_callbacks(world: &mut World, name: &str, who: u8, how: u8) {
    let all: Vec<ObligationId> = world.board.obligations().map(|(id, _)| id).collect();
    let Some(obligation) = all.get(usize::from(who) % all.len().max(1)).copied() else { return };
    let flag = [NumberFlag::Shared, NumberFlag::DoNotCall, NumberFlag::Blocked][usize::from(how) % 3];
    let reason = || Reason::new("settled");
    let kind = match how % 8 {
        0 => RequestKind::CloseObligation { obligation, reason: reason() },
        1 | 2 => RequestKind::ClaimObligation { obligation },
        3 | 4 => RequestKind::PlanCallback { obligation, due: None },
        5 => RequestKind::SamePerson { obligation },
        _ => RequestKind::FlagNumber { obligation, flag, on: how > 100, reason: reason() },
    };
    drop(world.ask(name, kind));
}

/// Whom an operator asks, and how they go on.
fn asks_somebody(who: u8, how: u8) -> RequestKind {
    let colleague = operator(DESKS[usize::from(who / 3) % DESKS.len()].0);
    match how % 8 {
        0 | 1 => RequestKind::Consult { to: TransferTarget::Operator { operator: colleague } },
        2 => RequestKind::SwapConsult {},
        3 | 4 => RequestKind::Conference {},
        5 => RequestKind::CancelConsult {},
        6 => RequestKind::CompleteConsult {},
        _ => RequestKind::Hold { on: how > 100 },
    }
}

fn failure(how: u8) -> LegFailure {
    [LegFailure::Busy, LegFailure::Unobtainable, LegFailure::TrunkDown, LegFailure::Timeout, LegFailure::Local]
        [usize::from(how) % 5]
}

fn party(how: u8) -> Party {
    [Party::Caller, Party::Operator, Party::Engine, Party::Trunk][usize::from(how) % 4]
}

fn wish(offer: Option<base::OfferId>, how: u8) -> RequestKind {
    let decline = offer.map(|offer| RequestKind::Decline { offer, reason: Reason::new("busy") });
    match how % 9 {
        0 => RequestKind::NotReady { reason: Reason::new("meal") },
        1 => RequestKind::EndShift {},
        2 => RequestKind::HangUp {},
        3 => RequestKind::Hold { on: how > 100 },
        4 => RequestKind::Outcome { outcome: Outcome::Spoken },
        5 => RequestKind::Outcome { outcome: Outcome::NotSpoken },
        6 => RequestKind::FinishWrapUp {},
        _ => decline.unwrap_or(RequestKind::ExtendWrapUp {}),
    }
}

fn check(world: &World) {
    pairs_fit(world);
    nobody_waits_in_vain(world);
    everyone_is_owed(world);
    whoever_is_owed_is_looked_after(world);
    nobody_is_on_a_dead_line(world);
}

/// Who talks with an operator hears a voice or music, whatever the operator does; in a conference all hear all, and nobody themselves.
fn nobody_is_on_a_dead_line(world: &World) {
    for (id, journey) in world.board.journeys() {
        let Some(talk) = journey.talk().filter(|talk| talk.conversing) else { continue };
        let heard = world.hears(journey.leg);
        assert!(!heard.is_empty(), "{id} hears nothing");
        let consult = talk.consult.as_ref().filter(|consult| consult.conference && !talk.held);
        for leg in consult.iter().flat_map(|_| &heard).filter_map(voice) {
            assert_ne!(leg, journey.leg, "{id} hears itself");
            assert!(world.hears(leg).contains(&Source::Leg(journey.leg)), "{id} hears {leg}, which does not hear it");
        }
    }
}

fn voice(source: &Source) -> Option<LegId> {
    if let Source::Leg(leg) = source { Some(*leg) } else { None }
}

/// What nobody speaks with, dials or phones for stands on a plan or on a list, not on both; only plans that are due ring, and only in hours.
fn whoever_is_owed_is_looked_after(world: &World) {
    let live: BTreeSet<ObligationId> = world.board.journeys().filter_map(|(_, journey)| journey.obligation).collect();
    for (id, owed) in world.board.obligations() {
        let callback = &owed.callback;
        let rests = owed.owed == Owed::Open && !live.contains(&id);
        if rests && world.switchboard.running() {
            assert!(callback.plan.is_some() != callback.held.is_some(), "{id}: {callback:?}");
        }
        if callback.offer.is_some() {
            assert!(rests, "{id} rings, though somebody has it");
            let plan = callback.plan.as_ref().expect("a plan");
            assert!(plan.due <= world.now.utc && world.now.utc < plan.until, "{id} rings outside its time");
        }
        if let Some(attempt) = callback.attempt {
            let journey = world.board.journey(attempt).expect("an attempt is under way");
            assert_eq!(journey.obligation, Some(id));
        }
        assert_eq!(callback.claimed.as_ref().filter(|_| callback.attempt.is_some()), None, "{id}");
    }
}

/// One operator has one call, one caller one operator, and both sides agree (Q5).
fn pairs_fit(world: &World) {
    let mut taken = BTreeSet::new();
    for (id, journey) in world.board.journeys() {
        let (of, state) = match (journey.ringing(), journey.talk()) {
            (Some(ringing), _) => (&ringing.operator, OperatorState::Offered { offer: ringing.offer }),
            (None, Some(talk)) => (&talk.operator, OperatorState::OnCall { journey: id }),
            (None, None) => match journey.attempt.as_ref().filter(|_| journey.calling().is_some()) {
                Some(attempt) => (&attempt.operator, OperatorState::OnCall { journey: id }),
                None => continue,
            },
        };
        assert!(taken.insert(of.clone()), "{of} has two calls");
        assert_eq!(world.state(&of.0), state);
        let consult = journey.talk().and_then(|talk| talk.consult.as_ref());
        if let Some((colleague, offer, answered)) =
            consult.and_then(|it| Some((it.colleague.as_ref()?, it.offer?, it.answered)))
        {
            assert!(taken.insert(colleague.clone()), "{colleague}, who is asked, has another call");
            let asked = if answered { OperatorState::OnCall { journey: id } } else { OperatorState::Offered { offer } };
            assert_eq!(world.state(&colleague.0), asked);
        }
    }
    for (_, owed) in world.board.obligations() {
        if let Some(ringing) = &owed.callback.offer {
            assert!(taken.insert(ringing.operator.clone()), "{} has two calls", ringing.operator);
            assert_eq!(world.state(&ringing.operator.0), OperatorState::Offered { offer: ringing.offer });
        }
    }
    let busy = world
        .board
        .operators()
        .filter(|(_, operator)| matches!(operator.state, OperatorState::Offered { .. } | OperatorState::OnCall { .. }));
    assert_eq!(busy.count(), taken.len(), "nobody is busy without a call");
}

/// Nobody waits while someone who fits, is proven ready and never said no to them has nothing to do.
fn nobody_waits_in_vain(world: &World) {
    let refused: BTreeSet<_> = world
        .events()
        .filter_map(|event| match event {
            Event::OfferEnded { journey, operator, .. } => Some((*journey, operator.clone())),
            _ => None,
        })
        .collect();
    for (id, journey) in world.board.journeys().filter(|(_, journey)| journey.stage == Stage::Waiting) {
        let line = journey.line.as_ref().expect("a place in line");
        for (name, skills) in DESKS {
            let fits = line.skills.iter().all(|need| skills.contains(&need.0.as_str()));
            let idle = world.is_ready(name) && world.sockets.contains(name) && world.audio(name);
            let asked = refused.contains(&(id, operator(name)));
            assert!(!(fits && idle) || asked, "{id} waits while {name} is free");
        }
    }
}

/// Opened = open + kept, one open `reach` for each unshared person, and nobody under way without one.
fn everyone_is_owed(world: &World) {
    let open = usize::try_from(world.board.open_obligations()).unwrap();
    assert_eq!(world.count("obligation_opened"), open + world.count("obligation_discharged"));
    let shared: BTreeSet<PersonId> = world
        .events()
        .filter_map(|event| match event {
            Event::NumberShared { person } | Event::NumberFlagged { person, flag: NumberFlag::Shared, .. } => {
                Some(*person)
            }
            _ => None,
        })
        .collect();
    let mut persons = BTreeSet::new();
    for (id, owed) in world.board.obligations() {
        if let Some(person) = owed.person.filter(|person| !shared.contains(person) && owed.owed == Owed::Open) {
            assert!(persons.insert(person), "{id}: two open for one person");
        }
        if let Owed::InHand { journey } = owed.owed {
            let talked =
                world.events().any(|event| matches!(event, Event::Conversing { journey: of, .. } if *of == journey));
            assert!(talked, "{id} is in hand of nobody");
        }
    }
    for (id, journey) in world.board.journeys().filter(|(_, journey)| !journey.synthetic) {
        assert!(journey.obligation.is_some_and(|owed| is_open(world, owed)), "{id} is owed nothing");
    }
    let owing: BTreeMap<JourneyId, ObligationId> = world.events().filter_map(owes).collect();
    for (id, _) in world.board.obligations() {
        assert!(
            owing.values().any(|owed| *owed == id),
            "{id} is owed for no journey: no conversation will ever keep it"
        );
    }
    let came: BTreeSet<JourneyId> = world.events().filter_map(came_in).collect();
    let unserved = world.events().filter_map(ended_unserved).filter(|id| came.contains(id));
    for id in unserved {
        assert!(is_owed_or_served_later(world, id), "{id} left without being served and is owed nothing");
    }
}

/// A journey and what it is owed by from now on.
fn owes(event: &Event) -> Option<(JourneyId, ObligationId)> {
    match event {
        Event::ObligationOpened { obligation, journey, .. } | Event::ObligationJoined { obligation, journey } => {
            Some((*journey, *obligation))
        }
        _ => None,
    }
}

fn is_open(world: &World, id: ObligationId) -> bool {
    world.board.obligations().any(|(open, _)| open == id)
}

/// A call that came in; attempts of ours are owed by what they are for.
fn came_in(event: &Event) -> Option<JourneyId> {
    if let Event::JourneyOpened { journey, .. } = event { Some(*journey) } else { None }
}

/// A named person closed it for a reason, or the caller by their own key.
fn is_closed_by_word(world: &World, id: ObligationId) -> bool {
    world.events().any(|event| match event {
        Event::ObligationDischarged { obligation, by, reason } => {
            *obligation == id && (by.is_some() || reason.0 == "caller_declined")
        }
        _ => false,
    })
}

fn ended_unserved(event: &Event) -> Option<JourneyId> {
    match event {
        Event::Ended { journey, cause, .. } if *cause != TerminalCause::Conversed => Some(*journey),
        _ => None,
    }
}

/// What is owed for a journey was kept only by a conversation that began after it had come in.
fn is_owed_or_served_later(world: &World, id: JourneyId) -> bool {
    let synthetic =
        |event: &Event| matches!(event, Event::JourneyOpened { journey, synthetic: true, .. } if *journey == id);
    if world.events().any(synthetic) {
        return true;
    }
    let owed = world.records.iter().rev().find_map(|record| {
        owes(&record.event).filter(|(journey, _)| *journey == id).map(|(_, obligation)| (obligation, record.seq))
    });
    let Some((obligation, since)) = owed else { return false };
    let held_later = world.records.iter().any(|record| {
        record.seq > since
            && matches!(&record.event, Event::ObligationInHand { obligation: of, .. } if *of == obligation)
    });
    let spoken = world
        .events()
        .any(|event| matches!(event, Event::OutcomeGiven { journey, outcome: Outcome::Spoken, .. } if *journey == id));
    is_open(world, obligation) || held_later || spoken || is_closed_by_word(world, obligation)
}

fn replay_is_the_same(world: &World) {
    let mut replayed = Board::default();
    world.records.iter().for_each(|record| replayed.apply(record));
    assert_eq!(format!("{replayed:?}"), format!("{:?}", world.board));
}
